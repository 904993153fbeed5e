"""The price sync of accounts that can be called again: deferred shelves become due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import OutboxEntry, Task
from amzlinkr.domain.waiting import recovered_due_times
from amzlinkr.storage import item_keys

if TYPE_CHECKING:
    from amzlinkr.services.sync import SyncRequests
    from amzlinkr.storage.sites import SiteStore

RECOVERY_SETTLES_IN = timedelta(minutes=1)
"""The time after a recovery in which a planner or worker may still defer shelves of the account.

What they have read may be older than the recovery. The next run of the planner corrects that.
"""


@dataclass(frozen=True, slots=True)
class AccountRecoveries:
    """Recoveries of accounts, as results of calls to Amazon have recorded them."""

    sites: SiteStore
    sync_requests: SyncRequests

    def resume_all(self, deadline: Deadline) -> None:
        """Make the deferred shelves of all recovered connections due, until the deadline."""
        try:
            for recovery in self.sync_requests.outbox.due(
                Task.ACCOUNT_RECOVERY, self.sync_requests.clock.now()
            ):
                if deadline.is_over:
                    return
                self.resume(recovery, deadline)
        except StoreUnavailable as error:
            telemetry.log_fault(error)
            telemetry.count("PlanningFailed")

    def resume(self, recovery: OutboxEntry, deadline: Deadline) -> None:
        """Make the deferred shelves of one connection due, the longest deferred first.

        The record stays for the next run if time ran out, if a shelf changed at the same time, or
        if the recovery is recent.
        """
        requests = self.sync_requests
        site_id, marketplace = item_keys.split_recovery(recovery.subject)
        site = self.sites.get(site_id)
        if site is not None:
            shelves = [
                shelf
                for shelf in requests.shelves.list_for_site(site_id)
                if shelf.marketplace == marketplace and shelf.is_refreshed
            ]
            due_at = recovered_due_times(shelves, site.interval, recovery.due_at)
            if not requests.reschedule(due_at, deadline):
                return
        if recovery.due_at + RECOVERY_SETTLES_IN <= requests.clock.now():
            requests.outbox.complete(Task.ACCOUNT_RECOVERY, recovery)
