"""Scheduled function: purges the rows of deleted sites and deletes unused secrets."""

from typing import Any

from amzlinkr import telemetry
from amzlinkr.domain.clock import Deadline
from amzlinkr.wiring import dependencies, initialize


def handler(_event: object, context: Any) -> dict[str, int]:
    """Process due deletions; in read-only mode, they wait. The content of the event is ignored."""
    with telemetry.invocation(context):
        deps = dependencies()
        # A restore in progress may bring back what is to be deleted.
        if deps.service_state.switches().is_read_only:
            telemetry.log.info("not purged", read_only=True)
            return {"sites": 0, "secrets": 0}
        sites, secrets = deps.purge.run(Deadline.of_invocation(deps.clock, context))
    return {"sites": sites, "secrets": secrets}


initialize("dynamodb", "purge", "service_state")
