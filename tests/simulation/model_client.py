"""A client of the service that follows the documented rules of the change feed, and no other.

The rules are those of docs/guides/feed.md. The client must show what the service holds
as current: nothing older, nothing else, and everything.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from typing import Any

from msgspec import UNSET

from amzlinkr.domain.errors import (
    AmzlinkrError,
    CursorTooOld,
    InvalidCursor,
    StoreUnavailable,
)
from amzlinkr.domain.feed import MAX_CURSOR_AGE, FeedPosition
from amzlinkr.domain.freshness import WITHOUT_CONTENT
from amzlinkr.http.schemas.feed import ChangeOut, Changes
from amzlinkr.http.schemas.products import ProductList
from functions.products import app as products
from tests.simulation import invocations
from tests.simulation.deals import HIDDEN, Content
from tests.simulation.expected_state import DAY_SECONDS, ExpectedSite, Name
from tests.simulation.invariants import MAX_UNCERTAINTY_SECONDS, ROUNDING, seconds
from tests.simulation.invocations import PLANNER_TIMEOUT_SECONDS
from tests.simulation.list_copies import ListCopies
from tests.simulation.state import SimulationState, Tenant

MAC_BYTES = 16
MAX_ASINS = 100
OLD_CURSOR_PROBABILITY = 0.05
"""How often the client returns after more than 29 days, as the age of its cursor claims."""


@dataclass(slots=True)
class Copy:
    """A stored product: its price and deal, which stand for its content, and until when they hold.

    A withheld product has no content; it is read again. An expired or missing one is not: the feed
    announces it. The price of a deal ends with the deal, and the product is shown without it.
    """

    content: Content | None = None
    shown_until: float = -inf
    price_until: float = inf
    is_withheld: bool = False

    def withhold(self) -> None:
        """Delete the content."""
        self.content, self.shown_until, self.price_until = None, -inf, inf
        self.is_withheld = True

    def shown_at(self, now: float) -> Content | None:
        """Return what is shown of the product, None without content."""
        if self.content is None or now >= self.shown_until:
            return None
        return self.content if now < self.price_until else HIDDEN


@dataclass
class ModelClient:
    """The stored products of one site, and the position in its feed.

    `poll_probability` is that of a visit after a run of the planner; some clients stay away.
    `named` holds the products of all pages since a restart, otherwise None. `completed_at` is when
    the last page of the feed was requested, for the last time that the client reached the end and
    read all withheld products again. `checked_at` is that of the newest complete page.
    """

    tenant: Tenant
    poll_probability: float = 0.3
    cursor: str = ""
    seq: int = 0
    copies: dict[Name, Copy] = field(default_factory=dict)
    named: set[Name] | None = None
    is_reading: bool = False
    completed_at: float = -inf
    checked_at: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lists = ListCopies(self.tenant.site_id)

    def follow(self, state: SimulationState, limit: int, pages: int) -> None:
        """Read up to `pages` pages, unless an earlier visit still reads."""
        if self.is_reading:
            return
        self.is_reading = True
        try:
            if self.cursor and state.rng.random() < OLD_CURSOR_PROBABILITY:
                self._age_cursor(state)
            while pages and self._read_page(state, limit):
                pages -= 1
        finally:
            self.is_reading = False

    def shown_content(self, name: Name, now: float) -> Content | None:
        """Return what the client shows of a product, None without content."""
        copy = self.copies.get(name)
        return copy.shown_at(now) if copy is not None else None

    def check_holdings(self, state: SimulationState) -> None:
        """Check after a complete poll that all fresh content is shown."""
        site, now = self._expected(state), state.scheduler.now
        margin = state.plan.max_clock_error + MAX_UNCERTAINTY_SECONDS
        lag = PLANNER_TIMEOUT_SECONDS
        for name in sorted(site.products.keys() | self.copies.keys()):
            shown = self.shown_content(name, now)
            held = site.contents_since(name, self.completed_at, now, margin, lag)
            if shown not in held:
                state.invariants.add_violation(
                    f"I3: a client shows {name[1]} at {shown}, the service holds {held}"
                )
        self.lists.check(state, self.completed_at, lag)

    def check_fresh(self, state: SimulationState) -> None:
        """Check after a complete read at any time that no fresh product is withheld.

        Between two runs of the planner, ends of deals are not in the feed yet, so that what is
        shown of a product is checked only after a run.
        """
        site, now = self._expected(state), state.scheduler.now
        margin = state.plan.max_clock_error + MAX_UNCERTAINTY_SECONDS
        for name in sorted(self.copies):
            seen_at = site.seen_at(*name) if name in site.products else None
            is_fresh = seen_at is not None and now < seen_at + DAY_SECONDS - margin
            if not is_fresh or self.shown_content(name, now) is not None:
                continue
            if None not in site.contents_since(name, self.completed_at, now, margin):
                state.invariants.add_violation(f"I3: a client withholds {name[1]}, which is fresh")

    def _expected(self, state: SimulationState) -> ExpectedSite:
        return state.invariants.expected.sites[self.tenant.site_id]

    def _age_cursor(self, state: SimulationState) -> None:
        since = state.deps.clock.now() - 2 * MAX_CURSOR_AGE
        position = FeedPosition(self.seq, since)
        with suppress(StoreUnavailable):  # the signing secret could not be read
            self.cursor = state.deps.signer.sign_cursor("changes", self.tenant.site_id, position)

    def _read_page(self, state: SimulationState, limit: int) -> bool:
        """Read and check one page; return whether to read on."""
        requested_at = state.scheduler.now
        query = {"cursor": self.cursor, "limit": str(limit)}
        response = invocations.call(state, products.list_changes, self.tenant.site_id, query=query)
        self._withhold_old(state.scheduler.now)
        if isinstance(response, CursorTooOld):
            self.cursor, self.seq, self.named, self.lists.named = "", 0, set(), set()
            return True
        if isinstance(response, AmzlinkrError):
            if isinstance(response, InvalidCursor):
                state.invariants.add_violation("the service rejected its own cursor")
            return True
        page = response.body
        assert isinstance(page, Changes)
        self._check_page(state, page)
        for change in page.changes:
            if isinstance(change.asin, str):
                self._apply(state, (change.marketplace, change.asin), change)
            else:
                self.lists.apply(state, change.kind, change.list)
        self.cursor, self.seq = page.next_cursor, seq_of(page.next_cursor)
        if not page.has_more:
            self._finish(state, page, requested_at)
        return page.has_more

    def _apply(self, state: SimulationState, name: Name, change: ChangeOut) -> None:
        """Apply the entry of a product."""
        if self.named is not None:
            self.named.add(name)
        if change.kind == "removed":
            self.copies.pop(name, None)
        else:
            is_announced = change.kind in WITHOUT_CONTENT
            self._store(state, name, change.product, is_announced=is_announced)

    def _check_page(self, state: SimulationState, page: Changes) -> None:
        """Check that the cursor moves on and that the page has all changes up to it."""
        invariants, seq = state.invariants, seq_of(page.next_cursor)
        if seq < self.seq:
            invariants.add_violation(f"I3: a client's cursor fell from {self.seq} to {seq}")
        if page.changes and seq == self.seq:
            invariants.add_violation(f"I4: a page has changes, and its cursor stays at {seq}")
        expected = self._expected(state)
        rows: dict[Any, Any] = {**expected.products, **expected.lists.rows}
        # A change written during the read may set has_more and follow on the next page.
        if page.has_more and seq == self.seq and not any(r.seq > seq for r in rows.values()):
            invariants.add_violation(f"I4: has_more is true, and nothing follows {seq}")
        named = {
            (change.marketplace, change.asin) if change.list is UNSET else change.list.name
            for change in page.changes
        }
        for name, row in rows.items():
            if self.seq < row.seq <= seq and name not in named:
                invariants.add_violation(f"I4: a cursor skipped {name} at {row.seq}")

    def _store(
        self, state: SimulationState, name: Name, product: Any, *, is_announced: bool = False
    ) -> None:
        """Store a product. `is_announced` means that the feed announces the end of its state."""
        state.invariants.check_response_product(*name, product, state.scheduler.now)
        copy = self.copies.setdefault(name, Copy())
        copy.withhold()
        if product.price_status in WITHOUT_CONTENT:
            copy.is_withheld = not is_announced
        else:
            price = product.price.amount if product.price else HIDDEN.price
            access = product.deal.access if product.deal else ""
            copy.content, copy.is_withheld = Content(price, access), False
            copy.shown_until = seconds(product.fresh_until)
            if product.deal and product.deal.ends_at:
                copy.price_until = seconds(product.deal.ends_at)
        self._check_age(state, name)

    def _finish(self, state: SimulationState, page: Changes, requested_at: float) -> None:
        """Apply `checked_at` at the end of the feed, and read withheld products again."""
        if self.named is not None:
            self.copies = {name: c for name, c in self.copies.items() if name in self.named}
            self.named = None
        self.checked_at = {code: seconds(at) for code, at in page.checked_at.items()}
        limits = {code: at + DAY_SECONDS for code, at in self.checked_at.items()}
        for name, copy in self.copies.items():
            if copy.content is not None:
                copy.shown_until = max(copy.shown_until, limits.get(name[0], -inf))
                self._check_age(state, name)
        now = state.scheduler.now
        self._withhold_old(now)
        current = [code for code, limit in limits.items() if now < limit]
        have_lists = self.lists.finish(state, limits)
        if all([self._read_withheld(state, code) for code in current]) and have_lists:
            self._check_prices(state, requested_at)
            self.completed_at = requested_at

    def _read_withheld(self, state: SimulationState, code: str) -> bool:
        """Read the withheld products of a marketplace again; return whether that succeeded."""
        names = sorted(n for n, copy in self.copies.items() if copy.is_withheld and n[0] == code)
        for batch in _batches(names):
            asins = ",".join(asin for _, asin in batch)
            query = {"marketplace": code, "asins": asins}
            site_id = self.tenant.site_id
            response = invocations.call(state, products.list_products, site_id, query=query)
            if isinstance(response, AmzlinkrError):
                return False
            assert isinstance(response.body, ProductList)
            assert not response.body.has_more
            found = {(code, product.asin): product for product in response.body.products}
            for name in batch:
                if name in found:
                    self._store(state, name, found[name])
                else:
                    del self.copies[name]
        return True

    def _withhold_old(self, now: float) -> None:
        for copy in self.copies.values():
            if copy.content is not None and now >= copy.shown_until:
                copy.withhold()
        self.lists.withhold_old(now)

    def _check_age(self, state: SimulationState, name: Name) -> None:
        """Check that no content is shown 24 hours after the service saw it, nor after its deal."""
        copy = self.copies[name]
        if copy.content is None:
            return
        price = copy.content.price
        deal = state.amazon.deals.get((*name, price))
        if deal is not None and min(copy.shown_until, copy.price_until) > deal.ends_at:
            state.invariants.add_violation(
                f"I5: a client shows {name[1]} at {price} after {deal.ends_at:.0f}"
            )
        seen_at = self._expected(state).last_seen_at.get((*name, price), -inf)
        if copy.shown_until > seen_at + DAY_SECONDS + ROUNDING:
            state.invariants.add_violation(
                f"I3: a client shows {name[1]} until {copy.shown_until:.3f}, seen at {seen_at}"
            )

    def _check_prices(self, state: SimulationState, since: float) -> None:
        """Check that the client shows what the service held after the last page was requested."""
        site, now = self._expected(state), state.scheduler.now
        margin = state.plan.max_clock_error + MAX_UNCERTAINTY_SECONDS
        for name in self.copies:
            shown = self.shown_content(name, now)
            held = site.contents_since(name, since, now, margin, lag=inf)
            if shown is not None and shown not in held:
                state.invariants.add_violation(
                    f"I3: a client shows {name[1]} at {shown}, the service held {held}"
                )


def seq_of(cursor: str) -> int:
    """Return the sequence number in a cursor, without a check of its signature."""
    signed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    return int(json.loads(signed[:-MAC_BYTES])["after"])


def _batches(names: list[Name]) -> Iterator[list[Name]]:
    return (names[start : start + MAX_ASINS] for start in range(0, len(names), MAX_ASINS))
