"""Reads of a site's products: single ones, pages of them, and the change feed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from amzlinkr.domain.feed import FeedState
from amzlinkr.domain.product_filter import ProductFilter
from amzlinkr.domain.products import StoredProduct
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.product_items import read_feed_state
from amzlinkr.storage.product_reads import ProductReader
from amzlinkr.storage.records import DetailsItem, OfferItem, ProductsItem
from amzlinkr.storage.shelves import ShelfStore

BATCH_SIZE, MAX_BATCHES = 100, 20
"""The products of one read, and the maximum number of reads, to find those that match a filter."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some products, in the order of their keys.

    `next_key` is the key after which the next page begins, None on the last page.
    """

    products: tuple[StoredProduct, ...]
    next_key: str | None


class ProductStore:
    """The products of all sites. Their shelves hold the time they were seen."""

    def __init__(self, shelves: ShelfStore) -> None:
        self._reader = ProductReader(shelves)

    def get(self, site_id: str, marketplace: str, asin: str) -> StoredProduct | None:
        """Return one imported product, or None."""
        return self.get_many(site_id, marketplace, [asin]).get(asin)

    def get_many(
        self, site_id: str, marketplace: str, asins: Iterable[str]
    ) -> dict[str, StoredProduct]:
        """Return the imported products among these, by ASIN."""
        names = [(marketplace, asin) for asin in dict.fromkeys(asins)]
        products = self._reader.read_named(site_id, names).values()
        return {product.asin: product for product in products if not product.removed}

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
        """Return up to `limit` products by marketplace and ASIN, after the key `after`."""
        first, last = item_keys.marketplace_range(marketplace)
        start = item_keys.after_prefix(after) if after else first
        offers: list[OfferItem] = []
        details: list[DetailsItem] = []
        next_key = None
        with store_errors():
            rows = ProductsItem.query(
                site_id,
                ProductsItem.sk.between(start, last),
                consistent_read=True,
                # Two items per product, and those of one more, which shows if a page follows.
                page_size=2 * limit + 2,
            )
            for item in rows:
                if isinstance(item, OfferItem) and not item.removed:
                    if len(offers) == limit:
                        # Details sort after their offer, so those of this page are read.
                        next_key = offers[-1].sk
                        break
                    offers.append(item)
                elif isinstance(item, DetailsItem):
                    details.append(item)
        products = self._reader.read(site_id, offers, details).values()
        return Page(tuple(product for product in products if not product.removed), next_key)

    def changes(
        self, site_id: str, after: int, limit: int, last: int | None = None
    ) -> tuple[StoredProduct, ...]:
        """Return up to `limit` products with a change after the number `after`, in order.

        Changes after `last`, which `feed_state` returned before, are left out: the items are read
        one by one, so the second of two changes could be seen without the first, and a
        position after the second would skip the first. A product that changes again during the read
        is missing or has its old number; it appears at its new number later. Numbers rise strictly,
        so the number of the last product is the next position.
        """
        if last is None:
            last = self.feed_state(site_id).last_seq
        if last <= after:
            return ()
        with store_errors():
            offers = list(
                OfferItem.feed.query(
                    site_id,
                    OfferItem.seq.between(after + 1, last),
                    consistent_read=True,
                    limit=limit,
                )
            )
            live = [offer for offer in offers if not offer.removed]
            details = list(
                DetailsItem.batch_get(
                    [
                        (site_id, item_keys.details(*item_keys.split_sort_key(offer.sk)))
                        for offer in live
                    ],
                    consistent_read=True,
                )
                if live
                else []
            )
        products = self._reader.read(site_id, offers, details)
        numbered = [
            (int(offer.seq), products.get(item_keys.split_sort_key(offer.sk))) for offer in offers
        ]
        # With the number of a second read, the position would skip changes in between.
        return tuple(replace(product, seq=seq) for seq, product in numbered if product)

    def feed_state(self, site_id: str) -> FeedState:
        """Return the newest sequence number of the site's feed, 0 before the first change."""
        return read_feed_state(site_id)
