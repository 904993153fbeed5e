"""The import worker: fetches one chunk of an import job per SQS message.

A chunk is one GetItems call.
"""

from typing import Any

from amzlinkr.domain.clock import Deadline
from amzlinkr.queues.messages import ImportChunk, OutOfTime, process_fifo_batch
from amzlinkr.wiring import Dependencies, dependencies

# For one call to Amazon, with its wait for a reservation, and for the writes after it.
_MIN_REMAINING_SECONDS = 8.0
# For the writes after the call, without which its request to Amazon would be wasted.
_WRITE_RESERVE_SECONDS = 5.0


def import_chunk(
    message: ImportChunk, deadline: Deadline, receive_count: int, deps: Dependencies
) -> None:
    """Import one chunk. Raises `OutOfTime` if the remaining time is too short."""
    if not deadline.allows(_MIN_REMAINING_SECONDS):
        raise OutOfTime
    call_deadline = deadline.with_reserve(_WRITE_RESERVE_SECONDS)
    deps.imports.import_chunk(message, call_deadline, receive_count)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Process a batch of the import queue."""
    deps = dependencies()
    return process_fifo_batch(
        event,
        context,
        deps.clock,
        ImportChunk,
        lambda message, deadline, received: import_chunk(message, deadline, received, deps),
    )
