"""The content of a shelf over time: observations, omissions, expiry, ended deals.

A product expires 24 hours after it was last seen. It is missing as soon as Amazon names it as
invalid or inaccessible, or omits it silently in two refreshes in a row. In both cases only its ASIN
stays. A waiting product is added by the first response that contains it, or becomes missing. A
failed call changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.changes import Change, change_between
from amzlinkr.domain.deals import next_change_at
from amzlinkr.domain.freshness import is_expired
from amzlinkr.domain.products import Kind, Offer, Product
from amzlinkr.domain.shelves import MAX_OMISSIONS, Shelf, Slot, own_time
from amzlinkr.domain.waiting import due_after_refresh


def apply_observations(shelf: Shelf, seen: Mapping[str, Product]) -> tuple[Shelf, list[Change]]:
    """Return the shelf with newer observations of some products, and what changed.

    The shelf's `observed_at` stays, because the other products were not seen. A product that was
    missing or waiting is new to readers of the feed.
    """
    slots, changes = [], []
    for slot in shelf.slots:
        product = seen.get(slot.asin)
        known_at = shelf.seen_at(slot)
        # Of a waiting product nothing is known that could be newer than an observation.
        if product is None or (product.observed_at < known_at and not slot.is_waiting):
            slots.append(slot)
            continue
        if slot.is_missing or slot.is_waiting:
            changes.append(Change("added", product, details_changed=True))
        elif slot.fingerprint is None or is_expired(known_at, product.observed_at):
            changes.append(Change("price", product, details_changed=True))
        elif change := change_between(slot.fingerprint, product):
            changes.append(change)
        slots.append(Slot.of(product))
    return replace(shelf, slots=tuple(slots)).with_capped_due_at(), changes


def without_contents(shelf: Shelf, now: datetime) -> tuple[Shelf, dict[str, Kind]]:
    """Return the shelf with the ASINs of its products only, due now, and their kinds in the feed.

    Its lease ends: a refresh in progress becomes stale.
    """
    slots = tuple(slot.without_content() for slot in shelf.slots)
    kinds: dict[str, Kind] = {slot.asin: slot.cleared_kind for slot in slots}
    return replace(shelf, slots=slots, due_at=now, lease="", leased_until=None), kinds


def without_lost(shelf: Shelf, lost: Collection[str]) -> Shelf:
    """Return the shelf without the fingerprints of products that lost their stored content."""
    slots = tuple(slot.without_content() if slot.asin in lost else slot for slot in shelf.slots)
    return replace(shelf, slots=slots)


def with_expired(shelf: Shelf, now: datetime) -> tuple[Shelf, tuple[str, ...]]:
    """Return the shelf without the content of products that are 24 hours old, and their ASINs."""
    expired = shelf.expired_asins(now)
    slots = tuple(slot.without_content() if slot.asin in expired else slot for slot in shelf.slots)
    return replace(shelf, slots=slots), expired


def outdated_offers(shelf: Shelf, now: datetime) -> tuple[str, ...]:
    """Return the ASINs of offers that changed without a refresh: a deal or early access ended."""
    return tuple(
        slot.asin
        for slot in shelf.slots
        if slot.fingerprint and slot.changes_at and slot.changes_at <= now
    )


def with_offers(shelf: Shelf, offers: Mapping[str, Offer]) -> Shelf:
    """Return the shelf with the fingerprints of these offers, by ASIN, and their next changes."""
    slots = tuple(
        replace(
            slot,
            fingerprint=slot.fingerprint.with_offer(offers[slot.asin]),
            changes_at=next_change_at(offers[slot.asin]),
        )
        if slot.fingerprint and slot.asin in offers
        else slot
        for slot in shelf.slots
    )
    return replace(shelf, slots=slots)


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """A shelf after a refresh: the products that changed, and those that lost their content.

    `cleared` has the reason by ASIN, `expired` or `missing`.
    """

    shelf: Shelf
    changes: Sequence[Change] = ()
    cleared: Mapping[str, Kind] = field(default_factory=dict)


def with_refresh(
    shelf: Shelf, lookup: LookupResult, interval: timedelta, requested: Shelf
) -> RefreshResult:
    """Return the shelf after a GetItems call. Match products by ASIN.

    `requested` is the shelf as it was before the call. Only its products were asked for. Only if
    the shelf still has its lease, the due time moves, the lease ends, and silent omissions count:
    otherwise a newer refresh was requested, or this one was processed before. An expired product
    that is in the response is published again.
    """
    updated, changes = apply_observations(shelf, lookup.found)
    is_current = shelf.lease == requested.lease
    newest = max(lookup.requested_at, shelf.observed_at)
    slots = []
    for old in updated.slots:
        slot = old
        is_omitted = slot.asin in requested.asins and slot.asin not in lookup.found
        # An import may have seen the product after this request was sent.
        if is_omitted and shelf.seen_at(slot) <= lookup.requested_at:
            slot = _with_omission(slot, lookup, int(is_current))
        slots.append(replace(slot, seen_at=own_time(updated.seen_at(slot), newest)))
    missing = [
        new.asin for old, new in zip(shelf.slots, slots, strict=True)
        if new.is_missing and not old.is_missing
    ]  # fmt: skip
    updated = replace(updated, slots=tuple(slots), observed_at=newest)
    result = without_outdated(RefreshResult(updated, changes), shelf, lookup.requested_at)
    updated = result.shelf
    if is_current:
        due_at = due_after_refresh(updated, requested, lookup.requested_at, interval)
        updated = replace(updated, due_at=due_at, lease="", leased_until=None)
    return RefreshResult(
        updated.with_capped_due_at(),
        result.changes,
        {**result.cleared, **dict.fromkeys(missing, "missing")},
    )


def without_outdated(result: RefreshResult, before: Shelf | None, now: datetime) -> RefreshResult:
    """Return the result without products that are 24 hours old, as in the sandbox.

    Their observation is an entry in the feed once: they have expired, if they had not `before`.
    """
    shelf, outdated = with_expired(result.shelf, now)
    were_expired = {
        slot.asin for slot in (before.slots if before else ())
        if slot.fingerprint is None and slot.cleared_kind == "expired"
    }  # fmt: skip
    changes = [change for change in result.changes if change.product.asin not in outdated]
    expired = [asin for asin in outdated if asin not in were_expired]
    return RefreshResult(shelf, changes, dict.fromkeys(expired, "expired"))


def _with_omission(slot: Slot, lookup: LookupResult, count: int) -> Slot:
    """Return the slot of a product that a response omits, which counts as `count` omissions.

    The product keeps the time it was last seen, so that it expires in time, unless it is missing.
    If Amazon named it with another error, or returned it in an unreadable form, it may still exist:
    that is no omission.
    """
    if lookup.is_inaccessible(slot.asin):
        omissions = MAX_OMISSIONS
    elif slot.asin in lookup.refused:
        return slot
    else:
        omissions = min(slot.omissions + count, MAX_OMISSIONS)
    omitted = replace(slot, omissions=omissions)
    if not omitted.is_missing:
        return omitted
    cleared = omitted.without_content()
    return replace(cleared, seen_at=lookup.requested_at, is_waiting=False)
