"""FIFO queues. Messages contain IDs only, no secrets and no prices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from amzlinkr.domain.ports import OutgoingMessage
from amzlinkr.net.aws_client import aws_errors

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

# A FIFO queue requires a group, and these messages have no account.
DEAD_LETTER_GROUP = "undecodable"


class Queue:
    """One FIFO queue of small JSON messages."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, message: msgspec.Struct, message_group: str, deduplication_id: str) -> None:
        """Send a message. Messages of a group are processed in order.

        SQS drops a message with the ID of another one from the last five minutes.

        Raises:
            StoreUnavailable: The queue did not accept the message.
        """
        with aws_errors():
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=msgspec.json.encode(message).decode(),
                MessageGroupId=message_group,
                MessageDeduplicationId=deduplication_id,
            )

    def send_batch(self, messages: Sequence[OutgoingMessage]) -> int:
        """Send up to ten messages in one call. Return how many the queue accepted.

        Raises:
            StoreUnavailable: The queue did not respond.
        """
        if not messages:
            return 0
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {
                "Id": str(number),
                "MessageBody": msgspec.json.encode(message.body).decode(),
                "MessageGroupId": message.message_group,
                "MessageDeduplicationId": message.deduplication_id,
            }
            for number, message in enumerate(messages)
        ]
        with aws_errors():
            response = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        # A batch can fail in part. A shelf without a message is planned again after its lease.
        return len(response.get("Successful", []))

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
