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


def handler(_event: object, context: Any) -> dict[str, int]:
    """Plan one run. The content of the event is ignored."""
    with telemetry.invocation(context):
        deps = dependencies()
        deadline = Deadline.of_invocation(deps.clock, context)
        started_at, switches = deps.clock.now(), deps.service_state.switches()
        if not switches.is_read_only:
            deps.imports.turns.continue_pending(deadline.at_most(MAX_IMPORT_SECONDS))
        is_stopped = switches.is_sync_stopped
        planned = deps.sync_planner.plan(deadline, is_sync_stopped=is_stopped)
        record_run(PlannerRun(started_at, deps.clock.now(), planned), deps)
        telemetry.log.info("planned", shelves=planned, sync_stopped=is_stopped)
        record_oldest_import(deps.jobs, deps.sites, deps.rate_limiters, deps.clock.now())
        record_limits(deps.usage_counters, deps.secret_counts, deps.config.limits)
    return {"planned": planned}


def record_run(run: PlannerRun, deps: Dependencies) -> None:
    """Store the run for the operator's view. A failure is counted, not raised."""
    try:
        deps.service_state.record_run(run)
    except StoreUnavailable:
        telemetry.count("PlannerRunNotRecorded")


initialize("dynamodb", "sqs", "imports", "sync_planner", "service_state")
