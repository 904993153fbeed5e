"""Random histories of a site: products are imported, refreshed, expired, and removed during reads.

Everything runs in one thread, on the real stores and the real handler. Before any AWS call of a
writer or the reader, a step of another one may run, as if two processes overlapped. The seed alone
determines a scenario, so that a failure can be repeated.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple
from unittest import mock

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.clock import from_unix_ms, to_unix_ms
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.products import AvailabilityName, Product
from amzlinkr.domain.shelves import Shelf
from amzlinkr.storage import product_writer
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.fakes import offer, product
from tests.integration.aws_spy import run_before_each_call
from tests.integration.feed_reader import FeedReader
from tests.site_client import Site
from tests.stored_sites import key, signup

ASINS = [f"B0{number:08d}" for number in range(14)]
DAY = timedelta(hours=24)
NESTED_STEP_PROBABILITY = 0.2
STEPS = 40
MAX_DEPTH = 2


class Content(NamedTuple):
    """The content of a product at Amazon."""

    price: int
    availability: AvailabilityName
    title: str


class SeededSecrets:
    """A replacement of the `secrets` module in the store that draws from the scenario's seed."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def token_hex(self, size: int) -> str:
        return f"{self._rng.getrandbits(size * 8):0{2 * size}x}"

    def randbelow(self, limit: int) -> int:
        # Waits must be whole milliseconds, because times are stored as milliseconds.
        return self._rng.randrange(0, limit, 10)


