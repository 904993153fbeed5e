"""The planner: a scheduled function that enqueues due shelves, and continues import jobs."""

from typing import Any

from amzlinkr import telemetry
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.service_switches import PlannerRun
from amzlinkr.services.health import record_limits, record_oldest_import
from amzlinkr.wiring import Dependencies, dependencies, initialize

MAX_IMPORT_SECONDS = 20.0
"""The time of a run in which import jobs are continued, before the shelves."""
RECORD_SECONDS = 10.0
"""The last part of a run, in which the metrics of imports and limits are recorded."""
EXIT_SECONDS = 3.0
"""The time for the last requests to the tables, and for the end of the invocation."""


def handler(_event: object, context: Any) -> dict[str, int]:
    """Plan one run. The content of the event is ignored."""
    with telemetry.invocation(context):
        deps = dependencies()
        deadline = Deadline.of_invocation(deps.clock, context)
        started_at, switches = deps.clock.now(), deps.service_state.switches()
        if not switches.is_read_only:
            deps.imports.turns.continue_pending(deadline.at_most(MAX_IMPORT_SECONDS))
        is_stopped = switches.is_sync_stopped
        planning = deadline.with_reserve(RECORD_SECONDS)
        planned = deps.sync_planner.plan(planning, is_sync_stopped=is_stopped)
        # The heartbeat is written even if Lambda stops the invocation in what follows.
        telemetry.flush()
        record_run(PlannerRun(started_at, deps.clock.now(), planned), deps)
        telemetry.log.info("planned", shelves=planned, sync_stopped=is_stopped)
        record_limits(deps.usage_counters, deps.secret_counts, deps.config.limits)
        reading = deadline.with_reserve(EXIT_SECONDS)
        record_oldest_import(deps.jobs, deps.sites, deps.rate_limiters, reading)
    return {"planned": planned}


def record_run(run: PlannerRun, deps: Dependencies) -> None:
    """Store the run for the operator's view. A failure is counted, not raised."""
    try:
        deps.service_state.record_run(run)
    except StoreUnavailable:
        telemetry.count("PlannerRunNotRecorded")


initialize("dynamodb", "sqs", "imports", "sync_planner", "service_state")
