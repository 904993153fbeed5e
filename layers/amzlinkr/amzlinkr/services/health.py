"""Metrics of the service's promises, which each run of the planner records.

They come from what the run reads anyway; small reads are added for the limits and the imports.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.limits import ALL_SITES, Limits
from amzlinkr.domain.planning import MAX_NORMAL_DELAY, ConnectionKey, SyncRun
from amzlinkr.domain.ports import DailyBudget
from amzlinkr.domain.shelves import Shelf
from amzlinkr.domain.sites import is_sandbox
from amzlinkr.domain.staleness import import_age, staleness_of

if TYPE_CHECKING:
    from amzlinkr.storage.jobs import JobStore
    from amzlinkr.storage.rate_limiter_store import RateLimiterStore
    from amzlinkr.storage.secret_counts import SecretCounts
    from amzlinkr.storage.sites import SiteStore
    from amzlinkr.storage.usage_counters import UsageCounters

MAX_LOGGED_CONNECTIONS = 20
JOB_BATCH_SIZE = 100
"""Pending jobs that are read between two checks of the deadline."""
STALE_CONTENT_AGE = timedelta(hours=22)


def record_run(
    due: Collection[Shelf],
    run: SyncRun,
    connections: Mapping[ConnectionKey, Connection],
    now: datetime,
) -> None:
    """Record the lateness of the due shelves and the states of their accounts.

    An account with too few calls for its products refreshes them less often. Its overdue shelves
    are logged, but are not in `OldestDueShelfSeconds`.
    """
    stale = staleness_of(due, connections, now)
    in_budget = [entry for entry in stale if entry.account_key not in run.over_budget]
    overdue = max((entry.overdue for entry in in_budget), default=timedelta())
    content_age = max((entry.content_age for entry in stale), default=timedelta())
    telemetry.measure("OldestDueShelfSeconds", overdue.total_seconds(), "Seconds")
    telemetry.measure("OldestProductSeconds", content_age.total_seconds(), "Seconds")
    _record_states(due, connections)
    late = [
        entry
        for entry in stale
        if entry.overdue > MAX_NORMAL_DELAY or entry.content_age > STALE_CONTENT_AGE
    ]
    for entry in late[:MAX_LOGGED_CONNECTIONS]:
        telemetry.log.warning(
            "stale",
            site_id=entry.site_id,
            marketplace=entry.marketplace,
            overdue_seconds=round(entry.overdue.total_seconds()),
            content_seconds=round(entry.content_age.total_seconds()),
            over_budget=entry.account_key in run.over_budget,
        )


def _record_states(due: Collection[Shelf], connections: Mapping[ConnectionKey, Connection]) -> None:
    """Record the states of the connections with due shelves; each has one within the hour.

    A link-only connection counts as a state, but not among the accounts: it has none.
    """
    keys = {(shelf.site_id, shelf.marketplace) for shelf in due if not is_sandbox(shelf.site_id)}
    found = [connections[key] for key in keys if key in connections]
    for connection in found:
        telemetry.count(f"Accounts_{connection.state}")
    accounts = [connection for connection in found if not connection.is_link_only]
    if accounts:
        down = sum(connection.is_down for connection in accounts)
        telemetry.measure("AccountsDownPercent", 100 * down / len(accounts), "Percent")


def record_oldest_import(
    jobs: JobStore, sites: SiteStore, rate_limiters: RateLimiterStore, deadline: Deadline
) -> None:
    """Record how long a pending import job of a live site could have been continued, at most.

    Jobs that wait for their account are left out. If time runs out, the value is a lower bound.
    """
    now, oldest = deadline.clock.now(), timedelta()
    try:
        pending = (job for job in jobs.all_pending() if not is_sandbox(job.site_id))
        by_connection = groupby(pending, key=lambda job: (job.site_id, job.marketplace))
        first_jobs = (next(group) for _, group in by_connection)
        while not deadline.is_over and (batch := list(islice(first_jobs, JOB_BATCH_SIZE))):
            connections = sites.connections((job.site_id, job.marketplace) for job in batch)
            account_keys = (connection.account_key for connection in connections.values())
            budgets = rate_limiters.budgets(account_keys, now)
            for job in batch:
                connection = connections.get((job.site_id, job.marketplace))
                budget = budgets[connection.account_key] if connection else DailyBudget()
                oldest = max(oldest, import_age(job, connection, budget, now))
    except StoreUnavailable as error:
        _record_fault(error)
        return
    telemetry.measure("OldestImportSeconds", oldest.total_seconds(), "Seconds")


def record_limits(counters: UsageCounters, secrets: SecretCounts, limits: Limits) -> None:
    """Record the used part of the limits that end the growth of the whole service."""
    try:
        (new_sites,) = counters.usage([limits.new_sites], ALL_SITES)
        connections = secrets.total()
    except StoreUnavailable as error:
        _record_fault(error)
        return
    used = 100 * new_sites.used / new_sites.limit.maximum
    telemetry.measure("NewSitesUsedPercent", used, "Percent")
    telemetry.measure("ConnectionsUsedPercent", 100 * connections / limits.connections, "Percent")


def _record_fault(error: StoreUnavailable) -> None:
    telemetry.log_fault(error)
    telemetry.count("PlanningFailed")
