"""Shelves: batches of up to ten ASINs of one site and marketplace, refreshed by one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.changes import Change, Fingerprint, change_between, fingerprint_of
from amzlinkr.domain.freshness import fresh_until, is_expired
from amzlinkr.domain.products import Product

MAX_SHELF_SIZE = 10
"""The maximum number of ASINs per GetItems call of PA-API 5.0 and of the Creators API."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One ASIN on a shelf.

    `seen_at` is only set if it differs from the shelf's `observed_at`: the product was added later,
    or Amazon left it out of the last response. Without a fingerprint the product has expired:
    nothing of it is stored but the ASIN.
    """

    asin: str
    fingerprint: Fingerprint | None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A batch of ASINs that is refreshed together.

    `version` rises with every change of the content. `lease` is the ID of the refresh in progress,
    which must end by `leased_until`.
    """

    site_id: str
    marketplace: str
    shelf_id: str
    slots: tuple[Slot, ...]
    observed_at: datetime
    due_at: datetime
    lease: str = ""
    version: int = 0
    leased_until: datetime | None = None

    def is_leased(self, now: datetime) -> bool:
        """Return True if a refresh of this shelf is in progress."""
        return self.leased_until is not None and now < self.leased_until

    def needs_rescheduling(self, requested_at: datetime) -> bool:
        """Return True if a refresh requested at this moment requires a new due time.

        That is so if the shelf was not refreshed since and either is not due yet, or has a lease: a
        refresh that began earlier may return prices from before the request.
        """
        is_refreshed = self.observed_at > requested_at
        is_pending = self.due_at <= requested_at and not self.lease
        return bool(self.slots) and not is_refreshed and not is_pending

    @property
    def asins(self) -> tuple[str, ...]:
        """Return the ASINs in the order of their slots."""
        return tuple(slot.asin for slot in self.slots)

    def slot(self, asin: str) -> Slot | None:
        """Return the slot of this ASIN, or None."""
        return next((slot for slot in self.slots if slot.asin == asin), None)

    @property
    def next_expiry(self) -> datetime | None:
        """Return when the next product expires, or None if all have expired."""
        seen = [self.seen_at(slot) for slot in self.slots if slot.fingerprint]
        return fresh_until(min(seen)) if seen else None

    def seen_at(self, slot: Slot) -> datetime:
        """Return when Amazon last returned the product of a slot of this shelf."""
        return slot.seen_at or self.observed_at

    def last_seen_at(self, asin: str) -> datetime | None:
        """Return when Amazon last returned this ASIN, or None if it is not on this shelf."""
        slot = self.slot(asin)
        return None if slot is None else self.seen_at(slot)


