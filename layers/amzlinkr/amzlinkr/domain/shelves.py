"""Shelves: what one site and marketplace has to be refreshed together.

That is a batch of up to ten ASINs, refreshed by one call, or a list with all pages of its search.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from amzlinkr.domain.batches import in_batches
from amzlinkr.domain.changes import Fingerprint, fingerprint_of
from amzlinkr.domain.deals import next_change_at
from amzlinkr.domain.freshness import DEFAULT_REFRESH_INTERVAL, fresh_until, is_expired
from amzlinkr.domain.lists import ListDefinition, ListProblem
from amzlinkr.domain.products import Kind, Product
from amzlinkr.domain.sites import is_sandbox

MAX_SHELF_SIZE = 10
"""The maximum number of ASINs per GetItems call of PA-API 5.0 and of the Creators API."""
MIN_SANDBOX_INTERVAL = DEFAULT_REFRESH_INTERVAL
"""The shortest time between two refreshes of a shelf of a sandbox that no sync request causes."""
MAX_OMISSIONS = 2
"""A product that this number of refreshes in a row omitted silently is missing."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One ASIN on a shelf.

    `seen_at` is only set if it differs from the shelf's `observed_at`: the product was added later,
    or Amazon left it out of the last response. Without a fingerprint nothing of the product is
    stored but the ASIN: it has expired, is missing, or is waiting. `omissions` is the number of
    refreshes since `seen_at` that omitted it. For a missing product, `seen_at` is the last
    omission, for a waiting one the import. At `changes_at` the offer changes without a refresh,
    because its deal or early access ends.
    """

    asin: str
    fingerprint: Fingerprint | None
    seen_at: datetime | None = None
    omissions: int = 0
    changes_at: datetime | None = None
    is_waiting: bool = False

    @classmethod
    def of(cls, product: Product) -> Slot:
        """Return the slot of a product that Amazon returned."""
        changes_at = next_change_at(product.offer)
        fingerprint = fingerprint_of(product)
        return cls(product.asin, fingerprint, product.observed_at, changes_at=changes_at)

    def without_content(self) -> Slot:
        """Return the slot of a product of which only the ASIN is stored."""
        return replace(self, fingerprint=None, changes_at=None)

    @property
    def is_missing(self) -> bool:
        """Return True if Amazon does not return the product any more."""
        return self.omissions >= MAX_OMISSIONS

    @property
    def cleared_kind(self) -> Kind:
        """Return why the product has no content, if it has none."""
        if self.is_missing:
            return "missing"
        return "waiting" if self.is_waiting else "expired"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A batch of ASINs that is refreshed together.

    `version` rises with every change of the content. `lease` is the ID of the refresh in progress,
    which must end by `leased_until`. The shelf of a list has a definition, and the results of its
    search as slots if it `has_results`: these can be none. It has a `problem` if Amazon refused the
    search at the last refresh.
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
    definition: ListDefinition | None = None
    has_results: bool = False
    problem: ListProblem | None = None

    @property
    def is_refreshed(self) -> bool:
        """Return True if the price sync refreshes this shelf, False if there is nothing to ask."""
        return bool(self.slots) or self.definition is not None

    @property
    def is_observed(self) -> bool:
        """Return False if `observed_at` is no observation.

        That is so for a list without results, and for a shelf of which all products are waiting.
        """
        if self.definition is not None:
            return self.has_results
        return not all(slot.is_waiting for slot in self.slots)

    @property
    def calls(self) -> int:
        """Return the number of calls to Amazon of one refresh, at most."""
        return 1 if self.definition is None else self.definition.calls

    def is_leased(self, now: datetime) -> bool:
        """Return True if a refresh of this shelf is in progress."""
        return self.leased_until is not None and now < self.leased_until

    def needs_rescheduling(self, requested_at: datetime) -> bool:
        """Return True if a refresh requested at this moment requires a new due time.

        That is so if the shelf was not refreshed since and either is not due yet, or has a lease: a
        refresh that began earlier may return prices from before the request.
        """
        was_refreshed = self.observed_at > requested_at
        is_pending = self.due_at <= requested_at and not self.lease
        return self.is_refreshed and not was_refreshed and not is_pending

    @property
    def asins(self) -> tuple[str, ...]:
        """Return the ASINs in the order of their slots."""
        return tuple(slot.asin for slot in self.slots)

    @property
    def product_names(self) -> tuple[tuple[str, str], ...]:
        """Return marketplace and ASIN of the site's products here: none are on lists."""
        asins = self.asins if self.definition is None else ()
        return tuple((self.marketplace, asin) for asin in asins)

    def slot(self, asin: str) -> Slot | None:
        """Return the slot of this ASIN, or None."""
        return next((slot for slot in self.slots if slot.asin == asin), None)

    @property
    def next_expiry(self) -> datetime | None:
        """Return when the next product or deal expires, or None if no product has content."""
        shown = [slot for slot in self.slots if slot.fingerprint]
        ends = [fresh_until(self.seen_at(slot)) for slot in shown]
        # The results of a list can be none, which is content as well.
        ends += [fresh_until(self.observed_at)] if self.has_results else []
        ends += [slot.changes_at for slot in shown if slot.changes_at]
        return min(ends, default=None)

    def expired_asins(self, now: datetime) -> tuple[str, ...]:
        """Return the ASINs of products with content that is 24 hours old."""
        shown = (slot for slot in self.slots if slot.fingerprint)
        return tuple(slot.asin for slot in shown if is_expired(self.seen_at(slot), now))

    def has_expired_content(self, now: datetime) -> bool:
        """Return True if content of a product is 24 hours old."""
        return bool(self.expired_asins(now))

    def due_by(self, at: datetime) -> datetime:
        """Return this time, or the next expiry if it is earlier: a shelf is due by then.

        So the planner finds every product and deal that expires among the due shelves. In a
        sandbox, where products expire on request, they wait for `MIN_SANDBOX_INTERVAL` after the
        last refresh, or for a read of the feed.
        """
        expiry = self.next_expiry
        return at if expiry is None else min(at, self.refreshable_at(expiry))

    def refreshable_at(self, at: datetime) -> datetime:
        """Return this time, in a sandbox `MIN_SANDBOX_INTERVAL` after the last refresh or later."""
        if is_sandbox(self.site_id) and self.is_observed:
            return max(at, self.observed_at + MIN_SANDBOX_INTERVAL)
        return at

    def with_capped_due_at(self) -> Shelf:
        """Return the shelf, due by its next expiry."""
        return replace(self, due_at=self.due_by(self.due_at))

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
    return [tuple(batch) for batch in in_batches(distinct, MAX_SHELF_SIZE)]


