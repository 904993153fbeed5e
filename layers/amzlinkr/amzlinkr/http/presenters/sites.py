"""Converters from sites, connections, limits and sync state to HTTP output types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import UNSET

from amzlinkr.domain.amazon_errors import Upstream
from amzlinkr.domain.audit import AuditEvent
from amzlinkr.domain.connections import AccountProblem, Connection
from amzlinkr.domain.diagnosis import Step
from amzlinkr.domain.limits import Limits, LimitUsage
from amzlinkr.domain.marketplaces import Marketplace
from amzlinkr.domain.money import decimals_of
from amzlinkr.domain.partner_tags import tag_warning
from amzlinkr.domain.planning import actual_intervals
from amzlinkr.domain.ports import DailyBudget
from amzlinkr.domain.product_counts import count_products
from amzlinkr.domain.shelves import Shelf
from amzlinkr.domain.sites import Site, SiteApiKey, mode_of
from amzlinkr.domain.sync_problems import sync_problems
from amzlinkr.http.schemas.api_keys import ApiKeyOut
from amzlinkr.http.schemas.audit import AuditEventOut
from amzlinkr.http.schemas.connections import AccountProblemOut, ConnectionOut, StepOut
from amzlinkr.http.schemas.feed import ConnectionState
from amzlinkr.http.schemas.problems import UpstreamOut
from amzlinkr.http.schemas.sites import MarketplaceOut, RegionsOut, SiteOut
from amzlinkr.http.schemas.sync import (
    BudgetOut,
    IntervalOut,
    LimitUsageOut,
    ListProblemOut,
    ProductCountsOut,
    SyncProblemOut,
    SyncStatus,
    UsageOut,
)


def upstream_out(upstream: Upstream) -> UpstreamOut:
    """Return what Amazon reported: status, error code and request ID."""
    return UpstreamOut(
        upstream.service,
        upstream.status or UNSET,
        upstream.code or UNSET,
        upstream.request_id or UNSET,
    )


def connection_out(connection: Connection) -> ConnectionOut:
    """Return a connection with its Amazon key masked."""
    is_untested = connection.is_link_only
    warning = tag_warning(connection.partner_tag, connection.marketplace) if is_untested else None
    return ConnectionOut(
        marketplace=connection.marketplace,
        api=connection.api or UNSET,
        partner_tag=connection.partner_tag,
        key_hint=connection.key_hint or UNSET,
        state=connection.state,
        since=connection.since,
        last_ok_at=connection.last_ok_at or UNSET,
        next_probe_at=connection.next_probe_at or UNSET,
        problem=_problem_out(connection.problem) if connection.problem else UNSET,
        warning=warning or UNSET,
    )


def _problem_out(problem: AccountProblem) -> AccountProblemOut:
    upstream = upstream_out(problem.upstream)
    return AccountProblemOut(problem.code, problem.action, problem.at, upstream)


def connection_state(connection: Connection) -> ConnectionState:
    """Return the part of a connection that the change feed contains."""
    return ConnectionState(
        connection.state,
        connection.since,
        connection.partner_tag,
        connection.next_probe_at or UNSET,
        connection.problem.action if connection.problem else UNSET,
    )


def site_out(site: Site) -> SiteOut:
    """Return a site with its connections."""
    return SiteOut(
        site_id=site.site_id,
        site_url=site.url,
        email=site.email,
        created_at=site.created_at,
        primary_marketplace=site.primary or UNSET,
        refresh_hours=site.interval // timedelta(hours=1),
        suspended=site.suspended_at is not None,
        connections=[connection_out(connection) for connection in site.connections.values()],
    )


def api_key_out(api_key: SiteApiKey, site_id: str, current_kid: str) -> ApiKeyOut:
    """Return an API key without its secret.

    Args:
        api_key: The API key.
        site_id: The site or sandbox site that the API key gives access to.
        current_kid: The public ID of the API key that sent the request.
    """
    return ApiKeyOut(
        kid=api_key.kid,
        mode=mode_of(site_id),
        scope=api_key.scope,
        created_at=api_key.created_at,
        expires_at=api_key.expires_at or UNSET,
        last_used_at=api_key.used_at or UNSET,
        current=api_key.kid == current_kid,
    )


def audit_event_out(event: AuditEvent) -> AuditEventOut:
    """Return a security event."""
    return AuditEventOut(event.at, event.event, event.actor, event.detail)


def limit_usage_out(usage: LimitUsage, now: datetime) -> LimitUsageOut:
    """Return the usage of a limit, and the time at which its window resets."""
    period_seconds = int(usage.limit.per.total_seconds())
    # `resets_in` is a whole number of seconds, so fractions of `now` would only suggest precision.
    resets_at = now.replace(microsecond=0) + timedelta(seconds=usage.resets_in)
    return LimitUsageOut(usage.used, usage.limit.maximum, period_seconds, resets_at)


def step_out(step: Step) -> StepOut:
    """Return a step of the diagnostics."""
    return StepOut(
        step.name,
        step.detail,
        UNSET if step.ok is None else step.ok,
        step.code or UNSET,
        step.action or UNSET,
        upstream_out(step.upstream) if step.upstream else UNSET,
    )


def marketplace_out(marketplace: Marketplace) -> MarketplaceOut:
    """Return a marketplace with the decimal places of its currency and its API regions."""
    return MarketplaceOut(
        marketplace.code,
        marketplace.domain,
        marketplace.name,
        marketplace.currency,
        decimals_of(marketplace.currency),
        marketplace.languages,
        RegionsOut(marketplace.paapi5_region, marketplace.creators_region),
    )


def sync_status(
    shelves: Sequence[Shelf],
    site: Site,
    budgets: Mapping[str, DailyBudget],
    now: datetime,
    *,
    is_paused: bool = False,
) -> SyncStatus:
    """Return the state of a site's price sync, from its shelves that are refreshed."""
    interval = site.interval
    counts = count_products(shelves, now, interval)
    intervals = actual_intervals(shelves, interval, now)
    # The others have the time at which they were made.
    retrieved = [shelf for shelf in shelves if shelf.is_observed]
    return SyncStatus(
        last_run_at=max((shelf.observed_at for shelf in retrieved), default=UNSET),
        next_run_at=UNSET if is_paused else min((shelf.due_at for shelf in shelves), default=UNSET),
        paused=is_paused,
        products=ProductCountsOut(
            counts.fresh, counts.stale, counts.expired, counts.missing, counts.waiting
        ),
        intervals={
            code: IntervalOut(
                round(interval.total_seconds()),
                round(actual.total_seconds()),
                actual > interval,
            )
            for code, actual in sorted(intervals.items())
        },
        amazon_budget={code: BudgetOut(b.used, b.limit) for code, b in budgets.items()},
        problems={
            code: SyncProblemOut(problem.code, problem.action)
            for code, problem in sync_problems(site, {s.marketplace for s in shelves}).items()
        },
        list_problems={
            shelf.definition.name: ListProblemOut(
                shelf.problem.code, shelf.problem.action, shelf.problem.detail, shelf.problem.at
            )
            for shelf in shelves
            if shelf.definition and shelf.problem
        },
    )


def usage_out(
    usages: Iterable[LimitUsage],
    shelves: Sequence[Shelf],
    limits: Limits,
    budgets: Mapping[str, DailyBudget],
    now: datetime,
) -> UsageOut:
    """Return the usage of our limits and of Amazon's budgets.

    `usages` are those of `Limits.windows_of`, in its order.
    """
    calls, jobs, validations, syncs, api_keys, *without_access = (
        limit_usage_out(usage, now) for usage in usages
    )
    products = sum(len(shelf.product_names) for shelf in shelves)
    lists = sum(shelf.definition is not None for shelf in shelves)
    return UsageOut(
        calls=calls,
        jobs=jobs,
        validations=validations,
        syncs=syncs,
        keys=api_keys,
        products=BudgetOut(products, limits.products),
        lists=BudgetOut(lists, limits.lists),
        amazon_requests_today={
            code: BudgetOut(budget.used, budget.limit) for code, budget in budgets.items()
        },
        calls_without_access=without_access[0] if without_access else UNSET,
    )