def batches(asins: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the distinct ASINs in batches of ten, in their order."""
    distinct = list(dict.fromkeys(asins))
    return [
        tuple(distinct[start : start + MAX_SHELF_SIZE])
        for start in range(0, len(distinct), MAX_SHELF_SIZE)
    ]


def add_products(
    products: Sequence[Product], shelves: Iterable[Shelf], new_shelf: Shelf
) -> list[Shelf]:
    """Add up to ten products to shelves: to free slots first, of the fullest shelf first.

    Products without a free slot are put on `new_shelf` (empty, with its times set), which then is
    the only shelf with free slots. Returns the shelves that changed.
    """
    unplaced = [Slot(item.asin, fingerprint_of(item), item.observed_at) for item in products]
    changed = []
    shelves_with_free_slots = [shelf for shelf in shelves if len(shelf.slots) < MAX_SHELF_SIZE]
    for shelf in sorted(shelves_with_free_slots, key=lambda shelf: -len(shelf.slots)):
        free_slots = MAX_SHELF_SIZE - len(shelf.slots)
        if unplaced:
            taken, unplaced = unplaced[:free_slots], unplaced[free_slots:]
            changed.append(replace(shelf, slots=shelf.slots + tuple(taken)))
    if unplaced:
        changed.append(replace(new_shelf, slots=tuple(unplaced)))
    return changed


def remove_product(
    shelf: Shelf, asin: str, others: Iterable[Shelf]
) -> tuple[list[Shelf], tuple[str, Shelf] | None]:
    """Return the shelves without a product, and the product that moves into its slot.

    At most one shelf of a site and marketplace has free slots, so that n products always take the
    fewest possible calls: n / 10, rounded up. The product that moves is returned with the shelf it
    leaves; it keeps the time it was seen.
    """
    kept = replace(shelf, slots=tuple(slot for slot in shelf.slots if slot.asin != asin))
    sources = [other for other in others if 0 < len(other.slots) < MAX_SHELF_SIZE]
    if not sources or not kept.slots:
        return [kept], None
    source = min(sources, key=lambda other: (len(other.slots), other.shelf_id))
    moved = source.slots[-1]
    slot = replace(moved, seen_at=_own_time(source.seen_at(moved), kept.observed_at))
    filled = replace(kept, slots=(*kept.slots, slot))
    # The product that moved may be older than this shelf: refresh it before it expires.
    filled = replace(filled, due_at=min(filled.due_at, filled.next_expiry or filled.due_at))
    return [filled, replace(source, slots=source.slots[:-1])], (moved.asin, source)


def apply_observations(shelf: Shelf, seen: Mapping[str, Product]) -> tuple[Shelf, list[Change]]:
    """Return the shelf with newer observations of some products, and what changed.

    The shelf's `observed_at` stays, because the other products were not seen.
    """
    slots, changes = [], []
    for slot in shelf.slots:
        product = seen.get(slot.asin)
        known_at = shelf.seen_at(slot)
        if product is None or product.observed_at < known_at:
            slots.append(slot)
            continue
        if slot.fingerprint is None or is_expired(known_at, product.observed_at):
            changes.append(Change("price", product, details_changed=True))
        elif change := change_between(slot.fingerprint, product):
            changes.append(change)
        slots.append(Slot(slot.asin, fingerprint_of(product), product.observed_at))
    return replace(shelf, slots=tuple(slots)), changes


def with_expired(shelf: Shelf, now: datetime) -> tuple[Shelf, tuple[str, ...]]:
    """Return the shelf without the content of products that are 24 hours old, and their ASINs."""
    expired = tuple(
        slot.asin
        for slot in shelf.slots
        if slot.fingerprint and is_expired(shelf.seen_at(slot), now)
    )
    slots = tuple(
        replace(slot, fingerprint=None) if slot.asin in expired else slot for slot in shelf.slots
    )
    return replace(shelf, slots=slots), expired


def with_refresh(
    shelf: Shelf, lookup: LookupResult, interval: timedelta, lease: str
) -> tuple[Shelf, list[Change]]:
    """Return the shelf after a GetItems call, and what changed. Match products by ASIN.

    A product that is missing from the response keeps the time it was last seen, so that it expires
    in time. An expired product that is in the response is published again. The due time moves and
    the lease ends only if the shelf still has the lease of this refresh: otherwise a newer refresh
    was requested.
    """
    updated, changes = apply_observations(shelf, lookup.found)
    newest = max(lookup.requested_at, shelf.observed_at)
    slots = tuple(
        replace(slot, seen_at=_own_time(shelf.seen_at(slot), newest)) for slot in updated.slots
    )
    updated = replace(updated, slots=slots, observed_at=newest)
    if shelf.lease == lease:
        due_at = lookup.requested_at + interval
        updated = replace(updated, due_at=due_at, lease="", leased_until=None)
    return updated, changes


def _own_time(seen_at: datetime, shelf_time: datetime) -> datetime | None:
    return None if seen_at == shelf_time else seen_at


@dataclass(frozen=True, slots=True)
class ProductAges:
    """The number of products by age.

    `fresh` ones were seen within twice the interval, `failing` ones not for 24 hours.
    """

    fresh: int
    stale: int
    failing: int


def count_by_age(shelves: Iterable[Shelf], now: datetime, interval: timedelta) -> ProductAges:
    """Count the products on these shelves by age."""
    observed = [shelf.seen_at(slot) for shelf in shelves for slot in shelf.slots]
    failing = sum(is_expired(at, now) for at in observed)
    fresh = sum(now - at < 2 * interval for at in observed)
    return ProductAges(fresh, len(observed) - fresh - failing, failing)


def oldest_by_marketplace(shelves: Iterable[Shelf]) -> dict[str, datetime]:
    """Return the oldest observation in each marketplace, without expired products."""
    oldest: dict[str, datetime] = {}
    for shelf in shelves:
        for slot in shelf.slots:
            if slot.fingerprint is None:
                continue
            at = shelf.seen_at(slot)
            oldest[shelf.marketplace] = min(at, oldest.get(shelf.marketplace, at))
    return oldest
