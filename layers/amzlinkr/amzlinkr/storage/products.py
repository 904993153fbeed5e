"""Reading what a site imported: one product, pages of them, and the change feed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from amzlinkr.domain.products import Details, Offer, StoredProduct
from amzlinkr.storage import keys
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.records import DetailsItem, OfferItem, ProductsItem
from amzlinkr.storage.shelves import ShelfStore


@dataclass(frozen=True, slots=True)
class Page:
    """Some products, and the key to go on from; None at the end."""

    products: tuple[StoredProduct, ...]
    last: str | None


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
        wanted = dict.fromkeys(asins)
        both = [
            (site_id, key)
            for asin in wanted
            for key in (keys.product(marketplace, asin), keys.details(marketplace, asin))
        ]
        with store_errors():
            items = list(ProductsItem.batch_get(both, consistent_read=True)) if both else []
        offers = [item for item in items if isinstance(item, OfferItem) and not item.removed]
        stored = self._stored(site_id, offers, [i for i in items if isinstance(i, DetailsItem)])
        return {product.asin: product for product in stored}

    def page(self, site_id: str, marketplace: str | None, after: str | None, limit: int) -> Page:
        """Up to `limit` products in the order of marketplace and ASIN, behind the key `after`."""
        first, last = keys.range_of(marketplace)
        start = keys.behind(after) if after else first
        offers: list[OfferItem] = []
        details: list[DetailsItem] = []
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
                        return Page(self._stored(site_id, offers, details), offers[-1].sk)
                    offers.append(item)
                elif isinstance(item, DetailsItem):
                    details.append(item)
        return Page(self._stored(site_id, offers, details), None)

    def changes(self, site_id: str, after: int, limit: int) -> tuple[StoredProduct, ...]:
        """Up to `limit` products whose newest change has a number above `after`, in order."""
        with store_errors():
            offers = list(
                OfferItem.feed.query(
                    site_id, OfferItem.seq > after, consistent_read=True, limit=limit
                )
            )
            live = [offer for offer in offers if not offer.removed]
            details = list(
                DetailsItem.batch_get(
                    [(site_id, keys.details(*keys.parts(offer.sk))) for offer in live],
                    consistent_read=True,
                )
                if live
                else []
            )
        return self._stored(site_id, offers, details)

    def _stored(
        self, site_id: str, offers: Sequence[OfferItem], details: Sequence[DetailsItem]
    ) -> tuple[StoredProduct, ...]:
        by_key = {keys.parts(item.sk): item for item in details}
        shelves = self._shelves.get_many(
            site_id, [(keys.parts(item.sk)[0], item.shelf_id) for item in offers if item.shelf_id]
        )
        products = []
        for item in offers:
            marketplace, asin = keys.parts(item.sk)
            shelf = shelves.get((marketplace, item.shelf_id or ""))
            described = by_key.get((marketplace, asin))
            products.append(
                StoredProduct(
                    asin,
                    marketplace,
                    msgspec.json.decode(described.details, type=Details) if described else None,
                    msgspec.json.decode(item.offer, type=Offer) if item.offer else Offer(),
                    shelf.observed(asin) if shelf else None,
                    int(item.seq),
                    item.kind,
                    bool(item.removed),
                )
            )
        return tuple(products)
