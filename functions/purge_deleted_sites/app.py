"""Every few minutes: erase what sites left behind, and delete secrets that nobody needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import OutboxEntry, Task
from amzlinkr.wiring import Dependencies, dependencies

_MIN_REMAINING_SECONDS = 10.0
DELETION_GRACE = timedelta(hours=1)
"""For so long work that was under way may still write for a site that left."""


def delete_secret(secret_id: str, deps: Dependencies) -> None:
    """Delete a secret, and the note that it is to be deleted."""
    deps.vault.delete(secret_id)
    deps.outbox.cancel(Task.SECRET_DELETION, secret_id)


def purge_site(deletion: OutboxEntry, deadline: Deadline, deps: Dependencies) -> None:
    """Delete a site's rows; a later round goes on where this one stops.

    What was under way when the site left may write a row once more, so they are swept again once
    that is over.
    """
    if not deps.site_deletions.purge_rows(deletion.subject, deadline):
        deps.count("PurgeIncomplete")
        return
    if deps.clock.now() - deletion.due_at >= DELETION_GRACE:
        deps.outbox.complete(Task.SITE_DELETION, deletion)
        deps.log.info("erased", site_id=deletion.subject)
        deps.count("SitePurged")


@contextmanager
def isolate_failure(deps: Dependencies) -> Iterator[None]:
    """A failure of one piece of work is for a later round, and does not keep the others."""
    try:
        yield
    except StoreUnavailable as error:
        deps.log_fault(error)
        deps.count("SitePurgeFailed")


def handler(_event: object, context: Any) -> dict[str, int]:
    """One round over all sites that left, and then over all secrets that are to be forgotten."""
    deps = dependencies()
    seconds_left = context.get_remaining_time_in_millis() / 1000
    deadline = Deadline.after(deps.clock, seconds_left - _MIN_REMAINING_SECONDS)
    deletions = deps.outbox.due(Task.SITE_DELETION, deps.clock.now())
    for deletion in deletions:
        if deadline.remaining():
            with isolate_failure(deps):
                purge_site(deletion, deadline, deps)
    secrets = deps.outbox.due(Task.SECRET_DELETION, deps.clock.now())
    for secret in secrets:
        if deadline.remaining():
            with isolate_failure(deps):
                delete_secret(secret.subject, deps)
    deps.flush()
    return {"sites": len(deletions), "secrets": len(secrets)}
