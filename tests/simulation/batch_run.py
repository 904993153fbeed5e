"""Runs of many schedules, with a report of the commands that repeat the failed ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.simulation import stores
from tests.simulation.faults import SingleFault
from tests.simulation.plans import Plan
from tests.simulation.run import Outcome, run, run_plan


@dataclass
class Report:
    """The results: a line for each schedule that failed, and how often each fault fired."""

    failures: list[str] = field(default_factory=list)
    fired: Counter[str] = field(default_factory=Counter)
    schedules: int = 0

    def add(self, outcome: Outcome, how: str) -> None:
        """Add one schedule; `how` has the arguments that repeat it."""
        self.schedules += 1
        self.fired += outcome.fired
        if outcome.failures:
            self.failures.append(
                f"python -m tests.simulation.replay {how}  # {outcome.failures[0]}"
            )


def run_seeds(first: int, count: int, store: str = "memory") -> Report:
    """Run the schedules of `count` seeds from `first` on."""
    report = Report()
    for seed in range(first, first + count):
        report.add(run(seed, stores.by_name(store)), f"{seed} --store {store}")
    return report


def run_with_one_fault(plan: Plan, kind: str) -> Report:
    """Run the same schedule with a single fault, once for each place where it can happen."""
    report, number = Report(), 1
    while True:
        fault = SingleFault(number, kind)
        outcome = run_plan(plan, stores.memory, fault)
        if not fault.fired:
            return report
        report.add(outcome, f"{plan.seed} --fault '{kind}' --at {number}")
        number += 1
