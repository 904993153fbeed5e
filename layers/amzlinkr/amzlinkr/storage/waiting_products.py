"""The addition of waiting products, and the limit of products at the write of every addition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from amzlinkr.domain.product_limit import check_product_limit
from amzlinkr.domain.products import Kind
from amzlinkr.domain.shelves import Shelf
from amzlinkr.domain.waiting import add_waiting
from amzlinkr.storage.product_items import find_tombstones, read_feed_state
from amzlinkr.storage.product_transaction import ProductWrite
from amzlinkr.storage.shelves import ShelfStore


def shelves_within(
    shelves: ShelfStore, site_id: str, marketplace: str, asins: Iterable[str], maximum: int | None
) -> list[Shelf]:
    """Return a marketplace's shelves if these products may be added, else raise.

    The shelves of the other marketplaces are read only if the marketplace lacks a product. If one
    is added between the reads, the write fails, because it depends on the state of the feed.

    Raises:
        ProductLimitReached: The site would have more than `maximum` products in all marketplaces.
    """
    of_marketplace = shelves.list_for_site(site_id, marketplace)
    present = {asin for shelf in of_marketplace for asin in shelf.asins}
    if maximum is None or present.issuperset(asins):
        return of_marketplace
    others = shelves.list_outside(site_id, marketplace)
    requested = {(marketplace, asin) for asin in asins}
    check_product_limit(site_id, chain(of_marketplace, others), requested, maximum)
    return of_marketplace


def waiting_addition(
    shelves: ShelfStore, new_shelf: Shelf, asins: Sequence[str], maximum: int | None = None
) -> ProductWrite | None:
    """Return the write that adds those of up to ten products that are on no shelf, or None.

    `new_shelf` is empty. Its times are those of the import. Raises `ProductLimitReached`.
    """
    site_id, marketplace = new_shelf.site_id, new_shelf.marketplace
    # Before the shelves: the write fails if another request adds or removes a product.
    feed = read_feed_state(site_id)
    found = shelves_within(shelves, site_id, marketplace, asins, maximum)
    read = {shelf.shelf_id: shelf for shelf in found}
    present = {asin for shelf in read.values() for asin in shelf.asins}
    new = [asin for asin in dict.fromkeys(asins) if asin not in present]
    if not new:
        return None
    changed = add_waiting(new, read.values(), new_shelf, new_shelf.observed_at)
    returned = find_tombstones(site_id, marketplace, new)
    cleared: dict[str, Kind] = dict.fromkeys(new, "waiting")
    return ProductWrite(read, changed, cleared=cleared, returned=returned, feed=feed)
