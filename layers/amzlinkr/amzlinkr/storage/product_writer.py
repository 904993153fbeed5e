"""Changing what a site imported: products, shelves and the change feed in one transaction.

Everything an import, a deletion or a refresh does is one `TransactWriteItems`: the feed's counter,
the rows of the changed products and the shelves. A crash leaves all of it or nothing; a race makes
the loser read again. A refresh that found nothing new is a single write.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.changes import Change, change_between
from amzlinkr.domain.clock import Clock, to_unix_ms
from amzlinkr.domain.errors import StoreUnavailable
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
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.product_items import details_item, expired_item, offer_item, tombstone
from amzlinkr.storage.records import DetailsItem, FeedItem, OfferItem, ShelfItem
from amzlinkr.storage.shelves import ShelfStore, is_same_lease, item_from_shelf

MAX_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class _Write:
    """What one transaction changes; `read` holds the shelves as they were, by id.

    `moved` names a product that changes its shelf, and the one it comes from. `last` is the feed's
    newest number before the shelves were read: whoever adds or removes products decides on all
    shelves of the site, so it must not overlook one that another is making.
    """

    read: Mapping[str, Shelf]
    shelves: Sequence[Shelf]
    changes: Sequence[Change] = ()
    expired: Sequence[str] = ()
    removed: tuple[str, str] | None = None
    moved: tuple[str, Shelf] | None = None
    last: int | None = None


class ProductWriter:
    """The imported products of every site, for writing."""

    def __init__(
        self, connection: Connection, shelves: ShelfStore, clock: Clock, refresh_interval: timedelta
    ) -> None:
        self._shelves = shelves
        self._clock = clock
        self._refresh_interval = refresh_interval
        self._connection = connection

    def add(self, site_id: str, marketplace: str, products: Sequence[Product]) -> None:
        """Store up to ten products of one marketplace: new ones fill holes, known ones are noted.

        Raises `StoreUnavailable` if nothing could be written.
        """
        if products:
            self._retry_on_conflict(site_id, lambda: self._addition(site_id, marketplace, products))

    def remove(self, site_id: str, marketplace: str, asin: str) -> bool:
        """Take a product out; False if the site does not have it."""
        held = self._offers(site_id, marketplace, [asin])
        if not held:
            return False
        self._retry_on_conflict(site_id, lambda: self._removal(site_id, marketplace, asin))
        return True

    def refresh(
        self, shelf: Shelf, lookup: LookupResult, refresh_interval: timedelta | None = None
    ) -> list[Change]:
        """Enter the answer to a shelf's GetItems call; what changed.

        The shelf is due again after `every`, the site's own interval if it has one.
        """
        changes: list[Change] = []

        def entry() -> _Write | None:
            current = self._shelves.get(shelf.site_id, shelf.marketplace, shelf.shelf_id)
            if current is None or current.observed_at > lookup.requested_at:
                return None
            new, changes[:] = with_refresh(
                current, lookup, refresh_interval or self._refresh_interval, shelf.lease
            )
            new, gone = with_expired(new, lookup.requested_at)
            return _Write({new.shelf_id: current}, [new], list(changes), gone)

        self._retry_on_conflict(shelf.site_id, entry)
        return changes

    def expire(self, shelf: Shelf, now: datetime) -> int:
        """Purge the shelf's products whose 24 hours are over, and say so in the feed; how many."""
        gone: tuple[str, ...] = ()

        def entry() -> _Write | None:
            nonlocal gone
            current = self._shelves.get(shelf.site_id, shelf.marketplace, shelf.shelf_id)
            if current is None:
                return None
            new, gone = with_expired(current, now)
            return _Write({new.shelf_id: current}, [new], expired=gone) if gone else None

        self._retry_on_conflict(shelf.site_id, entry)
        return len(gone)

    def _addition(self, site_id: str, marketplace: str, products: Sequence[Product]) -> _Write:
        last = self._last_seq(site_id)
        held = self._offers(site_id, marketplace, [product.asin for product in products])
        all_shelves = self._shelves.list_for_site(site_id, marketplace)
        by_asin = {product.asin: product for product in products}
        read = {shelf.shelf_id: shelf for shelf in all_shelves}
        shelves = dict(read)
        changes: list[Change] = []
        touched: dict[str, Shelf] = {}
        for shelf_id in dict.fromkeys(item.shelf_id for item in held if item.shelf_id in shelves):
            shelves[shelf_id], news = apply_observations(shelves[shelf_id], by_asin)
            touched[shelf_id] = shelves[shelf_id]
            changes += news
        standing = {asin for shelf in shelves.values() for asin in shelf.asins}
        new = [product for asin, product in by_asin.items() if asin not in standing]
        changes += [change for product in new if (change := change_between(None, product))]
        for shelf in add_products(
            new, shelves.values(), self._new_shelf(site_id, marketplace, new)
        ):
            touched[shelf.shelf_id] = shelf
        return _Write(read, list(touched.values()), changes, last=last)

    def _removal(self, site_id: str, marketplace: str, asin: str) -> _Write | None:
        last = self._last_seq(site_id)
        held = self._offers(site_id, marketplace, [asin])
        if not held:
            return None
        shelves = {one.shelf_id: one for one in self._shelves.list_for_site(site_id, marketplace)}
        shelf = shelves.pop(held[0].shelf_id or "", None)
        if shelf is None:
            return _Write({}, [], removed=(marketplace, asin), last=last)
        changed, moved = remove_product(shelf, asin, shelves.values())
        read = {**shelves, shelf.shelf_id: shelf}
        return _Write(read, changed, removed=(marketplace, asin), moved=moved, last=last)

    def _new_shelf(self, site_id: str, marketplace: str, products: Sequence[Product]) -> Shelf:
        seen = min((product.observed_at for product in products), default=self._clock.now())
        shelf_id = secrets.token_hex(8)
        return Shelf(site_id, marketplace, shelf_id, (), seen, seen + self._refresh_interval)

    def _offers(self, site_id: str, marketplace: str, asins: Iterable[str]) -> list[OfferItem]:
        wanted = [(site_id, item_keys.product(marketplace, asin)) for asin in asins]
        with store_errors():
            items = list(OfferItem.batch_get(wanted, consistent_read=True))
        return [item for item in items if not item.removed]

    def _retry_on_conflict(self, site_id: str, decide: Callable[[], _Write | None]) -> None:
        """Decide on fresh reads and write, until no one else was faster."""
        for race in range(MAX_ATTEMPTS):
            write = decide()
            if write is None:
                return
            try:
                with store_errors():
                    self._write(site_id, write)
            except Conflict:
                self._clock.sleep(0.01 * 2**race * secrets.randbelow(100) / 100)
            else:
                return
        raise StoreUnavailable("Too many changes of this site at once.")

    def _write(self, site_id: str, write: _Write) -> None:
        if not (write.changes or write.expired or write.removed) and len(write.shelves) == 1:
            shelf = write.shelves[0]
            item_from_shelf(shelf).save(condition=_is_unchanged(write.read.get(shelf.shelf_id)))
            return
        last = self._last_seq(site_id) if write.last is None else write.last
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
            transaction.save(offer_item(site_id, change, next(numbers), shelf_id))
            if change.details_changed:
                transaction.save(details_item(site_id, change.product))
        for asin in write.expired:
            transaction.save(expired_item(shelf_of[asin], asin, next(numbers)))
            name = item_keys.details(shelf_of[asin].marketplace, asin)
            transaction.delete(DetailsItem(site_id, name))
        if write.moved is not None:
            _move(transaction, write.moved, shelf_of[write.moved[0]])
        if write.removed is not None:
            self._write_tombstone(transaction, site_id, write.removed, next(numbers))

    def _write_tombstone(
        self, transaction: TransactWrite, site_id: str, removed: tuple[str, str], seq: int
    ) -> None:
        until = self._clock.now() + TOMBSTONE_RETENTION
        transaction.save(tombstone(site_id, removed, seq, until))
        transaction.delete(DetailsItem(site_id, item_keys.details(*removed)))

    def _last_seq(self, site_id: str) -> int:
        with store_errors():
            try:
                return int(FeedItem.get(site_id, item_keys.FEED, consistent_read=True).last_seq)
            except FeedItem.DoesNotExist:
                return 0


def _move(transaction: TransactWrite, moved: tuple[str, Shelf], to: Shelf) -> None:
    """Let a product's row name its new shelf; that is no news for readers of the feed."""
    asin, donor = moved
    transaction.update(
        OfferItem(to.site_id, item_keys.product(to.marketplace, asin)),
        [OfferItem.shelf_id.set(to.shelf_id)],
        condition=OfferItem.shelf_id == donor.shelf_id,
    )


def _is_unchanged(read: Shelf | None) -> Condition:
    """The shelf is as it was read: same content, due time and lease."""
    if read is None:
        return ShelfItem.pk.does_not_exist()
    same_content: Condition = ShelfItem.version == read.version
    same_due: Condition = ShelfItem.due_at == to_unix_ms(read.due_at)
    same: Condition = same_content & same_due & is_same_lease(read)
    return same


def _advance(transaction: TransactWrite, site_id: str, last: int, new: int) -> None:
    transaction.save(
        FeedItem(site_id, item_keys.FEED, last_seq=new),
        condition=FeedItem.last_seq == last if last else FeedItem.pk.does_not_exist(),
    )
