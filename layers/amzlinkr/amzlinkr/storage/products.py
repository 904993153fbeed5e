"""Reading what a site imported: one product, pages of them, and the change feed.

A product is told from three rows: its offer, its details, and the shelf that says when both were
seen. They are written in one transaction but read one after another, also within one BatchGetItem
or Query (DynamoDB promises no more than committed rows there), so a refresh, a removal or a move to
another shelf may come in between. Shown as read, that could be an old price with the new time, and
nobody would notice. No order of reading helps in every case: a product that was removed and
imported again is older than its shelf was.

So the reading is checked, not ordered: the shelf holds a fingerprint of what was seen at its time,
and a product is shown only if its offer and details have this fingerprint. Then that is what Amazon
said at that time, whenever the rows were read. Otherwise its rows are read again. Two equal
readings in a row are no race: nothing moves, and the fingerprint is of an older release's making;
they are shown as they are.
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
from amzlinkr.storage.records import DetailsItem, FeedItem, OfferItem, ProductsItem
from amzlinkr.storage.shelves import ShelfStore

MAX_READ_ATTEMPTS = 8
Name = tuple[str, str]
"""Marketplace and ASIN."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some products, and the key to go on from; None at the end."""

    products: tuple[StoredProduct, ...]
    last: str | None


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """A product as its rows were read, and its place on the shelf."""

    product: StoredProduct
    slot: Slot | None
    is_repeated: bool = False

    @property
    def is_consistent(self) -> bool:
        """Whether the rows belong together."""
        shown = self.product
        if self.is_repeated or shown.removed:
            return True
        if self.slot is None:
            return False
        if self.slot.fingerprint is None or shown.details is None:
            return self.slot.fingerprint is None and shown.kind == "expired"
        seen_at = shown.observed_at
        if seen_at is None:
            return False
        told = Product(shown.asin, shown.marketplace, shown.details, shown.offer, seen_at)
        return fingerprint_of(told) == self.slot.fingerprint


class ProductStore:
    """All sites' products. Their age stands on their shelves."""

    def __init__(self, shelves: ShelfStore) -> None:
        self._shelves = shelves

    def get(self, site_id: str, marketplace: str, asin: str) -> StoredProduct | None:
        """One imported product, or None."""
        return self.get_many(site_id, marketplace, [asin]).get(asin)

    def get_many(
        self, site_id: str, marketplace: str, asins: Iterable[str]
    ) -> dict[str, StoredProduct]:
        """The imported ones among these ASINs."""
        rows = self._rows(site_id, [(marketplace, asin) for asin in dict.fromkeys(asins)])
        whole = self._read_consistent(site_id, *rows)
        return {product.asin: product for product in whole.values() if not product.removed}

    def page(self, site_id: str, marketplace: str | None, after: str | None, limit: int) -> Page:
        """Up to `limit` products in the order of marketplace and ASIN, behind the key `after`."""
        first, last = item_keys.marketplace_range(marketplace)
        start = item_keys.after_prefix(after) if after else first
        offers: list[OfferItem] = []
        details: list[DetailsItem] = []
        more = None
        with store_errors():
            rows = ProductsItem.query(
                site_id,
                ProductsItem.sk.between(start, last),
                consistent_read=True,
                page_size=2 * limit + 2,
            )
            for item in rows:
                if isinstance(item, OfferItem) and not item.removed:
                    if len(offers) == limit:
                        more = offers[-1].sk
                        break
                    offers.append(item)
                elif isinstance(item, DetailsItem):
                    details.append(item)
        whole = self._read_consistent(site_id, offers, details).values()
        return Page(tuple(product for product in whole if not product.removed), more)

    def changes(
        self, site_id: str, after: int, limit: int, last: int | None = None
    ) -> tuple[StoredProduct, ...]:
        """Up to `limit` products whose newest change has a number above `after`, in order.

        Nothing above `last` is told, a number of `last_seq` that was read before: while the rows
        are read one by one, the second of two changes could be seen without the first, and its
        number lead past it. What changes again during the reading is missing here, or told already
        at its old number; it comes at the new one. Numbers rise strictly, so the last one is where
        to go on.
        """
        if last is None:
            last = self.last_seq(site_id)
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
        whole = self._read_consistent(site_id, offers, details)
        places = [
            (int(offer.seq), whole.get(item_keys.split_sort_key(offer.sk))) for offer in offers
        ]
        return tuple(replace(product, seq=seq) for seq, product in places if product)

    def last_seq(self, site_id: str) -> int:
        """The number of the site's newest change, 0 before the first."""
        with store_errors():
            try:
                return int(FeedItem.get(site_id, item_keys.FEED, consistent_read=True).last_seq)
            except FeedItem.DoesNotExist:
                return 0

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
        """The products of these rows, in their order; rows that do not belong together are read
        again. Raises `StoreUnavailable` if that never ends."""
        known = self._read_with_shelves(site_id, offers, details)
        for _ in range(MAX_READ_ATTEMPTS):
            torn = [name for name, reading in known.items() if not reading.is_consistent]
            if not torn:
                return {name: reading.product for name, reading in known.items()}
            again = self._read_with_shelves(site_id, *self._rows(site_id, torn))
            for name in torn:
                _keep_newest(known, name, again.get(name))
        raise StoreUnavailable("Too many changes of this site at once.")

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
        readings = {}
        for item in offers:
            name = marketplace, asin = item_keys.split_sort_key(item.sk)
            shelf = shelves.get((marketplace, item.shelf_id or ""))
            # A row that was purged in between tells nothing, by whatever clock its reader goes.
            described = details_of.get(name) if item.offer else None
            product = StoredProduct(
                asin,
                marketplace,
                msgspec.json.decode(described.details, type=Details) if described else None,
                msgspec.json.decode(item.offer, type=Offer) if item.offer else Offer(),
                shelf.last_seen_at(asin) if shelf else None,
                int(item.seq),
                cast("Kind", item.kind),
                bool(item.removed),
            )
            readings[name] = _Snapshot(product, shelf.slot(asin) if shelf else None)
        return readings


def _keep_newest(known: dict[Name, _Snapshot], name: Name, again: _Snapshot | None) -> None:
    """Put a second reading in the place of the first; a row that is gone leaves none."""
    if again is None:
        del known[name]
    else:
        known[name] = replace(again, is_repeated=again == known[name])
