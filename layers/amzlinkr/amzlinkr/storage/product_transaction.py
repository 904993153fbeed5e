"""The transaction of a change: products, shelves and the change feed together.

Every import, removal and refresh is one `TransactWriteItems` with the feed's counter, the items of
the changed products, and the shelves. A crash leaves all of it or none. A refresh without changes
is a single write.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.changes import Change
from amzlinkr.domain.clock import Clock, Deadline, to_unix_ms
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.feed import PRODUCTS_LOST, TOMBSTONE_RETENTION, FeedState
from amzlinkr.domain.products import Kind, Offer
from amzlinkr.domain.shelf_refresh import RefreshResult, without_outdated
from amzlinkr.domain.shelves import Shelf
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict
from amzlinkr.storage.list_items import ListWrite, save_lists
from amzlinkr.storage.optimistic import retry_on_conflict
from amzlinkr.storage.product_items import (
    cleared_item,
    item_from_change,
    item_from_details,
    item_from_feed_state,
    newest_seq,
    outdated_item,
    read_feed_state,
    tombstone_item,
)
from amzlinkr.storage.records import (
    DetailsItem,
    FeedItem,
    OfferItem,
    ShelfItem,
    TombstoneItem,
)
from amzlinkr.storage.shelf_items import item_from_shelf, shelf_from_item
from amzlinkr.storage.shelves import is_same_lease


@dataclass(frozen=True, slots=True)
class ProductWrite:
    """The content of one transaction. `read` holds the shelves as they were read, by ID.

    `cleared` has the products that lose their content, or have none yet, with the kind of their
    entry in the feed.
    `outdated` has the offers that are left after the end of a deal or early access, by ASIN.
    `returned` has the ASINs of products that have a tombstone, which is deleted.
    `lists` has the lists with another content or definition.
    `removed` has marketplace and ASIN of each removed product, in the order of the feed.
    `moved` has the shelves that products leave for another one, by ASIN.
    `feed` is the state of the feed before the shelves were read: an addition or removal decides on
    all shelves of the site, so it must fail if another request adds or removes a shelf. Only a
    write that `repairs_feed` may begin a feed again that was lost.
    """

    read: Mapping[str, Shelf]
    shelves: Sequence[Shelf]
    changes: Sequence[Change] = ()
    cleared: Mapping[str, Kind] = field(default_factory=dict)
    outdated: Mapping[str, Offer] = field(default_factory=dict)
    removed: Sequence[tuple[str, str]] = ()
    returned: Sequence[str] = ()
    lists: Sequence[ListWrite] = ()
    moved: Mapping[str, Shelf] = field(default_factory=dict)
    feed: FeedState | None = None
    repairs_feed: bool = False

    @property
    def is_silent(self) -> bool:
        """Return True if the change feed gets no entry."""
        changes = self.changes or self.cleared or self.outdated or self.removed or self.lists
        return not changes


def write_decision(
    connection: Connection,
    site_id: str,
    decide: Callable[[], ProductWrite | None],
    clock: Clock,
    deadline: Deadline | None = None,
) -> None:
    """Decide on a fresh read and write the decision, again after each conflict.

    Raises:
        StoreUnavailable: Nothing was written. See `retry_on_conflict`.
    """

    def attempt() -> None:
        if (write := decide()) is not None:
            commit(connection, site_id, write, clock.now())

    retry_on_conflict(attempt, clock, deadline=deadline)


def commit(connection: Connection, site_id: str, write: ProductWrite, now: datetime) -> None:
    """Write a decision, on the condition that its shelves are as they were read.

    Raises:
        Conflict: Another request changed a shelf or the feed since. Nothing was written.
        StoreUnavailable: The feed was lost. Only a repair of all products of the site may begin it
            again, because its readers take it as complete.
    """
    if write.is_silent and len(write.shelves) == 1:
        # The most frequent write, a refresh without changes, costs a single write: a
        # transaction would double its price.
        shelf = write.shelves[0]
        item_from_shelf(shelf).save(condition=_is_unchanged(write.read.get(shelf.shelf_id)))
        return
    feed = write.feed or read_feed_state(site_id)
    is_lost = _is_feed_lost(site_id, feed, write)
    # Rows that remain of a lost feed keep their numbers.
    last = newest_seq(site_id) if is_lost and not feed.last_seq else feed.last_seq
    numbers = itertools.count(last + 1)
    with TransactWrite(connection=connection) as transaction:
        for shelf in write.shelves:
            as_read = _is_unchanged(write.read.get(shelf.shelf_id))
            if shelf.is_refreshed:
                transaction.save(item_from_shelf(shelf), condition=as_read)
            else:
                transaction.delete(item_from_shelf(shelf), condition=as_read)
        _write_products(transaction, site_id, write, numbers)
        until = now + TOMBSTONE_RETENTION
        for removed in write.removed:
            _write_tombstone(transaction, site_id, removed, next(numbers), until)
        save_lists(transaction, write.lists, numbers, now)
        began_at = feed.began_at if feed.last_seq else now
        new = FeedState(next(numbers) - 1, began_at, is_complete=not is_lost)
        if new.last_seq > last:
            _advance(transaction, site_id, feed.last_seq, new)


def _is_feed_lost(site_id: str, feed: FeedState, write: ProductWrite) -> bool:
    """Return True if this write begins a lost feed again, or continues to. See `commit`."""
    shelves: Iterable[Shelf] = write.read.values()
    if not feed.last_seq and not feed.is_lost(shelves):
        # The first change of a site, or its shelves are in other marketplaces.
        shelves = map(shelf_from_item, ShelfItem.query(site_id, consistent_read=True))
    if not feed.is_lost(shelves):
        return False
    if not write.repairs_feed:
        if read_feed_state(site_id) != feed:
            raise Conflict  # another request made the first change
        raise StoreUnavailable(PRODUCTS_LOST)
    return True


def _write_products(
    transaction: TransactWrite, site_id: str, write: ProductWrite, numbers: Iterator[int]
) -> None:
    shelf_of = {asin: shelf for shelf in write.shelves for asin in shelf.asins}
    for change in write.changes:
        shelf_id = shelf_of[change.product.asin].shelf_id
        transaction.save(item_from_change(site_id, change, next(numbers), shelf_id))
        if change.details_changed:
            transaction.save(item_from_details(site_id, change.product))
    for asin, kind in write.cleared.items():
        transaction.save(cleared_item(shelf_of[asin], asin, next(numbers), kind))
        # A waiting product has never had details.
        if kind != "waiting":
            sort_key = item_keys.details(shelf_of[asin].marketplace, asin)
            transaction.delete(DetailsItem(site_id, sort_key))
    for asin, offer in write.outdated.items():
        transaction.save(outdated_item(shelf_of[asin], asin, next(numbers), offer))
    for asin in write.returned:
        sort_key = item_keys.tombstone(shelf_of[asin].marketplace, asin)
        transaction.delete(TombstoneItem(site_id, sort_key))
    for asin, source in write.moved.items():
        _move(transaction, asin, source, shelf_of[asin])


def _write_tombstone(
    transaction: TransactWrite, site_id: str, removed: tuple[str, str], seq: int, until: datetime
) -> None:
    transaction.save(tombstone_item(site_id, removed, seq, until))
    transaction.delete(OfferItem(site_id, item_keys.product(*removed)))
    transaction.delete(DetailsItem(site_id, item_keys.details(*removed)))


def _move(transaction: TransactWrite, asin: str, source: Shelf, to: Shelf) -> None:
    """Set the new shelf of a product's item. That is no change for readers of the feed."""
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


def _advance(transaction: TransactWrite, site_id: str, last: int, new: FeedState) -> None:
    """Set the feed's counter, on the condition that no other request took the same numbers."""
    transaction.save(
        item_from_feed_state(site_id, new),
        condition=FeedItem.last_seq == last if last else FeedItem.pk.does_not_exist(),
    )


def without_outdated_products(write: ProductWrite, now: datetime) -> ProductWrite:
    """Return the write of an addition without products that are 24 hours old: they have expired."""
    changes, shelves = write.changes, []
    cleared: dict[str, Kind] = {}
    for shelf in write.shelves:
        before = write.read.get(shelf.shelf_id)
        result = without_outdated(RefreshResult(shelf, changes), before, now)
        changes, cleared = result.changes, {**cleared, **result.cleared}
        shelves.append(result.shelf)
    return replace(write, shelves=shelves, changes=changes, cleared=cleared)
