"""The FIFO queues: groups in order, one batch of a group at a time, redelivery, dead letters.

They are the harness's own, because delivery is where duplicates and disorder come from.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.simulation.faults import AWS, DUPLICATE, REORDERED, Faults
from tests.simulation.schedule import Process, Scheduler

BATCH = 10
DEDUPLICATED_FOR = 300.0
ODDS = 5.0


@dataclass(eq=False)
class Message:
    """One message of a queue.

    `visible_at` is when it can be received (again). `is_excused` means that the last delivery
    crashed or met a fault of AWS, so that it may fail.
    """

    message_id: str
    body: str
    group: str
    sent_at: float
    attributes: dict[str, Any]
    visible_at: float = 0.0
    received: int = 0
    is_excused: bool = False


@dataclass(eq=False)
class FifoQueue:
    """One queue with its consumer, `deliver`, which tells the ids of the messages that failed."""

    name: str
    scheduler: Scheduler
    faults: Faults
    rng: random.Random
    batch: int
    visibility: float
    retention: float
    most_receives: int
    timeout: float
    dead: list[Message] = field(default_factory=list)
    deliver: Callable[[list[Message]], set[str]] | None = None
    waiting: list[Message] = field(default_factory=list)
    process: Callable[[], Process] = lambda: Process("nobody")
    _numbers: count[int] = field(default_factory=count)
    _sent: dict[str, float] = field(default_factory=dict)

    def send(self, body: str, group: str, once: str, attributes: dict[str, Any]) -> str:
        """Take a message, unless one with the same deduplication id came minutes ago."""
        now = self.scheduler.now
        known = self._sent.get(once)
        message_id = f"{self.name}-{next(self._numbers)}"
        if known is None or now - known > DEDUPLICATED_FOR:
            self._sent[once] = now
            self.waiting.append(Message(message_id, body, group, now, attributes, now))
            self._poll_in(0.02 + 0.1 * self.rng.random())
        return message_id

    def receive(self) -> list[Message]:
        """A batch of those groups that have nothing under way."""
        now = self.scheduler.now
        self.waiting = [one for one in self.waiting if now - one.sent_at < self.retention]
        busy = {one.group for one in self.waiting if one.visible_at > now}
        ready = [one for one in self.waiting if one.group not in busy]
        if len(ready) > 1 and self.faults.next(self.name, [REORDERED], ODDS):
            self.rng.shuffle(ready)
        taken = ready[: self.batch]
        for message in list(taken):
            message.received += 1
            if message.received > self.most_receives:
                self.waiting.remove(message)
                taken.remove(message)
                self.dead.append(message)
            message.visible_at = now + self.visibility
        return taken

    def delete(self, message: Message) -> None:
        """Be done with a message."""
        if message in self.waiting:
            self.waiting.remove(message)

    def _poll_in(self, seconds: float) -> None:
        if self.deliver is not None:
            self.scheduler.start(
                f"{self.name}:{next(self._numbers)}",
                self._consume,
                self.process,
                seconds,
                self.timeout,
            )

    def _consume(self) -> None:
        """One invocation of the consumer; what failed comes again when it is visible again."""
        deliver, dead, taken = self.deliver, len(self.dead), self.receive()
        if len(self.dead) > dead:
            self._poll_in(0.01)
        if not taken or deliver is None:
            return
        self._poll_in(self.visibility + 1)
        if self.faults.next(self.name, [DUPLICATE], ODDS):
            self._again(taken)
        before = self._aws_faults()
        for message in taken:
            message.is_excused = True
        failed = deliver(taken)
        for message in taken:
            message.is_excused = self._aws_faults() > before
            if message.message_id not in failed:
                self.delete(message)
        self._poll_in(0.01)

    def _aws_faults(self) -> int:
        return sum(self.faults.fired[kind] for kind in AWS)

    def _again(self, taken: Sequence[Message]) -> None:
        """The same messages once more, somewhere between at once and much later."""
        deliver = self.deliver
        copies = list(taken)
        if deliver is not None:
            delay = self.rng.choice([0.0, 0.5, 5.0, 60.0]) * self.rng.random()
            name = f"{self.name}:{next(self._numbers)}x"
            self.scheduler.start(name, lambda: deliver(copies), self.process, delay, self.timeout)
