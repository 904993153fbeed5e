"""The addition of waiting products to a site, as one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from amzlinkr.domain.shelves import Shelf
from amzlinkr.domain.waiting import add_waiting
from amzlinkr.storage.product_items import read_feed_state
from amzlinkr.storage.product_transaction import ProductWrite
from amzlinkr.storage.shelves import ShelfStore


def waiting_addition(
    shelves: ShelfStore, new_shelf: Shelf, asins: Sequence[str]
) -> ProductWrite | None:
    """Return the write that adds those of up to ten products that are on no shelf, or None.

    `new_shelf` is empty. Its times are those of the import.
    """
    site_id, marketplace = new_shelf.site_id, new_shelf.marketplace
    # Before the shelves: the write fails if another request adds or removes a product.
    feed = read_feed_state(site_id)
    read = {shelf.shelf_id: shelf for shelf in shelves.list_for_site(site_id, marketplace)}
    present = {asin for shelf in read.values() for asin in shelf.asins}
    new = [asin for asin in dict.fromkeys(asins) if asin not in present]
    if not new:
        return None
    changed = add_waiting(new, read.values(), new_shelf, new_shelf.observed_at)
    return ProductWrite(read, changed, cleared=dict.fromkeys(new, "waiting"), feed=feed)
