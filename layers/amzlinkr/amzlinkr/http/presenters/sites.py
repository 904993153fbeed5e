"""What is told of sites, their Amazon accounts and their limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import UNSET

from amzlinkr.domain.connections import Connection
from amzlinkr.domain.diagnosis import Step
from amzlinkr.domain.limits import LimitUsage
from amzlinkr.domain.ports import DailyBudget
from amzlinkr.domain.shelves import ProductAges, Shelf
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
    counted: ProductAges,
    asked: timedelta,
    intervals: Mapping[str, timedelta],
    budgets: Mapping[str, DailyBudget],
) -> SyncStatus:
    """The state of a site's price sync."""
    return SyncStatus(
        last_run_at=max((shelf.observed_at for shelf in shelves), default=None),
        next_run_at=min((shelf.due_at for shelf in shelves), default=None),
        fresh=counted.fresh,
        stale=counted.stale,
        failing=counted.failing,
        intervals={
            shop: IntervalOut(
                round(asked.total_seconds()),
                round(actual.total_seconds()),
                actual > asked,
            )
            for shop, actual in sorted(intervals.items())
        },
        amazon_budget={shop: BudgetOut(b.used, b.limit) for shop, b in budgets.items()},
    )
