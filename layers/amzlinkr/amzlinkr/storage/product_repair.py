"""The repair of a site's products and lists after rows were lost or restored from an earlier time.

The shelves decide: they are the list of what a site imported. A product that its shelf does not
describe loses its content, and the price sync retrieves it again. The time that a shelf states must
not be applied to content of another time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.list_reads import ListStore
from amzlinkr.storage.product_items import read_feed_state
from amzlinkr.storage.product_reads import ProductReader
from amzlinkr.storage.product_writer import ProductWriter
from amzlinkr.storage.records import OfferItem, ProductsItem, ShelfItem
from amzlinkr.storage.shelves import ShelfStore


@dataclass(frozen=True, slots=True)
class SiteRepair:
    """The numbers of shelves that lost their content, and of products and lists without one."""

    cleared: int = 0
    removed: int = 0


class ProductRepair:
    """The repair of products, site by site. It can be interrupted and repeated."""

    def __init__(self, shelves: ShelfStore, writer: ProductWriter) -> None:
        self._shelves = shelves
        self._writer = writer
        self._reader = ProductReader(shelves)
        self._lists = ListStore(shelves)

    def site_ids(self) -> list[str]:
        """Return the IDs of all sites with rows. Scans the tables of shelves and products."""
        with store_errors():
            found = {row.pk for row in ShelfItem.scan(attributes_to_get=["pk"])}
            found |= {row.pk for row in ProductsItem.scan(attributes_to_get=["pk", "type"])}
        return sorted(found)

    def repair(self, site_id: str) -> SiteRepair:
        """Clear the shelves of a site that do not describe its products, and remove the others.

        The cleared shelves are due. If the feed was lost, it begins again, and its readers start
        from the beginning. Raises `StoreUnavailable`.
        """
        feed = read_feed_state(site_id)
        shelves = [s for s in self._shelves.list_for_site(site_id) if s.is_refreshed]
        is_lost, cleared = feed.is_lost(shelves), 0
        for shelf in shelves:
            # A lost feed has no content: what remains has numbers of the feed before.
            has_old_content = is_lost and shelf.next_expiry is not None
            find_damaged = (
                self._reader.find_damaged if shelf.definition is None else self._lists.find_damaged
            )
            if has_old_content or find_damaged(shelf):
                self._writer.clear(shelf)
                cleared += 1
        self._writer.complete_feed(site_id)
        on_shelves = {name for shelf in shelves for name in shelf.product_names}
        unplaced = [name for name in _names(site_id) if name not in on_shelves]
        removed = sum(self._writer.remove(site_id, *name) for name in unplaced)
        for name in self._lists.unplaced_names(site_id):
            removed += self._writer.lists.remove(site_id, name)
        return SiteRepair(cleared, removed)


def _names(site_id: str) -> Iterator[tuple[str, str]]:
    """Yield marketplace and ASIN of each product of a site, without tombstones."""
    first, last = item_keys.marketplace_range(None)
    with store_errors():
        rows = ProductsItem.query(
            site_id, ProductsItem.sk.between(first, last), consistent_read=True
        )
        for row in rows:
            if isinstance(row, OfferItem) and not row.removed:
                yield item_keys.split_sort_key(row.sk)
