"""The users of the service during a schedule, and checks of the responses that they get."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from amzlinkr.domain.errors import AmzlinkrError, InvalidCursor, NotFound
from amzlinkr.domain.freshness import WITHOUT_CONTENT
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.schemas.products import Changes, ImportResults, ProductList
from functions.import_items import app as import_items
from functions.products import app as products
from functions.search import app as search
from functions.site import app as site
from tests.simulation import invocations
from tests.simulation.state import SimulationState, Tenant

MAC_BYTES = 16


@dataclass
class FeedReader:
    """A plugin that follows the change feed: the prices it stores, and its feed position."""

    tenant: Tenant
    cursor: str = ""
    seq: int = 0
    prices: dict[tuple[str, str], int | None] = field(default_factory=dict)
    is_reading: bool = False

    def follow(self, state: SimulationState, limit: int, pages: int) -> None:
        """Read up to `pages` pages, unless an earlier visit still reads."""
        if self.is_reading:
            return
        self.is_reading = True
        try:
            while pages and self.read_page(state, limit):
                pages -= 1
        finally:
            self.is_reading = False

    def read_page(self, state: SimulationState, limit: int) -> bool:
        """Read and check one page; return whether there are more."""
        query = {"cursor": self.cursor, "limit": str(limit)}
        response = invocations.call(state, products.list_changes, self.tenant.site_id, query=query)
        invariants = state.invariants
        if isinstance(response, AmzlinkrError):
            if isinstance(response, InvalidCursor):
                invariants.add_violation("the service rejected its own cursor")
            return True
        page = response.body
        assert isinstance(page, Changes)
        seq = seq_of(page.next_cursor)
        if seq < self.seq:
            invariants.add_violation(f"I3: a reader's cursor fell from {self.seq} to {seq}")
        if page.changes and seq == self.seq:
            invariants.add_violation(f"I4: a page has changes, and its cursor stays at {seq}")
        if page.has_more and seq == self.seq and not self._has_newer(state, seq):
            invariants.add_violation(f"I4: has_more is true, and nothing follows {seq}")
        self._check_gaps(state, {(c.marketplace, c.asin) for c in page.changes}, seq)
        for change in page.changes:
            name = change.marketplace, change.asin
            if change.kind == "removed":
                self.prices.pop(name, None)
                continue
            product: Any = change.product
            invariants.check_response_product(*name, product, state.scheduler.now)
            price = getattr(product, "price", None)
            self.prices[name] = price.amount if price else None
        self.cursor, self.seq = page.next_cursor, seq
        return page.has_more

    def _has_newer(self, state: SimulationState, seq: int) -> bool:
        # A change written during the read may set has_more and follow on the next page.
        rows = state.invariants.expected.sites[self.tenant.site_id].products
        return any(row.seq > seq for row in rows.values())

    def _check_gaps(self, state: SimulationState, page: set[tuple[str, str]], seq: int) -> None:
        """Check that the page contains all changes up to the new cursor."""
        rows = state.invariants.expected.sites[self.tenant.site_id].products
        for name, row in rows.items():
            if self.seq < row.seq <= seq and name not in page:
                state.invariants.add_violation(f"I4: a cursor skipped {name[1]} at {row.seq}")


@dataclass
class SiteRequests:
    """When sites imported and removed each product, to check the final state.

    `importing` and `removing` are updated before and after each request, `imported` and `removed`
    when the response confirms it.
    """

    imported: dict[tuple[str, str, str], float] = field(default_factory=dict)
    removing: dict[tuple[str, str, str], float] = field(default_factory=dict)
    removed: dict[tuple[str, str, str], float] = field(default_factory=dict)
    importing: dict[tuple[str, str, str], float] = field(default_factory=dict)


class Actors:
    """The users of one schedule; each method is one visit and runs in a worker."""

    def __init__(self, state: SimulationState) -> None:
        self.state = state
        self.readers = [
            FeedReader(tenant) for tenant in state.tenants for _ in range(state.rng.randint(1, 2))
        ]
        self.requests = SiteRequests()
        self._listed: dict[tuple[str, str, str], tuple[float, float]] = defaultdict(
            lambda: (0.0, 0.0)
        )

    def import_products(self, tenant: Tenant, maximum: int = 10) -> None:
        """Import random products; more than ten become a job."""
        state = self.state
        marketplace_code = state.rng.choice(tenant.marketplace_codes)
        count = min(len(tenant.asins), state.rng.randint(1, maximum))
        asins = state.rng.sample(tenant.asins, count)
        names = [(tenant.site_id, marketplace_code, asin) for asin in asins]
        for name in names:
            self.requests.importing[name] = state.scheduler.now
        body = {"items": asins, "marketplace": marketplace_code}
        key = f"click {state.rng.random()}"
        attempts = 2 if state.rng.random() < 0.3 else 1
        for _ in range(attempts):
            response = invocations.call(
                state, import_items.import_items, tenant.site_id, body, idempotency_key=key
            )
            self._record_imported(response, names)
        for name in names:
            self.requests.importing[name] = state.scheduler.now

    def _record_imported(
        self, response: ApiResponse | AmzlinkrError, names: list[tuple[str, str, str]]
    ) -> None:
        if isinstance(response, AmzlinkrError) or not isinstance(response.body, ImportResults):
            return
        asins = {result.asin for result in response.body.results if result.status == "imported"}
        for name in names:
            if name[2] in asins:
                self.requests.imported[name] = self.state.scheduler.now

    def remove_product(self, tenant: Tenant) -> None:
        """Remove a random product."""
        state, marketplace_code = self.state, self.state.rng.choice(tenant.marketplace_codes)
        asin = state.rng.choice(tenant.asins)
        name = tenant.site_id, marketplace_code, asin
        self.requests.removing[name] = state.scheduler.now
        response = invocations.call(
            state,
            products.remove_product,
            tenant.site_id,
            query={"marketplace": marketplace_code},
            path={"asin": asin},
        )
        if isinstance(response, ApiResponse | NotFound):
            self.requests.removed[name] = state.scheduler.now
        self.requests.removing[name] = state.scheduler.now

    def read_feed(self, reader: FeedReader) -> None:
        """Read a few pages of the feed."""
        limit = self.state.rng.choice([1, 2, 5, 100])
        reader.follow(self.state, limit, 3)

    def list_products(self, tenant: Tenant) -> None:
        """List all products, and check that none is older than in an earlier list."""
        state, marketplace_code = self.state, self.state.rng.choice(tenant.marketplace_codes)
        expected = state.invariants.expected.sites[tenant.site_id]
        query = {"marketplace": marketplace_code, "limit": state.rng.choice(["2", "100"])}
        while True:
            response = invocations.call(state, products.list_products, tenant.site_id, query=query)
            if isinstance(response, AmzlinkrError):
                return
            page = response.body
            assert isinstance(page, ProductList)
            for product in page.products:
                state.invariants.check_response_product(
                    product.marketplace, product.asin, product, state.scheduler.now
                )
                removed_at = expected.removed_at.get((marketplace_code, product.asin), -1.0)
                self._check_age(tenant, marketplace_code, product, removed_at)
            if not page.next_cursor:
                return
            query = {**query, "cursor": page.next_cursor}

    def _check_age(
        self, tenant: Tenant, marketplace_code: str, product: Any, removed_at: float
    ) -> None:
        if product.price_status in WITHOUT_CONTENT:
            return
        name, at = (tenant.site_id, marketplace_code, product.asin), product.observed_at.timestamp()
        now = self.state.scheduler.now
        last_observed, listed_at = self._listed[name]
        # A product that was removed and imported again may start with an older observation.
        if listed_at > removed_at and at < last_observed:
            self.state.invariants.add_violation(
                f"I3: {product.asin} was observed at {last_observed}, then at {at}"
            )
        self._listed[name] = at, now

    def search(self, tenant: Tenant) -> None:
        """Search Amazon."""
        marketplace_code = self.state.rng.choice(tenant.marketplace_codes)
        started_at = self.state.scheduler.now
        words = "tea" if self.state.rng.random() < 0.2 else self.state.rng.choice(tenant.asins)
        query = {"keywords": words, "marketplace": marketplace_code}
        invocations.call(self.state, search.search, tenant.site_id, query=query)
        took = self.state.scheduler.now - started_at
        self.state.scheduler.record(f"searched for {took:.2f} s")

    def sync_now(self, tenant: Tenant) -> None:
        """Request a refresh of all products."""
        invocations.call(self.state, site.sync_now, tenant.site_id)

    def change_prices(self) -> None:
        """Change some prices at Amazon."""
        for tenant in self.state.tenants:
            for marketplace_code in tenant.marketplace_codes:
                for asin in tenant.asins:
                    if self.state.rng.random() < 0.4:
                        self.state.amazon.change_price(marketplace_code, asin)


def seq_of(cursor: str) -> int:
    """Return the sequence number in a cursor, without a check of its signature."""
    signed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    return int(json.loads(signed[:-MAC_BYTES])["after"])
