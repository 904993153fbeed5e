"""Messages as SQS receives them, and what the queue did not accept."""

from collections.abc import Callable
from typing import Any

import boto3
import msgspec
import pytest
from botocore.exceptions import ConnectTimeoutError

from amzlinkr.config import Config
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import OutgoingMessage
from amzlinkr.queues.sqs import Queue
from tests.integration.aws_spy import (
    Arguments,
    fail_calls,
    intercept_calls,
    peek_messages,
    record_calls,
)


class Note(msgspec.Struct):
    text: str


@pytest.fixture
def queue(aws: Config) -> Queue:
    return Queue(boto3.client("sqs"), aws.refresh_queue_url)


def received(aws: Config) -> list[tuple[str, ...]]:
    """Return body, message group, and deduplication ID of the waiting messages."""
    names = ("MessageGroupId", "MessageDeduplicationId")
    messages = peek_messages(aws.refresh_queue_url)
    return [
        (message["Body"], *(message["Attributes"][name] for name in names)) for message in messages
    ]


def batch(count: int) -> list[OutgoingMessage]:
    return [OutgoingMessage(Note(f"{n}"), f"group {n % 2}", f"id {n}") for n in range(count)]


def test_message_is_sent_once_per_deduplication_id(queue: Queue, aws: Config) -> None:
    for text, group, deduplication_id in (("é", "a", "1"), ("other", "a", "1"), ("é", "b", "2")):
        queue.send(Note(text), group, deduplication_id)

    assert received(aws) == [('{"text":"é"}', "a", "1"), ('{"text":"é"}', "b", "2")]


def test_batch_is_one_call_and_its_messages_keep_their_groups(queue: Queue, aws: Config) -> None:
    with record_calls() as made:
        assert queue.send_batch(batch(10)) == 10
        assert queue.send_batch([]) == 0

    assert made == ["SendMessageBatch"]
    assert sorted(received(aws)) == [
        (f'{{"text":"{number}"}}', f"group {number % 2}", f"id {number}") for number in range(10)
    ]


def test_messages_that_the_queue_did_not_accept_are_not_counted(queue: Queue) -> None:
    def intercept(_operation: str, _arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        response = proceed()
        response["Failed"] = [response["Successful"].pop()]
        return response

    with intercept_calls(intercept):
        assert queue.send_batch(batch(3)) == 2
    with intercept_calls(lambda *_: {"Failed": [{"Id": "0"}]}):
        assert queue.send_batch(batch(1)) == 0


def test_dead_letter_is_the_unchanged_body_with_the_reason(queue: Queue, aws: Config) -> None:
    queue.send_to_dead_letters("{ no JSON", "Truncated", "message-1")

    (message,) = peek_messages(aws.refresh_queue_url)
    assert message["Body"] == "{ no JSON"
    assert message["MessageAttributes"]["reason"]["StringValue"] == "Truncated"


SENDS: dict[str, Callable[[Queue], object]] = {
    "message": lambda queue: queue.send(Note(""), "group", "id"),
    "batch": lambda queue: queue.send_batch(batch(2)),
    "dead letter": lambda queue: queue.send_to_dead_letters("{", "reason", "id"),
}


@pytest.mark.parametrize("send", SENDS.values(), ids=SENDS)
def test_queue_that_fails_or_does_not_respond_is_unavailable(
    queue: Queue, send: Callable[[Queue], object]
) -> None:
    def time_out(*_: object) -> None:
        raise ConnectTimeoutError(endpoint_url="https://sqs")

    with fail_calls(lambda _: True, "InternalError"), pytest.raises(StoreUnavailable):
        send(queue)
    with intercept_calls(time_out), pytest.raises(StoreUnavailable):
        send(queue)
