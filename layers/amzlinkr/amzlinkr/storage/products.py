"""Reads of a site's products: single ones, pages of them, and the change feed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from amzlinkr.domain.feed import FeedEntry, FeedState
from amzlinkr.domain.product_filter import ProductFilter
from amzlinkr.domain.products import StoredProduct
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.list_reads import ListStore
from amzlinkr.storage.list_records import ListItem
from amzlinkr.storage.product_items import FEED_ITEMS, find_offers, read_feed_state
from amzlinkr.storage.product_reads import ProductReader, read_details
from amzlinkr.storage.records import DetailsItem, OfferItem, ProductsItem
from amzlinkr.storage.shelves import ShelfStore

BATCH_SIZE, MAX_BATCHES = 100, 5
"""The products of one read, and the maximum number of reads, to find those that match a filter."""
MAX_LISTS_PER_PAGE = 12
"""The lists of one page of the feed: about a MB, which is the limit of a page."""
MAX_READ_BYTES = 1_000_000
"""The bytes of details of one read: no more products fit into a page."""
MAX_ROWS = 500
"""The rows of one read: earlier releases stored tombstones between the products."""
FeedRow = OfferItem | ListItem


@dataclass(frozen=True, slots=True)
class Page:
    """Some products, in the order of their keys.

    `next_key` is the key after which the next page begins, None on the last page.
    """

    products: tuple[StoredProduct, ...]
    next_key: str | None

    def next_key_after(self, shown: Sequence[StoredProduct], count: int) -> str | None:
        """Return the `next_key` if only the first `count` of these products of it are shown."""
        if count >= len(shown):
            return self.next_key
        last = shown[count - 1]
        return item_keys.product(last.marketplace, last.asin)


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Products and lists in the order of their changes, and whether more follow."""

    entries: tuple[FeedEntry, ...]
    has_more: bool


