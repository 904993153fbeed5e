"""The planner: a scheduled function that enqueues due shelves, and continues import jobs."""

from typing import Any

from amzlinkr import startup, telemetry
from amzlinkr.domain.clock import Deadline
from amzlinkr.services.health import record_limits, record_oldest_import
from amzlinkr.wiring import dependencies

MAX_IMPORT_SECONDS = 20.0
"""The time of a run in which import jobs are continued, before the shelves."""


def handler(_event: object, context: Any) -> dict[str, int]:
    """Plan one run. The content of the event is ignored."""
    with telemetry.invocation(context):
        deps = dependencies()
        deadline = Deadline.of_invocation(deps.clock, context)
        deps.imports.turns.continue_pending(deadline.at_most(MAX_IMPORT_SECONDS))
        planned = deps.sync_planner.plan(deadline)
        telemetry.log.info("planned", shelves=planned)
        record_oldest_import(deps.jobs, deps.clock.now())
        record_limits(deps.usage_counters, deps.secret_counts, deps.config.limits)
    return {"planned": planned}


startup.initialize(dependencies, "dynamodb", "sqs", "imports", "sync_planner")
