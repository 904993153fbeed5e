"""Many schedules, on all cores; one line for each that failed says how to see it again."""

from __future__ import annotations

import multiprocessing
import os
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat

from tests.simulation import stores
from tests.simulation.faults import OneFault
from tests.simulation.plans import Plan
from tests.simulation.run import Outcome, run, run_plan

AT_A_TIME = 50


@dataclass
class Report:
    """What became of them: a line for each that failed, and how often each fault fired."""

    failures: list[str] = field(default_factory=list)
    fired: Counter[str] = field(default_factory=Counter)
    schedules: int = 0

    def add(self, outcome: Outcome, how: str) -> None:
        """Enter one schedule; `how` repeats it."""
        self.schedules += 1
        self.fired += outcome.fired
        if outcome.broken:
            self.failures.append(f"python -m tests.simulation.replay {how}  # {outcome.broken[0]}")

    def join(self, other: Report) -> None:
        """Enter another report."""
        self.failures += other.failures
        self.fired += other.fired
        self.schedules += other.schedules


def run_seeds(first: int, count: int, store: str = "memory") -> Report:
    """The schedules of these seeds, one after another."""
    report = Report()
    for seed in range(first, first + count):
        report.add(run(seed, stores.named(store)), f"{seed} --store {store}")
    return report


def run_with_one_fault(plan: Plan, kind: str, first: int) -> tuple[Report, bool]:
    """The same schedule with a single fault at some of the places where it can happen; whether
    there are places behind these.
    """
    report = Report()
    for number in range(first, first + AT_A_TIME):
        fault = OneFault(number, kind)
        outcome = run_plan(plan, stores.memory, fault)
        if not fault.fired:
            return report, False
        report.add(outcome, f"{plan.seed} --fault '{kind}' --at {number}")
    return report, True


def on_all_cores(first: int, count: int, store: str = "memory") -> Report:
    """The schedules of these seeds, spread over processes."""
    whole = Report()
    starts = range(first, first + count, AT_A_TIME)
    with pool() as processes:
        sizes = [min(AT_A_TIME, first + count - start) for start in starts]
        for report in processes.map(run_seeds, starts, sizes, repeat(store)):
            whole.join(report)
    return whole


def pool() -> ProcessPoolExecutor:
    """Fresh processes: threads and forks do not go together."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(os.cpu_count(), context, initializer=_quiet)


def _quiet() -> None:
    warnings.simplefilter("ignore")
