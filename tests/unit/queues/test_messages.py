"""Batches of messages: which ones return to their queue, and which ones are dead letters."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import boto3
import msgspec
import pytest

from amzlinkr.config import Config
from amzlinkr.queues.messages import (
    ImportChunk,
    MessageDelivery,
    OutOfTime,
    RefreshShelf,
    WaitsForAccount,
    process_concurrently,
    process_fifo_batch,
)
from amzlinkr.queues.sqs import Queue
from amzlinkr.services.concurrency import ConcurrentMap
from tests.calls import sqs_event
from tests.clock import FakeClock
from tests.integration.aws_spy import ProcessKilled, fail_calls, peek_messages
from tests.observability.emf import emf_values

IN_ORDER = ConcurrentMap(1)


@pytest.fixture
def dead_letters(aws: Config) -> Queue:
    return Queue(boto3.client("sqs"), aws.refresh_dead_letters_url, FakeClock())


def event(*bodies: str, groups: str = "", received: int = 1) -> dict[str, Any]:
    """Return the event of messages "0", "1", …; each letter of `groups` is a message group."""
    return sqs_event(
        [
            {
                "MessageId": str(number),
                "ReceiptHandle": f"receipt of {number}",
                "Body": body,
                "Attributes": {
                    "MessageGroupId": (groups or "a" * len(bodies))[number],
                    "ApproximateReceiveCount": str(received),
                },
            }
            for number, body in enumerate(bodies)
        ]
    )


def chunk(number: int) -> str:
    return msgspec.json.encode(ImportChunk("site_a", "US", "job_1", number)).decode()


def shelf(shelf_id: str) -> str:
    return msgspec.json.encode(RefreshShelf("site_a", "US", shelf_id, "lease")).decode()


def returned(response: dict[str, Any]) -> list[str]:
    """Return the IDs of the messages that go back to the queue."""
    return [failure["itemIdentifier"] for failure in response["batchItemFailures"]]


class ImportWorker:
    """A worker that fails on some chunks, and records the others and all deliveries."""

    def __init__(self, failures: dict[int, Exception]) -> None:
        self.done: list[int | None] = []
        self.deliveries: list[MessageDelivery] = []
        self._failures = failures

    def __call__(self, message: ImportChunk, delivery: MessageDelivery) -> None:
        self.deliveries.append(delivery)
        if message.chunk in self._failures:
            raise self._failures[message.chunk]
        self.done.append(message.chunk)


def process_in_order(batch: dict[str, Any], worker: ImportWorker) -> list[str]:
    return returned(process_fifo_batch(batch, ImportChunk, worker))


def test_failure_returns_the_rest_of_its_group_only(faults: list[str]) -> None:
    worker = ImportWorker({1: ZeroDivisionError()})

    failed = process_in_order(event(*map(chunk, range(5)), groups="aabba"), worker)

    assert failed == ["1", "4"]
    assert worker.done == [0, 2, 3]
    assert faults == ["ZeroDivisionError"]


def test_batch_that_fails_as_a_whole_is_returned_without_an_exception(faults: list[str]) -> None:
    worker = ImportWorker({0: OutOfTime(), 1: WaitsForAccount()})

    failed = process_in_order(event(chunk(0), chunk(1), groups="ab"), worker)

    assert failed == ["0", "1"]
    assert faults == [], "a function without time is no fault, nor is a throttled account"


def test_worker_gets_the_receipt_and_the_number_of_the_delivery() -> None:
    worker = ImportWorker({})

    process_in_order(event(chunk(0), received=3), worker)

    assert worker.deliveries == [MessageDelivery("0", "receipt of 0", 3, "queue.fifo")]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        '{"site_id":"site_a","marketplace":"US","chunk":1}',
        chunk(0)[:-1] + ',"chunk":"1"}',
    ],
)
def test_undecodable_message_of_an_ordered_queue_is_returned(body: str) -> None:
    worker = ImportWorker({})

    assert process_in_order(event(body, chunk(7), groups="ab"), worker) == ["0"]
    assert worker.done == [7]


def refresh(done: list[str]) -> Callable[[RefreshShelf], None]:
    """Return a worker that fails on the shelf `bad` and records the others."""

    def process(message: RefreshShelf) -> None:
        if message.shelf_id == "bad":
            raise ZeroDivisionError
        done.append(message.shelf_id)

    return process


def test_failed_message_is_returned_alone(dead_letters: Queue, faults: list[str]) -> None:
    done: list[str] = []
    batch = event(shelf("1"), shelf("bad"), shelf("2"))

    response = process_concurrently(batch, RefreshShelf, refresh(done), dead_letters, IN_ORDER)

    assert returned(response) == ["1"]
    assert (done, faults) == (["1", "2"], ["ZeroDivisionError"])


@pytest.mark.parametrize("schema", [RefreshShelf, ImportChunk])
def test_message_of_a_newer_release_is_decoded_without_its_new_fields(
    schema: type[RefreshShelf | ImportChunk],
) -> None:
    known = {name: "1" for name in schema.__struct_fields__ if name != "chunk"}
    newer = json.dumps(known | {"priority": {"level": 1}, "attempt": 2})

    assert msgspec.json.decode(newer, type=schema) == msgspec.convert(known, schema)


def test_undecodable_message_is_a_dead_letter_with_the_reason(
    dead_letters: Queue, aws: Config, metrics: Counter[str]
) -> None:
    done: list[str] = []
    older = '{"site_id":"site_a"}'
    batch = event("{", shelf("1"), older)

    response = process_concurrently(batch, RefreshShelf, refresh(done), dead_letters, IN_ORDER)

    assert (returned(response), done) == ([], ["1"])
    assert metrics == {"UndecodableMessages": 2}
    letters = peek_messages(aws.refresh_dead_letters_url)
    reasons = [letter["MessageAttributes"]["reason"]["StringValue"] for letter in letters]
    assert [letter["Body"] for letter in letters] == ["{", older]
    assert reasons[0]
    assert "marketplace" in reasons[1]


def test_repeated_deliveries_are_recorded_before_a_message_ends_the_process(
    dead_letters: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    def end_process(_: RefreshShelf) -> None:
        raise ProcessKilled

    for received in (1, 2, 3):
        batch = event(shelf("1"), shelf("2"), received=received)
        with pytest.raises(ProcessKilled):
            process_concurrently(batch, RefreshShelf, end_process, dead_letters, IN_ORDER)

    (written,) = emf_values(capsys.readouterr().out)
    assert (written.metric[1], written.values) == ("MessagesRedelivered", (2,))


def test_undecodable_message_returns_to_its_queue_if_dead_lettering_fails(
    dead_letters: Queue, metrics: Counter[str]
) -> None:
    done: list[str] = []
    batch = event("{", shelf("1"))

    with fail_calls(lambda _: True, "InternalError"):
        response = process_concurrently(batch, RefreshShelf, refresh(done), dead_letters, IN_ORDER)

    assert (returned(response), done) == (["0"], ["1"])
