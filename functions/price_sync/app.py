"""The planner of the price sync: a scheduled function that leases due shelves and enqueues them."""

from typing import Any

from amzlinkr import telemetry
from amzlinkr.domain.clock import Deadline
from amzlinkr.wiring import dependencies


def handler(_event: object, context: Any) -> dict[str, int]:
    """Plan one run. The content of the event is ignored."""
    deps = dependencies()
    planned = deps.sync_planner.plan(Deadline.of_invocation(deps.clock, context))
    telemetry.log.info("planned", shelves=planned)
    # The router flushes for API functions; a scheduled function has no router.
    telemetry.flush()
    return {"planned": planned}
