"""The shelves that a page of the change feed describes, without content that has expired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from amzlinkr import telemetry
from amzlinkr.domain.clock import Clock, latest_possible_now
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.feed import PRODUCTS_LOST, FeedState
from amzlinkr.domain.shelves import Shelf
from amzlinkr.domain.sites import is_sandbox

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

    def read_shelves(self, site_id: str) -> tuple[FeedState, list[Shelf]]:
        """Return the state of the feed, and the shelves that were read after it.

        Products that reached 24 hours since the last run of the price sync expire first. Otherwise
        `checked_at` would be 24 hours old, and readers would withhold every product. In a sandbox,
        deals end here as well.

        Raises:
            StoreUnavailable: The products were lost. Readers keep what they hold until the repair.
        """
        feed, found = self._read(site_id)
        if feed.is_lost(found):
            # The first import may have come in between.
            feed, found = self._read(site_id)
            if feed.is_lost(found):
                raise StoreUnavailable(PRODUCTS_LOST)
        now = latest_possible_now(self.clock)
        expired = [shelf for shelf in found if _is_to_expire(shelf, now)]
        if not expired:
            return feed, found
        for shelf in expired[:MAX_EXPIRED_SHELVES]:
            telemetry.count("ProductsExpired", self.product_writer.expire(shelf, now))
        return self._read(site_id)

    def _read(self, site_id: str) -> tuple[FeedState, list[Shelf]]:
        # The feed first: a change in between is then newer than it, and on the next page.
        return self.products.feed_state(site_id), self.shelves.list_for_site(site_id)


def _is_to_expire(shelf: Shelf, now: datetime) -> bool:
    """Return True if content expired, or in a sandbox a deal ended, before its shelf is due."""
    if is_sandbox(shelf.site_id):
        return shelf.next_expiry is not None and shelf.next_expiry <= now
    return shelf.has_expired_content(now)
