"""The export of a site's products and lists, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amzlinkr.storage import item_keys

if TYPE_CHECKING:
    from amzlinkr.domain.lists import StoredList
    from amzlinkr.domain.products import StoredProduct
    from amzlinkr.storage.list_reads import ListStore
    from amzlinkr.storage.products import ProductStore

MAX_EXPORTED_LISTS = 10
AFTER_PRODUCTS = "#"
"""The beginning of positions after all products. The name of the last list follows it."""


@dataclass(frozen=True, slots=True)
class ExportedPage:
    """Some products, and the first lists after the last product."""

    products: tuple[StoredProduct, ...]
    lists: tuple[StoredList, ...]
    next_position: str | None

    def first(self, products: int, lists: int) -> ExportedPage:
        """Return the page without what follows these numbers of products and lists."""
        if products < len(self.products):
            last = self.products[products - 1]
            position = item_keys.product(last.marketplace, last.asin)
            return ExportedPage(self.products[:products], (), position)
        if lists < len(self.lists):
            position = AFTER_PRODUCTS + self.lists[lists - 1].name
            return ExportedPage(self.products, self.lists[:lists], position)
        return self


@dataclass(frozen=True, slots=True)
class Exports:
    """The products and lists of sites: all products, then all lists."""

    products: ProductStore
    lists: ListStore

    def page(self, site_id: str, after: str, limit: int) -> ExportedPage:
        """Return the page after a position, which is empty for the first one."""
        products: tuple[StoredProduct, ...] = ()
        if not after.startswith(AFTER_PRODUCTS):
            page = self.products.page(site_id, None, after or None, limit)
            if page.next_key is not None:
                return ExportedPage(page.products, (), page.next_key)
            products, after = page.products, AFTER_PRODUCTS
        lists = self.lists.page(
            site_id, after.removeprefix(AFTER_PRODUCTS), min(limit, MAX_EXPORTED_LISTS)
        )
        position = None if lists.next_name is None else AFTER_PRODUCTS + lists.next_name
        return ExportedPage(products, lists.lists, position)
