"""What a seed stands for: how large a world, what happens in it, what goes wrong."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.simulation import faults

SCENES = ("rush", "rush", "rush", "hours", "hours", "outage", "spent")
LATE_EVENING = 10.3 * 3600
"""Seconds after the start, at noon UTC, from which the end of the day is near."""


@dataclass(frozen=True)
class Plan:
    """One schedule before it happens. Times are in seconds; `slow` is the part of the calls to AWS
    that take long enough for others to come between; `pace` the calls a second of its accounts.
    """

    seed: int
    scene: str
    sites: int
    accounts: int
    products: int
    shops: tuple[str, ...]
    api: str
    rate: float
    kinds: tuple[str, ...]
    skew: float
    lasts: float
    planner_every: float
    used: int
    begins: float
    slow: float
    pace: int

    @property
    def honest_skew(self) -> float:
        """By how much a moment may be wrong because clocks are."""
        jumps = faults.CLOCK_JUMP in self.kinds
        return 5.0 if self.skew > 1 or jumps else 2 * self.skew


def plan_of(seed: int) -> Plan:
    """The plan a seed stands for."""
    rng = random.Random(seed)  # noqa: S311 - made to be repeated
    scene = rng.choice(SCENES)
    sites = rng.choice([1, 1, 1, 2, 2, 3])
    kinds = rng.sample(faults.ALL, rng.randint(1, 8)) if rng.random() < 0.7 else list(faults.ALL)
    is_spent = scene == "spent"
    is_skewed = faults.SKEWED in kinds
    lasts, every = {
        "rush": (rng.uniform(2, 20), 4.0),
        "hours": (rng.uniform(3600, 9000), 600.0),
        "outage": (27 * 3600.0, 5400.0),
        "spent": (1800.0, 300.0),
    }[scene]
    return Plan(
        seed=seed,
        scene=scene,
        sites=sites,
        accounts=rng.randint(1, sites),
        products=rng.choice([3, 5, 9, 11, 14]),
        shops=rng.choice([("US",), ("US",), ("US", "DE")]),
        api=rng.choice(["paapi5", "creators"]),
        rate=rng.choice([0.0, 0.02, 0.05, 0.1]),
        kinds=tuple(kinds),
        skew=rng.choice([300.0, 900.0]) if is_skewed else rng.choice([0.0, 0.0, 0.01]),
        lasts=lasts,
        planner_every=every,
        used=8_640 - rng.choice([rng.randint(1, 20), rng.randint(425, 450)]) if is_spent else 0,
        begins=LATE_EVENING if is_spent else 0.0,
        slow=rng.choice([0.0, 0.05, 0.2]),
        pace=rng.choice([1, 10, 10]) if scene == "rush" else 1,
    )
