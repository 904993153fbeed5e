"""Scheduled function: purges the rows of deleted sites and deletes unused secrets."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from amzlinkr import telemetry
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import OutboxEntry, Task
from amzlinkr.wiring import Dependencies, dependencies

_MIN_REMAINING_SECONDS = 10.0
DELETION_GRACE = timedelta(hours=1)
"""The time after a site's deletion during which running operations may still write its rows."""


def purge_site(deletion: OutboxEntry, deadline: Deadline, deps: Dependencies) -> None:
    """Purge the rows of a deleted site in every run until `DELETION_GRACE` has passed.

    An operation that was running when the site was deleted may still write rows. If time runs out,
    the next run continues.
    """
    if not deps.site_deletions.purge_rows(deletion.subject, deadline):
        telemetry.count("PurgeIncomplete")
        return
    if deps.clock.now() - deletion.due_at >= DELETION_GRACE:
        deps.outbox.complete(Task.SITE_DELETION, deletion)
        telemetry.log.info("purged", site_id=deletion.subject)
        telemetry.count("SitePurged")


@contextmanager
def isolate_failure(metric: str) -> Iterator[None]:
    """Log and count the failure of one entry. The next run repeats it; other entries continue."""
    try:
        yield
    except StoreUnavailable as error:
        telemetry.log_fault(error)
        telemetry.count(metric)


def handler(_event: object, context: Any) -> dict[str, int]:
    """Process due site deletions, then due secret deletions."""
    deps = dependencies()
    deadline = Deadline.of_invocation(deps.clock, context).with_reserve(_MIN_REMAINING_SECONDS)
    try:
        deletions = deps.outbox.due(Task.SITE_DELETION, deps.clock.now())
        for deletion in deletions:
            if not deadline.is_over:
                with isolate_failure("SitePurgeFailed"):
                    purge_site(deletion, deadline, deps)
        secrets = deps.outbox.due(Task.SECRET_DELETION, deps.clock.now())
        for secret in secrets:
            if not deadline.is_over:
                with isolate_failure("SecretNotDeleted"):
                    deps.amazon_accounts.delete_secret(secret.subject)
    finally:
        telemetry.flush()
    return {"sites": len(deletions), "secrets": len(secrets)}
