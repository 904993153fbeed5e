"""The removal of several products in one transaction, as many as DynamoDB permits."""

from __future__ import annotations

from collections.abc import Sequence

from amzlinkr.domain.removals import remove_products
from amzlinkr.storage import item_keys
from amzlinkr.storage.product_items import find_offers, read_feed_state
from amzlinkr.storage.product_transaction import ProductWrite
from amzlinkr.storage.shelves import ShelfStore

MAX_TRANSACTION_ITEMS = 100
"""The maximum number of items of one transaction. Source: DynamoDB's developer guide."""
ITEMS_PER_PRODUCT = 3
"""The tombstone of a removed product, its offer, and its details."""
MAX_ITEMS_PER_PRODUCT = ITEMS_PER_PRODUCT + 2
"""With the shelf of the product, and the product that takes its slot."""


def removal(
    shelves: ShelfStore, site_id: str, marketplace: str, asins: Sequence[str]
) -> ProductWrite | None:
    """Return the write that removes as many of these products as it can, or None without any.

    Products of the same shelf are removed together, so that few shelves are written.
    """
    # Before the shelves: the write fails if another request adds or removes a product.
    feed = read_feed_state(site_id)
    held = find_offers(site_id, marketplace, asins)
    if not held:
        return None
    read = {shelf.shelf_id: shelf for shelf in shelves.list_for_site(site_id, marketplace)}
    held.sort(key=lambda item: item.sk)
    first: dict[str | None, str] = {}
    for item in held:
        first.setdefault(item.shelf_id, item.sk)
    held.sort(key=lambda item: first[item.shelf_id])
    while True:
        names = [item_keys.split_sort_key(item.sk) for item in held]
        changed, moved = remove_products({asin for _, asin in names}, read.values())
        # The last one is the counter of the feed.
        items = len(held) * ITEMS_PER_PRODUCT + len(changed) + len(moved) + 1
        if items <= MAX_TRANSACTION_ITEMS:
            return ProductWrite(read, changed, removed=names, moved=moved, feed=feed)
        excess = -(-(items - MAX_TRANSACTION_ITEMS) // MAX_ITEMS_PER_PRODUCT)
        held = held[:-excess]
