"""Redrive of a dead-letter queue: return its messages after a release can decode them.

    python -m infra.redrive <dead-letter queue URL> <queue URL>

Repeating it is safe. A message is deleted only after the queue accepted it, the queue removes
duplicates, and the worker drops messages with a superseded lease.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
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


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the URLs of both queues; exit with a usage message if there are other arguments."""
    parser = argparse.ArgumentParser(prog="python -m infra.redrive")
    parser.add_argument("dead_letters_url", help="URL of the dead-letter queue")
    parser.add_argument("queue_url", help="URL of the queue that receives its messages")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    urls = parse_arguments(sys.argv[1:])
    moved = redrive(boto3.client("sqs"), urls.dead_letters_url, urls.queue_url)
    sys.stdout.write(f"{moved} messages moved\n")
