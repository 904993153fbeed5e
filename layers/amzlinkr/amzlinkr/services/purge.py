"""The purge of deleted sites and of unused secrets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import OutboxEntry, Task

if TYPE_CHECKING:
    from amzlinkr.services.amazon_accounts import AmazonAccounts
    from amzlinkr.storage.outbox import Outbox
    from amzlinkr.storage.site_deletions import SiteDeletionStore

PURGE_RESERVE_SECONDS = 10.0
"""The part of the remaining time that is reserved for the entry in progress."""
DELETION_GRACE = timedelta(hours=1)
"""The time after a site's deletion during which running operations may still write its rows."""


@dataclass(frozen=True, slots=True)
class Purge:
    """One run of the purge: due site deletions, then due secret deletions."""

    site_deletions: SiteDeletionStore
    outbox: Outbox
    accounts: AmazonAccounts
    clock: Clock

    def run(self, deadline: Deadline) -> tuple[int, int]:
        """Process due deletions until the deadline; the next run continues.

        Sites may use half of the time, so that secrets, which cost money, are deleted in every run.

        Returns:
            The number of due site deletions and of due secret deletions.

        Raises:
            StoreUnavailable: The outbox could not be read.
        """
        end = deadline.with_reserve(PURGE_RESERVE_SECONDS)
        half = end.at_most(end.remaining() / 2)
        deletions = self.outbox.due(Task.SITE_DELETION, self.clock.now())
        for deletion in deletions:
            if not half.is_over:
                with isolate_failure("SitePurgeFailed"):
                    self.purge_site(deletion, half)
        secrets = self.outbox.due(Task.SECRET_DELETION, self.clock.now())
        for secret in secrets:
            if not end.is_over:
                with isolate_failure("SecretNotDeleted"):
                    self.accounts.delete_secret(secret.subject)
        return len(deletions), len(secrets)

    def purge_site(self, deletion: OutboxEntry, deadline: Deadline) -> None:
        """Purge the rows of a deleted site in every run until `DELETION_GRACE` has passed.

        An operation that was running when the site was deleted may still write rows. If time runs
        out, the next run continues.
        """
        if not self.site_deletions.purge_rows(deletion.subject, deadline):
            telemetry.count("PurgeIncomplete")
            return
        if self.clock.now() - deletion.due_at >= DELETION_GRACE:
            self.outbox.complete(Task.SITE_DELETION, deletion)
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
