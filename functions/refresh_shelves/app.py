"""The worker of the price sync: each message is one shelf, one GetItems call."""

from typing import Any

from amzlinkr import telemetry
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.queues.messages import RefreshShelf, process_concurrently
from amzlinkr.services.shelf_refresher import count_failure
from amzlinkr.wiring import Dependencies, dependencies, initialize


def process_batch(event: dict[str, Any], context: Any, deps: Dependencies) -> dict[str, Any]:
    """Refresh the shelves of a batch concurrently.

    A shelf that fails is not returned to the queue, where it would block its message group. It is
    planned again at its due time, or when its lease ends.
    """
    refresher = deps.shelf_refresher
    deadline = Deadline.of_invocation(deps.clock, context)

    def process(message: RefreshShelf) -> None:
        try:
            refresher.refresh(message, deadline)
        except StoreUnavailable as error:
            telemetry.log_fault(error)
            count_failure(message.site_id, error)

    return process_concurrently(
        event, RefreshShelf, process, deps.refresh_dead_letters, deps.map_concurrently
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Process a batch of the refresh queue."""
    with telemetry.invocation(context):
        return process_batch(event, context, dependencies())


initialize("dynamodb", "amazon", "shelf_refresher")