class FeedScenario:
    """One site, the content of its products at Amazon over time, and a reader of its feed.

    `pending` holds responses of Amazon that are stored later. `depth` counts nested steps.
    """

    def __init__(self, deps: Dependencies, clock: FakeClock, seed: int, name: str = "") -> None:
        self.deps, self.clock = deps, clock
        self.rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self.site = Site(deps, f"site_{name}{seed:020d}", "")
        self.now = clock.now
        deps.signups.claim(signup(f"{name}{seed}.example"), self.site.site_id, key(), START)
        first = Content(1000, "in_stock", "First")
        # An earlier scenario may have left the clock between two milliseconds.
        self.history = {asin: [(self._stored_now(), first)] for asin in ASINS}
        self.pending: list[Callable[[], object]] = []
        self.reader = FeedReader(self)
        self.depth = 0

    def run(self, steps: int) -> None:
        """Run random steps, then read to the end and compare the reader with the tables."""
        seeded = mock.patch.object(product_writer, "secrets", SeededSecrets(self.rng))
        with seeded, run_before_each_call(self._run_nested_step):
            for _ in range(steps):
                if self.rng.random() < 0.3:
                    self.reader.read_page()
                else:
                    self._run_write(self._choose_step())
            self.depth = MAX_DEPTH  # no more nested steps
            while self.pending:
                self._run_write(self.pending.pop)
            self.reader.read_to_the_end()

    def read_for_months(self) -> None:
        """Read so slowly that a tombstone is deleted before the reader reaches it."""
        self.deps.product_writer.add(
            self.site.site_id, "US", [self.observe(asin) for asin in ASINS[:6]]
        )
        assert self.reader.read_page(limit=1)
        (asin,) = self.reader.products
        self.deps.product_writer.remove(self.site.site_id, "US", asin)
        others = [other for other in ASINS[:6] if other != asin]
        for days in (20, 8, 2):
            # The others stay current: each that expired would have a newer entry.
            for _ in range(2 * days):
                self.clock.advance(hours=12)
                seen = [self.observe(other) for other in others]
                self.deps.product_writer.add(self.site.site_id, "US", seen)
            assert self.reader.read_page(limit=1)
        self.reader.read_to_the_end()
        assert asin not in self.reader.products

    def content_at(self, asin: str, at: datetime) -> Content:
        """Return a product's content at Amazon at a moment."""
        contents = [content for since, content in self.history[asin] if since <= at]
        assert contents, f"{asin} was observed at {at}, before the scenario started"
        return contents[-1]

    def was_current_after(self, asin: str, content: Content, moment: datetime) -> bool:
        """Return whether this was a product's content at Amazon at `moment` or later."""
        ends = [since for since, _ in self.history[asin][1:]] + [self.now() + DAY]
        contents = [past for _, past in self.history[asin]]
        return any(
            past == content and end > moment for past, end in zip(contents, ends, strict=True)
        )

    def observe(self, asin: str) -> Product:
        """Return the product that a call to Amazon at this moment returns."""
        content = self.content_at(asin, self.now())
        shown = offer(content.price, content.availability)
        return product(asin, shown, self.now(), content.title)

    def _run_nested_step(self) -> None:
        if self.depth < MAX_DEPTH and self.rng.random() < NESTED_STEP_PROBABILITY:
            self.depth += 1
            step = self.rng.choice(
                [self._import, self._refresh, self._next_pending, self._change_at_amazon]
            )
            if self.rng.random() < 0.3 and not self.reader.is_reading:
                self.reader.read_page()
            else:
                self._run_write(self.rng.choice([step, step, self._remove, self._expire]))
            self.depth -= 1

    def _choose_step(self) -> Callable[[], object]:
        steps = [
            self._import,
            self._refresh,
            self._next_pending,
            self._change_at_amazon,
            self._remove,
        ]
        weights = [4, 4, 3, 6, 2, 1, 2, 1]
        return self.rng.choices([*steps, self._expire, self._wait, self._pause], weights)[0]

    def _run_write(self, step: Callable[[], object]) -> None:
        with suppress(StoreUnavailable):  # too many conflicts: nothing was written
            work = step()
            if callable(work):
                work()

    def _change_at_amazon(self) -> None:
        """Change the content of one product at Amazon."""
        self.clock.advance(seconds=1)
        new = Content(
            self.rng.choice([1000, 2000, 3000]),
            self.rng.choice(["in_stock", "in_stock", "out_of_stock"]),
            self.rng.choice(["First", "First", "Second"]),
        )
        self.history[self.rng.choice(ASINS)].append((self._stored_now(), new))

    def _stored_now(self) -> datetime:
        # Times are stored in milliseconds, and pauses between retries are shorter.
        return from_unix_ms(to_unix_ms(self.now()))

    def _import(self) -> None:
        observed = [self.observe(asin) for asin in self.rng.sample(ASINS, self.rng.randint(1, 4))]
        self._store_now_or_later(
            lambda: self.deps.product_writer.add(self.site.site_id, "US", observed)
        )

    def _refresh(self) -> None:
        shelves = [
            shelf for shelf in self.deps.shelves.list_for_site(self.site.site_id) if shelf.slots
        ]
        if shelves:
            shelf = self.rng.choice(shelves)
            requested_at = self.now()
            found = {asin: self.observe(asin) for asin in shelf.asins if self.rng.random() < 0.9}
            named = [asin for asin in shelf.asins if asin not in found and self.rng.random() < 0.3]
            lookup = LookupResult(requested_at, found, dict.fromkeys(named, "ItemNotAccessible"))
            self._store_now_or_later(lambda: self.deps.product_writer.refresh(shelf, lookup))

    def _store_now_or_later(self, work: Callable[[], object]) -> None:
        """Store Amazon's response immediately, or keep it until other steps have run."""
        if self.rng.random() < 0.4:
            self.pending.append(work)
        else:
            work()

    def _next_pending(self) -> Callable[[], object] | None:
        if not self.pending:
            return None
        return self.pending.pop(self.rng.randrange(len(self.pending)))

    def _remove(self) -> None:
        asins = self.rng.sample(ASINS, self.rng.choice([1, 1, 4]))
        self.deps.product_writer.remove_some(self.site.site_id, "US", asins)

    def _expire(self) -> None:
        for shelf in self.deps.shelves.list_for_site(self.site.site_id):
            self.expire(shelf)

    def expire(self, shelf: Shelf) -> None:
        self.deps.product_writer.expire(shelf, self.now())

    def _wait(self) -> None:
        self.clock.advance(minutes=self.rng.randint(1, 10))

    def _pause(self) -> None:
        """Let more time pass than a response may wait before it is stored."""
        self.pending.clear()
        self.clock.advance(hours=self.rng.choice([30, 30, 240, 700, 750]))