def add_products(
    products: Sequence[Product], shelves: Iterable[Shelf], new_shelf: Shelf
) -> list[Shelf]:
    """Add up to ten products to shelves. See `add_slots`."""
    return add_slots(list(map(Slot.of, products)), shelves, new_shelf)


def add_slots(slots: Sequence[Slot], shelves: Iterable[Shelf], new_shelf: Shelf) -> list[Shelf]:
    """Add up to ten slots to shelves with free slots first, the fullest shelf first.

    Those without a free slot are put on `new_shelf` (empty, with its times set), which then is the
    only shelf with free slots. Returns the shelves that changed.
    """
    unplaced, changed = list(slots), []
    shelves_with_free_slots = [shelf for shelf in shelves if len(shelf.slots) < MAX_SHELF_SIZE]
    for shelf in sorted(shelves_with_free_slots, key=lambda shelf: -len(shelf.slots)):
        free_slots = MAX_SHELF_SIZE - len(shelf.slots)
        if unplaced:
            taken, unplaced = unplaced[:free_slots], unplaced[free_slots:]
            changed.append(replace(shelf, slots=shelf.slots + tuple(taken)))
    if unplaced:
        changed.append(replace(new_shelf, slots=tuple(unplaced)))
    return [shelf.with_capped_due_at() for shelf in changed]


def own_time(seen_at: datetime, shelf_time: datetime) -> datetime | None:
    """Return the `seen_at` of a slot on a shelf with this `observed_at`."""
    return None if seen_at == shelf_time else seen_at
