"""The users of the service during a schedule, and checks of the responses that they get."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from amzlinkr.domain.errors import AmzlinkrError, NotFound
from amzlinkr.domain.freshness import WITHOUT_CONTENT
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.schemas.imports import ImportResults
from amzlinkr.http.schemas.products import ProductList
from functions.import_items import app as import_items
from functions.products import app as products
from functions.search import app as search
from functions.site import app as site
from infra.local.fake_amazon.catalog import OMITTED
from tests.simulation import invocations
from tests.simulation.deals import random_deal
from tests.simulation.list_actors import ListActors
from tests.simulation.model_client import ModelClient
from tests.simulation.state import SimulationState, Tenant

POLL_PROBABILITIES = (0.0, 0.0, 0.02, 0.3)
VANISH_PROBABILITY, RETURN_PROBABILITY = 0.1, 0.7
GONE_CODES = ("InvalidParameterValue", "ItemNotAccessible", OMITTED, OMITTED)
DEAL_PROBABILITY = 0.4


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
        self.clients = [
            ModelClient(tenant, state.rng.choice(POLL_PROBABILITIES))
            for tenant in state.tenants
            for _ in range(state.rng.randint(1, 2))
        ]
        self.requests = SiteRequests()
        self.lists = ListActors(state)
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
        stored = ("imported", "waiting")
        asins = {result.asin for result in response.body.results if result.status in stored}
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

    def remove_products(self, tenant: Tenant) -> None:
        """Remove several random products with one request."""
        state, marketplace_code = self.state, self.state.rng.choice(tenant.marketplace_codes)
        count = min(len(tenant.asins), state.rng.randint(2, 12))
        asins = state.rng.sample(tenant.asins, count)
        names = [(tenant.site_id, marketplace_code, asin) for asin in asins]
        self.requests.removing |= dict.fromkeys(names, state.scheduler.now)
        response = invocations.call(
            state,
            products.remove_products,
            tenant.site_id,
            query={"marketplace": marketplace_code, "asins": ",".join(asins)},
        )
        if isinstance(response, ApiResponse):
            self.requests.removed |= dict.fromkeys(names, state.scheduler.now)
        self.requests.removing |= dict.fromkeys(names, state.scheduler.now)

    def read_feed(self, client: ModelClient) -> None:
        """Read a few pages of the feed, and check that nothing fresh is withheld at its end."""
        started_at = self.state.scheduler.now
        limit = self.state.rng.choice([1, 2, 5, 100])
        client.follow(self.state, limit, 3)
        if client.completed_at >= started_at:
            client.check_fresh(self.state)

    def check_holdings(self, client: ModelClient) -> None:
        """Read the feed, and check what the client shows."""
        started_at = self.state.scheduler.now
        client.follow(self.state, 100, 10)
        if client.completed_at >= started_at:
            client.check_holdings(self.state)

    def start_deals(self, max_seconds: float) -> None:
        """Let deals of some products start, which end or open within some seconds."""
        state = self.state
        for name in self._names():
            if state.rng.random() < DEAL_PROBABILITY:
                deal = random_deal(state.rng, state.scheduler.now, max_seconds)
                state.amazon.start_deal(*name, deal)

    def vanish_products(self) -> None:
        """Let some products vanish at Amazon, named or silently, and others return."""
        rng, amazon = self.state.rng, self.state.amazon
        for name in self._names():
            if rng.random() < VANISH_PROBABILITY:
                amazon.set_gone(*name, "" if amazon.is_gone(*name) else rng.choice(GONE_CODES))

    def restore_products(self) -> None:
        """Let most of the vanished products return."""
        for name in self._names():
            if self.state.rng.random() < RETURN_PROBABILITY:
                self.state.amazon.set_gone(*name, "")

    def _names(self) -> list[tuple[str, str]]:
        return [
            (marketplace_code, asin)
            for tenant in self.state.tenants
            for marketplace_code in tenant.marketplace_codes
            for asin in tenant.asins
        ]

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
        for name in self._names():
            if self.state.rng.random() < 0.4:
                self.state.amazon.change_price(*name)