class ProductStore:
    """The products of all sites. Their shelves hold the time they were seen."""

    def __init__(self, shelves: ShelfStore) -> None:
        self._reader = ProductReader(shelves)
        self._lists = ListStore(shelves)

    def get(self, site_id: str, marketplace: str, asin: str) -> StoredProduct | None:
        """Return one imported product, or None."""
        return self.get_many(site_id, marketplace, [asin]).get(asin)

    def get_many(
        self, site_id: str, marketplace: str, asins: Iterable[str]
    ) -> dict[str, StoredProduct]:
        """Return the imported products among these, by ASIN."""
        found = self.get_named(site_id, ((marketplace, asin) for asin in asins))
        return {asin: product for (_, asin), product in found.items()}

    def get_named(
        self, site_id: str, names: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], StoredProduct]:
        """Return the imported products among these, by marketplace and ASIN.

        Those of all marketplaces are read together.
        """
        found = self._reader.read_named(site_id, dict.fromkeys(names))
        return {name: product for name, product in found.items() if not product.removed}

    def held(self, site_id: str, marketplace: str, asins: Iterable[str]) -> tuple[str, ...]:
        """Return those of these ASINs of which the site has the product, without its content."""
        offers = find_offers(site_id, marketplace, dict.fromkeys(asins))
        return tuple(item_keys.split_sort_key(offer.sk)[1] for offer in offers)

    def select(
        self,
        site_id: str,
        wanted: ProductFilter,
        after: str | None,
        limit: int,
        now: Callable[[], datetime],
    ) -> Page:
        """Return up to `limit` products that match a filter, after the key `after`.

        `now` returns the time that decides on the state of a product; it is called after the read.
        A page can end before `limit`, so that no request reads a whole large site.
        """
        if wanted.is_empty:
            return self.page(site_id, wanted.marketplace, after, limit)
        found: list[StoredProduct] = []
        for _ in range(MAX_BATCHES):
            if wanted.asins and wanted.marketplace:
                batch = self._named(site_id, wanted.marketplace, wanted.asins, after)
            else:
                batch = self.page(site_id, wanted.marketplace, after, BATCH_SIZE)
            at = now()
            found += [product for product in batch.products if wanted.matches(product, at)]
            after = batch.next_key
            if len(found) > limit:
                last = found[limit - 1]
                return Page(tuple(found[:limit]), item_keys.product(last.marketplace, last.asin))
            if after is None:
                break
        return Page(tuple(found), after)

    def _named(
        self, site_id: str, marketplace: str, asins: Sequence[str], after: str | None
    ) -> Page:
        """Return those of these products that exist, after the key `after`. `asins` is sorted."""
        rest = [asin for asin in asins if item_keys.product(marketplace, asin) > (after or "")]
        found = self.get_many(site_id, marketplace, rest)
        return Page(tuple(found[asin] for asin in rest if asin in found), None)

    def page(self, site_id: str, marketplace: str | None, after: str | None, limit: int) -> Page:
        """Return up to `limit` products by marketplace and ASIN, after the key `after`.

        A page ends before `limit` after `MAX_ROWS` rows, and after `MAX_READ_BYTES` of details.
        """
        first, last = item_keys.marketplace_range(marketplace)
        start = item_keys.after_prefix(after) if after else first
        offers: list[OfferItem] = []
        details: list[DetailsItem] = []
        next_key, last_key, size = None, None, 0
        with store_errors():
            rows = ProductsItem.query(
                site_id,
                ProductsItem.sk.between(start, last),
                consistent_read=True,
                # Two items per product, and those of one more, which shows if a page follows.
                page_size=2 * limit + 2,
            )
            for number, item in enumerate(rows):
                if isinstance(item, DetailsItem):
                    details.append(item)
                    size += len(item.details.encode())
                elif isinstance(item, OfferItem):
                    is_full = len(offers) == limit and not item.removed
                    if is_full or number >= MAX_ROWS or size >= MAX_READ_BYTES:
                        # Details sort after their offer, so those of this page are read.
                        next_key = last_key
                        break
                    last_key = item.sk
                    if not item.removed:
                        offers.append(item)
        products = self._reader.read(site_id, offers, details).values()
        return Page(tuple(product for product in products if not product.removed), next_key)

    def changes(self, site_id: str, after: int, limit: int, last: int | None = None) -> FeedPage:
        """Return up to `limit` products and lists with a change after the number `after`, in order.

        Changes after `last`, which `feed_state` returned before, are left out: the items are read
        one by one, so the second of two changes could be seen without the first, and a
        position after the second would skip the first. A product that changes again during the read
        is missing or has its old number; it appears at its new number later. Numbers rise strictly,
        so the number of the last entry is the next position.
        """
        if last is None:
            last = self.feed_state(site_id).last_seq
        if last <= after:
            return FeedPage((), has_more=False)
        with store_errors():
            # One more than a page holds, to detect that another page follows.
            read = list(
                ProductsItem.feed.query(
                    site_id,
                    OfferItem.seq.between(after + 1, last),
                    consistent_read=True,
                    limit=limit + 1,
                )
            )
        rows = _with_few_lists([item for item in read if isinstance(item, FEED_ITEMS)][:limit])
        entries = self._products_of(site_id, rows) | self._lists_of(site_id, rows)
        numbered = [(int(row.seq), entries.get(row.sk)) for row in rows]
        # With the number of a second read, the position would skip changes in between.
        shown = tuple(replace(entry, seq=seq) for seq, entry in numbered if entry)
        return FeedPage(shown, has_more=len(rows) < len(read))

    def _products_of(self, site_id: str, rows: Sequence[FeedRow]) -> dict[str, FeedEntry]:
        """Return the products of feed rows by the sort keys of the rows."""
        offers = [row for row in rows if isinstance(row, OfferItem)]
        products = self._reader.read(site_id, offers, read_details(site_id, offers))
        names = {offer.sk: item_keys.split_sort_key(offer.sk) for offer in offers}
        return {key: products[name] for key, name in names.items() if name in products}

    def _lists_of(self, site_id: str, rows: Sequence[FeedRow]) -> dict[str, FeedEntry]:
        """Return the lists of feed rows by sort key."""
        lists = self._lists.read(site_id, [row for row in rows if isinstance(row, ListItem)])
        return {item_keys.list_content(name): one for name, one in lists.items()}

    def feed_state(self, site_id: str) -> FeedState:
        """Return the newest sequence number of the site's feed, 0 before the first change."""
        return read_feed_state(site_id)


def _with_few_lists(rows: Sequence[FeedRow]) -> list[FeedRow]:
    """Return the rows before the one that is a list too many."""
    lists = 0
    for number, row in enumerate(rows):
        lists += isinstance(row, ListItem) and row.kind == "list"
        if lists > MAX_LISTS_PER_PAGE:
            return list(rows[:number])
    return list(rows)
