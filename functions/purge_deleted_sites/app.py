"""The scheduled worker of the outbox: purges rows of deleted sites, and deletes secrets."""

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
    """Purge the rows of a deleted site. If time runs out, a later run continues.

    The rows are purged again after the grace period, because an operation that was running when the
    site was deleted may have written one since.
    """
    if not deps.site_deletions.purge_rows(deletion.subject, deadline):
        telemetry.count("PurgeIncomplete")
        return
    if deps.clock.now() - deletion.due_at >= DELETION_GRACE:
        deps.outbox.complete(Task.SITE_DELETION, deletion)
        telemetry.log.info("purged", site_id=deletion.subject)
        telemetry.count("SitePurged")


@contextmanager
def isolate_failure() -> Iterator[None]:
    """Log a failure of one entry. A later run repeats it; the other entries continue."""
    try:
        yield
    except StoreUnavailable as error:
        telemetry.log_fault(error)
        telemetry.count("SitePurgeFailed")


def handler(_event: object, context: Any) -> dict[str, int]:
    """Process all due entries of the outbox: deleted sites first, then secrets."""
    deps = dependencies()
    deadline = Deadline.of_invocation(deps.clock, context).with_reserve(_MIN_REMAINING_SECONDS)
    deletions = deps.outbox.due(Task.SITE_DELETION, deps.clock.now())
    for deletion in deletions:
        if not deadline.is_over:
            with isolate_failure():
                purge_site(deletion, deadline, deps)
    secrets = deps.outbox.due(Task.SECRET_DELETION, deps.clock.now())
    for secret in secrets:
        if not deadline.is_over:
            with isolate_failure():
                deps.amazon_accounts.delete_secret(secret.subject)
    telemetry.flush()
    return {"sites": len(deletions), "secrets": len(secrets)}
