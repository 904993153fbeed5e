"""The lateness of due shelves, which is what the price sync promises to bound.

Content that reaches its last hours makes its shelf due, so the oldest content is on a due shelf.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from amzlinkr.domain.connections import Connection
from amzlinkr.domain.planning import ConnectionKey
from amzlinkr.domain.shelves import Shelf
from amzlinkr.domain.sites import is_sandbox


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


def _oldest_content(shelf: Shelf) -> datetime | None:
    return min((shelf.seen_at(slot) for slot in shelf.slots if slot.fingerprint), default=None)
