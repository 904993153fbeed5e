"""Scheduled function: purges the rows of deleted sites and deletes unused secrets."""

from typing import Any

from amzlinkr import telemetry
from amzlinkr.domain.clock import Deadline
from amzlinkr.wiring import dependencies, initialize


def handler(_event: object, context: Any) -> dict[str, int]:
    """Process due deletions. The content of the event is ignored."""
    with telemetry.invocation(context):
        deps = dependencies()
        sites, secrets = deps.purge.run(Deadline.of_invocation(deps.clock, context))
    return {"sites": sites, "secrets": secrets}


initialize("dynamodb", "purge")
