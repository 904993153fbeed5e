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


def each_message(
    event: dict[str, Any],
    context: Any,
    schema: type[M],
    work: Callable[[M, float, int], None],
) -> dict[str, Any]:
    """Work through a FIFO batch; a failure hands itself and the rest of its group back.

    `work` gets the message, the seconds left, and how often it was received.
    """

    def one(record: SQSRecord) -> None:
        message = msgspec.json.decode(record.body, type=schema)
        received = int(record.attributes.approximate_receive_count or 1)
        try:
            work(message, context.get_remaining_time_in_millis() / 1000, received)
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
