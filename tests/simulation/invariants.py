"""The invariants of the service, checked at every write, every response, and at the end.

I1 prices are Amazon's; I2 the feed has changes only; I3 nothing goes back in time; I4 readers miss
nothing; I5 nothing is shown too old; I8 the sync makes progress; I9 only leased shelves are
refreshed; I10 no account is called too often.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import UNSET

from amzlinkr.domain.freshness import WITHOUT_CONTENT
from tests.clock import START
from tests.simulation.amazon import ScriptedAmazon, SentRequest
from tests.simulation.expected_state import DAY_SECONDS, ExpectedState
from tests.simulation.lists import is_list_shelf
from tests.simulation.schedule import Scheduler, Worker

MAX_CALLS_PER_DAY = 8_640
MAX_UNCERTAINTY_SECONDS = 10.0
"""The most by which a server-synced clock without an error may be ahead."""
ROUNDING = 0.0021
"""Seconds. Times are stored in whole milliseconds."""


@dataclass(frozen=True, slots=True)
class ShelfTask:
    """The content of a message of the refresh queue."""

    site_id: str
    marketplace_code: str
    shelf_id: str
    lease: str


class Invariants:
    """The checks, which compare the service's actions with the expected state and Amazon.

    `max_clock_error` is the number of seconds by which clocks may be wrong, `used_calls` the calls
    of the day before the schedule starts.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        expected: ExpectedState,
        calls_per_second: int,
        max_clock_error: float,
        used_calls: int,
    ) -> None:
        self.expected = expected
        self.amazon: ScriptedAmazon | None = None
        self._scheduler = scheduler
        self._calls_per_second = calls_per_second
        self._max_clock_error = max_clock_error
        self._used_calls = used_calls
        self._sent_at: dict[str, list[float]] = defaultdict(list)
        self._batches: dict[Worker, list[ShelfTask]] = {}

    @property
    def violations(self) -> list[str]:
        """Return descriptions of all violations so far."""
        return self.expected.violations

    def add_violation(self, text: str) -> None:
        """Add a violation, with the current time."""
        self.violations.append(f"{text} (at {self._scheduler.now:.3f})")

    def check_write(self, operation: str, parameters: dict[str, Any], _response: object) -> None:
        """Check the state after a call to the store."""
        sites = self.expected.apply(operation, parameters, self._scheduler.now)
        for site_id in sorted(sites):
            self.expected.check_shelves(site_id)
            self._check_stored_prices(site_id)
            for text in self.expected.sites[site_id].lists.check(self._scheduler.now):
                self.add_violation(text)

    def _check_stored_prices(self, site_id: str) -> None:
        site = self.expected.sites[site_id]
        for marketplace_code, asin in site.current_products():
            offer, at = (
                site.products[marketplace_code, asin].stored_offer,
                site.seen_at(marketplace_code, asin),
            )
            if offer is not None and offer.price and at is not None:
                self.check_price(marketplace_code, asin, offer.price, at)
                deal = self.amazon and self.amazon.deals.get((marketplace_code, asin, offer.price))
                if deal and offer.ends_at != deal.ends_at:
                    self.add_violation(f"I5: {asin} at {offer.price} is stored without its end")

    def check_price(self, marketplace_code: str, asin: str, price: int, observed_at: float) -> None:
        """Check that Amazon returned this price at or after the time of its observation."""
        if self.amazon is None:
            return
        returned = self.amazon.returned_at.get((marketplace_code, asin, price))
        if returned is None or returned < observed_at - self._max_clock_error - ROUNDING:
            self.add_violation(
                f"I1/I5: {asin} at {price} is dated {observed_at:.3f}, returned at {returned}"
            )

    def start_batch(self, worker: Worker, batch: Sequence[ShelfTask]) -> None:
        """Record the messages that a worker of the price sync starts to process."""
        self._batches[worker] = list(batch)

    def check_request(self, request: SentRequest) -> None:
        """Check a request that reached Amazon: a worker may ask for products of its leases only."""
        if request.call.operation == "Token":
            return
        self._sent_at[request.call.access_key].append(request.sent_at)
        worker = request.worker
        root = worker and (worker.parent or worker)
        batch = self._batches.get(root) if root else None
        if root is None or batch is None:
            return
        asins = set(request.call.item_ids)
        if request.call.operation == "SearchItems":
            batch = [task for task in batch if is_list_shelf(task.shelf_id)]
        if not any(self._is_leased(task, asins, root.started_at) for task in batch):
            self.add_violation(f"I9: a call for {sorted(asins)} without a lease")

    def _is_leased(self, task: ShelfTask, asins: set[str], since: float) -> bool:
        site = self.expected.sites[task.site_id]
        if self.expected.lease_end(task.lease) < since:
            return False
        if not asins <= site.ever_on_shelf[task.marketplace_code, task.shelf_id]:
            return False
        current = set(site.current_products())
        removed = {asin for asin in asins if (task.marketplace_code, asin) not in current}
        # A product may be removed after the worker has read the shelf.
        return all(
            site.removed_at.get((task.marketplace_code, asin), 0.0) >= since for asin in removed
        )

    def check_response_product(
        self, marketplace_code: str, asin: str, product: Any, now: float
    ) -> None:
        """Check a product of a response to a site."""
        if product.price_status in WITHOUT_CONTENT:
            shown = {name for name in product.__struct_fields__ if getattr(product, name) != UNSET}
            if shown != {"asin", "marketplace", "url", "price_status"}:
                self.add_violation(f"I5: {asin} is {product.price_status} and has {sorted(shown)}")
            return
        at = seconds(product.observed_at)
        if now - at > DAY_SECONDS + self._max_clock_error:
            self.add_violation(f"I5: {asin} was returned {(now - at) / 3600:.2f} h old")
        if getattr(product, "price", None):
            self.check_price(marketplace_code, asin, product.price.amount, at)
            self._check_deal(marketplace_code, asin, product, now)

    def _check_deal(self, marketplace_code: str, asin: str, product: Any, now: float) -> None:
        """Check that a price of a deal is returned with the deal, and only while it runs."""
        price, margin = product.price.amount, self._max_clock_error
        deal = self.amazon.deals.get((marketplace_code, asin, price)) if self.amazon else None
        shown = product.deal.access if product.deal else ""
        possible = {""}
        if deal is not None:
            latest = now + margin + MAX_UNCERTAINTY_SECONDS
            possible = {deal.access_at(now - margin), deal.access_at(latest)}
            if now > deal.ends_at + margin or seconds(product.fresh_until) > deal.ends_at:
                self.add_violation(f"I5: {asin} is at {price} of a deal until {deal.ends_at:.0f}")
        if shown not in possible:
            self.add_violation(f"I1: {asin} at {price} has the deal '{shown}', not {possible}")

    def check_expired(self, since: float) -> None:
        """Check after a run of the planner that began at `since`: it expired older content.

        It also stored and published all offers of deals that ended or opened before.
        """
        for site in self.expected.sites.values():
            for text in site.lists.check_expired(since, self._max_clock_error):
                self.add_violation(text)
            for marketplace_code, asin in site.current_products():
                product = site.products[marketplace_code, asin]
                stored = product.stored_offer
                outdated = stored.outdated_since() if stored else since
                # An offer that was written during the run may be too late for it.
                is_due = outdated < since - self._max_clock_error and product.written_at <= since
                if is_due:
                    self.add_violation(f"I5: {asin}, outdated at {outdated:.0f}, is not published")
                at = site.seen_at(marketplace_code, asin)
                offer = site.products[marketplace_code, asin].offer
                oldest = since - DAY_SECONDS - self._max_clock_error
                if at is not None and offer is not None and at < oldest:
                    self.add_violation(f"I5: {asin}, seen at {at:.0f}, is not expired")

    def check_call_limits(self) -> None:
        """Check the limits of each account, per second and per day."""
        for account, moments in self._sent_at.items():
            ordered = sorted(moments)
            for before, after in zip(ordered, ordered[self._calls_per_second :], strict=False):
                if after - before < 1 - ROUNDING:
                    self.add_violation(f"I10: {account} was called at {before:.3f} and {after:.3f}")
                    break
            by_day: dict[float, int] = defaultdict(int)
            for moment in ordered:
                by_day[(moment + seconds_of_day()) // DAY_SECONDS] += 1
            # A schedule starts on day 0, also if its first call is on the next one.
            by_day[0] += self._used_calls
            if any(
                number > MAX_CALLS_PER_DAY * self._calls_per_second for number in by_day.values()
            ):
                self.add_violation(f"I10: {account} had {dict(by_day)} calls by day")


def seconds(moment: datetime) -> float:
    """Return a moment in the scheduler's seconds."""
    return (moment - START).total_seconds()


def seconds_of_day() -> float:
    """Return the seconds from midnight to the start of a schedule."""
    return (START - START.replace(hour=0, minute=0)).total_seconds()
