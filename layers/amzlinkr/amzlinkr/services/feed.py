"""The shelves that a page of the change feed describes, without content that has expired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.clock import Clock, latest_possible_now
from amzlinkr.domain.shelves import Shelf

if TYPE_CHECKING:
    from amzlinkr.storage.product_writer import ProductWriter
    from amzlinkr.storage.products import ProductStore
    from amzlinkr.storage.shelves import ShelfStore

MAX_EXPIRED_SHELVES = 10
"""The shelves from which one request removes expired content."""


@dataclass(frozen=True, slots=True)
class ChangeFeed:
    """The shelves of sites, read for their change feeds."""

    products: ProductStore
    shelves: ShelfStore
    product_writer: ProductWriter
    clock: Clock

    def read_shelves(self, site_id: str) -> tuple[int, list[Shelf]]:
        """Return the number of the newest change, and the shelves that were read after it.

        Products that reached 24 hours since the last run of the price sync expire first. Otherwise
        `checked_at` would be 24 hours old, and readers would withhold every product.
        """
        last_seq, found = self._read(site_id)
        now = latest_possible_now(self.clock)
        expired = [shelf for shelf in found if shelf.has_expired_content(now)]
        if not expired:
            return last_seq, found
        for shelf in expired[:MAX_EXPIRED_SHELVES]:
            telemetry.count("ProductsExpired", self.product_writer.expire(shelf, now))
        return self._read(site_id)

    def _read(self, site_id: str) -> tuple[int, list[Shelf]]:
        # The number first: a change in between is then newer than it, and on the next page.
        return self.products.last_seq(site_id), self.shelves.list_for_site(site_id)
