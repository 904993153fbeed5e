"""The users of lists during a schedule, the changes of their searches, and a final check."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amzlinkr.domain.errors import AmzlinkrError, NotFound
from amzlinkr.http.response import ApiResponse
from functions.lists import app as lists_app
from tests.simulation import invocations

if TYPE_CHECKING:
    from tests.simulation.list_copies import ListCopies
    from tests.simulation.state import SimulationState, Tenant

SIZES = (2, 5, 11, 30)
"""With up to 14 products, a search has one or two pages."""
CHANGED_PROBABILITY, REORDERED_PROBABILITY = 0.6, 0.3


@dataclass
class ListActors:
    """Visits that define, remove and show lists; each method is one visit.

    `defining` and `removing` have the lists for which that was requested, `defined` and `removed`
    those for which it was confirmed, by site and name.
    """

    state: SimulationState
    defining: set[tuple[str, str]] = field(default_factory=set)
    removing: set[tuple[str, str]] = field(default_factory=set)
    defined: set[tuple[str, str]] = field(default_factory=set)
    removed: set[tuple[str, str]] = field(default_factory=set)

    def create_searches(self) -> None:
        """Let Amazon find products of each site by two searches."""
        for tenant in self.state.tenants:
            for keywords in searches_of(tenant):
                self.state.amazon.listings[keywords] = self._found(tenant)

    def change_searches(self) -> None:
        """Change the order and the products of some searches."""
        for tenant in self.state.tenants:
            for keywords in searches_of(tenant):
                listings, chance = self.state.amazon.listings, self.state.rng.random()
                if chance < REORDERED_PROBABILITY:
                    self.state.rng.shuffle(listings[keywords])
                elif chance < CHANGED_PROBABILITY:
                    listings[keywords] = self._found(tenant)

    def put_list(self, tenant: Tenant) -> None:
        """Define or replace a list, perhaps twice."""
        rng, name = self.state.rng, self._name(tenant)
        body = {
            "keywords": rng.choice(searches_of(tenant)),
            "size": rng.choice(SIZES),
            "marketplace": rng.choice(tenant.marketplace_codes),
        }
        key = tenant.site_id, name
        self.defining.add(key)
        for _ in range(2 if rng.random() < 0.2 else 1):
            response = invocations.call(
                self.state, lists_app.put_list, tenant.site_id, body, path={"name": name}
            )
            if isinstance(response, ApiResponse):
                self.defined.add(key)

    def remove_list(self, tenant: Tenant) -> None:
        """Remove a list."""
        key = tenant.site_id, self._name(tenant)
        self.removing.add(key)
        response = invocations.read(
            self.state, lists_app.remove_list, tenant.site_id, {"name": key[1]}
        )
        if isinstance(response, ApiResponse | NotFound):
            self.removed.add(key)

    def show_lists(self, tenant: Tenant) -> None:
        """Read all lists, and check each."""
        from tests.simulation.list_copies import ListCopies

        query = {"limit": self.state.rng.choice(["1", "100"])}
        copies: ListCopies = ListCopies(tenant.site_id)
        while True:
            response = invocations.call(
                self.state, lists_app.show_lists, tenant.site_id, query=query
            )
            if isinstance(response, AmzlinkrError):
                return
            for shown in response.body.lists:  # type: ignore[union-attr] # a page of lists
                copies.store(self.state, shown)
            cursor = response.body.next_cursor  # type: ignore[union-attr]
            if not cursor:
                return
            query = {**query, "cursor": cursor}

    def check(self) -> None:
        """Check at the end that each list has what its search finds now."""
        state = self.state
        for site_id, site in state.invariants.expected.sites.items():
            current = set(site.lists.current())
            for name in sorted(current):
                version = site.lists.version_of(name)
                assert version is not None
                found = [(asin, offer.price) for asin, offer in version.items or ()]
                expected = self._expected(version.marketplace_code, version.definition)
                if found != expected:
                    state.invariants.add_violation(
                        f"I1: the list {name} is stored as {found}, Amazon finds {expected}"
                    )
            for key in sorted(self.defined - self.removing):
                if key[0] == site_id and key[1] not in current:
                    state.invariants.add_violation(f"the list {key[1]} was defined, and is missing")
            for key in sorted(self.removed - self.defining):
                if key[0] == site_id and key[1] in current:
                    state.invariants.add_violation(f"the list {key[1]} was removed, and is present")

    def _expected(self, code: str, definition: str) -> list[tuple[str, int | None]]:
        amazon, wanted = self.state.amazon, json.loads(definition)
        found = [
            asin
            for asin in amazon.listings[wanted["search"]["keywords"]]
            if not amazon.is_gone(code, asin)
        ]
        return [(asin, amazon.current_price(code, asin)) for asin in found][: wanted["size"]]

    def _name(self, tenant: Tenant) -> str:
        return f"list-{self.state.rng.randrange(self.state.plan.lists)}"

    def _found(self, tenant: Tenant) -> list[str]:
        rng = self.state.rng
        return rng.sample(tenant.asins, rng.choice([0, len(tenant.asins) // 2, len(tenant.asins)]))


def searches_of(tenant: Tenant) -> tuple[str, str]:
    """Return the keywords of a site's searches."""
    number = tenant.asins[0][6]
    return f"teas {number}", f"pots {number}"


def overdue_lists(state: SimulationState, since: float) -> list[str]:
    """Return the lists not refreshed since that time."""
    return [
        shelf.name
        for site in state.invariants.expected.sites.values()
        for shelf in site.lists.shelves.values()
        if not shelf.has_results or shelf.observed_at < since - state.plan.max_clock_error
    ]
