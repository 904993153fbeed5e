"""Changes of a site's products: imports, removals, refreshes, expiry.

Each reads the shelves, decides, and commits its decision in one transaction. On a conflict it reads
and decides again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from pynamodb.connection import Connection

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.changes import Change, change_between
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.feed import FeedState
from amzlinkr.domain.freshness import DEFAULT_REFRESH_INTERVAL, is_expired
from amzlinkr.domain.products import Kind, Product
from amzlinkr.domain.shelf_refresh import (
    RefreshResult,
    apply_observations,
    with_expired,
    with_offers,
    with_refresh,
    without_contents,
    without_lost,
)
from amzlinkr.domain.shelves import Shelf, add_products
from amzlinkr.storage import item_keys
from amzlinkr.storage.list_writer import ListWriter
from amzlinkr.storage.optimistic import retry_on_conflict
from amzlinkr.storage.product_items import (
    current_offers,
    find_offers,
    find_tombstones,
    item_from_feed_state,
    read_feed_state,
)
from amzlinkr.storage.product_removals import removal
from amzlinkr.storage.product_transaction import (
    ProductWrite,
    without_outdated_products,
    write_decision,
)
from amzlinkr.storage.records import FeedItem
from amzlinkr.storage.shelves import ShelfStore
from amzlinkr.storage.waiting_products import shelves_within, waiting_addition


class ProductWriter:
    """The imported products of all sites, for writing."""

    def __init__(
        self,
        connection: Connection,
        shelves: ShelfStore,
        clock: Clock,
        refresh_interval: timedelta = DEFAULT_REFRESH_INTERVAL,
    ) -> None:
        self._shelves = shelves
        self._clock = clock
        self._refresh_interval = refresh_interval
        self._connection = connection
        self.lists = ListWriter(connection, shelves, clock, refresh_interval)

    def add(
        self,
        site_id: str,
        marketplace: str,
        products: Sequence[Product],
        maximum: int | None = None,
        deadline: Deadline | None = None,
    ) -> None:
        """Store up to ten products of one marketplace, and update those that exist.

        `maximum` is the number of products a site may have, `deadline` the end of retries.

        Raises:
            ProductLimitReached: The site would have more. Nothing was written.
            StoreUnavailable: Nothing was written.
        """
        if products:
            self._write_decision(
                site_id, lambda: self._addition(site_id, marketplace, products, maximum), deadline
            )

    def add_waiting(
        self,
        site_id: str,
        marketplace: str,
        asins: Sequence[str],
        maximum: int | None = None,
        deadline: Deadline | None = None,
    ) -> None:
        """Store those of up to ten products as waiting that the site does not have. See `add`."""

        def decide() -> ProductWrite | None:
            new_shelf = self._new_shelf(site_id, marketplace, ())
            return waiting_addition(self._shelves, new_shelf, asins, maximum)

        self._write_decision(site_id, decide, deadline)

    def remove(self, site_id: str, marketplace: str, asin: str) -> bool:
        """Remove a product. Return False if the site has no such product."""
        if is_held := bool(find_offers(site_id, marketplace, [asin])):
            self.remove_some(site_id, marketplace, [asin])
        return is_held

    def remove_some(
        self,
        site_id: str,
        marketplace: str,
        asins: Sequence[str],
        deadline: Deadline | None = None,
    ) -> tuple[str, ...]:
        """Remove as many of these products as one transaction can, and return their ASINs."""
        removed: tuple[str, ...] = ()

        def decide() -> ProductWrite | None:
            nonlocal removed
            write = removal(self._shelves, site_id, marketplace, asins)
            removed = tuple(asin for _, asin in write.removed) if write else ()
            return write

        self._write_decision(site_id, decide, deadline)
        return removed

    def refresh(
        self, shelf: Shelf, lookup: LookupResult, refresh_interval: timedelta | None = None
    ) -> RefreshResult:
        """Store the response to a shelf's GetItems call, and return what changed.

        `shelf` is as it was before the call. It is due again after `refresh_interval`, by default
        the interval of the service.
        """
        result = RefreshResult(shelf)
        # First decided on the shelf as it was before the call: if it changed, the write fails.
        latest: Shelf | None = shelf

        def decide() -> ProductWrite | None:
            nonlocal result, latest
            current, latest = latest, None
            result = RefreshResult(shelf)
            if current is None:
                current = self._shelves.get(shelf.site_id, shelf.marketplace, shelf.shelf_id)
            # SQS can deliver a message twice, so an older response can arrive after a newer one.
            if current is None or current.observed_at > lookup.requested_at:
                return None
            interval = refresh_interval or self._refresh_interval
            result = with_refresh(current, lookup, interval, shelf)
            new = result.shelf
            return ProductWrite({new.shelf_id: current}, [new], result.changes, result.cleared)

        self._write_decision(shelf.site_id, decide)
        return result

    def expire(self, shelf: Shelf, now: datetime) -> int:
        """Remove the content of the shelf's products that are 24 hours old, and publish it.

        Publishes also the ends of deals and early access. Returns the number of expired products.
        """
        if shelf.definition is not None:
            return self.lists.expire(shelf, now)
        expired: tuple[str, ...] = ()

        def decide() -> ProductWrite | None:
            nonlocal expired
            current = self._shelves.get(shelf.site_id, shelf.marketplace, shelf.shelf_id)
            if current is None:
                return None
            new, expired = with_expired(current, now)
            cleared: dict[str, Kind] = dict.fromkeys(expired, "expired")
            offers = current_offers(new, now)
            if not expired and not offers:
                return None
            new = with_offers(new, offers)
            read = {new.shelf_id: current}
            return ProductWrite(read, [new], cleared=cleared, outdated=offers)

        self._write_decision(shelf.site_id, decide)
        return len(expired)

    def clear(self, shelf: Shelf) -> None:
        """Remove the content of the shelf's products, publish it, and make the shelf due now.

        If the feed of the site was lost, it begins again, and is not complete until
        `complete_feed`.
        """
        if shelf.definition is not None:
            self.lists.clear(shelf)
            return

        def decide() -> ProductWrite | None:
            current = self._shelves.get(shelf.site_id, shelf.marketplace, shelf.shelf_id)
            if current is None:
                return None
            new, kinds = without_contents(current, self._clock.now())
            read = {new.shelf_id: current}
            # A restored shelf can have products that were removed later.
            returned = find_tombstones(shelf.site_id, shelf.marketplace, new.asins)
            return ProductWrite(read, [new], (), kinds, returned=returned, repairs_feed=True)

        self._write_decision(shelf.site_id, decide)

    def complete_feed(self, site_id: str) -> None:
        """State that the feed has all products of the site; positions before become too old."""

        def attempt() -> None:
            feed = read_feed_state(site_id)
            if not feed.is_complete:
                complete = FeedState(feed.last_seq, self._clock.now())
                unchanged = FeedItem.last_seq == feed.last_seq
                item_from_feed_state(site_id, complete).save(condition=unchanged)

        retry_on_conflict(attempt, self._clock)

    def _addition(
        self, site_id: str, marketplace: str, products: Sequence[Product], maximum: int | None
    ) -> ProductWrite:
        feed = read_feed_state(site_id)
        by_asin = {product.asin: product for product in products}
        held = find_offers(site_id, marketplace, by_asin)
        all_shelves = shelves_within(self._shelves, site_id, marketplace, by_asin, maximum)
        read = {shelf.shelf_id: shelf for shelf in all_shelves}
        shelves = dict(read)
        changes: list[Change] = []
        touched: dict[str, Shelf] = {}
        lost = by_asin.keys() - {item_keys.split_sort_key(item.sk)[1] for item in held}
        for shelf_id, known in read.items():
            if by_asin.keys().isdisjoint(known.asins):
                continue
            shelves[shelf_id], observed = apply_observations(without_lost(known, lost), by_asin)
            touched[shelf_id] = shelves[shelf_id]
            changes += observed
        placed = {asin for shelf in shelves.values() for asin in shelf.asins}
        new = [product for asin, product in by_asin.items() if asin not in placed]
        changes += [change for product in new if (change := change_between(None, product))]
        new_shelf = self._new_shelf(site_id, marketplace, new)
        for shelf in add_products(new, shelves.values(), new_shelf):
            touched[shelf.shelf_id] = shelf
        returned = find_tombstones(site_id, marketplace, [product.asin for product in new])
        write = ProductWrite(read, list(touched.values()), changes, returned=returned, feed=feed)
        is_any_old = any(is_expired(item.observed_at, self._clock.now()) for item in products)
        return without_outdated_products(write, self._clock.now()) if is_any_old else write

    def _new_shelf(self, site_id: str, marketplace: str, products: Sequence[Product]) -> Shelf:
        seen = min((product.observed_at for product in products), default=self._clock.now())
        shelf_id = secrets.token_hex(8)
        return Shelf(site_id, marketplace, shelf_id, (), seen, seen + self._refresh_interval)

    def _write_decision(
        self,
        site_id: str,
        decide: Callable[[], ProductWrite | None],
        deadline: Deadline | None = None,
    ) -> None:
        write_decision(self._connection, site_id, decide, self._clock, deadline)
