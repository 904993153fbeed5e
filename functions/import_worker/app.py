"""The import worker: fetches one chunk of an import job per SQS message.

A chunk is one GetItems call.
"""

from typing import Any

from amzlinkr import telemetry
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.service_switches import READ_ONLY_RETRY_SECONDS
from amzlinkr.queues.messages import ImportChunk, MessageDelivery, process_fifo_batch
from amzlinkr.wiring import Dependencies, dependencies, initialize


def process_batch(event: dict[str, Any], context: Any, deps: Dependencies) -> dict[str, Any]:
    """Import the chunks of a batch, one after the other; in read-only mode, they wait."""
    imports, service_state = deps.imports, deps.service_state
    deadline = Deadline.of_invocation(deps.clock, context)

    def process(message: ImportChunk, delivery: MessageDelivery) -> None:
        # Read for each message: if the store does not respond, SQS delivers the message again.
        if service_state.recent_switches().is_read_only:
            imports.turns.wait(message, delivery, READ_ONLY_RETRY_SECONDS)
        else:
            imports.import_chunk(message, deadline, delivery)

    return process_fifo_batch(event, ImportChunk, process)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Process a batch of the import queue."""
    with telemetry.invocation(context):
        return process_batch(event, context, dependencies())


initialize("dynamodb", "sqs", "amazon", "imports", "service_state")
