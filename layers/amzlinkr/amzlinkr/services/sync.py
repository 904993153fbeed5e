"""The price sync: sync requests of sites, and the planner that leases due shelves."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.batches import in_batches
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.due_shelves import AccountCalls, account_calls
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.freshness import RECHECK_INTERVAL
from amzlinkr.domain.planning import ConnectionKey, SyncRun, message_group_of, plan_run
from amzlinkr.domain.ports import DailyBudget, MapConcurrently, OutboxEntry, OutgoingMessage, Task
from amzlinkr.domain.shelves import Shelf
from amzlinkr.domain.sites import Site, is_sandbox
from amzlinkr.queues.messages import RefreshShelf
from amzlinkr.queues.sqs import MAX_BATCH_SIZE
from amzlinkr.services.account_recovery import AccountRecoveries
from amzlinkr.services.health import record_run

if TYPE_CHECKING:
    from amzlinkr.queues.sqs import Queue
    from amzlinkr.storage.outbox import Outbox
    from amzlinkr.storage.product_writer import ProductWriter
    from amzlinkr.storage.rate_limiter_store import RateLimiterStore
    from amzlinkr.storage.shelves import ShelfStore
    from amzlinkr.storage.sites import SiteStore

SHELF_UPDATE_BATCH_SIZE = 100
"""Shelves that are updated between two checks of the deadline."""
LOOKUP_BATCH_SIZE = 100
"""Connections that are read between two checks of the deadline: one request."""
LEASE_DURATION = timedelta(minutes=15)
MAX_SHELVES_PER_RUN = 40_000
MIN_ENQUEUE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class SyncRequests:
    """Requests of sites to refresh their products early."""

    sites: SiteStore
    shelves: ShelfStore
    outbox: Outbox
    clock: Clock
    map_concurrently: MapConcurrently

    def request_sync(self, site: Site, deadline: Deadline) -> None:
        """Store a request and reschedule the site's shelves as far as time allows."""
        now = self.clock.now()
        self.outbox.schedule(Task.SYNC_REQUEST, site.site_id, now)
        self.reschedule_site(OutboxEntry(site.site_id, now), deadline, site)

    def reschedule_site(
        self, request: OutboxEntry, deadline: Deadline, site: Site | None = None
    ) -> None:
        """Make all shelves due that were not refreshed since the request, and can be refreshed.

        If time runs out or a shelf changes, the request stays for the next run.
        """
        site_id, requested_at = request.subject, request.due_at
        if deadline.is_over:
            return
        site = site or self.sites.get(site_id)
        due_at = {
            shelf: min(shelf.due_at, requested_at)
            for shelf in self.shelves.list_for_site(site_id)
            if shelf.needs_rescheduling(requested_at)
            # Each write of a shelf that cannot be refreshed would be followed by a deferral.
            and site is not None
            and site.can_refresh(shelf.marketplace)
        }
        if self.reschedule(due_at, deadline):
            self.outbox.complete(Task.SYNC_REQUEST, request)

    def resume_requested_syncs(self, deadline: Deadline) -> None:
        """Reschedule sites with pending requests until the deadline."""
        try:
            for request in self.outbox.due(Task.SYNC_REQUEST, self.clock.now()):
                # A shelf that changed at the same time delays its own site only.
                self.reschedule_site(request, deadline)
                if deadline.is_over:
                    return
        except StoreUnavailable as error:
            telemetry.log_fault(error)
            telemetry.count("PlanningFailed")

    def apply_shorter_interval(self, site: Site, deadline: Deadline) -> None:
        """Move due times that exceed the site's interval.

        Shelves for which no time remains take the interval after their next refresh.
        """
        now = self.clock.now()
        due_at = {
            shelf: max(now, shelf.observed_at + site.interval)
            for shelf in self.shelves.list_for_site(site.site_id)
            if shelf.is_refreshed and site.can_refresh(shelf.marketplace)
        }
        self.reschedule({s: at for s, at in due_at.items() if at < s.due_at}, deadline)

    def reschedule(self, due_at: Mapping[Shelf, datetime], deadline: Deadline) -> bool:
        """Set due times in batches. Return False if time ran out or a shelf has changed."""
        is_complete = True
        for batch in in_batches(list(due_at), SHELF_UPDATE_BATCH_SIZE):
            if deadline.is_over:
                return False
            done = self.map_concurrently(batch, lambda s: self.shelves.reschedule(s, due_at[s]))
            is_complete &= all(done)
        return is_complete


