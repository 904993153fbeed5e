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
from amzlinkr.queues.sqs import MAX_SEND_ATTEMPTS, MAX_SEND_PAUSE_SECONDS, Queue
from tests.clock import FakeClock
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
def queue(aws: Config, clock: FakeClock) -> Queue:
    return Queue(boto3.client("sqs"), aws.refresh_queue_url, clock)


def received(aws: Config) -> list[tuple[str, ...]]:
    """Return body, message group, and deduplication ID of the waiting messages."""
    names = ("MessageGroupId", "MessageDeduplicationId")
    messages = peek_messages(aws.refresh_queue_url)
    return [
        (message["Body"], *(message["Attributes"][name] for name in names)) for message in messages
    ]


def waiting(aws: Config) -> int:
    """Return the number of waiting messages."""
    attributes = boto3.client("sqs").get_queue_attributes(
        QueueUrl=aws.refresh_queue_url, AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(attributes["Attributes"]["ApproximateNumberOfMessages"])


def batch(count: int) -> list[OutgoingMessage]:
    return [OutgoingMessage(Note(f"{n}"), f"group {n % 2}", f"id {n}") for n in range(count)]


def test_message_is_sent_once_per_deduplication_id(queue: Queue, aws: Config) -> None:
    for text, group, deduplication_id in (("é", "a", "1"), ("other", "a", "1"), ("é", "b", "2")):
        queue.send_all([OutgoingMessage(Note(text), group, deduplication_id)])

    assert received(aws) == [('{"text":"é"}', "a", "1"), ('{"text":"é"}', "b", "2")]


def test_messages_are_sent_in_tens_and_keep_their_groups(queue: Queue, aws: Config) -> None:
    with record_calls() as made:
        assert queue.send_all(batch(25)) == batch(25)
        assert queue.send_all([]) == []

    assert made == ["SendMessageBatch"] * 3
    assert waiting(aws) == 25
    assert sorted(received(aws)) == [
        (f'{{"text":"{number}"}}', f"group {number % 2}", f"id {number}") for number in range(10)
    ]


def test_only_failed_messages_are_sent_again(queue: Queue, aws: Config, clock: FakeClock) -> None:
    """Any part of any call may fail: each message is accepted once, or not accepted at all."""
    sent: list[list[str]] = []

    def fail_in_part(_operation: str, arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        entries = arguments["Entries"]
        sent.append([entry["MessageDeduplicationId"] for entry in entries])
        # The message "id 5" always fails, and each first call of ten fails for odd numbers.
        keep = [e for e in entries if e["MessageDeduplicationId"] != "id 5"]
        if len(entries) == 10:
            keep = [e for e in keep if int(e["Id"]) % 2 == 0]
        arguments["Entries"] = keep
        response = proceed() if keep else {}
        response["Failed"] = [{"Id": e["Id"]} for e in entries if e not in keep]
        return response

    with intercept_calls(fail_in_part):
        accepted = queue.send_all(batch(20))

    odd = [f"id {number}" for number in range(1, 20, 2)]
    assert sent[1:3] == [odd[:5], ["id 5"]]
    assert len(sent) == MAX_SEND_ATTEMPTS + 2
    assert {m.deduplication_id for m in batch(20)} - {m.deduplication_id for m in accepted} == {
        "id 5"
    }
    assert waiting(aws) == len(accepted) == 19
    assert len(clock.slept) == 3
    assert max(clock.slept) <= MAX_SEND_PAUSE_SECONDS


def test_returned_message_is_received_again_after_its_time(queue: Queue, aws: Config) -> None:
    queue.send_all(batch(1))
    client = boto3.client("sqs")

    def receive() -> list[Any]:
        return list(client.receive_message(QueueUrl=aws.refresh_queue_url).get("Messages", []))

    (message,) = receive()
    assert receive() == []
    queue.return_after(message["ReceiptHandle"], 0)
    (again,) = receive()
    assert again["MessageId"] == message["MessageId"]


def test_dead_letter_is_the_unchanged_body_with_the_reason(queue: Queue, aws: Config) -> None:
    queue.send_to_dead_letters("{ no JSON", "Truncated", "message-1")

    (message,) = peek_messages(aws.refresh_queue_url)
    assert message["Body"] == "{ no JSON"
    assert message["MessageAttributes"]["reason"]["StringValue"] == "Truncated"


SENDS: dict[str, Callable[[Queue], object]] = {
    "batch": lambda queue: queue.send_all(batch(2)),
    "return": lambda queue: queue.return_after("receipt", 1),
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


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 0.5), (1.0, 1.0)])
def test_pause_before_another_attempt_is_random_by_half(
    queue: Queue, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, jitter: float, seconds: float
) -> None:
    def refuse(_operation: str, arguments: Arguments, _proceed: Callable[[], Any]) -> Any:
        return {"Failed": [{"Id": entry["Id"]} for entry in arguments["Entries"]]}

    monkeypatch.setattr("random.random", lambda: jitter)
    with intercept_calls(refuse):
        assert queue.send_all(batch(1)) == []

    assert set(clock.slept) == {MAX_SEND_PAUSE_SECONDS * seconds}
