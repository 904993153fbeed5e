"""The queues of the service with their depths, and which dead-letter queue belongs to which."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.command_failures import aws_failures

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

ATTRIBUTES: tuple[QueueAttributeNameType, ...] = (
    "QueueArn",
    "RedrivePolicy",
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
)


@dataclass(frozen=True)
class QueueState:
    """A queue. `messages` wait, `in_flight` ones are with a worker; SQS counts approximately.

    `source_arn` is the queue from which a dead-letter queue receives messages, if there is one.
    """

    name: str
    arn: str
    messages: int
    in_flight: int
    is_dead_letter_queue: bool
    source_arn: str | None = None


def queue_states(sqs: SQSClient, urls: Mapping[str, str]) -> list[QueueState]:
    """Return the state of each queue; `urls` are by logical ID, such as `RefreshQueue`."""
    attributes = {}
    with aws_failures("The queues could not be read"):
        for logical_id, url in urls.items():
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(ATTRIBUTES))
            attributes[logical_id] = found["Attributes"]
    sources: dict[str, str] = {}
    for found_attributes in attributes.values():
        policy = json.loads(found_attributes.get("RedrivePolicy") or "{}")
        if policy:
            sources[policy["deadLetterTargetArn"]] = found_attributes["QueueArn"]
    return [
        QueueState(
            name=name_of_queue(logical_id),
            arn=found["QueueArn"],
            messages=int(found["ApproximateNumberOfMessages"]),
            in_flight=int(found["ApproximateNumberOfMessagesNotVisible"]),
            is_dead_letter_queue="DeadLetter" in logical_id or found["QueueArn"] in sources,
            source_arn=sources.get(found["QueueArn"]),
        )
        for logical_id, found in sorted(attributes.items())
    ]


def name_of_queue(logical_id: str) -> str:
    """Return the name of a queue in commands: `sandbox-import` for `SandboxImportQueue`.

    A dead-letter queue has the name of its queue.
    """
    words = re.findall("[A-Z][a-z]*", re.sub("(DeadLetter|DeadLetters)?Queue$", "", logical_id))
    return "-".join(words).lower()
