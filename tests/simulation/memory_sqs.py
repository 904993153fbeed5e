"""FIFO queues in memory: ordered groups, deduplication, visibility and dead letters.

The time is that of a function, not of the machine.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.simulation.memory_tables import Arguments, client_error, snake

DEDUPLICATION_SECONDS = 300


@dataclass
class Message:
    """One message of a queue."""

    number: int
    body: str
    group: str
    deduplication_id: str
    attributes: Arguments
    sent_at: float
    visible_at: float = 0
    received: int = 0
    receipt: str = ""

    def to_response(self) -> Arguments:
        """Return the message as ReceiveMessage returns it."""
        return {
            "MessageId": f"message-{self.number}",
            "ReceiptHandle": self.receipt,
            "Body": self.body,
            "Attributes": {
                "MessageGroupId": self.group,
                "MessageDeduplicationId": self.deduplication_id,
                "ApproximateReceiveCount": str(self.received),
            },
            "MessageAttributes": self.attributes,
        }


@dataclass
class Queue:
    """A queue with its messages and the deduplication IDs that it has seen."""

    visibility_timeout: float = 30
    retention: float = 4 * 24 * 3600
    max_receives: int = 0
    dead_letters: str = ""
    messages: list[Message] = field(default_factory=list)
    seen: dict[tuple[str, str], float] = field(default_factory=dict)


class MemorySQS:
    """All queues, by URL."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.queues: dict[str, Queue] = {}
        self._now = now
        self._numbers = itertools.count(1)

    def call(self, operation: str, arguments: Arguments) -> Arguments:
        """Execute one request."""
        url = arguments["QueueUrl"]
        if url not in self.queues:
            text = "The specified queue does not exist."
            raise client_error(operation, "AWS.SimpleQueueService.NonExistentQueue", text)
        if operation == "DeleteQueue":
            del self.queues[url]
            return {}
        queue = self.queues[url]
        response: Arguments = getattr(self, snake(operation))(queue, arguments)
        return response

    def send_message(self, queue: Queue, arguments: Arguments) -> Arguments:
        now, group = self._now(), arguments["MessageGroupId"]
        deduplication_id = arguments["MessageDeduplicationId"]
        if now - queue.seen.get((group, deduplication_id), -1e12) < DEDUPLICATION_SECONDS:
            return {"MessageId": "duplicate"}
        queue.seen[group, deduplication_id] = now
        message = Message(
            next(self._numbers),
            arguments["MessageBody"],
            group,
            deduplication_id,
            arguments.get("MessageAttributes", {}),
            now,
        )
        queue.messages.append(message)
        return {"MessageId": f"message-{message.number}"}

    def send_message_batch(self, queue: Queue, arguments: Arguments) -> Arguments:
        entries = arguments["Entries"]
        if not 1 <= len(entries) <= 10:
            raise NotImplementedError(f"a batch of {len(entries)}")
        sent = [{"Id": entry["Id"], **self.send_message(queue, entry)} for entry in entries]
        return {"Successful": sent, "Failed": []}

    def receive_message(self, queue: Queue, arguments: Arguments) -> Arguments:
        now = self._now()
        batch: list[Message] = []
        queue.messages = [m for m in queue.messages if now - m.sent_at < queue.retention]
        blocked = {m.group for m in queue.messages if m.visible_at > now}
        # Virtual times may run backwards: a later message does not exist yet.
        sent = [message for message in queue.messages if message.sent_at <= now]
        for message in sorted(sent, key=lambda message: message.sent_at):
            if len(batch) >= arguments.get("MaxNumberOfMessages", 1):
                break
            if message.group in blocked:
                continue
            if queue.max_receives and message.received >= queue.max_receives:
                queue.messages.remove(message)
                self.queues[queue.dead_letters].messages.append(message)
                continue
            message.received += 1
            message.visible_at = now + arguments.get("VisibilityTimeout", queue.visibility_timeout)
            message.receipt = f"{message.number}-{message.received}"
            batch.append(message)
        return {"Messages": [message.to_response() for message in batch]} if batch else {}

    def change_message_visibility(self, queue: Queue, arguments: Arguments) -> Arguments:
        now, receipt = self._now(), arguments["ReceiptHandle"]
        for message in queue.messages:
            if message.receipt == receipt and message.visible_at > now:
                message.visible_at = now + arguments["VisibilityTimeout"]
        return {}

    def delete_message(self, queue: Queue, arguments: Arguments) -> Arguments:
        receipt = arguments["ReceiptHandle"]
        queue.messages = [m for m in queue.messages if m.receipt != receipt]
        return {}
