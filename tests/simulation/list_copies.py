"""The lists that a client of the change feed holds, by the documented rules and no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from amzlinkr.domain.errors import AmzlinkrError, NotFound
from amzlinkr.http.schemas.lists import ListOut
from functions.lists import app as lists_app
from tests.simulation import invocations
from tests.simulation.deals import HIDDEN, Content
from tests.simulation.invariants import MAX_UNCERTAINTY_SECONDS, seconds
from tests.simulation.lists import DAY_SECONDS, ExpectedLists

if TYPE_CHECKING:
    from tests.simulation.state import SimulationState

Items = tuple[tuple[str, Content, float], ...]
"""ASIN, content, and until when its price is valid, of each product of a list."""


@dataclass(slots=True)
class ListCopy:
    """A stored list: its results, None without, and until when they are shown."""

    marketplace_code: str
    items: Items | None = None
    shown_until: float = -inf

    @property
    def is_withheld(self) -> bool:
        """Return whether the client reads the list again."""
        return self.items is None

    def shown_at(self, now: float) -> tuple[tuple[str, Content], ...] | None:
        """Return what is shown of the list, None without results."""
        if self.items is None or now >= self.shown_until:
            return None
        return tuple(
            (asin, content if now < price_until else HIDDEN)
            for asin, content, price_until in self.items
        )


@dataclass
class ListCopies:
    """The lists of one site as a client holds them."""

    site_id: str
    copies: dict[str, ListCopy] = field(default_factory=dict)
    named: set[str] | None = None

    def apply(self, state: SimulationState, kind: str, shown: Any) -> None:
        """Apply an entry of the feed."""
        if self.named is not None:
            self.named.add(shown.name)
        if kind == "list_removed":
            self.copies.pop(shown.name, None)
        else:
            self.store(state, shown)

    def store(self, state: SimulationState, shown: Any) -> None:
        """Store a list as the service returned it, and check it."""
        now, invariants = state.scheduler.now, state.invariants
        asins = [item.asin for item in shown.items]
        if len(set(asins)) < len(asins) or len(asins) > shown.size:
            invariants.add_violation(f"the list {shown.name} has {asins} at the size {shown.size}")
        copy = self.copies[shown.name] = ListCopy(shown.marketplace)
        if shown.observed_at is UNSET:
            if asins:
                invariants.add_violation(f"I5: the list {shown.name} has results without a time")
            return
        for item in shown.items:
            if item.observed_at != shown.observed_at or item.marketplace != shown.marketplace:
                invariants.add_violation(f"the list {shown.name} has results of several refreshes")
            invariants.check_response_product(shown.marketplace, item.asin, item, now)
        copy.items = tuple(_item(item) for item in shown.items)
        copy.shown_until = seconds(shown.fresh_until)

    def finish(self, state: SimulationState, limits: dict[str, float]) -> bool:
        """Apply `checked_at` at the end of the feed; return whether all withheld were read again.

        `limits` has the end of what `checked_at` confirms, by marketplace.
        """
        if self.named is not None:
            self.copies = {name: c for name, c in self.copies.items() if name in self.named}
            self.named = None
        for copy in self.copies.values():
            if copy.items:
                limit = limits.get(copy.marketplace_code, -inf)
                copy.shown_until = max(copy.shown_until, limit)
        self.withhold_old(state.scheduler.now)
        return all([self._read_again(state, name) for name in self._withheld(state, limits)])

    def withhold_old(self, now: float) -> None:
        """Delete the results that are too old."""
        for copy in self.copies.values():
            if copy.items is not None and now >= copy.shown_until:
                copy.items, copy.shown_until = None, -inf

    def check(self, state: SimulationState, since: float, lag: float) -> None:
        """Check after a complete read that the client shows what the service holds as current."""
        now, expected = state.scheduler.now, self._expected(state)
        for name in sorted(expected.history.keys() | self.copies.keys()):
            copy = self.copies.get(name)
            shown = copy.shown_at(now) if copy else None
            if not self._matches(state, name, shown, since, lag):
                held = [version for version, _ in expected.versions_since(name, since, now)]
                state.invariants.add_violation(
                    f"I3: a client shows the list {name} as {shown}, the service holds {held[-2:]}"
                )

    def check_names(self, state: SimulationState) -> None:
        """Check at the end that the client has exactly the lists of its site."""
        current = self._expected(state).current()
        if sorted(self.copies) != current:
            state.invariants.add_violation(
                f"I4: a client has the lists {sorted(self.copies)}, stored are {current}"
            )

    def _withheld(self, state: SimulationState, limits: dict[str, float]) -> Iterator[str]:
        now = state.scheduler.now
        for name, copy in sorted(self.copies.items()):
            if copy.is_withheld and now < limits.get(copy.marketplace_code, -inf):
                yield name

    def _read_again(self, state: SimulationState, name: str) -> bool:
        response = invocations.read(state, lists_app.show_list, self.site_id, {"name": name})
        if isinstance(response, NotFound):
            self.copies.pop(name, None)
            return True
        if isinstance(response, AmzlinkrError):
            return False
        assert isinstance(response.body, ListOut)
        self.store(state, response.body)
        return True

    def _expected(self, state: SimulationState) -> ExpectedLists:
        return state.invariants.expected.sites[self.site_id].lists

    def _matches(
        self,
        state: SimulationState,
        name: str,
        shown: tuple[tuple[str, Content], ...] | None,
        since: float,
        lag: float,
    ) -> bool:
        now = state.scheduler.now
        margin = state.plan.max_clock_error + MAX_UNCERTAINTY_SECONDS
        expected = self._expected(state)
        shelf = expected.shelf_of(name)
        # The service itself withholds results that are a day old, also if they are stored.
        is_old = shelf is not None and now > shelf.observed_at + DAY_SECONDS - margin
        for version, ended in expected.versions_since(name, since, now):
            if version is None or version.items is None or not version.items:
                # Of a search without results a client shows as much as of an expired one.
                if not shown:
                    return True
                continue
            if shown is None and is_old:
                return True
            if shown is None or [asin for asin, _ in shown] != [asin for asin, _ in version.items]:
                continue
            pairs = zip(shown, version.items, strict=True)
            if all(
                content in set(offer.contents(since - margin, ended + margin, lag))
                for (_, content), (_, offer) in pairs
            ):
                return True
        return False


def _item(item: Any) -> tuple[str, Content, float]:
    price = item.price.amount if item.price else HIDDEN.price
    ends_at = seconds(item.deal.ends_at) if item.deal and item.deal.ends_at else inf
    return item.asin, Content(price, item.deal.access if item.deal else ""), ends_at
