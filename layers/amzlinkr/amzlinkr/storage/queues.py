"""FIFO queues. Messages hold ids only: no secrets, no prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from amzlinkr.domain.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class Queue:
    """One FIFO queue of small JSON messages."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, message: msgspec.Struct, group: str, once: str) -> None:
        """Send; messages of a `group` come one after another, and each `once` comes once.

        Raises `StoreUnavailable`.
        """
        try:
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=msgspec.json.encode(message).decode(),
                MessageGroupId=group,
                MessageDeduplicationId=once,
            )
        except (ClientError, BotoCoreError) as error:
            raise StoreUnavailable from error
