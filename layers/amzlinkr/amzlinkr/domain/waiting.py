"""Waiting products: imported while their account has no access to Amazon's product API.

A waiting product is a slot without content on an ordinary shelf. It is requested with the shelf,
and becomes added or missing. Its shelf is due immediately. While the account cannot be called, the
planner defers the shelf, as it defers those with expired products. When the account recovers, all
deferred shelves are due, those that have been due for the longest time first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from amzlinkr.domain.shelves import Shelf, Slot, add_slots
from amzlinkr.domain.sites import is_sandbox

_ORDER_STEP = timedelta(milliseconds=1)
"""The precision of a stored due time."""


def add_waiting(
    asins: Iterable[str], shelves: Iterable[Shelf], new_shelf: Shelf, at: datetime
) -> list[Shelf]:
    """Add up to ten products that were imported at `at`; their shelves are due as soon as possible.

    Returns the shelves that changed. See `add_slots`.
    """
    slots = [Slot(asin, None, at, is_waiting=True) for asin in asins]
    changed = add_slots(slots, shelves, new_shelf)
    return [replace(shelf, due_at=min(shelf.due_at, shelf.refreshable_at(at))) for shelf in changed]


def due_after_refresh(
    shelf: Shelf, requested: Shelf, requested_at: datetime, interval: timedelta
) -> datetime:
    """Return when a shelf is due after a refresh.

    It is due immediately for waiting products that are not on `requested`, the shelf as it was when
    its products were requested.
    """
    is_incomplete = any(
        slot.is_waiting and slot.asin not in requested.asins for slot in shelf.slots
    )
    return shelf.refreshable_at(requested_at) if is_incomplete else requested_at + interval


def recovered_due_times(
    shelves: Iterable[Shelf], interval: timedelta, recovered_at: datetime
) -> dict[Shelf, datetime]:
    """Return new due times of the shelves that were deferred, now that their account has recovered.

    They are due at the recovery, in the order in which they would have been refreshed. Their
    former due times would make the price sync appear to be late.
    """
    deferred = {
        shelf: due_at
        for shelf in shelves
        if shelf.due_at > recovered_at
        and (due_at := _undeferred_due_at(shelf, interval)) <= recovered_at
    }
    longest_first = sorted(deferred, key=lambda shelf: (deferred[shelf], shelf.shelf_id))
    return {
        shelf: recovered_at - (len(deferred) - place) * _ORDER_STEP
        for place, shelf in enumerate(longest_first)
    }


def _undeferred_due_at(shelf: Shelf, interval: timedelta) -> datetime:
    """Return when a shelf would have been due if it had not been deferred."""
    if shelf.definition is not None and not shelf.has_results:
        # In a sandbox, an account that fails and recovers would cause a refresh in every run.
        return shelf.due_at if is_sandbox(shelf.site_id) else shelf.observed_at
    # A product that a response omitted was requested, and is requested again after the interval.
    imported_at = [
        shelf.seen_at(slot) for slot in shelf.slots if slot.is_waiting and not slot.omissions
    ]
    return shelf.refreshable_at(min([shelf.observed_at + interval, *imported_at]))
