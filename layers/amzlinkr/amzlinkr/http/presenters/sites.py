"""What is told of sites, their Amazon accounts and their limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import UNSET

from amzlinkr.domain.connections import Connection
from amzlinkr.domain.diagnosis import Step
from amzlinkr.domain.limits import LimitUsage
from amzlinkr.domain.planning import actual_intervals
from amzlinkr.domain.ports import DailyBudget
from amzlinkr.domain.shelves import Shelf, count_by_age
from amzlinkr.domain.sites import Site, SiteApiKey, mode_of
from amzlinkr.http.responses import upstream_out
from amzlinkr.http.schemas.products import ConnectionState
from amzlinkr.http.schemas.sites import (
    AccountProblemOut,
    ApiKeyOut,
    BudgetOut,
    ConnectionOut,
    IntervalOut,
    LimitUsageOut,
    SiteOut,
    StepOut,
    SyncStatus,
    UsageOut,
)


def connection_out(connection: Connection) -> ConnectionOut:
    """A connection with its key masked."""
    trouble = connection.problem
    return ConnectionOut(
        connection.marketplace,
        connection.api,
        connection.partner_tag,
        connection.key_hint,
        connection.state,
        connection.since,
        connection.last_ok_at,
        connection.next_probe_at,
        AccountProblemOut(trouble.code, trouble.action, trouble.at, upstream_out(trouble.upstream))
        if trouble
        else None,
    )


def site_out(site: Site) -> SiteOut:
    """A site and its connections."""
    connections = [connection_out(connection) for connection in site.connections.values()]
    suspended = site.suspended_at is not None
    hours = site.interval // timedelta(hours=1)
    return SiteOut(
        site.site_id,
        site.url,
        site.email,
        site.created_at,
        site.primary,
        hours,
        suspended,
        connections,
    )


def api_key_out(key: SiteApiKey, holder: str, current: str) -> ApiKeyOut:
    """A key, as far as it may be shown; `current` is the kid of the one in use."""
    return ApiKeyOut(
        key.kid,
        mode_of(holder),
        key.created_at,
        key.expires_at,
        key.used_at,
        key.kid == current,
    )


def limit_usage_out(allowance: LimitUsage, now: datetime) -> LimitUsageOut:
    """What is left of a limit."""
    per = int(allowance.limit.per.total_seconds())
    resets_at = now.replace(microsecond=0) + timedelta(seconds=allowance.resets_in)
    return LimitUsageOut(allowance.used, allowance.limit.maximum, per, resets_at)


def step_out(step: Step) -> StepOut:
    """A step of a diagnosis."""
    return StepOut(
        step.name,
        step.ok,
        step.detail,
        step.code or UNSET,
        step.action or UNSET,
        upstream_out(step.upstream) if step.upstream else UNSET,
    )


def connection_state(connection: Connection) -> ConnectionState:
    """The part of a connection that readers of the feed must know."""
    action = connection.problem.action if connection.problem else None
    return ConnectionState(connection.state, connection.since, connection.next_probe_at, action)


def sync_status(
    shelves: Sequence[Shelf],
    interval: timedelta,
    budgets: Mapping[str, DailyBudget],
    now: datetime,
) -> SyncStatus:
    """Return the state of a site's price sync, from its shelves that have products."""
    ages = count_by_age(shelves, now, interval)
    intervals = actual_intervals(shelves, interval, now)
    return SyncStatus(
        last_run_at=max((shelf.observed_at for shelf in shelves), default=None),
        next_run_at=min((shelf.due_at for shelf in shelves), default=None),
        fresh=ages.fresh,
        stale=ages.stale,
        failing=ages.failing,
        intervals={
            code: IntervalOut(
                round(interval.total_seconds()),
                round(actual.total_seconds()),
                actual > interval,
            )
            for code, actual in sorted(intervals.items())
        },
        amazon_budget={code: BudgetOut(b.used, b.limit) for code, b in budgets.items()},
    )


def usage_out(
    usages: Iterable[LimitUsage],
    shelves: Iterable[Shelf],
    max_products: int,
    budgets: Mapping[str, DailyBudget],
    now: datetime,
) -> UsageOut:
    """Return the usage of our limits (in the order of the fields) and of Amazon's budgets."""
    calls, jobs, validations, syncs, keys = (limit_usage_out(usage, now) for usage in usages)
    products = sum(len(shelf.slots) for shelf in shelves)
    return UsageOut(
        calls=calls,
        jobs=jobs,
        validations=validations,
        syncs=syncs,
        keys=keys,
        products=BudgetOut(products, max_products),
        amazon_requests_today={
            code: BudgetOut(budget.used, budget.limit) for code, budget in budgets.items()
        },
    )
