"""The shelves that a page of the change feed describes, without content that has expired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amzlinkr.domain.clock import Clock, latest_possible_now
from amzlinkr.domain.shelves import Shelf

if TYPE_CHECKING:
    from amzlinkr.storage.product_writer import ProductWriter
    from amzlinkr.storage.products import ProductStore
    from amzlinkr.storage.shelves import ShelfStore

MAX_EXPIRED_SHELVES = 10
"""The shelves from which one request removes expired content."""


def read_shelves(
    site_id: str, products: ProductStore, shelves: ShelfStore, writer: ProductWriter, clock: Clock
) -> tuple[int, list[Shelf]]:
    """Return the number of the newest change, and the shelves that were read after it.

    Products that reached 24 hours since the last run of the price sync expire first. Otherwise
    `checked_at` would be 24 hours old, and readers would withhold every product.
    """
    last_seq = products.last_seq(site_id)
    found = shelves.list_for_site(site_id)
    now = latest_possible_now(clock)
    expired = [shelf for shelf in found if shelf.has_expired_content(now)]
    if not expired:
        return last_seq, found
    for shelf in expired[:MAX_EXPIRED_SHELVES]:
        writer.expire(shelf, now)
    return products.last_seq(site_id), shelves.list_for_site(site_id)
