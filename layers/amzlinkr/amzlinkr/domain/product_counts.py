"""The numbers of a site's products by state, for the status of the price sync."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from amzlinkr.domain.freshness import is_expired
from amzlinkr.domain.shelves import Shelf, Slot


@dataclass(frozen=True, slots=True)
class ProductCounts:
    """The number of products by state; each product is counted once.

    `fresh` ones were seen within twice the refresh interval, `stale` ones within 24 hours. Those
    `waiting` were imported and not retrieved yet.
    """

    fresh: int
    stale: int
    expired: int
    missing: int
    waiting: int


def count_products(shelves: Iterable[Shelf], now: datetime, interval: timedelta) -> ProductCounts:
    """Count the products on these shelves by state, without those of lists."""
    own = [shelf for shelf in shelves if shelf.definition is None]
    states = [_state_of(shelf, slot, now, interval) for shelf in own for slot in shelf.slots]
    names = (field.name for field in fields(ProductCounts))
    return ProductCounts(*map(states.count, names))


def _state_of(shelf: Shelf, slot: Slot, now: datetime, interval: timedelta) -> str:
    seen_at = shelf.seen_at(slot)
    if slot.fingerprint is None:
        return slot.cleared_kind
    if is_expired(seen_at, now):
        return "expired"
    return "fresh" if now - seen_at < 2 * interval else "stale"
