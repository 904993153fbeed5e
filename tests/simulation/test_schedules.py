"""Whatever the order and whatever goes wrong, the rules hold: seeded schedules of everything."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.simulation import faults, stores
from tests.simulation.batch_run import (
    AT_A_TIME,
    Report,
    on_all_cores,
    pool,
    run_seeds,
    run_with_one_fault,
)
from tests.simulation.plans import plan_of
from tests.simulation.run import run

ROOT = Path(__file__).parents[2]
QUICK, MANY, ON_MOTO = 40, 20_000, 60
STORIES = (3, 10)
"""Seeds whose schedules, one for each of Amazon's APIs, are disturbed once at every place."""
ANYWHERE = (
    faults.THROTTLED, faults.SERVER_ERROR, faults.LOST_BEFORE, faults.COMMITTED_BUT_LOST,
    faults.SENT_TWICE, faults.CONFLICT, faults.PARTIAL, faults.DELAYED, faults.CRASH_BEFORE,
    faults.CRASH_AFTER, faults.CLOCK_JUMP, faults.DUPLICATE, *faults.AMAZON, *faults.TOKENS,
)  # fmt: skip


def told(report: Report) -> str:
    return "\n".join(report.failures)


def test_some_schedules_hold() -> None:
    report = run_seeds(0, QUICK)

    assert not report.failures, told(report)


def test_the_same_seed_is_the_same_history() -> None:
    first, second = (run(12, stores.memory) for _ in range(2))

    assert len(first.history) > 50
    assert first.history == second.history


@pytest.mark.slow
@pytest.mark.parametrize("seed", [5, 8, 12])
def test_the_same_seed_is_the_same_history_in_every_process(seed: int) -> None:
    histories = {_replayed(seed, hash_seed) for hash_seed in ("1", "2")}

    assert len(histories) == 1


def _replayed(seed: int, hash_seed: str) -> bytes:
    """The replay's output under an own order of sets."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.simulation.replay", str(seed)]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(ON_MOTO))
def test_memory_and_moto_make_the_same_history(seed: int) -> None:
    in_memory, on_moto = run(seed, stores.memory), run(seed, stores.moto)

    assert not on_moto.broken
    assert in_memory.history == on_moto.history


@pytest.mark.slow
@pytest.mark.parametrize("kind", ANYWHERE)
@pytest.mark.parametrize("seed", STORIES)
def test_one_fault_anywhere(seed: int, kind: str) -> None:
    plan = replace(plan_of(seed), skew=0.0)
    report, more = Report(), True
    with pool() as processes:
        first = 1
        while more:
            starts = [first + AT_A_TIME * n for n in range(os.cpu_count() or 1)]
            some = list(processes.map(run_with_one_fault, [plan] * len(starts),
                                      [kind] * len(starts), starts))  # fmt: skip
            for part, _ in some:
                report.join(part)
            more, first = all(is_more for _, is_more in some), starts[-1] + AT_A_TIME

    assert not report.failures, told(report)
    assert report.fired[kind] == report.schedules
    assert report.schedules or (plan.api == "paapi5" and kind in faults.TOKENS)


@pytest.mark.slow
def test_many_schedules_hold_and_every_fault_fires() -> None:
    report = on_all_cores(0, MANY)

    assert report.schedules == MANY
    assert not report.failures, told(report)
    assert [kind for kind in faults.ALL if not report.fired[kind]] == []
