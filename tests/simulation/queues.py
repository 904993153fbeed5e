"""FIFO queues with ordered message groups, redelivery and dead letters.

The simulation has its own queues because duplicates and wrong order come from the delivery.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.simulation.faults import DUPLICATE, REORDERED, Faults
from tests.simulation.schedule import Process, Scheduler

DEDUPLICATION_SECONDS = 300.0
FAULT_WEIGHT = 5.0


@dataclass(eq=False)
class Message:
    """One message of a queue.

    `visible_at` is when it can be received (again), `received` how often it was.
    """

    message_id: str
    body: str
    group: str
    sent_at: float
    attributes: dict[str, Any]
    visible_at: float = 0.0
    received: int = 0

    @property
    def receipt(self) -> str:
        """Return the receipt of the newest delivery."""
        return f"{self.message_id}/{self.received}"


@dataclass(eq=False)
class FifoQueue:
    """One queue with its consumer.

    `deliver` processes a batch in the process that `find_process` returns, and returns the IDs of
    the messages that failed. From the delivery number `last_attempt` on, it must complete a message
    whatever Amazon responds: only a crash, or a call to AWS that failed during the delivery,
    explains a failure. `unexplained` has the other messages.
    """

    name: str
    scheduler: Scheduler
    faults: Faults
    rng: random.Random
    batch_size: int
    visibility_timeout: float
    retention: float
    max_receives: int
    consumer_timeout: float
    last_attempt: int
    dead_letters: list[Message] = field(default_factory=list)
    deliver: Callable[[list[Message]], set[str]] | None = None
    unexplained: list[Message] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    find_process: Callable[[], Process] = lambda: Process("no consumer")
    _numbers: count[int] = field(default_factory=count)
    _sent: dict[str, float] = field(default_factory=dict)

    def send(self, body: str, group: str, deduplication_id: str, attributes: dict[str, Any]) -> str:
        """Store a message, unless one with the same deduplication ID was sent minutes ago."""
        now = self.scheduler.now
        sent_at = self._sent.get(deduplication_id)
        message_id = f"{self.name}-{next(self._numbers)}"
        if sent_at is None or now - sent_at > DEDUPLICATION_SECONDS:
            self._sent[deduplication_id] = now
            self.messages.append(Message(message_id, body, group, now, attributes, now))
            self._poll_in(0.02 + 0.1 * self.rng.random())
        return message_id

    def receive(self) -> list[Message]:
        """Return a batch from the groups without a message in flight."""
        now = self.scheduler.now
        self.messages = [m for m in self.messages if now - m.sent_at < self.retention]
        blocked = {message.group for message in self.messages if message.visible_at > now}
        ready = [message for message in self.messages if message.group not in blocked]
        if len(ready) > 1 and self.faults.next(self.name, [REORDERED], FAULT_WEIGHT):
            self.rng.shuffle(ready)
        batch = ready[: self.batch_size]
        for message in list(batch):
            message.received += 1
            if message.received > self.max_receives:
                self.messages.remove(message)
                batch.remove(message)
                self.dead_letters.append(message)
            message.visible_at = now + self.visibility_timeout
        return batch

    def return_after(self, receipt: str, seconds: float) -> None:
        """Make a message in flight visible again after this time."""
        for message in self.messages:
            if message.receipt == receipt and message.visible_at > self.scheduler.now:
                message.visible_at = self.scheduler.now + seconds
                self._poll_in(seconds + 0.01)

    def delete(self, message: Message) -> None:
        """Delete a message, if it is still in the queue."""
        if message in self.messages:
            self.messages.remove(message)

    def _poll_in(self, seconds: float) -> None:
        if self.deliver is not None:
            self.scheduler.start(
                f"{self.name}:{next(self._numbers)}",
                self._consume,
                self.find_process,
                seconds,
                self.consumer_timeout,
            )

    def _consume(self) -> None:
        """Invoke the consumer once; failed messages become visible again after the timeout."""
        deliver, dead, batch = self.deliver, len(self.dead_letters), self.receive()
        if len(self.dead_letters) > dead:
            self._poll_in(0.01)
        if not batch or deliver is None:
            return
        self._poll_in(self.visibility_timeout + 1)
        if self.faults.next(self.name, [DUPLICATE], FAULT_WEIGHT):
            self._deliver_again(batch)
        failed = deliver(batch)
        worker = self.scheduler.current
        has_failed_calls = worker is not None and worker.aws_faults > 0
        for message in batch:
            if message.message_id not in failed:
                self.delete(message)
            elif message.received >= self.last_attempt and not has_failed_calls:
                self.unexplained.append(message)
        self._poll_in(0.01)

    def _deliver_again(self, batch: Sequence[Message]) -> None:
        """Deliver the same messages a second time, up to a minute later."""
        deliver = self.deliver
        copies = list(batch)
        if deliver is not None:
            delay = self.rng.choice([0.0, 0.5, 5.0, 60.0]) * self.rng.random()
            name = f"{self.name}:{next(self._numbers)}x"
            self.scheduler.start(
                name, lambda: deliver(copies), self.find_process, delay, self.consumer_timeout
            )
