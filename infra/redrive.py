"""Redrive of a dead-letter queue: return its messages after a release can decode them.

    python -m infra.redrive <dead-letter queue url> <queue url>

Repeating it is safe. A message is deleted only after the queue accepted it, the queue removes
duplicates, and the worker drops messages with a superseded lease.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MAX_RECEIVED_MESSAGES = 10  # the most that ReceiveMessage returns
VISIBILITY_TIMEOUT_SECONDS = 120


def redrive(sqs: SQSClient, dead_letters_url: str, queue_url: str) -> int:
    """Move all messages that can be received now and return their number."""
    moved = 0
    while True:
        batch = sqs.receive_message(
            QueueUrl=dead_letters_url,
            MaxNumberOfMessages=MAX_RECEIVED_MESSAGES,
            VisibilityTimeout=VISIBILITY_TIMEOUT_SECONDS,
            MessageSystemAttributeNames=["MessageGroupId", "MessageDeduplicationId"],
        ).get("Messages", [])
        if not batch:
            return moved
        for message in batch:
            attributes = message["Attributes"]
            sqs.send_message(
                QueueUrl=queue_url,
                MessageBody=message["Body"],
                MessageGroupId=attributes["MessageGroupId"],
                MessageDeduplicationId=attributes["MessageDeduplicationId"],
            )
            sqs.delete_message(QueueUrl=dead_letters_url, ReceiptHandle=message["ReceiptHandle"])
            moved += 1


if __name__ == "__main__":
    if len(sys.argv) != 3:  # noqa: PLR2004 - the program and two URLs
        sys.exit(__doc__)
    sys.stdout.write(f"{redrive(boto3.client('sqs'), sys.argv[1], sys.argv[2])} messages moved\n")
