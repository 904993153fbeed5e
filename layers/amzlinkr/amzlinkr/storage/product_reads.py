"""Consistent reads of products from the three items in which their parts are stored.

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

from amzlinkr.domain.changes import fingerprint_of
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.products import Details, Kind, StoredProduct
from amzlinkr.domain.shelves import Shelf, Slot
from amzlinkr.net.json_decoding import decode_json
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.product_items import offer_from_item
from amzlinkr.storage.records import DetailsItem, OfferItem, ProductsItem
from amzlinkr.storage.shelves import ShelfStore

MAX_READ_ATTEMPTS = 8
MAX_KEYS = 100
"""The maximum number of keys per BatchGetItem call."""
Name = tuple[str, str]
"""Marketplace and ASIN."""


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
        # Without a fingerprint a product has no content.
        if self.slot.fingerprint is None:
            return shown.kind == self.slot.cleared_kind
        return fingerprint_of(shown) == self.slot.fingerprint


class ProductReader:
    """A reader of products with their shelves that repeats torn reads."""

    def __init__(self, shelves: ShelfStore) -> None:
        self._shelves = shelves

    def read_named(self, site_id: str, names: Iterable[Name]) -> dict[Name, StoredProduct]:
        """Return the existing products among these, tombstones included."""
        return self.read(site_id, *_rows(site_id, names))

    def find_damaged(self, shelf: Shelf) -> tuple[str, ...]:
        """Return the ASINs of products that lost an item, or that the shelf does not describe."""
        names = [(shelf.marketplace, asin) for asin in shelf.asins]
        found = self._read_with_shelves(shelf.site_id, *_rows(shelf.site_id, names))
        intact = {
            asin
            for (_, asin), snapshot in found.items()
            if snapshot.is_consistent and not snapshot.product.removed
        }
        return tuple(asin for asin in shelf.asins if asin not in intact)

    def read(
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
            again = self._read_with_shelves(site_id, *_rows(site_id, torn))
            for name in torn:
                _keep_newest(known, name, again.get(name))
        raise StoreUnavailable("The products changed each time they were read.", is_fault=False)

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
            # A product without content has no offer. Its details may have been read before:
            # they are ignored, whatever time the clock of this reader shows.
            details_item = details_of.get(name) if item.offer else None
            product = StoredProduct(
                asin,
                marketplace,
                decode_json(details_item.details, Details) if details_item else None,
                offer_from_item(item),
                shelf.last_seen_at(asin) if shelf else None,
                int(item.seq),
                cast("Kind", item.kind),
                bool(item.removed),
            )
            snapshots[name] = _Snapshot(product, shelf.slot(asin) if shelf else None)
        return snapshots


def _rows(site_id: str, names: Iterable[Name]) -> tuple[list[OfferItem], list[DetailsItem]]:
    wanted = list(names)
    keys = [item_keys.product(*name) for name in wanted]
    # More names than these need a second request in any case.
    if len(wanted) <= MAX_KEYS // 2:
        keys += [item_keys.details(*name) for name in wanted]
    items = read_items(site_id, keys)
    offers = [item for item in items if isinstance(item, OfferItem)]
    if len(wanted) > MAX_KEYS // 2:
        return offers, read_details(site_id, offers)
    return offers, [item for item in items if isinstance(item, DetailsItem)]


def read_details(site_id: str, offers: Iterable[OfferItem]) -> list[DetailsItem]:
    """Return the details of products with content. AWS bills the read of an item that is not there.

    Raises:
        StoreUnavailable: The table did not respond.
    """
    names = [item_keys.split_sort_key(item.sk) for item in offers if item.offer]
    items = read_items(site_id, [item_keys.details(*name) for name in names])
    return [item for item in items if isinstance(item, DetailsItem)]


def read_items(site_id: str, sort_keys: Iterable[str]) -> list[ProductsItem]:
    """Return those of these items of a site that exist, in any order.

    Raises:
        StoreUnavailable: The table did not respond.
    """
    names = [(site_id, key) for key in sort_keys]
    with store_errors():
        return list(ProductsItem.batch_get(names, consistent_read=True))


def _keep_newest(known: dict[Name, _Snapshot], name: Name, again: _Snapshot | None) -> None:
    """Replace a torn read by the second one. A product that was deleted since is left out."""
    if again is None:
        del known[name]
    else:
        known[name] = replace(again, is_repeated=again == known[name])
