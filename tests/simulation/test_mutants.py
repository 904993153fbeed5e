"""The simulation detects known mutants: without this, passing schedules would prove nothing."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count, islice

import pytest

from tests.simulation import faults, stores
from tests.simulation.mutants import MUTANTS
from tests.simulation.plans import Plan, plan_for_seed
from tests.simulation.run import run_plan

MAX_SCHEDULES = 300
RACES = (
    "a shelf is written without a condition",
    "a product that Amazon omits counts as seen",
    "an older observation overwrites a newer one",
)
"""Mutants that need two writers of one shelf: slow calls within a few seconds detect them soon."""
MIXED_AGES = ("a read of the feed expires nothing",)
"""Mutants that need products that expire while others of the site do not."""
BUDGETS = (
    "the reserved part of a day is added to the daily limit",
    "the rate limiter ignores the daily limit",
)
"""Mutants that need an account near its daily limit. One call too many is no violation: each kind
of call leaves a part of the day to the others, which is at least a fraction of a call."""


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_mutant_is_detected(name: str) -> None:
    assert detecting_seed(name) is not None


def detecting_seed(name: str) -> int | None:
    """Return the first seed in which the mutant violates an invariant; an exception is not enough.

    A mutant that no longer fits the code raises exceptions instead of breaking a rule.
    """
    with MUTANTS[name]():
        for plan in islice(plans(name), MAX_SCHEDULES):
            if run_plan(plan, stores.memory).violations:
                return plan.seed
    return None


def plans(name: str) -> Iterator[Plan]:
    """Return plans, for some mutants of the scenario that they need."""
    for plan in map(plan_for_seed, count()):
        if name in RACES:
            if plan.scenario == "burst":
                kinds = faults.AMAZON_SLOW, faults.DELAYED
                yield replace(
                    plan,
                    slow_call_ratio=0.2,
                    fault_rate=0.1,
                    fault_kinds=kinds,
                    calls_per_second=10,
                )
        elif name in MIXED_AGES:
            if plan.scenario == "outage":
                yield replace(plan, is_staggered=True, products=14)
        elif name not in BUDGETS or plan.scenario == "exhausted":
            yield plan
