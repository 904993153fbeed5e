"""Mutants of the service, which the simulation must detect.

Each is a patch of the service's code while a schedule runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from msgspec import UNSET, UnsetType

from amzlinkr.amazon import retry
from amzlinkr.amazon.reader import Reader
from amzlinkr.domain import call_rate, feed, freshness, shelf_refresh, shelves
from amzlinkr.domain.changes import Change
from amzlinkr.domain.feed import FeedPosition, FeedState
from amzlinkr.domain.freshness import fresh_until
from amzlinkr.domain.products import Deal, Kind
from amzlinkr.domain.shelves import Shelf, Slot
from amzlinkr.http.presenters import products as presenter
from amzlinkr.http.schemas.products import DealOut
from amzlinkr.services import imports
from amzlinkr.services.import_turns import MAX_RECEIVES
from amzlinkr.services.shelf_refresher import ShelfRefresher
from amzlinkr.services.sync import SyncPlanner
from amzlinkr.storage import (
    item_keys,
    product_removals,
    product_transaction,
    product_writer,
    products,
    rate_limiter_items,
    rate_limiter_state,
)
from amzlinkr.storage.clock import ServerSyncedClock
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.product_items import item_from_feed_state
from amzlinkr.storage.product_transaction import ProductWrite
from amzlinkr.storage.records import FeedItem, OfferItem, ShelfItem
from amzlinkr.storage.shelf_items import item_from_shelf
from amzlinkr.storage.waiting_products import waiting_addition
from functions.products import app as products_app
from tests.simulation.list_mutants import LIST_MUTANTS

Mutant = Callable[[], AbstractContextManager[Any]]
ALLOCATED = 30


def _shelf_without_condition() -> AbstractContextManager[Any]:
    return patch.object(product_transaction, "_is_unchanged", lambda _read: None)


def _counter_without_condition() -> AbstractContextManager[Any]:
    def advance(transaction: Any, site_id: str, _last: int, new: Any) -> None:
        transaction.save(item_from_feed_state(site_id, new))

    return patch.object(product_transaction, "_advance", advance)


@contextmanager
def _seq_outside_transaction() -> Iterator[None]:
    def read_feed_state(site_id: str) -> FeedState:
        item = FeedItem(site_id, item_keys.FEED)
        with store_errors():
            item.update([FeedItem.last_seq.add(ALLOCATED)])
        return FeedState(int(item.last_seq) - ALLOCATED)

    with (
        patch.object(product_writer, "read_feed_state", read_feed_state),
        patch.multiple(
            product_transaction, _advance=lambda *_: None, read_feed_state=read_feed_state
        ),
    ):
        yield


def _reserve_added() -> AbstractContextManager[Any]:
    real = call_rate.CallRate.daily_allowance

    def with_reserve(self: call_rate.CallRate, **how: Any) -> int:
        return 2 * self.day_limit - real(self, **how)

    return patch.object(call_rate.CallRate, "daily_allowance", with_reserve)


def _stamp_after_fetch() -> AbstractContextManager[Any]:
    real = retry._attempt

    def attempt(send: Any, offset: timedelta, policy: retry.Policy, deadline: Any) -> Any:
        _, response, error = real(send, offset, policy, deadline)
        return policy.clock.now(), response, error

    return patch.object(retry, "_attempt", attempt)


def _match_by_position() -> AbstractContextManager[Any]:
    real = Reader.lookup

    def lookup(self: Reader, response: Any, requested: Sequence[str], at: Any) -> Any:
        found = real(self, response, requested, at)
        pairs = zip(requested, found.found.values(), strict=False)
        return replace(found, found={asin: replace(one, asin=asin) for asin, one in pairs})

    return patch.object(Reader, "lookup", lookup)


def _ignore_lease() -> AbstractContextManager[Any]:
    real = ShelfRefresher.refresh

    def refresh(self: ShelfRefresher, message: Any, deadline: Any) -> None:
        shelf = self.shelves.get(message.site_id, message.marketplace, message.shelf_id)
        if shelf is not None:
            message.lease = shelf.lease
        real(self, message, deadline)

    return patch.object(ShelfRefresher, "refresh", refresh)


def _cursor_from_counter() -> AbstractContextManager[Any]:
    real = products_app.list_changes

    def list_changes(request: Any, deps: Any) -> Any:
        response: Any = real(request, deps)
        if not response.body.has_more:
            last = deps.products.feed_state(request.site_id).last_seq
            position = FeedPosition(last, deps.clock.now())
            response.body.next_cursor = deps.signer.sign_cursor(
                "changes", request.site_id, position
            )
        return response

    return patch.object(products_app, "list_changes", list_changes)


def _limiter_without_condition() -> AbstractContextManager[Any]:
    real = rate_limiter_items.reservation_write

    def unconditional(*arguments: Any) -> Any:
        return real(*arguments)[0], None

    return patch.object(rate_limiter_state, "reservation_write", unconditional)


def _limiter_without_daily_limit() -> AbstractContextManager[Any]:
    return patch.object(call_rate.CallRate, "daily_allowance", lambda _self, **_how: 10**6)


def _retries_without_limiter() -> AbstractContextManager[Any]:
    real, sent = retry._attempt, set[Any]()

    def attempt(send: Any, offset: timedelta, policy: retry.Policy, deadline: Any) -> Any:
        again = send in sent
        sent.add(send)
        return real(send, offset, replace(policy, rate_limiter=None) if again else policy, deadline)

    return patch.object(retry, "_attempt", attempt)


def _expired_not_in_feed() -> AbstractContextManager[Any]:
    real = SyncPlanner.expire_products

    def expire_products(self: SyncPlanner, shelf: Shelf, now: datetime) -> Shelf:
        without, expired = shelf_refresh.with_expired(shelf, now)
        return without if expired else real(self, shelf, now)

    return patch.object(SyncPlanner, "expire_products", expire_products)


def _unchanged_in_feed() -> AbstractContextManager[Any]:
    return patch.object(shelf_refresh, "change_between", lambda _, new: Change("price", new, True))


def _omitted_counts_as_seen() -> AbstractContextManager[Any]:
    return patch.object(shelf_refresh, "own_time", lambda _seen_at, _shelf_time: None)


@contextmanager
def _older_overwrites_newer() -> Iterator[None]:
    real = shelf_refresh.apply_observations

    def observe(shelf: Shelf, seen: Any) -> Any:
        def dated(asin: str, one: Any) -> Any:
            known = shelf.last_seen_at(asin)
            return replace(one, observed_at=max(one.observed_at, known)) if known else one

        return real(shelf, {asin: dated(asin, one) for asin, one in seen.items()})

    with (
        patch.object(shelf_refresh, "apply_observations", observe),
        patch.object(product_writer, "apply_observations", observe),
    ):
        yield


def _removed_without_tombstone() -> AbstractContextManager[Any]:
    def delete_row(
        transaction: Any, site_id: str, removed: Any, _seq: int, _until: datetime
    ) -> None:
        transaction.delete(OfferItem(site_id, item_keys.product(*removed)))

    return patch.object(product_transaction, "_write_tombstone", delete_row)


def _removed_stays_on_shelf() -> AbstractContextManager[Any]:
    return patch.object(product_removals, "remove_products", lambda _asins, _shelves: ([], {}))


def _move_without_row() -> AbstractContextManager[Any]:
    return patch.object(product_transaction, "_move", lambda *_: None)


def _endless_lease() -> AbstractContextManager[Any]:
    return patch.object(Shelf, "is_leased", lambda self, _now: bool(self.lease))


def _old_product_returned() -> AbstractContextManager[Any]:
    return patch.object(freshness, "is_expired", lambda _at, _now: False)


def _leave_index() -> AbstractContextManager[Any]:
    real = item_from_shelf

    def off_the_index(shelf: Shelf) -> ShelfItem:
        item = real(shelf)
        if shelf.version > 1:
            item.shard = None
        return item

    return patch.object(product_transaction, "item_from_shelf", off_the_index)


def _clock_not_corrected() -> AbstractContextManager[Any]:
    return patch.object(ServerSyncedClock, "_correction", lambda _self: timedelta())


def _dead_product_keeps_content() -> AbstractContextManager[Any]:
    return patch.object(shelf_refresh, "_with_omission", lambda slot, _lookup, _count: slot)


def _due_after_expiry() -> AbstractContextManager[Any]:
    return patch.object(Shelf, "due_by", lambda _self, at: at)


@contextmanager
def _deal_end_ignored_in_reads() -> Iterator[None]:
    with (
        patch.object(presenter, "offer_at", lambda offer, _now: offer),
        patch.object(freshness, "offer_at", lambda offer, _now: offer),
    ):
        yield


def _due_after_deal_end() -> AbstractContextManager[Any]:
    def next_expiry(shelf: Shelf) -> datetime | None:
        ends = [fresh_until(shelf.seen_at(slot)) for slot in shelf.slots if slot.fingerprint]
        return min(ends, default=None)

    return patch.object(Shelf, "next_expiry", property(next_expiry))


def _ended_deal_not_in_feed() -> AbstractContextManager[Any]:
    return patch.object(product_writer, "current_offers", lambda _shelf, _now: {})


def _early_access_does_not_open() -> AbstractContextManager[Any]:
    return patch.object(shelves, "next_change_at", lambda offer: offer.deal and offer.deal.ends_at)


def _deal_without_end() -> AbstractContextManager[Any]:
    def deal_out(deal: Deal | None) -> DealOut | UnsetType:
        return UNSET if deal is None else DealOut(deal.access, deal.badge)

    return patch.object(presenter, "_deal_out", deal_out)


def _expired_by_planner_only() -> AbstractContextManager[Any]:
    return patch.object(Shelf, "has_expired_content", lambda _self, _now: False)


def _import_fails_until_its_last_delivery() -> AbstractContextManager[Any]:
    return patch.object(imports, "MAX_RECEIVES", MAX_RECEIVES + 1)


def _checked_at_stands_still() -> AbstractContextManager[Any]:
    first: dict[Any, datetime] = {}

    def checked_at(shelves: Any, shown: Any) -> Any:
        held = list(shelves)
        times = feed.checked_at(held, shown)
        return {code: first.setdefault((held[0].site_id, code), at) for code, at in times.items()}

    return patch.object(products_app, "checked_at", checked_at)


def _checked_at_is_the_newest() -> AbstractContextManager[Any]:
    def checked_at(shelves: Any, _shown: Any) -> Any:
        seen: dict[str, list[datetime]] = defaultdict(list)
        for shelf in shelves:
            seen[shelf.marketplace] += [shelf.seen_at(slot) for slot in shelf.slots]
        return {code: max(times) for code, times in seen.items()}

    return patch.object(products_app, "checked_at", checked_at)


@contextmanager
def _return_not_in_feed() -> Iterator[None]:
    real = shelf_refresh.apply_observations

    def observe(shelf: Shelf, seen: Any) -> Any:
        new, changes = real(shelf, seen)
        return new, [change for change in changes if change.kind != "added"]

    with (
        patch.object(shelf_refresh, "apply_observations", observe),
        patch.object(product_writer, "apply_observations", observe),
    ):
        yield


@contextmanager
def _end_of_waiting_is_a_price() -> Iterator[None]:
    real = shelf_refresh.apply_observations

    def observe(shelf: Shelf, seen: Any) -> Any:
        waiting = {slot.asin for slot in shelf.slots if slot.is_waiting}
        new, changes = real(shelf, seen)
        return new, [
            replace(change, kind="price") if change.product.asin in waiting else change
            for change in changes
        ]

    with (
        patch.object(shelf_refresh, "apply_observations", observe),
        patch.object(product_writer, "apply_observations", observe),
    ):
        yield


def _waiting_import_clears_content() -> AbstractContextManager[Any]:
    real = waiting_addition

    def addition(shelves: Any, new_shelf: Shelf, asins: Sequence[str]) -> Any:
        found = shelves.list_for_site(new_shelf.site_id, new_shelf.marketplace)
        for shelf in found:
            if known := set(shelf.asins) & set(asins):
                slots = tuple(
                    Slot(slot.asin, None, is_waiting=True) if slot.asin in known else slot
                    for slot in shelf.slots
                )
                cleared: dict[str, Kind] = dict.fromkeys(known, "waiting")
                read = {shelf.shelf_id: shelf}
                return ProductWrite(read, [replace(shelf, slots=slots)], cleared=cleared)
        return real(shelves, new_shelf, asins)

    return patch.object(product_writer, "waiting_addition", addition)


def _cursor_inclusive() -> AbstractContextManager[Any]:
    real = products.ProductStore.changes

    def changes(
        self: products.ProductStore, site_id: str, after: int, limit: int, last: int | None = None
    ) -> Any:
        return real(self, site_id, after - 1, limit, last)

    return patch.object(products.ProductStore, "changes", changes)


MUTANTS: dict[str, Mutant] = {
    "a shelf is written without a condition": _shelf_without_condition,
    "the feed counter is written without a condition": _counter_without_condition,
    "sequence numbers are allocated outside the transaction": _seq_outside_transaction,
    "the reserved part of a day is added to the daily limit": _reserve_added,
    "`>=` instead of `>` after a cursor": _cursor_inclusive,
    "products are dated after the fetch": _stamp_after_fetch,
    "products are matched by position instead of ASIN": _match_by_position,
    "the worker ignores the lease": _ignore_lease,
    "the cursor is the feed counter": _cursor_from_counter,
    "the rate limiter reserves without a condition": _limiter_without_condition,
    "the rate limiter ignores the daily limit": _limiter_without_daily_limit,
    "a retry bypasses the rate limiter": _retries_without_limiter,
    "an expired product is not in the feed": _expired_not_in_feed,
    "an unchanged product is in the feed": _unchanged_in_feed,
    "a product that Amazon omits counts as seen": _omitted_counts_as_seen,
    "an older observation overwrites a newer one": _older_overwrites_newer,
    "a product is removed without a tombstone": _removed_without_tombstone,
    "a removed product stays on its shelf": _removed_stays_on_shelf,
    "a moved product's row names the old shelf": _move_without_row,
    "a lease never ends": _endless_lease,
    "a product older than a day is returned": _old_product_returned,
    "a refreshed shelf leaves the index": _leave_index,
    "a wrong clock is not corrected": _clock_not_corrected,
    "a dead product keeps its content and holds back checked_at": _dead_product_keeps_content,
    "a shelf is due after a product expires": _due_after_expiry,
    "the end of a deal is ignored in reads": _deal_end_ignored_in_reads,
    "a shelf is due after a deal ends": _due_after_deal_end,
    "the end of a deal is not in the feed": _ended_deal_not_in_feed,
    "the end of early access is not in the feed": _early_access_does_not_open,
    "a deal is returned without its end": _deal_without_end,
    "a read of the feed expires nothing": _expired_by_planner_only,
    "an import fails for good only at its last delivery": _import_fails_until_its_last_delivery,
    "checked_at stands still": _checked_at_stands_still,
    "checked_at is the newest observation": _checked_at_is_the_newest,
    "the return of a missing product is not in the feed": _return_not_in_feed,
    "a waiting product that arrives is in the feed as a price": _end_of_waiting_is_a_price,
    "an import without access clears products that the site has": _waiting_import_clears_content,
    **LIST_MUTANTS,
}
