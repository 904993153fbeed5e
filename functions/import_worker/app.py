"""The import worker: fetches one chunk of an import job per SQS message.

A chunk is one GetItems call.
"""

from typing import Any

from amzlinkr import telemetry
from amzlinkr.domain.clock import Deadline
from amzlinkr.queues.messages import ImportChunk, process_fifo_batch
from amzlinkr.wiring import Dependencies, dependencies, initialize


def process_batch(event: dict[str, Any], context: Any, deps: Dependencies) -> dict[str, Any]:
    """Import the chunks of a batch, one after the other; none in read-only mode.

    The jobs stay pending, so the planner sends their chunks again after the read-only mode.
    """
    if deps.service_state.recent_switches().is_read_only:
        return {"batchItemFailures": []}
    imports = deps.imports
    deadline = Deadline.of_invocation(deps.clock, context)
    return process_fifo_batch(
        event,
        ImportChunk,
        lambda message, delivery: imports.import_chunk(message, deadline, delivery),
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Process a batch of the import queue."""
    with telemetry.invocation(context):
        return process_batch(event, context, dependencies())


initialize("dynamodb", "sqs", "amazon", "imports", "service_state")
