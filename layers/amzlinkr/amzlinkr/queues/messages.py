"""The messages of the queues, validated like all other input, and the processing of batches.

Unknown fields are ignored: during a deployment, both releases send and receive messages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    SqsFifoPartialProcessor,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from amzlinkr import telemetry
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import DeadLetters, MapConcurrently
from amzlinkr.net.json_decoding import decode_json

REPEATED_RECEIVES = 3
"""The delivery from which a message counts as repeated: its workers end before they finish."""


class RefreshShelf(msgspec.Struct):
    """A shelf to refresh, if it still has this lease."""

    site_id: str
    marketplace: str
    shelf_id: str
    lease: str


class ImportChunk(msgspec.Struct):
    """A chunk of a job to import; without a number, a request to send the next chunk.

    The next chunk is that of the site in the marketplace.
    """

    site_id: str
    marketplace: str
    job_id: str
    chunk: int | None = None


M = TypeVar("M", RefreshShelf, ImportChunk)


@dataclass(frozen=True, slots=True)
class MessageDelivery:
    """One delivery of a message: its number, and the receipt that identifies it to the queue.

    `queue` is the name of the queue.
    """

    message_id: str
    receipt: str
    number: int
    queue: str


class OutOfTime(Exception):
    """The function has no time for another message; SQS delivers it again."""


class WaitsForAccount(Exception):
    """The account of a message has no call yet; SQS delivers the message again when it has."""


def process_fifo_batch(
    event: dict[str, Any], schema: type[M], process: Callable[[M, MessageDelivery], None]
) -> dict[str, Any]:
    """Process a FIFO batch in order. A failure returns the message and the rest of its group."""

    def process_record(record: SQSRecord) -> None:
        message = _decode(record, schema)
        queue = str(record.event_source_arn).rpartition(":")[2]
        delivery = MessageDelivery(
            record.message_id, record.receipt_handle, _receive_count(record), queue
        )
        with telemetry.message(record.message_id, message.site_id):
            try:
                process(message, delivery)
            except (OutOfTime, WaitsForAccount):
                # Expected: not a fault for the log.
                raise
            except Exception as error:
                telemetry.log_fault(error)
                raise

    # Later messages of the group must not overtake a failed one. Other groups continue.
    processor: BatchProcessor = SqsFifoPartialProcessor(skip_group_on_error=True)
    # Powertools would otherwise raise if all messages fail, and the function would report a crash.
    processor.raise_on_entire_batch_failure = False
    return dict(process_partial_response(event, process_record, processor))


def process_concurrently(
    event: dict[str, Any],
    schema: type[M],
    process: Callable[[M], None],
    dead_letters: DeadLetters,
    map_concurrently: MapConcurrently,
) -> dict[str, Any]:
    """Process the messages of a batch concurrently. A failure returns only its own message.

    A message that cannot be decoded is sent to the dead-letter queue with the reason. It is
    returned to its queue only if that fails.
    """

    def process_record(record: SQSRecord) -> str | None:
        """Return the ID of the message if it failed."""
        try:
            message = _decode(record, schema)
        except (msgspec.DecodeError, UnicodeError) as error:
            return _send_to_dead_letters(record, str(error), dead_letters)
        with telemetry.message(record.message_id, message.site_id):
            try:
                process(message)
            except Exception as error:  # noqa: BLE001 - a message's failure must not fail the others
                telemetry.log_fault(error)
                return str(record.message_id)
        return None

    records = [SQSRecord(record) for record in event["Records"]]
    repeated = sum(_receive_count(record) >= REPEATED_RECEIVES for record in records)
    telemetry.count("MessagesRedelivered", repeated)
    # A message that ends the process would take this count with it.
    telemetry.flush()
    failed = map_concurrently(records, process_record)
    return {"batchItemFailures": [{"itemIdentifier": name} for name in failed if name]}


def _decode(record: SQSRecord, schema: type[M]) -> M:
    """Return the message. Raises `msgspec.DecodeError` or `UnicodeError`."""
    try:
        return decode_json(record.body, schema)
    except (msgspec.DecodeError, UnicodeError):
        telemetry.count("UndecodableMessages")
        telemetry.log.warning("undecodable message", message_id=record.message_id)
        raise


def _receive_count(record: SQSRecord) -> int:
    return int(record.attributes.get("ApproximateReceiveCount") or 1)


def _send_to_dead_letters(record: SQSRecord, reason: str, dead_letters: DeadLetters) -> str | None:
    """Return the ID of the message if the dead-letter queue did not accept it."""
    try:
        dead_letters.send_to_dead_letters(record.body, reason, record.message_id)
    except StoreUnavailable:
        return str(record.message_id)
    return None
