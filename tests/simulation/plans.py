"""Plans of schedules, each determined by a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.simulation import faults

SCENARIOS = ("burst", "burst", "burst", "hours", "hours", "outage", "days", "exhausted")
"""Many visits in seconds, some hours, Amazon down for a day, more than a day in which Amazon is
down for hours and clients stay away, an account near its daily limit."""
LATE_EVENING = 10.3 * 3600
"""Seconds from the start, at noon UTC, to the late evening, when the daily limit is near."""


@dataclass(frozen=True)
class Plan:
    """The parameters of one schedule. Times are in seconds.

    `slow_call_ratio` is the share of the calls to AWS that take long enough for other workers to
    run in between; `calls_per_second` is the limit of its Amazon accounts; `skew` the largest
    error of a clock; `used_calls` the calls that an account made on the day before the start.
    With `is_staggered`, the first products of a site are imported at two times. With `lapses`,
    accounts lose and regain access to Amazon's API; with `is_late`, owners of sites enter their
    credentials after they have imported products, and some delete them again. An account without
    calls cannot be connected. A site has up to `lists` lists.
    """

    seed: int
    scenario: str
    sites: int
    accounts: int
    products: int
    marketplace_codes: tuple[str, ...]
    api: str
    fault_rate: float
    fault_kinds: tuple[str, ...]
    skew: float
    duration: float
    planner_interval: float
    used_calls: int
    starts_at: float
    slow_call_ratio: float
    calls_per_second: int
    is_staggered: bool = False
    lapses: bool = False
    is_late: bool = False
    lists: int = 0

    @property
    def max_clock_error(self) -> float:
        """Return by how many seconds a stored time may be wrong because clocks are."""
        has_jumps = faults.CLOCK_JUMP in self.fault_kinds
        return 5.0 if self.skew > 1 or has_jumps else 2 * self.skew


def plan_for_seed(seed: int) -> Plan:
    """Return the plan of a seed."""
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    scenario = rng.choice(SCENARIOS)
    sites = 1 if scenario == "days" else rng.choice([1, 1, 1, 2, 2, 3])
    kinds = rng.sample(faults.ALL, rng.randint(1, 8)) if rng.random() < 0.7 else list(faults.ALL)
    is_exhausted = scenario == "exhausted"
    # Apart, so that these decisions change nothing in the other schedules.
    access = random.Random(f"access {seed}")  # noqa: S311 - reproducible, not secret
    is_skewed = faults.CLOCK_SKEW in kinds
    duration, interval = {
        "burst": (rng.uniform(2, 20), 4.0),
        "hours": (rng.uniform(3600, 9000), 600.0),
        "outage": (27 * 3600.0, 5400.0),
        "days": (rng.uniform(26, 34) * 3600.0, 2400.0),
        "exhausted": (1800.0, 300.0),
    }[scenario]
    return Plan(
        seed=seed,
        scenario=scenario,
        sites=sites,
        accounts=rng.randint(1, sites),
        products=rng.choice([3, 5, 9, 11, 14]),
        marketplace_codes=rng.choice([("US",), ("US",), ("US", "DE")]),
        api=rng.choice(["paapi5", "creators"]),
        fault_rate=rng.choice([0.0, 0.02, 0.05, 0.1]),
        fault_kinds=tuple(kinds),
        skew=rng.choice([300.0, 900.0]) if is_skewed else rng.choice([0.0, 0.0, 0.01]),
        duration=duration,
        planner_interval=interval,
        used_calls=8_640 - _remaining_calls(rng) if is_exhausted else 0,
        starts_at=LATE_EVENING if is_exhausted else 0.0,
        slow_call_ratio=rng.choice([0.0, 0.05, 0.2]),
        calls_per_second=rng.choice([1, 10, 10]) if scenario == "burst" else 1,
        is_staggered=rng.random() < 0.3,
        lapses=access.random() < 0.3,
        is_late=access.random() < 0.3 and not is_exhausted,
        lists=rng.choice([0, 0, 1, 2]),
    )


def _remaining_calls(rng: random.Random) -> int:
    """Return calls left near the end of the day, or near the part reserved for the price sync."""
    return rng.choice([rng.randint(1, 20), rng.randint(295, 330)])
