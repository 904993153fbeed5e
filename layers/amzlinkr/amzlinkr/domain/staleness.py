"""The lateness of due shelves, which is what the price sync promises to bound.

Content that reaches its last hours makes its shelf due, so the oldest content is on a due shelf.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from amzlinkr.domain.clock import next_midnight, to_unix_ms
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.imports import PendingJob
from amzlinkr.domain.planning import ConnectionKey
from amzlinkr.domain.ports import DailyBudget, Priority
from amzlinkr.domain.reservations import daily_limit
from amzlinkr.domain.shelves import Shelf
from amzlinkr.domain.sites import is_sandbox

IMPORT_RETRY_INTERVAL = timedelta(minutes=30)
"""The time in which a job that waits has been tried again, with a margin."""


@dataclass(frozen=True, slots=True)
class Staleness:
    """The lateness of one connection: of its longest overdue shelf and its oldest content."""

    site_id: str
    marketplace: str
    account_key: str
    overdue: timedelta
    content_age: timedelta


def staleness_of(
    due: Iterable[Shelf], connections: Mapping[ConnectionKey, Connection], now: datetime
) -> list[Staleness]:
    """Return the lateness of each connection with due shelves, the longest overdue first.

    Sandbox sites and connections that are down are left out: the service cannot refresh the
    products of an account that Amazon refuses.
    """
    found: dict[ConnectionKey, Staleness] = {}
    for shelf in due:
        key = shelf.site_id, shelf.marketplace
        connection = connections.get(key)
        if connection is None or connection.is_down or is_sandbox(shelf.site_id):
            continue
        overdue, content_age = now - shelf.due_at, now - (_oldest_content(shelf) or now)
        before = found.get(key)
        if before is not None:
            overdue = max(overdue, before.overdue)
            content_age = max(content_age, before.content_age)
        found[key] = Staleness(*key, connection.account_key, overdue, content_age)
    return sorted(found.values(), key=lambda stale: stale.overdue, reverse=True)


def import_age(
    job: PendingJob, connection: Connection | None, budget: DailyBudget, now: datetime
) -> timedelta:
    """Return how long a pending import job could have been continued, which is 0 if it waits.

    A job waits while its account is down or has no calls for imports. The time counts from
    midnight at the earliest, when the account has new calls, and from its recovery.
    """
    if connection is None or connection.is_down:
        return timedelta()
    midnight = next_midnight(now) - timedelta(days=1)
    # A waiting job is tried again a quarter of an hour later, when there are a few calls.
    tried_at = to_unix_ms(max(midnight, now - IMPORT_RETRY_INTERVAL))
    if budget.used >= daily_limit(budget.call_rate, tried_at, Priority.IMPORT):
        return timedelta()
    return now - max(job.created_at, midnight, connection.since)


def _oldest_content(shelf: Shelf) -> datetime | None:
    return min((shelf.seen_at(slot) for slot in shelf.slots if slot.fingerprint), default=None)
