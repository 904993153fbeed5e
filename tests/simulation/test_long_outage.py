"""Thirty days of forty sites, with an outage of 36 hours, wrong clocks, and missed planner runs.

No response contains content that is too old, and no account is called too often.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from amzlinkr.amazon.transport import Transport
from amzlinkr.domain.clock import Deadline
from amzlinkr.storage import stores
from amzlinkr.storage.clock import ServerSyncedClock
from amzlinkr.storage.product_writer import ProductWriter
from amzlinkr.wiring import Dependencies
from functions.refresh_shelves.app import process_batch
from tests.bench.scale import PLANNER_INTERVAL, create_sites, drain
from tests.bench.virtual_amazon import VirtualAmazon, connected
from tests.calls import Context
from tests.clock import START, FakeClock
from tests.simulation.memory_aws import MemoryAws, MemoryConnection
from tests.site_client import Site

DAY = timedelta(hours=24)
SKEWS = (0.0, 3.0, -3.0, 600.0, -600.0)


class SkewedClock:
    """A machine's clock with a constant error in seconds."""

    def __init__(self, truth: FakeClock, seconds: float) -> None:
        self._truth = truth
        self._error = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return self._truth.now() + self._error

    def uncertainty(self) -> timedelta:
        return timedelta()

    def monotonic(self) -> float:
        return self._truth.monotonic()

    def sleep(self, seconds: float) -> None:
        self._truth.sleep(seconds)


class Days:
    """The price sync of some sites over several days, with one process for each clock error."""

    def __init__(self, sites: int, every: timedelta, aws: MemoryAws, clock: FakeClock) -> None:
        self.clock, self.every = clock, every
        self.amazon = VirtualAmazon(clock, every.total_seconds())
        self.rng = random.Random(30)  # noqa: S311 - reproducible, not secret
        config = aws.configured()
        self.processes: list[Dependencies] = []
        for skew in SKEWS:
            own = clock if not skew else ServerSyncedClock(SkewedClock(clock, skew))
            with mock.patch.object(stores, "connect", MemoryConnection):
                deps = Dependencies(config, own)
            deps.map_concurrently.max_threads = 1
            deps.product_writer = ProductWriter(deps.connection, deps.shelves, own, every)
            self.processes.append(deps)
            self.connection = deps.connection
        with mock.patch.object(Transport, "post", connected(self.amazon)):
            ids = create_sites(
                sites, every, self.processes[0], aws, products=20, share=4, with_details=True
            )
        self.sites = [Site(self.processes[0], site_id, "") for site_id in ids]
        self.cursors = dict.fromkeys(ids, "")
        self.last_kind: dict[tuple[str, str], str] = {}
        self.amazon.calls = 0

    def run(self, until: datetime) -> None:
        """Run the planner every five minutes, sometimes twice or not at all."""
        while self.clock.now() < until:
            at = self.clock.now()
            for _ in range(self.rng.choice((0, 1, 1, 1, 2, 2))):
                deps = self.process()
                deps.sync_planner.plan(Deadline.after(deps.clock, 240))
            drain(self.processes[0].config, self.clock, self.work)
            self.clock.set(at + PLANNER_INTERVAL)
            self.check(self.rng.choice(self.sites))

    def work(self, event: dict[str, Any], context: Context) -> None:
        """Process a batch in a random process."""
        process_batch(event, context, self.process())

    def process(self, number: int | None = None) -> Dependencies:
        """Switch to another process, and return its dependencies.

        All processes share PynamoDB's connection, but each has its own clock.
        """
        deps = self.processes[number] if number is not None else self.rng.choice(self.processes)
        self.connection.clock = deps.clock if isinstance(deps.clock, ServerSyncedClock) else None
        return deps

    def check(self, site: Site) -> None:
        """Check the product list and the new changes of a site."""
        site.deps = self.process(0)
        listed = site.get("/v1/products").json["products"]
        assert len(listed) == 20
        changes, self.cursors[site.site_id] = site.changes(self.cursors[site.site_id])
        for product in [*listed, *(change["product"] for change in changes)]:
            if product["price_status"] == "expired":
                assert set(product) == {"asin", "marketplace", "url", "price_status"}
                continue
            seen = datetime.fromisoformat(product["observed_at"])
            assert self.clock.now() - DAY < seen <= self.clock.now(), product
        for change in changes:
            self.last_kind[site.site_id, change["asin"]] = change["kind"]

    def ages(self) -> list[timedelta]:
        """Return the age of each shelf."""
        shelves = [
            shelf
            for site in self.sites
            for shelf in self.processes[0].shelves.list_for_site(site.site_id)
        ]
        return [self.clock.now() - shelf.observed_at for shelf in shelves]


@pytest.fixture
def aws(clock: FakeClock) -> Iterator[MemoryAws]:
    memory = MemoryAws(clock.now)
    with memory.attached():
        yield memory


@pytest.mark.parametrize(
    ("sites", "days", "down_after"),
    [(2, 1.95, 0.2), pytest.param(40, 30, 2, marks=pytest.mark.slow)],
)
def test_no_content_is_too_old_and_no_account_is_called_too_often(
    aws: MemoryAws, clock: FakeClock, sites: int, days: float, down_after: float
) -> None:
    every = timedelta(hours=3)
    days_of_sync = Days(sites, every, aws, clock)
    begins = START + timedelta(days=down_after)
    outage = begins, begins + timedelta(hours=36)
    days_of_sync.amazon.down = outage[0].timestamp(), outage[1].timestamp()
    with mock.patch.object(Transport, "post", connected(days_of_sync.amazon)):
        days_of_sync.run(outage[0])
        assert max(days_of_sync.ages()) < every + timedelta(minutes=30)
        days_of_sync.run(outage[1] - 2 * PLANNER_INTERVAL)
        assert min(days_of_sync.ages()) > timedelta(hours=35)
        for site in days_of_sync.sites:
            days_of_sync.check(site)
        assert set(days_of_sync.last_kind.values()) == {"expired"}
        days_of_sync.run(outage[1] + every + timedelta(hours=1))
        assert max(days_of_sync.ages()) < every + timedelta(hours=1)
        for site in days_of_sync.sites:
            days_of_sync.check(site)
        assert "expired" not in days_of_sync.last_kind.values()
        days_of_sync.run(START + timedelta(days=days))
        assert max(days_of_sync.ages()) < every + timedelta(minutes=30)
    assert days_of_sync.amazon.refused == 0
    assert days_of_sync.amazon.max_calls_per_day <= 8_640
