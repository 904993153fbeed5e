"""What travels over the queues, checked like every other input, and how batches are answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    SqsFifoPartialProcessor,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from amzlinkr import telemetry
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import DeadLetters

REASON_LENGTH = 200
M = TypeVar("M", bound=msgspec.Struct)


class RefreshShelf(msgspec.Struct, forbid_unknown_fields=True):
    """Refresh this shelf, if it is still leased under this name."""

    site_id: str
    marketplace: str
    shelf_id: str
    lease: str


class ImportChunk(msgspec.Struct, forbid_unknown_fields=True):
    """Import this chunk of this job."""

    site_id: str
    job_id: str
    chunk: int


class OutOfTime(Exception):
    """There is no time for another message."""


def process_fifo_batch(
    event: dict[str, Any],
    context: Any,
    clock: Clock,
    schema: type[M],
    process: Callable[[M, Deadline, int], None],
) -> dict[str, Any]:
    """Work through a FIFO batch; a failure hands itself and the rest of its group back.

    `work` gets the message, the seconds left, and how often it was received.
    """

    def one(record: SQSRecord) -> None:
        message = msgspec.json.decode(record.body, type=schema)
        received = int(record.attributes.approximate_receive_count or 1)
        try:
            seconds_left = context.get_remaining_time_in_millis() / 1000
            process(message, Deadline.after(clock, seconds_left), received)
        except OutOfTime:
            raise
        except Exception as error:
            telemetry.log_fault(error)
            raise

    processor: BatchProcessor = SqsFifoPartialProcessor(skip_group_on_error=True)
    processor.raise_on_entire_batch_failure = False
    answer = process_partial_response(event, one, processor, context)
    telemetry.flush()
    return dict(answer)


def process_concurrently(
    event: dict[str, Any],
    schema: type[M],
    process: Callable[[M], None],
    dead_letters: DeadLetters,
    map_concurrently: Callable[
        [list[SQSRecord], Callable[[SQSRecord], str | None]], list[str | None]
    ],
) -> dict[str, Any]:
    """Work on the messages of a batch side by side; each is done with when its work ends.

    What cannot be read is laid aside with the reason. A message goes back to its queue only if not
    even that worked, or after a fault of ours.
    """

    def one(record: SQSRecord) -> str | None:
        try:
            message = msgspec.json.decode(record.body, type=schema)
        except (msgspec.DecodeError, UnicodeError) as error:
            telemetry.count("UndecodableMessages")
            return _moved_to_dead_letters(record, str(error), dead_letters)
        try:
            process(message)
        except Exception as error:  # noqa: BLE001 - one message's fault is not the others'
            telemetry.log_fault(error)
            return str(record.message_id)
        return None

    failed = map_concurrently([SQSRecord(record) for record in event["Records"]], one)
    telemetry.flush()
    return {"batchItemFailures": [{"itemIdentifier": name} for name in failed if name]}


def _moved_to_dead_letters(record: SQSRecord, reason: str, dead_letters: DeadLetters) -> str | None:
    try:
        dead_letters.send_to_dead_letters(record.body, reason[:REASON_LENGTH], record.message_id)
    except StoreUnavailable:
        return str(record.message_id)
    return None
