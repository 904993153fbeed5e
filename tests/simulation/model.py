"""What must be true whatever happens: checked at every write, every read and at the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.clock import START
from tests.simulation.amazon import Asked, ScriptedAmazon
from tests.simulation.expected_state import Mirror, lease_end
from tests.simulation.schedule import Scheduler, Worker

A_DAY = 86_400.0
LIMIT_A_DAY = 8_640
ROUNDING = 0.0021
"""Moments are stored in whole milliseconds."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a message asks a worker to do."""

    site_id: str
    shop: str
    shelf_id: str
    lease: str


class Model:
    """Looks at everything; `broken` tells which rules did not hold, in words."""

    def __init__(
        self, scheduler: Scheduler, mirror: Mirror, pace: int, skew: float, used: int
    ) -> None:
        """`pace`: calls a second of an account; `skew`: seconds by which clocks may honestly be
        wrong; `used`: calls before the start.
        """
        self.mirror = mirror
        self.amazon: ScriptedAmazon | None = None
        self._scheduler = scheduler
        self._pace = pace
        self._skew = skew
        self._used = used
        self._left: dict[str, list[float]] = defaultdict(list)
        self._batches: dict[Worker, list[Work]] = {}

    @property
    def broken(self) -> list[str]:
        """All that went wrong so far."""
        return self.mirror.broken

    def wrong(self, text: str) -> None:
        """Note a rule that does not hold."""
        self.broken.append(f"{text} (at {self._scheduler.now:.3f})")

    def written(self, operation: str, parameters: dict[str, Any], _answer: object) -> None:
        """After each call to the store."""
        sites = self.mirror.note(operation, parameters, self._scheduler.now)
        for site_id in sorted(sites):
            self.mirror.check_shelves(site_id)
            self._check_honesty(site_id)

    def _check_honesty(self, site_id: str) -> None:
        """A stored price was still Amazon's at the moment it claims to have been observed."""
        site = self.mirror.sites[site_id]
        for shop, asin in site.live():
            price, at = site.products[shop, asin].price, site.seen_at(shop, asin)
            if price is not None and at is not None:
                self.honest(shop, asin, price, at)

    def honest(self, shop: str, asin: str, price: int, observed_at: float) -> None:
        """Whether Amazon said this price at or after the moment it is dated to."""
        if self.amazon is None:
            return
        told = self.amazon.answered.get((shop, asin, price))
        if told is None or told < observed_at - self._skew - ROUNDING:
            self.wrong(f"I1/I5: {asin} at {price} is dated {observed_at:.3f}, told at {told}")

    def takes(self, worker: Worker, batch: Sequence[Work]) -> None:
        """A worker of the price sync begins on these messages."""
        self._batches[worker] = list(batch)

    def asked(self, asked: Asked) -> None:
        """After each request that reached Amazon."""
        if asked.call.operation == "Token":
            return
        self._left[asked.call.access_key].append(asked.left_at)
        worker = asked.worker
        root = worker and (worker.parent or worker)
        batch = self._batches.get(root) if root else None
        if root is None or batch is None:
            return
        asins = set(asked.call.item_ids)
        if not any(self._is_wanted(work, asins, root.started_at) for work in batch):
            self.wrong(f"I9: a call for {sorted(asins)} that no lease asked for")

    def _is_wanted(self, work: Work, asins: set[str], since: float) -> bool:
        site = self.mirror.sites[work.site_id]
        if lease_end(self.mirror, work.lease) < since:
            return False
        if not asins <= site.stood_on[work.shop, work.shelf_id]:
            return False
        gone = {asin for asin in asins if (work.shop, asin) not in set(site.live())}
        return all(site.removed_at.get((work.shop, asin), 0.0) >= since for asin in gone)

    def served(self, shop: str, asin: str, product: Any, now: float) -> None:
        """A product as a site is shown it."""
        if product.observed_at is None or product.price_status == "expired":
            if getattr(product, "price", None):
                self.wrong(f"I5: {asin} shows a price though expired")
            return
        at = seconds(product.observed_at)
        if now - at > A_DAY + self._skew:
            self.wrong(f"I5: {asin} was served {(now - at) / 3600:.2f} h old")
        if getattr(product, "price", None):
            self.honest(shop, asin, product.price.amount, at)

    def purged(self, since: float) -> None:
        """After a round of the planner that began then: nothing older than a day is kept."""
        for site in self.mirror.sites.values():
            for shop, asin in site.live():
                at, offer = site.seen_at(shop, asin), site.products[shop, asin].offer
                if at is not None and offer is not None and since - at > A_DAY + self._skew:
                    self.wrong(f"I5: {asin}, seen at {at:.0f}, is kept and not announced expired")

    def check_limits(self) -> None:
        """No account was asked more often than it may, in any second or day."""
        for account, moments in self._left.items():
            ordered = sorted(moments)
            for before, after in zip(ordered, ordered[self._pace :], strict=False):
                if after - before < 1 - ROUNDING:
                    self.wrong(f"I10: {account} asked at {before:.3f} and {after:.3f}")
                    break
            a_day: dict[float, int] = defaultdict(int)
            for moment in ordered:
                a_day[(moment + seconds_of_day()) // A_DAY] += 1
            first = min(a_day, default=0)
            a_day[first] += self._used
            if any(number > LIMIT_A_DAY * self._pace for number in a_day.values()):
                self.wrong(f"I10: {account} was asked {dict(a_day)} times a day")


def seconds(moment: datetime) -> float:
    """A moment on the scheduler's scale."""
    return (moment - START).total_seconds()


def seconds_of_day() -> float:
    """How far the day has come when a schedule starts."""
    return (START - START.replace(hour=0, minute=0)).total_seconds()
