"""The content of a list over time: its definition, its results, their expiry, ended deals.

A list has an order, so results in another order are a change. It is published as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from amzlinkr.domain.freshness import is_expired
from amzlinkr.domain.lists import ListDefinition
from amzlinkr.domain.products import Product
from amzlinkr.domain.shelves import Shelf, Slot


@dataclass(frozen=True, slots=True)
class ListResults:
    """The distinct products of all pages of a search, and the time before the first request."""

    requested_at: datetime
    items: tuple[Product, ...] = ()


def list_shelf(
    site_id: str, marketplace: str, shelf_id: str, definition: ListDefinition, now: datetime
) -> Shelf:
    """Return the shelf of a new list: without results, and due now."""
    return Shelf(site_id, marketplace, shelf_id, (), now, now, definition=definition)


def without_results(shelf: Shelf) -> Shelf:
    """Return the shelf of a list without its results."""
    return replace(shelf, slots=(), has_results=False)


def with_definition(shelf: Shelf, definition: ListDefinition, now: datetime) -> Shelf:
    """Return the shelf with another definition, due by now. A refresh in progress becomes stale.

    The results of another search are dropped. If only the size changed, they are cut to it.
    """
    is_same_search = shelf.definition is not None and shelf.definition.search == definition.search
    kept = shelf if is_same_search else without_results(shelf)
    slots = kept.slots[: definition.size]
    # An overdue shelf stays overdue: the next run finds content that has expired in the meantime.
    due_at = min(shelf.due_at, now)
    return replace(
        kept,
        slots=slots,
        definition=definition,
        due_at=due_at,
        lease="",
        leased_until=None,
        problem=kept.problem if is_same_search else None,
    )


def distinct_items(pages: Sequence[Sequence[Product]], size: int) -> tuple[Product, ...]:
    """Return up to `size` products of the pages in their order, each ASIN once."""
    by_asin: dict[str, Product] = {}
    for page in pages:
        for product in page:
            by_asin.setdefault(product.asin, product)
    return tuple(by_asin.values())[:size]


def with_list_results(
    shelf: Shelf, results: ListResults, interval: timedelta, requested: Shelf
) -> Shelf | None:
    """Return the shelf after a refresh, or None if the results are not those of this list.

    `requested` is the shelf as it was before the calls. The list may have been replaced since, or
    a newer refresh may be stored. Only if the shelf still has its lease, the due time moves and the
    lease ends: otherwise a newer refresh was requested.
    """
    if shelf.definition != requested.definition:
        return None
    if shelf.has_results and shelf.observed_at > results.requested_at:
        return None
    # All items have the time of the first request: the list is as old as its oldest page.
    slots = tuple(replace(Slot.of(item), seen_at=None) for item in results.items)
    updated = replace(
        shelf, slots=slots, observed_at=results.requested_at, has_results=True, problem=None
    )
    if shelf.lease == requested.lease:
        due_at = results.requested_at + interval
        updated = replace(updated, due_at=due_at, lease="", leased_until=None)
    return updated.with_capped_due_at()


def has_same_results(before: Shelf, after: Shelf) -> bool:
    """Return True if a reader of the list sees no difference but the time.

    Results that were 24 hours old are withheld by readers, so that the same ones again differ.
    """
    if not (before.has_results and after.has_results):
        return before.has_results == after.has_results
    was_withheld = is_expired(before.observed_at, after.observed_at)
    return not was_withheld and _contents(before) == _contents(after)


def _contents(shelf: Shelf) -> list[tuple[str, object]]:
    return [(slot.asin, slot.fingerprint) for slot in shelf.slots]
