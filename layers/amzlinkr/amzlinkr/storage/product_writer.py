"""Changes of a site's products: products, shelves and the change feed in one transaction.

Every import, removal and refresh is one `TransactWriteItems` with the feed's counter, the items of
the changed products, and the shelves. A crash leaves all of it or none. On a conflict the writer
reads and decides again. A refresh without changes is a single write.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.changes import Change, change_between
from amzlinkr.domain.clock import Clock, to_unix_ms
from amzlinkr.domain.feed import TOMBSTONE_RETENTION
from amzlinkr.domain.products import Product
from amzlinkr.domain.shelves import (
    Shelf,
    add_products,
    apply_observations,
    remove_product,
    with_expired,
    with_refresh,
)
from amzlinkr.storage import item_keys
from amzlinkr.storage.optimistic import retry_on_conflict
from amzlinkr.storage.product_items import (
    expired_item,
    find_offers,
    item_from_change,
    item_from_details,
    last_seq,
    tombstone_item,
)
from amzlinkr.storage.records import DetailsItem, FeedItem, OfferItem, ShelfItem
from amzlinkr.storage.shelves import ShelfStore, is_same_lease, item_from_shelf


@dataclass(frozen=True, slots=True)
class _Write:
    """The content of one transaction. `read` holds the shelves as they were read, by ID.

    `moved` is the ASIN of a product that changes its shelf, and the shelf it leaves. `last` is the
    newest sequence number before the shelves were read: an addition or removal decides on all
    shelves of the site, so it must fail if another request adds or removes a shelf.
    """

    read: Mapping[str, Shelf]
    shelves: Sequence[Shelf]
    changes: Sequence[Change] = ()
    expired: Sequence[str] = ()
    removed: tuple[str, str] | None = None
    moved: tuple[str, Shelf] | None = None
    last: int | None = None

    @property
    def is_silent(self) -> bool:
        """Return True if the change feed gets no entry."""
        return not (self.changes or self.expired or self.removed)


class ProductWriter:
    """The imported products of all sites, for writing."""

    def __init__(
        self, connection: Connection, shelves: ShelfStore, clock: Clock, refresh_interval: timedelta
    ) -> None:
        self._shelves = shelves
        self._clock = clock
        self._refresh_interval = refresh_interval
        self._connection = connection

    def add(self, site_id: str, marketplace: str, products: Sequence[Product]) -> None:
        """Store up to ten products of one marketplace, and update those that exist.

        Raises:
            StoreUnavailable: Nothing was written.
        """
        if products:
            self._write_decision(site_id, lambda: self._addition(site_id, marketplace, products))

    def remove(self, site_id: str, marketplace: str, asin: str) -> bool:
        """Remove a product. Return False if the site has no such product."""
        if not find_offers(site_id, marketplace, [asin]):
            return False
        self._write_decision(site_id, lambda: self._removal(site_id, marketplace, asin))
        return True

    def refresh(
        self, shelf: Shelf, lookup: LookupResult, refresh_interval: timedelta | None = None
    ) -> list[Change]:
        """Store the response to a shelf's GetItems call, and return what changed.

        The shelf is due again after `refresh_interval`, by default the interval of the service.
        """
        changes: list[Change] = []

        def decide() -> _Write | None:
            current = self._shelves.get(shelf.site_id, shelf.marketplace, shelf.shelf_id)
            # SQS can deliver a message twice, so an older response can arrive after a newer one.
            if current is None or current.observed_at > lookup.requested_at:
                return None
            new, changes[:] = with_refresh(
                current, lookup, refresh_interval or self._refresh_interval, shelf.lease
            )
            new, expired = with_expired(new, lookup.requested_at)
            return _Write({new.shelf_id: current}, [new], list(changes), expired)

        self._write_decision(shelf.site_id, decide)
        return changes

    def expire(self, shelf: Shelf, now: datetime) -> int:
        """Remove the content of the shelf's products that are 24 hours old, and publish it.

        Returns their number.
        """
        expired: tuple[str, ...] = ()

        def decide() -> _Write | None:
            nonlocal expired
            current = self._shelves.get(shelf.site_id, shelf.marketplace, shelf.shelf_id)
            if current is None:
                return None
            new, expired = with_expired(current, now)
            return _Write({new.shelf_id: current}, [new], expired=expired) if expired else None

        self._write_decision(shelf.site_id, decide)
        return len(expired)

    def _addition(self, site_id: str, marketplace: str, products: Sequence[Product]) -> _Write:
        last = last_seq(site_id)
        held = find_offers(site_id, marketplace, [product.asin for product in products])
        all_shelves = self._shelves.list_for_site(site_id, marketplace)
        by_asin = {product.asin: product for product in products}
        read = {shelf.shelf_id: shelf for shelf in all_shelves}
        shelves = dict(read)
        changes: list[Change] = []
        touched: dict[str, Shelf] = {}
        for shelf_id in dict.fromkeys(item.shelf_id for item in held if item.shelf_id in shelves):
            shelves[shelf_id], observed = apply_observations(shelves[shelf_id], by_asin)
            touched[shelf_id] = shelves[shelf_id]
            changes += observed
        placed = {asin for shelf in shelves.values() for asin in shelf.asins}
        new = [product for asin, product in by_asin.items() if asin not in placed]
        changes += [change for product in new if (change := change_between(None, product))]
        new_shelf = self._new_shelf(site_id, marketplace, new)
        for shelf in add_products(new, shelves.values(), new_shelf):
            touched[shelf.shelf_id] = shelf
        return _Write(read, list(touched.values()), changes, last=last)

    def _removal(self, site_id: str, marketplace: str, asin: str) -> _Write | None:
        last = last_seq(site_id)
        held = find_offers(site_id, marketplace, [asin])
        if not held:
            return None
        all_shelves = self._shelves.list_for_site(site_id, marketplace)
        others = {shelf.shelf_id: shelf for shelf in all_shelves}
        shelf = others.pop(held[0].shelf_id or "", None)
        if shelf is None:
            return _Write({}, [], removed=(marketplace, asin), last=last)
        changed, moved = remove_product(shelf, asin, others.values())
        read = {**others, shelf.shelf_id: shelf}
        return _Write(read, changed, removed=(marketplace, asin), moved=moved, last=last)

    def _new_shelf(self, site_id: str, marketplace: str, products: Sequence[Product]) -> Shelf:
        seen = min((product.observed_at for product in products), default=self._clock.now())
        shelf_id = secrets.token_hex(8)
        return Shelf(site_id, marketplace, shelf_id, (), seen, seen + self._refresh_interval)

    def _write_decision(self, site_id: str, decide: Callable[[], _Write | None]) -> None:
        """Decide on a fresh read and write the decision, again after each conflict."""

        def attempt() -> None:
            if (write := decide()) is not None:
                self._write(site_id, write)

        retry_on_conflict(attempt, self._clock)

    def _write(self, site_id: str, write: _Write) -> None:
        if write.is_silent and len(write.shelves) == 1:
            # The most frequent write, a refresh without changes, costs a single write: a
            # transaction would double its price.
            shelf = write.shelves[0]
            item_from_shelf(shelf).save(condition=_is_unchanged(write.read.get(shelf.shelf_id)))
            return
        last = last_seq(site_id) if write.last is None else write.last
        numbers = itertools.count(last + 1)
        with TransactWrite(connection=self._connection) as transaction:
            for shelf in write.shelves:
                as_read = _is_unchanged(write.read.get(shelf.shelf_id))
                if shelf.slots:
                    transaction.save(item_from_shelf(shelf), condition=as_read)
                else:
                    transaction.delete(item_from_shelf(shelf), condition=as_read)
            self._write_products(transaction, site_id, write, numbers)
            new = next(numbers) - 1
            if new > last:
                _advance(transaction, site_id, last, new)

    def _write_products(
        self, transaction: TransactWrite, site_id: str, write: _Write, numbers: Iterator[int]
    ) -> None:
        shelf_of = {asin: shelf for shelf in write.shelves for asin in shelf.asins}
        for change in write.changes:
            shelf_id = shelf_of[change.product.asin].shelf_id
            transaction.save(item_from_change(site_id, change, next(numbers), shelf_id))
            if change.details_changed:
                transaction.save(item_from_details(site_id, change.product))
        for asin in write.expired:
            transaction.save(expired_item(shelf_of[asin], asin, next(numbers)))
            sort_key = item_keys.details(shelf_of[asin].marketplace, asin)
            transaction.delete(DetailsItem(site_id, sort_key))
        if write.moved is not None:
            _move(transaction, write.moved, shelf_of[write.moved[0]])
        if write.removed is not None:
            self._write_tombstone(transaction, site_id, write.removed, next(numbers))

    def _write_tombstone(
        self, transaction: TransactWrite, site_id: str, removed: tuple[str, str], seq: int
    ) -> None:
        until = self._clock.now() + TOMBSTONE_RETENTION
        transaction.save(tombstone_item(site_id, removed, seq, until))
        transaction.delete(DetailsItem(site_id, item_keys.details(*removed)))


def _move(transaction: TransactWrite, moved: tuple[str, Shelf], to: Shelf) -> None:
    """Set the new shelf of a product's item. That is no change for readers of the feed."""
    asin, source = moved
    transaction.update(
        OfferItem(to.site_id, item_keys.product(to.marketplace, asin)),
        [OfferItem.shelf_id.set(to.shelf_id)],
        condition=OfferItem.shelf_id == source.shelf_id,
    )


def _is_unchanged(read: Shelf | None) -> Condition:
    """Return the condition that a shelf is as it was read: content, due time and lease."""
    if read is None:
        return ShelfItem.pk.does_not_exist()
    same_content: Condition = ShelfItem.version == read.version
    same_due: Condition = ShelfItem.due_at == to_unix_ms(read.due_at)
    same: Condition = same_content & same_due & is_same_lease(read)
    return same


def _advance(transaction: TransactWrite, site_id: str, last: int, new: int) -> None:
    """Set the feed's counter, on the condition that no other request took the same numbers."""
    transaction.save(
        FeedItem(site_id, item_keys.FEED, last_seq=new),
        condition=FeedItem.last_seq == last if last else FeedItem.pk.does_not_exist(),
    )
