"""Shelves: up to ten ASINs of one site and marketplace that one GetItems call refreshes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.changes import Change, Fingerprint, change_between, fingerprint_of
from amzlinkr.domain.freshness import fresh_until, is_expired
from amzlinkr.domain.products import Product

MAX_SHELF_SIZE = 10
"""PA-API 5.0 and the Creators API take at most ten ASINs a call, which counts as one request."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One ASIN on a shelf. `seen_at` is set only while it differs from the shelf's own time:
    the product came later, or Amazon left it out of the last answer. Without a fingerprint, the
    product was announced as expired: nothing of it is kept but the ASIN."""

    asin: str
    fingerprint: Fingerprint | None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """`version` rises with every change of content; `lease` names the refresh that is under way,
    and ends at `leased_until`."""

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
        """Whether a refresh of this shelf is under way."""
        return self.leased_until is not None and now < self.leased_until

    def needs_rescheduling(self, requested_at: datetime) -> bool:
        """Whether it would not be refreshed at once for who asked then: it is not due, or a refresh
        that began before is under way."""
        seen_since = self.observed_at > requested_at
        return (
            bool(self.slots) and not seen_since and (self.due_at > requested_at or bool(self.lease))
        )

    @property
    def asins(self) -> tuple[str, ...]:
        """The ASINs one call asks for."""
        return tuple(slot.asin for slot in self.slots)

    def slot(self, asin: str) -> Slot | None:
        """The slot of this ASIN, if it stands here."""
        return next((slot for slot in self.slots if slot.asin == asin), None)

    @property
    def next_expiry(self) -> datetime | None:
        """When the next product's 24 hours are over; None if all were announced as expired."""
        seen = [slot.seen_at or self.observed_at for slot in self.slots if slot.fingerprint]
        return fresh_until(min(seen)) if seen else None

    def last_seen_at(self, asin: str) -> datetime | None:
        """When Amazon last told about this ASIN; None if it does not stand here."""
        slot = self.slot(asin)
        return None if slot is None else (slot.seen_at or self.observed_at)


def batches(asins: Iterable[str]) -> list[tuple[str, ...]]:
    """Full calls: the distinct ASINs in tens, in the order of first mention."""
    distinct = list(dict.fromkeys(asins))
    return [
        tuple(distinct[start : start + MAX_SHELF_SIZE])
        for start in range(0, len(distinct), MAX_SHELF_SIZE)
    ]


def add_products(
    products: Sequence[Product], shelves: Iterable[Shelf], new_shelf: Shelf
) -> list[Shelf]:
    """Put products that stand nowhere yet onto shelves: holes first, the fullest shelf first.

    At most ten products; what fits nowhere goes onto `new_shelf` (empty, with its times set): it
    is the only one with holes then. Returns the shelves that changed.
    """
    waiting = [Slot(item.asin, fingerprint_of(item), item.observed_at) for item in products]
    changed = []
    with_holes = [shelf for shelf in shelves if len(shelf.slots) < MAX_SHELF_SIZE]
    for shelf in sorted(with_holes, key=lambda shelf: -len(shelf.slots)):
        room = MAX_SHELF_SIZE - len(shelf.slots)
        if waiting:
            taken, waiting = waiting[:room], waiting[room:]
            changed.append(replace(shelf, slots=shelf.slots + tuple(taken)))
    if waiting:
        changed.append(replace(new_shelf, slots=tuple(waiting)))
    return changed


def remove_product(
    shelf: Shelf, asin: str, others: Iterable[Shelf]
) -> tuple[list[Shelf], tuple[str, Shelf] | None]:
    """The shelves that change when a product goes, and what moves into its hole: from where.

    Of all shelves of a site and marketplace at most one has holes, so that n products always take
    the fewest calls there can be, n / 10 rounded up. A product that moves keeps its own time.
    """
    kept = replace(shelf, slots=tuple(slot for slot in shelf.slots if slot.asin != asin))
    with_holes = [one for one in others if 0 < len(one.slots) < MAX_SHELF_SIZE]
    if not with_holes or not kept.slots:
        return [kept], None
    donor = min(with_holes, key=lambda one: (len(one.slots), one.shelf_id))
    moved = donor.slots[-1]
    seen_at = moved.seen_at or donor.observed_at
    slot = replace(moved, seen_at=_own_time(seen_at, kept.observed_at))
    filled = replace(kept, slots=(*kept.slots, slot))
    filled = replace(filled, due_at=min(filled.due_at, filled.next_expiry or filled.due_at))
    return [filled, replace(donor, slots=donor.slots[:-1])], (moved.asin, donor)


def apply_observations(shelf: Shelf, seen: Mapping[str, Product]) -> tuple[Shelf, list[Change]]:
    """Enter newer observations of some of the shelf's products; the shelf's own time stays."""
    slots, changes = [], []
    for slot in shelf.slots:
        product = seen.get(slot.asin)
        known_at = slot.seen_at or shelf.observed_at
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
    """Forget the products whose 24 hours are over, but for their ASINs; which ones that are."""
    gone = tuple(
        slot.asin
        for slot in shelf.slots
        if slot.fingerprint and is_expired(slot.seen_at or shelf.observed_at, now)
    )
    slots = tuple(
        replace(slot, fingerprint=None) if slot.asin in gone else slot for slot in shelf.slots
    )
    return replace(shelf, slots=slots), gone


def with_refresh(
    shelf: Shelf, lookup: LookupResult, every: timedelta, lease: str
) -> tuple[Shelf, list[Change]]:
    """The shelf after a GetItems call, and what changed; matched by ASIN, never by position.

    A product the answer left out keeps the time it was last seen, so that it expires honestly; one
    that was withheld for its age is announced again. The due time moves and the lease ends only if
    the lease is still the worker's own: otherwise somebody asked for a newer refresh meanwhile.
    """
    noted, changes = apply_observations(shelf, lookup.found)
    newest = max(lookup.requested_at, shelf.observed_at)
    slots = tuple(
        replace(slot, seen_at=_own_time(slot.seen_at or shelf.observed_at, newest))
        for slot in noted.slots
    )
    noted = replace(noted, slots=slots, observed_at=newest)
    if shelf.lease == lease:
        noted = replace(noted, due_at=lookup.requested_at + every, lease="", leased_until=None)
    return noted, changes


def _own_time(seen_at: datetime, shelf_time: datetime) -> datetime | None:
    return None if seen_at == shelf_time else seen_at


@dataclass(frozen=True, slots=True)
class ProductAges:
    """Products by age: `fresh` within twice the interval, `failing` beyond 24 hours."""

    fresh: int
    stale: int
    failing: int


def count_by_age(shelves: Iterable[Shelf], now: datetime, every: timedelta) -> ProductAges:
    """Count the products on these shelves by age."""
    observed = [shelf.last_seen_at(asin) for shelf in shelves for asin in shelf.asins]
    failing = sum(is_expired(at, now) for at in observed)
    fresh = sum(at is not None and now - at < 2 * every for at in observed)
    return ProductAges(fresh, len(observed) - fresh - failing, failing)


def oldest_by_marketplace(shelves: Iterable[Shelf]) -> dict[str, datetime]:
    """The oldest observation in each marketplace, without products announced as expired."""
    oldest: dict[str, datetime] = {}
    for shelf in shelves:
        for slot in shelf.slots:
            if slot.fingerprint is None:
                continue
            at = slot.seen_at or shelf.observed_at
            oldest[shelf.marketplace] = min(at, oldest.get(shelf.marketplace, at))
    return oldest
