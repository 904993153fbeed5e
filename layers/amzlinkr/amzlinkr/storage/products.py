"""Reads of a site's products: single ones, pages of them, and the change feed.

A product is read from three items: its offer, its details, and its shelf, which holds the time both
were seen. One transaction writes them, but they are read one after another, also within one
BatchGetItem or Query: DynamoDB only promises that each item is committed. A refresh, a removal or a
move to another shelf can come in between. Such a torn read could show an old price with the new
time. No order of reads prevents that: the item of a product that was removed and imported again is
older than its shelf.

So each read is verified: the shelf holds a fingerprint of what was seen, and a product is only
shown if its offer and details have this fingerprint. Otherwise its items are read again. Two equal
reads in a row are not torn: nothing changes at the moment, and an earlier release wrote another
kind of fingerprint. They are shown as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import cast

import msgspec

from amzlinkr.domain.changes import fingerprint_of
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.products import Details, Kind, Offer, Product, StoredProduct
from amzlinkr.domain.shelves import Slot
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.product_items import last_seq
from amzlinkr.storage.records import DetailsItem, OfferItem, ProductsItem
from amzlinkr.storage.shelves import ShelfStore

MAX_READ_ATTEMPTS = 8
Name = tuple[str, str]
"""Marketplace and ASIN."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some products, in the order of their keys.

    `next_key` is the key after which the next page begins, None on the last page.
    """

    products: tuple[StoredProduct, ...]
    next_key: str | None


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """A product as its items were read, and its slot on the shelf."""

    product: StoredProduct
    slot: Slot | None
    is_repeated: bool = False

    @property
    def is_consistent(self) -> bool:
        """Return True if offer, details and shelf belong together."""
        shown = self.product
        if self.is_repeated or shown.removed:
            return True
        # The product was moved or removed between the reads.
        if self.slot is None:
            return False
        # An expired product has neither fingerprint nor content. One without the other is torn.
        if self.slot.fingerprint is None or shown.details is None:
            return self.slot.fingerprint is None and shown.kind == "expired"
        seen_at = shown.observed_at
        if seen_at is None:
            return False
        read = Product(shown.asin, shown.marketplace, shown.details, shown.offer, seen_at)
        return fingerprint_of(read) == self.slot.fingerprint


class ProductStore:
    """The products of all sites. Their shelves hold the time they were seen."""

    def __init__(self, shelves: ShelfStore) -> None:
        self._shelves = shelves

    def get(self, site_id: str, marketplace: str, asin: str) -> StoredProduct | None:
        """Return one imported product, or None."""
        return self.get_many(site_id, marketplace, [asin]).get(asin)

    def get_many(
        self, site_id: str, marketplace: str, asins: Iterable[str]
    ) -> dict[str, StoredProduct]:
        """Return the imported products among these, by ASIN."""
        rows = self._rows(site_id, [(marketplace, asin) for asin in dict.fromkeys(asins)])
        products = self._read_consistent(site_id, *rows)
        return {product.asin: product for product in products.values() if not product.removed}

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
        products = self._read_consistent(site_id, offers, details).values()
        return Page(tuple(product for product in products if not product.removed), next_key)

    def changes(
        self, site_id: str, after: int, limit: int, last: int | None = None
    ) -> tuple[StoredProduct, ...]:
        """Return up to `limit` products with a change after the number `after`, in order.

        Changes after `last`, a number that `last_seq` returned before, are left out: the items are
        read one by one, so the second of two changes could be seen without the first, and a
        position after the second would skip the first. A product that changes again during the read
        is missing or has its old number; it appears at its new number later. Numbers rise strictly,
        so the number of the last product is the next position.
        """
        if last is None:
            last = last_seq(site_id)
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
        products = self._read_consistent(site_id, offers, details)
        numbered = [
            (int(offer.seq), products.get(item_keys.split_sort_key(offer.sk))) for offer in offers
        ]
        # With the number of a second read, the position would skip changes in between.
        return tuple(replace(product, seq=seq) for seq, product in numbered if product)

    def last_seq(self, site_id: str) -> int:
        """Return the sequence number of the site's newest change, 0 before the first."""
        return last_seq(site_id)

    def _rows(
        self, site_id: str, names: Iterable[Name]
    ) -> tuple[list[OfferItem], list[DetailsItem]]:
        both = [
            (site_id, key)
            for name in names
            for key in (item_keys.product(*name), item_keys.details(*name))
        ]
        with store_errors():
            items = list(ProductsItem.batch_get(both, consistent_read=True)) if both else []
        return (
            [item for item in items if isinstance(item, OfferItem)],
            [item for item in items if isinstance(item, DetailsItem)],
        )

    def _read_consistent(
        self, site_id: str, offers: Sequence[OfferItem], details: Sequence[DetailsItem]
    ) -> dict[Name, StoredProduct]:
        """Return the products of these items, in their order. Read torn ones again.

        Raises:
            StoreUnavailable: An item changed during every read.
        """
        known = self._read_with_shelves(site_id, offers, details)
        for _ in range(MAX_READ_ATTEMPTS):
            # Only torn products are read again: a change of one must not delay the whole page.
            torn = [name for name, snapshot in known.items() if not snapshot.is_consistent]
            if not torn:
                return {name: snapshot.product for name, snapshot in known.items()}
            again = self._read_with_shelves(site_id, *self._rows(site_id, torn))
            for name in torn:
                _keep_newest(known, name, again.get(name))
        raise StoreUnavailable("The products changed each time they were read.")

    def _read_with_shelves(
        self, site_id: str, offers: Sequence[OfferItem], details: Sequence[DetailsItem]
    ) -> dict[Name, _Snapshot]:
        details_of = {item_keys.split_sort_key(item.sk): item for item in details}
        shelves = self._shelves.get_many(
            site_id,
            [
                (item_keys.split_sort_key(item.sk)[0], item.shelf_id)
                for item in offers
                if item.shelf_id
            ],
        )
        snapshots = {}
        for item in offers:
            name = marketplace, asin = item_keys.split_sort_key(item.sk)
            shelf = shelves.get((marketplace, item.shelf_id or ""))
            # An expired product has no offer. Its details may have been read before it expired:
            # they are ignored, whatever time the clock of this reader shows.
            details_item = details_of.get(name) if item.offer else None
            product = StoredProduct(
                asin,
                marketplace,
                msgspec.json.decode(details_item.details, type=Details) if details_item else None,
                msgspec.json.decode(item.offer, type=Offer) if item.offer else Offer(),
                shelf.last_seen_at(asin) if shelf else None,
                int(item.seq),
                cast("Kind", item.kind),
                bool(item.removed),
            )
            snapshots[name] = _Snapshot(product, shelf.slot(asin) if shelf else None)
        return snapshots


def _keep_newest(known: dict[Name, _Snapshot], name: Name, again: _Snapshot | None) -> None:
    """Replace a torn read by the second one. A product that was deleted since is left out."""
    if again is None:
        del known[name]
    else:
        known[name] = replace(again, is_repeated=again == known[name])
