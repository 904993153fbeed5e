"""The scheduler and its lock: workers that end while they wait, and schedules that do not end."""

import random
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

import pytest

from tests.simulation import schedule
from tests.simulation.batch_run import run_seeds
from tests.simulation.clocks import WorkerClock
from tests.simulation.locks import VirtualLock
from tests.simulation.schedule import Process, Scheduler, ScheduleStuck


@pytest.fixture
def scheduler() -> Scheduler:
    return Scheduler(random.Random(1))  # noqa: S311 - reproducible, not secret


def start(scheduler: Scheduler, *works: Callable[[], object], seconds: float = 60.0) -> None:
    """Start workers of one process, each a second after the one before."""
    process = Process("function")
    for number, work in enumerate(works):
        scheduler.start(f"worker {number}", work, lambda: process, float(number), seconds - number)


def repeated(action: Callable[[], object]) -> Callable[[], NoReturn]:
    """Return the work of a worker that tries an action again forever, also after exceptions."""

    def work() -> NoReturn:
        while True:
            with suppress(Exception):
                action()

    return work


@pytest.mark.parametrize("seed", range(8))
def test_crash_of_a_process_wakes_no_worker_that_has_ended(seed: int) -> None:
    scheduler = Scheduler(random.Random(seed))  # noqa: S311 - reproducible, not secret
    lock = VirtualLock(scheduler)

    def hold() -> None:
        with lock:
            scheduler.sleep(1000)

    start(scheduler, hold, hold, hold)
    scheduler.run(100)

    assert scheduler.failures == []
    assert "crashed: timed out" in scheduler.history[0]
    assert scheduler.now == 100


def test_released_lock_goes_to_a_worker_that_still_waits(scheduler: Scheduler) -> None:
    lock, acquired = VirtualLock(scheduler), []

    def hold() -> None:
        with lock:
            scheduler.sleep(10)

    def give_up() -> None:
        acquired.append(("impatient", lock.acquire(timeout=2), scheduler.now))
        scheduler.sleep(30)
        acquired.append(("impatient slept", True, scheduler.now))

    def wait() -> None:
        acquired.append(("patient", lock.acquire(), scheduler.now))

    start(scheduler, hold, give_up, wait)
    scheduler.run(100)

    assert acquired == [
        ("impatient", False, 3.0), ("patient", True, 10.0), ("impatient slept", True, 33.0),
    ]  # fmt: skip


def test_worker_that_has_ended_cannot_be_woken(scheduler: Scheduler) -> None:
    worker = scheduler.start("worker", list, lambda: Process("function"))
    scheduler.run(1)

    with pytest.raises(RuntimeError, match="worker has ended"):
        scheduler.wake(worker)


def test_worker_that_sleeps_forever_in_small_steps_is_stopped(
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "MAX_STEPS", 50)

    start(scheduler, repeated(lambda: scheduler.sleep(0.0)))

    with pytest.raises(ScheduleStuck, match=r"more than 50 steps: at 0\.0000 s of 100\.0000 s.*"):
        scheduler.run(100)


def test_workers_that_start_each_other_forever_are_stopped(
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "MAX_STEPS", 50)

    def spawn() -> None:
        scheduler.record("spawned")
        start(scheduler, spawn)

    start(scheduler, spawn)

    with pytest.raises(ScheduleStuck, match=r"more than 50 steps(.|\n)*worker 0 spawned"):
        scheduler.run(100)


@pytest.mark.parametrize(
    "read", [WorkerClock.now, WorkerClock.monotonic, lambda clock: clock.sleep(0.0)]
)
def test_worker_that_only_reads_its_clock_is_stopped(
    read: Callable[[WorkerClock], object], scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "MAX_READINGS", 50)
    clock = WorkerClock(scheduler)

    start(scheduler, repeated(lambda: read(clock)))

    with pytest.raises(ScheduleStuck, match=r"51 readings of a clock.*worker 0 runs"):
        scheduler.run(100)


def test_worker_that_waits_for_a_real_lock_is_reported_with_its_stack(
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "MAX_STEP_SECONDS", 0.01)
    real = threading.Lock()
    real.acquire()

    def block_on_a_real_lock() -> None:
        real.acquire()

    start(scheduler, block_on_a_real_lock)

    with pytest.raises(ScheduleStuck, match=r"no step in(.|\n)*in block_on_a_real_lock"):
        scheduler.run(100)
    real.release()


def test_process_that_cannot_be_found_stops_the_schedule(scheduler: Scheduler) -> None:
    def find() -> Process:
        raise LookupError("no environment")

    scheduler.start("worker", list, find)

    with pytest.raises(ScheduleStuck, match=r"the scheduler failed in worker.*no environment"):
        scheduler.run(100)


def test_report_names_the_seed_and_the_command_that_repeats_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(schedule, "MAX_STEPS", 50)

    (failure,) = run_seeds(7, 1).failures

    assert failure.startswith("python -m tests.simulation.replay 7 --store memory  # the schedule")
    assert "the schedule of seed 7 does not end: more than 50 steps" in failure
