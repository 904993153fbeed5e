"""Seeded schedules of requests, workers and faults, in which the invariants hold."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.simulation import faults, stores
from tests.simulation.batch_run import Report, run_seeds, run_with_one_fault
from tests.simulation.plans import plan_for_seed
from tests.simulation.run import run

ROOT = Path(__file__).parents[2]
FEW_SEEDS, SEEDS_ON_MOTO = 25, 40
BATCHES, BATCH_SIZE = 20, 250
"""The rarest mutant of `mutants.py` is detected after some hundred seeds."""
FAULT_SEEDS = (13, 20)
"""Seeds of one schedule for each Amazon API, which run with each fault at each place."""
SINGLE_FAULTS = (
    faults.THROTTLED, faults.SERVER_ERROR, faults.LOST_BEFORE, faults.COMMITTED_BUT_TIMED_OUT,
    faults.SENT_TWICE, faults.CONFLICT, faults.PARTIAL, faults.DELAYED, faults.CRASH_BEFORE,
    faults.CRASH_AFTER, faults.CLOCK_JUMP, faults.DUPLICATE, *faults.AMAZON, *faults.TOKENS,
)  # fmt: skip


def failures(report: Report) -> str:
    return "\n".join(report.failures)


def test_invariants_hold_in_some_schedules() -> None:
    report = run_seeds(0, FEW_SEEDS)

    assert not report.failures, failures(report)


def test_same_seed_has_the_same_history() -> None:
    first, second = (run(12, stores.memory) for _ in range(2))

    assert len(first.history) > 50
    assert first.history == second.history


@pytest.mark.slow
@pytest.mark.parametrize("seed", [5, 8, 12])
def test_same_seed_has_the_same_history_in_every_process(seed: int) -> None:
    histories = {_replayed(seed, hash_seed) for hash_seed in ("1", "2")}

    assert len(histories) == 1


def _replayed(seed: int, hash_seed: str) -> bytes:
    """Return the replay's output; the hash seed changes the order of sets."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.simulation.replay", str(seed)]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SEEDS_ON_MOTO))
def test_memory_and_moto_have_the_same_history(seed: int) -> None:
    in_memory, on_moto = run(seed, stores.memory), run(seed, stores.moto)

    assert not on_moto.failures
    assert in_memory.history == on_moto.history


@pytest.mark.slow
@pytest.mark.parametrize("kind", SINGLE_FAULTS)
@pytest.mark.parametrize("seed", FAULT_SEEDS)
def test_invariants_hold_with_one_fault_at_any_place(seed: int, kind: str) -> None:
    plan = replace(plan_for_seed(seed), skew=0.0)

    report = run_with_one_fault(plan, kind)

    assert not report.failures, failures(report)
    assert report.fired[kind] == report.schedules
    assert report.schedules or (plan.api == "paapi5" and kind in faults.TOKENS)


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_invariants_hold_in_many_schedules_and_every_fault_fires(batch: int) -> None:
    report = run_seeds(batch * BATCH_SIZE, BATCH_SIZE)

    assert not report.failures, failures(report)
    assert [kind for kind in faults.ALL if not report.fired[kind]] == []
