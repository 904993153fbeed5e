"""Deals at the simulated Amazon, and the content that an offer shows before and after their ends.

A price of a deal is valid until the deal ends, however recently it was seen.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil, floor, inf
from typing import Any, NamedTuple

from tests.clock import START

ACCESS_TYPES = {
    "all": "ALL",
    "prime_exclusive": "PRIME_EXCLUSIVE",
    "prime_early_access": "PRIME_EARLY_ACCESS",
}
ENDLESS_PROBABILITY = 0.05


class Content(NamedTuple):
    """The shown part of a product: its price, and who can claim its deal ("" without one)."""

    price: int
    access: str = ""


HIDDEN = Content(0)
"""A product that is shown without its price, because its deal has ended."""


@dataclass(frozen=True, slots=True)
class AmazonDeal:
    """A deal as Amazon announces it. Times are seconds of the schedule, in whole seconds.

    A deal with early access is for everyone from `opens_at` on; `ends_at` may be infinite.
    """

    access: str
    starts_at: float
    opens_at: float
    ends_at: float

    def details(self) -> dict[str, object]:
        """Return the deal as Amazon's JSON."""
        found: dict[str, object] = {
            "AccessType": ACCESS_TYPES[self.access],
            "StartTime": _amazon_time(self.starts_at),
        }
        if self.ends_at < inf:
            found["EndTime"] = _amazon_time(self.ends_at)
        if self.opens_at < inf:
            found["EarlyAccessDurationInMilliseconds"] = 1000 * int(self.opens_at - self.starts_at)
        return found

    def access_at(self, now: float) -> str:
        """Return who can claim the deal at a moment."""
        return "all" if now >= self.opens_at else self.access


def random_deal(rng: random.Random, now: float, max_seconds: float) -> AmazonDeal:
    """Return a deal that has just started; it ends or opens within some seconds."""
    starts_at, access = floor(now), rng.choice(list(ACCESS_TYPES))
    moments = sorted(ceil(now + 1 + max_seconds * rng.random()) for _ in range(2))
    opens_at = moments[0] if access == "prime_early_access" else inf
    ends_at = inf if rng.random() < ENDLESS_PROBABILITY else moments[1] + 1
    return AmazonDeal(access, starts_at, opens_at, ends_at)


@dataclass(frozen=True, slots=True)
class StoredOffer:
    """The parts of a stored offer that depend on its deal."""

    price: int
    access: str = ""
    opens_at: float = inf
    ends_at: float = inf

    def contents(self, since: float, until: float, lag: float) -> Iterator[Content]:
        """Return what it shows between two moments.

        The end of early access may show `lag` seconds late: a reader follows the feed.
        """
        opens_at = min(self.opens_at, self.ends_at)
        if since <= min(opens_at + lag, self.ends_at):
            yield Content(self.price, self.access)
        if self.opens_at <= until and since <= self.ends_at:
            yield Content(self.price, "all")
        if self.ends_at <= until:
            yield HIDDEN

    def outdated_since(self) -> float:
        """Return when it first shows something else than is stored, infinity for never."""
        return min(self.opens_at, self.ends_at)


@lru_cache(maxsize=4096)
def stored_offer(text: str) -> StoredOffer:
    """Return a stored offer from its JSON."""
    offer = json.loads(text)
    deal: dict[str, Any] = offer.get("deal") or {}
    return StoredOffer(
        int(offer["price"]["amount"]) if offer.get("price") else HIDDEN.price,
        deal.get("access", "all") if deal else "",
        _seconds(deal.get("opens_at")),
        _seconds(deal.get("ends_at")),
    )


def _seconds(text: str | None) -> float:
    return (datetime.fromisoformat(text) - START).total_seconds() if text else inf


def _amazon_time(at: float) -> str:
    return f"{START + timedelta(seconds=at):%Y-%m-%dT%H:%M:%SZ}"
