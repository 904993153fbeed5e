"""FIFO queues in memory: groups in order, deduplication, visibility, dead letters; its own time."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.simulation.memory_tables import Arguments, refused, snake

DEDUPLICATED_SECONDS = 300


@dataclass
class Message:
    """One message of a queue."""

    number: int
    body: str
    group: str
    once: str
    attributes: Arguments
    sent_at: float
    visible_at: float = 0
    received: int = 0
    receipt: str = ""

    def shown(self) -> Arguments:
        """As ReceiveMessage gives it."""
        return {
            "MessageId": f"message-{self.number}",
            "ReceiptHandle": self.receipt,
            "Body": self.body,
            "Attributes": {
                "MessageGroupId": self.group,
                "MessageDeduplicationId": self.once,
                "ApproximateReceiveCount": str(self.received),
            },
            "MessageAttributes": self.attributes,
        }


@dataclass
class Queue:
    """A queue and what it remembers."""

    visibility: float = 30
    retention: float = 4 * 24 * 3600
    most_receives: int = 0
    dead_letters: str = ""
    messages: list[Message] = field(default_factory=list)
    seen: dict[tuple[str, str], float] = field(default_factory=dict)


class MemorySQS:
    """All queues, by url."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.queues: dict[str, Queue] = {}
        self._now = now
        self._numbers = itertools.count(1)

    def call(self, operation: str, arguments: Arguments) -> Arguments:
        """Carry out one request."""
        url = arguments["QueueUrl"]
        if url not in self.queues:
            raise refused(operation, "QueueDoesNotExist", "The specified queue does not exist.")
        if operation == "DeleteQueue":
            del self.queues[url]
            return {}
        queue = self.queues[url]
        answer: Arguments = getattr(self, snake(operation))(queue, arguments)
        return answer

    def send_message(self, queue: Queue, arguments: Arguments) -> Arguments:
        now, group = self._now(), arguments["MessageGroupId"]
        once = arguments["MessageDeduplicationId"]
        if now - queue.seen.get((group, once), -1e12) < DEDUPLICATED_SECONDS:
            return {"MessageId": "duplicate"}
        queue.seen[group, once] = now
        message = Message(
            next(self._numbers),
            arguments["MessageBody"],
            group,
            once,
            arguments.get("MessageAttributes", {}),
            now,
        )
        queue.messages.append(message)
        return {"MessageId": f"message-{message.number}"}

    def send_message_batch(self, queue: Queue, arguments: Arguments) -> Arguments:
        entries = arguments["Entries"]
        if not 1 <= len(entries) <= 10:
            raise NotImplementedError(f"a batch of {len(entries)}")
        done = [{"Id": entry["Id"], **self.send_message(queue, entry)} for entry in entries]
        return {"Successful": done, "Failed": []}

    def receive_message(self, queue: Queue, arguments: Arguments) -> Arguments:
        now = self._now()
        taken: list[Message] = []
        queue.messages = [m for m in queue.messages if now - m.sent_at < queue.retention]
        held = {m.group for m in queue.messages if m.visible_at > now}
        for message in list(queue.messages):
            if len(taken) >= arguments.get("MaxNumberOfMessages", 1):
                break
            if message.group in held:
                continue
            if queue.most_receives and message.received >= queue.most_receives:
                queue.messages.remove(message)
                self.queues[queue.dead_letters].messages.append(message)
                continue
            message.received += 1
            message.visible_at = now + arguments.get("VisibilityTimeout", queue.visibility)
            message.receipt = f"{message.number}-{message.received}"
            taken.append(message)
        return {"Messages": [message.shown() for message in taken]} if taken else {}

    def delete_message(self, queue: Queue, arguments: Arguments) -> Arguments:
        receipt = arguments["ReceiptHandle"]
        queue.messages = [m for m in queue.messages if m.receipt != receipt]
        return {}
