"""FIFO queues. Messages contain IDs only, no secrets and no prices."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from amzlinkr.domain.batches import in_batches
from amzlinkr.domain.clock import Clock
from amzlinkr.domain.ports import OutgoingMessage
from amzlinkr.net.aws_client import aws_errors

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

# A FIFO queue requires a group, and these messages have no account.
DEAD_LETTER_GROUP = "undecodable"
MAX_BATCH_SIZE = 10
MAX_SEND_ATTEMPTS = 3
MAX_SEND_PAUSE_SECONDS = 0.2


class Queue:
    """One FIFO queue of small JSON messages."""

    def __init__(self, client: SQSClient, url: str, clock: Clock) -> None:
        self._client = client
        self._url = url
        self._clock = clock

    def is_source(self, name: str) -> bool:
        """Return True if this queue has the name that a delivery states."""
        return self._url.rpartition("/")[2] == name

    def send_all(self, messages: Sequence[OutgoingMessage]) -> list[OutgoingMessage]:
        """Send messages, ten per call. Return those that the queue accepted.

        Messages of a group are processed in order. SQS drops a message with the ID of another one
        of its group from the last five minutes. A batch can fail in part: only the messages that
        failed are sent again, after a pause.

        Raises:
            StoreUnavailable: The queue did not respond. It may have accepted earlier messages.
        """
        accepted: list[OutgoingMessage] = []
        for batch in in_batches(messages, MAX_BATCH_SIZE):
            left = batch
            for attempt in range(MAX_SEND_ATTEMPTS):
                if attempt:
                    jitter = random.random()  # noqa: S311 - a pause, not a secret
                    self._clock.sleep(MAX_SEND_PAUSE_SECONDS * (0.5 + jitter / 2))
                failed = self._send_batch(left)
                accepted += [message for message in left if message not in failed]
                left = failed
                if not left:
                    break
        return accepted

    def _send_batch(self, batch: Sequence[OutgoingMessage]) -> list[OutgoingMessage]:
        """Send up to ten messages in one call. Return those that failed."""
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {
                "Id": str(number),
                "MessageBody": msgspec.json.encode(message.body).decode(),
                "MessageGroupId": message.message_group,
                "MessageDeduplicationId": message.deduplication_id,
            }
            for number, message in enumerate(batch)
        ]
        with aws_errors():
            response = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        accepted = {entry["Id"] for entry in response.get("Successful", [])}
        return [message for n, message in enumerate(batch) if str(n) not in accepted]

    def return_after(self, receipt: str, seconds: int) -> None:
        """Make a received message visible again after a time, if it is not deleted before.

        Until then, no later message of its group is delivered.

        Raises:
            StoreUnavailable: The queue did not respond. The visibility timeout stays as it was.
        """
        with aws_errors():
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=seconds
            )

    def send_to_dead_letters(self, body: str, reason: str, deduplication_id: str) -> None:
        """Send a message that cannot be decoded to this dead-letter queue, with the reason.

        Raises:
            StoreUnavailable: The queue did not accept the message.
        """
        with aws_errors():
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=body,
                MessageGroupId=DEAD_LETTER_GROUP,
                MessageDeduplicationId=deduplication_id,
                MessageAttributes={"reason": {"DataType": "String", "StringValue": reason}},
            )
