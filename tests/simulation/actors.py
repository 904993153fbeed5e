"""Those who use the service during a schedule, and what they were told."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from amzlinkr.domain.errors import AmzlinkrError, InvalidCursor, NotFound
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.schemas.products import Changes, ImportResults, ProductList
from functions.import_items import app as import_items
from functions.products import app as products
from functions.search import app as search
from functions.site import app as site
from tests.simulation import invocations
from tests.simulation.state import Tenant, World

MAC = 16


@dataclass
class Reader:
    """A plugin that follows the feed: what it holds, and how far it is."""

    tenant: Tenant
    cursor: str = ""
    number: int = 0
    held: dict[tuple[str, str], int | None] = field(default_factory=dict)
    is_reading: bool = False

    def follow(self, world: World, limit: int, pages: int) -> None:
        """Follow the feed, unless an earlier visit still does."""
        if self.is_reading:
            return
        self.is_reading = True
        try:
            while pages and self.read(world, limit):
                pages -= 1
        finally:
            self.is_reading = False

    def read(self, world: World, limit: int) -> bool:
        """One page; whether there is more."""
        query = {"cursor": self.cursor, "limit": str(limit)}
        answer = invocations.ask(world, products.list_changes, self.tenant.site_id, query=query)
        if isinstance(answer, AmzlinkrError):
            if isinstance(answer, InvalidCursor):
                world.model.wrong("a cursor of our own was refused")
            return True
        page = answer.body
        assert isinstance(page, Changes)
        number = number_of(page.next_cursor)
        if number < self.number:
            world.model.wrong(f"I3: a reader's cursor fell from {self.number} to {number}")
        if page.has_more and number == self.number and not self._is_more(world, number):
            world.model.wrong(f"I4: nothing is behind {number}, but the feed says there is more")
        self._check_gaps(world, {(one.marketplace, one.asin) for one in page.changes}, number)
        for change in page.changes:
            name = change.marketplace, change.asin
            if change.kind == "removed":
                self.held.pop(name, None)
                continue
            shown: Any = change.product
            world.model.served(*name, shown, world.scheduler.now)
            price = getattr(shown, "price", None)
            self.held[name] = price.amount if price else None
        self.cursor, self.number = page.next_cursor, number
        return page.has_more

    def _is_more(self, world: World, number: int) -> bool:
        """Whether something has a higher number; what came during the reading is told next time."""
        rows = world.model.mirror.sites[self.tenant.site_id].products
        return any(stored.seq > number for stored in rows.values())

    def _check_gaps(self, world: World, shown: set[tuple[str, str]], number: int) -> None:
        """What stands in the feed up to the new cursor was shown now, or before."""
        rows = world.model.mirror.sites[self.tenant.site_id].products
        for name, stored in rows.items():
            if self.number < stored.seq <= number and name not in shown:
                world.model.wrong(f"I4: {name[1]} at {stored.seq} was passed over by a cursor")


@dataclass
class Wishes:
    """What a site did with each product, to tell in the end what must be there."""

    imported: dict[tuple[str, str, str], float] = field(default_factory=dict)
    removing: dict[tuple[str, str, str], float] = field(default_factory=dict)
    removed: dict[tuple[str, str, str], float] = field(default_factory=dict)
    importing: dict[tuple[str, str, str], float] = field(default_factory=dict)


class Actors:
    """The users of one world; each method is one visit, done by a worker."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.readers = [
            Reader(tenant) for tenant in world.tenants for _ in range(world.rng.randint(1, 2))
        ]
        self.wishes = Wishes()
        self._reads: dict[tuple[str, str, str], tuple[float, float]] = defaultdict(
            lambda: (0.0, 0.0)
        )

    def import_some(self, tenant: Tenant, most: int = 10) -> None:
        """Pick products; more than ten become a job."""
        world, shop = self.world, self.world.rng.choice(tenant.shops)
        wanted = world.rng.sample(tenant.asins, min(len(tenant.asins), world.rng.randint(1, most)))
        names = [(tenant.site_id, shop, asin) for asin in wanted]
        for name in names:
            self.wishes.importing[name] = world.scheduler.now
        body = {"items": wanted, "marketplace": shop}
        key = f"click {world.rng.random()}"
        tries = 2 if world.rng.random() < 0.3 else 1
        for _ in range(tries):
            answer = invocations.ask(
                world, import_items.import_items, tenant.site_id, body, key=key
            )
            self._imported(answer, names)
        for name in names:
            self.wishes.importing[name] = world.scheduler.now

    def _imported(
        self, answer: ApiResponse | AmzlinkrError, names: list[tuple[str, str, str]]
    ) -> None:
        if isinstance(answer, AmzlinkrError) or not isinstance(answer.body, ImportResults):
            return
        done = {one.asin for one in answer.body.results if one.status == "imported"}
        for name in names:
            if name[2] in done:
                self.wishes.imported[name] = self.world.scheduler.now

    def remove_one(self, tenant: Tenant) -> None:
        """Take a product out."""
        world, shop = self.world, self.world.rng.choice(tenant.shops)
        asin = world.rng.choice(tenant.asins)
        name = tenant.site_id, shop, asin
        self.wishes.removing[name] = world.scheduler.now
        answer = invocations.ask(
            world,
            products.remove_product,
            tenant.site_id,
            query={"marketplace": shop},
            path={"asin": asin},
        )
        if isinstance(answer, ApiResponse | NotFound):
            self.wishes.removed[name] = world.scheduler.now
        self.wishes.removing[name] = world.scheduler.now

    def read_feed(self, reader: Reader) -> None:
        """Follow the feed to its end, if nothing comes between."""
        limit = self.world.rng.choice([1, 2, 5, 100])
        reader.follow(self.world, limit, 3)

    def list_products(self, tenant: Tenant) -> None:
        """See what there is; a product never grows older between two looks."""
        world, shop = self.world, self.world.rng.choice(tenant.shops)
        mirror = world.model.mirror.sites[tenant.site_id]
        query = {"marketplace": shop, "limit": world.rng.choice(["2", "100"])}
        while True:
            answer = invocations.ask(world, products.list_products, tenant.site_id, query=query)
            if isinstance(answer, AmzlinkrError):
                return
            page = answer.body
            assert isinstance(page, ProductList)
            for one in page.products:
                world.model.served(one.marketplace, one.asin, one, world.scheduler.now)
                self._check_age(tenant, shop, one, mirror.removed_at.get((shop, one.asin), -1.0))
            if not page.next_cursor:
                return
            query = {**query, "cursor": page.next_cursor}

    def _check_age(self, tenant: Tenant, shop: str, product: Any, removed_at: float) -> None:
        if product.observed_at is None:
            return
        name, at = (tenant.site_id, shop, product.asin), product.observed_at.timestamp()
        now = self.world.scheduler.now
        known, looked = self._reads[name]
        if looked > removed_at and at < known:
            self.world.model.wrong(f"I3: {product.asin} was shown at {known}, then at {at}")
        self._reads[name] = at, now

    def search(self, tenant: Tenant) -> None:
        """Look for something at Amazon."""
        shop = self.world.rng.choice(tenant.shops)
        begun = self.world.scheduler.now
        words = "tea" if self.world.rng.random() < 0.2 else self.world.rng.choice(tenant.asins)
        query = {"keywords": words, "marketplace": shop}
        invocations.ask(self.world, search.search, tenant.site_id, query=query)
        took = self.world.scheduler.now - begun
        self.world.scheduler.note(f"searched for {took:.2f} s")

    def sync_now(self, tenant: Tenant) -> None:
        """Ask for fresh prices at once."""
        invocations.ask(self.world, site.sync_now, tenant.site_id)

    def change_prices(self) -> None:
        """Amazon's, not ours."""
        for tenant in self.world.tenants:
            for shop in tenant.shops:
                for asin in tenant.asins:
                    if self.world.rng.random() < 0.4:
                        self.world.amazon.change_price(shop, asin)


def number_of(cursor: str) -> int:
    """The number a cursor stands for; its seal is not looked at."""
    sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    return int(json.loads(sealed[:-MAC])["after"])