@dataclass(frozen=True, slots=True)
class SyncPlanner:
    """One run of the price sync: leases due shelves and enqueues them for the worker."""

    sync_requests: SyncRequests
    sites: SiteStore
    shelves: ShelfStore
    product_writer: ProductWriter
    rate_limiters: RateLimiterStore
    queue: Queue
    clock: Clock
    map_concurrently: MapConcurrently

    def plan(self, deadline: Deadline, *, is_sync_stopped: bool = False) -> int:
        """Plan one run. Return the number of enqueued shelves.

        Products expire before anything else, whatever the state of their account, and also while
        the operator has stopped the sync. If the process crashes, a leased shelf is planned again
        when its lease ends. A second planner at the same time finds the shelves leased.
        """
        # Pending requests and expiry may use half of the run's time. Readers hide expired content,
        # and a read of the feed removes it: it can wait for the next run, prices cannot.
        half = deadline.at_most(deadline.remaining() / 2)
        resuming = half.at_most(half.remaining() / 2)
        self.sync_requests.resume_requested_syncs(resuming)
        AccountRecoveries(self.sites, self.sync_requests).resume_all(resuming)
        now = self.clock.now()
        due = self.read_due(now, half)
        connections = self.sites.connections((shelf.site_id, shelf.marketplace) for shelf in due)
        account_keys = (connection.account_key for connection in connections.values())
        budgets = self.rate_limiters.budgets(account_keys, now)
        run = plan_run(due, connections, budgets, now)
        record_run(due, run, connections, now)
        if is_sync_stopped:
            # The shelves stay due, so that the first run after the stop plans them.
            run = SyncRun()

        def enqueue(batch: Sequence[tuple[Shelf, str]]) -> int:
            has_time = deadline.allows(MIN_ENQUEUE_SECONDS)
            return self.lease_and_enqueue(batch, now) if has_time else 0

        batches = _batches_of(run, connections, budgets)
        enqueued = sum(self.map_concurrently(batches, enqueue))

        def defer(shelf: Shelf) -> None:
            # A shelf that is not deferred is considered again in the next run.
            if deadline.allows(MIN_ENQUEUE_SECONDS):
                self.defer_shelf(shelf, connections, now)

        self.map_concurrently(run.deferred, defer)
        telemetry.count("ShelvesDelayed", run.delayed)
        telemetry.count("SyncRunsCompleted")
        return enqueued

    def read_due(self, now: datetime, deadline: Deadline) -> list[Shelf]:
        """Return the due shelves of this run, after the removal of expired products."""

        def expire(shelf: Shelf) -> Shelf:
            return shelf if deadline.is_over else self.expire_products(shelf, now)

        lookups = deadline.at_most(deadline.remaining() / 2)
        find_accounts = partial(self.accounts_of, now=now, deadline=lookups)
        due = self.shelves.due(now, MAX_SHELVES_PER_RUN, find_accounts)
        read = self.map_concurrently(due, expire)
        return [shelf for shelf in read if shelf.due_at <= now]

    def accounts_of(
        self, keys: Sequence[ConnectionKey], now: datetime, deadline: Deadline
    ) -> dict[ConnectionKey, AccountCalls]:
        """Return the accounts of connections with their calls, as far as time allows."""

        def read(part: Sequence[ConnectionKey]) -> dict[ConnectionKey, AccountCalls]:
            if deadline.is_over:
                return {}
            connections = self.sites.connections(part)
            account_keys = [connection.account_key for connection in connections.values()]
            budgets = self.rate_limiters.budgets(account_keys, now)
            return account_calls(part, connections, budgets, now)

        found = self.map_concurrently(in_batches(keys, LOOKUP_BATCH_SIZE), read)
        return {key: account for part in found for key, account in part.items()}

    def expire_products(self, shelf: Shelf, now: datetime) -> Shelf:
        """Remove expired content from a shelf's products and publish it in the change feed.

        Returns the shelf as it is then.
        """
        if shelf.next_expiry is None or shelf.next_expiry > now:
            return shelf
        try:
            telemetry.count("ProductsExpired", self.product_writer.expire(shelf, now))
            found = self.shelves.get(shelf.site_id, shelf.marketplace, shelf.shelf_id)
        except StoreUnavailable:
            telemetry.count("ExpireFailed", int(not is_sandbox(shelf.site_id)))
            return shelf
        return found or shelf

    def lease_and_enqueue(self, batch: Sequence[tuple[Shelf, str]], now: datetime) -> int:
        """Lease shelves and enqueue them with their message groups. Return how many.

        A shelf that fails before its lease is planned in the next run, one that fails after it
        when the lease ends.
        """
        outgoing = []
        try:
            for shelf, group in batch:
                lease = secrets.token_hex(8)
                if self.shelves.lease(shelf, lease, now, now + LEASE_DURATION):
                    message = RefreshShelf(shelf.site_id, shelf.marketplace, shelf.shelf_id, lease)
                    outgoing.append(OutgoingMessage(message, group, f"{shelf.shelf_id}-{lease}"))
            accepted = len(self.queue.send_all(outgoing))
        except StoreUnavailable as error:
            telemetry.log_fault(error)
            telemetry.count("PlanningFailed", len(batch))
            return 0
        telemetry.count("PlanningFailed", len(outgoing) - accepted)
        return accepted

    def defer_shelf(
        self, shelf: Shelf, connections: Mapping[ConnectionKey, Connection], now: datetime
    ) -> None:
        """Make a shelf due at its account's next check."""
        connection = connections.get((shelf.site_id, shelf.marketplace))
        until = now + RECHECK_INTERVAL if connection is None else connection.next_check_at(now)
        try:
            self.shelves.defer(shelf, until)
        except StoreUnavailable:
            telemetry.count("PlanningFailed")


def _batches_of(
    run: SyncRun,
    connections: Mapping[ConnectionKey, Connection],
    budgets: Mapping[str, DailyBudget],
) -> list[Sequence[tuple[Shelf, str]]]:
    """Return the shelves to send with their message groups, in batches of one SQS call."""
    messages = []
    for number, shelf in enumerate(run.send):
        account_key = connections[shelf.site_id, shelf.marketplace].account_key
        messages.append((shelf, message_group_of(account_key, budgets[account_key], number)))
    return in_batches(messages, MAX_BATCH_SIZE)
