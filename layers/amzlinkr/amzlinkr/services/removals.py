"""Removals of one or several products of a site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import NotFound, RateLimited, StoreUnavailable
from amzlinkr.domain.limits import Limits
from amzlinkr.domain.sites import Site, is_sandbox

if TYPE_CHECKING:
    from amzlinkr.storage.product_writer import ProductWriter
    from amzlinkr.storage.products import ProductStore
    from amzlinkr.storage.usage_counters import UsageCounters

MIN_TRANSACTION_SECONDS = 0.8
"""The time that must remain for a further transaction with its reads, and some repetitions."""
REPEAT = "Send the request again: it removes the others."
FEWER_TOGETHER = (
    "Remove fewer products with one request, or wait for the number of seconds in the Retry-After "
    "header."
)


@dataclass(frozen=True, slots=True)
class Removals:
    """Removals of products, and their limits."""

    products: ProductStore
    product_writer: ProductWriter
    usage_counters: UsageCounters
    limits: Limits

    def remove(self, site_id: str, marketplace: str, asin: str) -> None:
        """Remove a product.

        Raises:
            NotFound: The site has no such product.
            RateLimited: The sandbox used up its removals of this day.
        """
        if is_sandbox(site_id):
            # Each removal stays in the feed for 30 days.
            self.usage_counters.increment(self.limits.removals_of_sandbox, site_id)
        if not self.product_writer.remove(site_id, marketplace, asin):
            raise NotFound("This product is not imported in this marketplace.")

    def remove_many(
        self, site: Site, marketplace: str | None, asins: Sequence[str], deadline: Deadline
    ) -> None:
        """Remove those of up to 100 products that the site has in a marketplace.

        The default is the site's primary marketplace.

        Each transaction removes as many as DynamoDB permits, with their entries in the feed. A
        request that was interrupted can be repeated: it removes the others.

        Raises:
            InvalidRequest: The marketplace is unknown.
            NotConnected: The site has no primary marketplace.
            RateLimited: The limit of the site does not allow that many. None was removed.
            StoreUnavailable: A write failed, or the time is over. Some may be removed.
        """
        code = site.marketplace_or_primary(marketplace)
        held = self.products.held(site.site_id, code, asins)
        self._count(site, len(held))
        left = held
        while left:
            removed = self.product_writer.remove_some(site.site_id, code, left, deadline)
            left = tuple(asin for asin in left if asin not in removed) if removed else ()
            if left and not deadline.allows(MIN_TRANSACTION_SECONDS):
                number = f"{len(held) - len(left)} of {len(held)}"
                raise StoreUnavailable(f"{number} products are removed.", REPEAT, is_fault=False)

    def _count(self, site: Site, count: int) -> None:
        """Count several removals together against the limit that bounds single ones."""
        if site.mode == "test":
            limit, events = self.limits.removals_of_sandbox, count
        elif site.is_without_access:
            # Otherwise it could import more products than its calls allow. The request itself is
            # counted like all others.
            limit, events = self.limits.calls_without_access, count - 1
        else:
            return
        if events > 0:
            try:
                self.usage_counters.increment(limit, site.site_id, events)
            except RateLimited as error:
                error.action = FEWER_TOGETHER
                raise
