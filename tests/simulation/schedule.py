"""A scheduler that runs one worker at a time, in an order and at times that a seed decides.

Every worker is a thread that runs only while the scheduler lets it. It yields when it sleeps, and
everything that takes time (a call to AWS, a call to Amazon, waiting) is a sleep. Time is virtual:
it jumps to the moment at which the next worker wakes.

A schedule that would not end raises `ScheduleStuck`: after too many steps, after too many readings
of a clock in the same moment, or if the running thread does not yield.
"""

from __future__ import annotations

import _thread
import heapq
import random
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from math import inf
from typing import TypeVar

MAX_STEPS = 50_000
"""More than any schedule that ends has."""
MAX_READINGS = 100_000
"""Readings of a clock between two steps."""
MAX_STEP_SECONDS = 600.0
"""Real seconds without a step, after which the running thread is taken to be blocked."""
LAST_LINES = 10
T = TypeVar("T")
R = TypeVar("R")


class Crashed(BaseException):
    """The end of a worker in a crashed process. Not an `Exception`, so that no code catches it."""


class ScheduleStuck(Exception):
    """A schedule does not end. The message has its state; `run_plan` adds the seed."""


@dataclass(eq=False)
class Process:
    """A Lambda environment with its workers, which all end when it crashes."""

    name: str
    has_crashed: bool = False
    active_workers: int = 0


@dataclass(eq=False)
class Worker:
    """One thread of work. It ends at `ends_at`, even in the middle of a call.

    `aws_faults` counts the failed calls to AWS of a worker and its children.
    """

    name: str
    work: Callable[[], object]
    find_process: Callable[[], Process]
    ends_at: float = inf
    started_at: float = 0.0
    unfinished_children: int = 0
    aws_faults: int = 0
    parent: Worker | None = None
    is_started: bool = False
    has_ended: bool = False
    wake_number: int = 0
    process: Process = field(default_factory=lambda: Process("not started"))
    run_lock: _thread.LockType = field(default_factory=_thread.allocate_lock)

    @property
    def root(self) -> Worker:
        """Return the worker that was not started by another one."""
        return self.parent.root if self.parent else self


class Scheduler:
    """The scheduler of workers in virtual time.

    `now` is the true time in seconds; `history` lists what the workers did.
    """

    def __init__(self, rng: random.Random) -> None:
        self.now = 0.0
        self.current: Worker | None = None
        self.history: list[str] = []
        self.failures: list[tuple[str, BaseException]] = []
        self.rng = rng
        self._waking: list[tuple[float, float, int, int, Worker]] = []
        self._numbers = count()
        self._until = 0.0
        self._steps = 0
        self._readings = 0
        self._stuck = ""
        self._main = _thread.allocate_lock()
        self._main.acquire()

    def record(self, text: str) -> None:
        """Add a line about the current worker to the history."""
        name = self.current.name if self.current else "-"
        self.history.append(f"{self.now:.4f} {name} {text}")

    def start(
        self,
        name: str,
        work: Callable[[], object],
        find_process: Callable[[], Process],
        delay: float = 0.0,
        max_seconds: float = inf,
    ) -> Worker:
        """Start a worker after a delay.

        `find_process` returns its process at that moment. The worker ends after `max_seconds`, as
        Lambda ends an invocation at its timeout.
        """
        starts_at = self.now + delay
        worker = Worker(name, work, find_process, starts_at + max_seconds, starts_at)
        worker.run_lock.acquire()
        self._wake_at(worker, starts_at)
        return worker

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass for the current worker, while others run."""
        worker = self.current
        if worker is None:
            self.now += max(0.0, seconds)
            return
        until = self.now + max(0.0, seconds)
        self._wake_at(worker, min(until, worker.ends_at))
        self._yield(worker)
        if self.now >= worker.ends_at:
            self.crash("timed out")

    def read_clock(self) -> None:
        """Count a reading of a clock, to stop a worker that reads it forever and never sleeps."""
        self._readings += 1
        if self._readings > MAX_READINGS and self.current is not None:
            self._stop(f"{self._readings} readings of a clock without a step")
            raise Crashed

    def wake(self, worker: Worker) -> None:
        """Wake a sleeping worker now."""
        if worker.has_ended:
            raise RuntimeError(f"{worker.name} has ended and cannot be woken")
        self._wake_at(worker, self.now)

    def crash(self, why: str) -> None:
        """End the current worker's process here."""
        worker = self.current
        if worker is None:
            raise RuntimeError("no worker runs")
        self.record(f"crashed: {why}")
        worker.process.has_crashed = True
        raise Crashed

    def map_concurrently(self, items: Sequence[T], work: Callable[[T], R]) -> list[R]:
        """Call a function with all items concurrently, as a thread pool would."""
        parent = self.current
        if parent is None or len(items) < 2:
            return [work(item) for item in items]
        results: dict[int, R] = {}
        errors: dict[int, Exception] = {}

        def call(number: int, item: T) -> None:
            try:
                results[number] = work(item)
            except Exception as error:  # noqa: BLE001 - raised again when all have ended
                errors[number] = error

        for number, item in enumerate(items):
            child = Worker(
                f"{parent.name}.{number}",
                lambda number=number, item=item: call(number, item),  # type: ignore[misc]
                lambda: parent.process,
                parent.ends_at,
                parent.started_at,
                parent=parent,
            )
            child.run_lock.acquire()
            self._wake_at(child, self.now)
        parent.unfinished_children = len(items)
        self._yield(parent)
        if errors:
            raise errors[min(errors)]
        return [results[number] for number in range(len(items))]

    def run(self, until: float) -> None:
        """Run the workers until that moment. Raises `ScheduleStuck` if they do not get there."""
        self._until = until
        worker = self._next()
        if worker is not None:
            self._resume(worker)
            self._wait()
        if self._stuck:
            raise ScheduleStuck(self._stuck)
        self.current = None
        self.now = max(self.now, until)

    def _wait(self) -> None:
        """Wait until the workers let the main thread continue."""
        steps = -1
        while steps != self._steps:
            steps = self._steps
            if self._main.acquire(timeout=MAX_STEP_SECONDS):
                return
        self._stop(f"no step in {MAX_STEP_SECONDS:g} real seconds", with_stacks=True)

    def _stop(self, why: str, *, with_stacks: bool = False) -> None:
        """Let no worker run any more, and describe the state."""
        if self._stuck:
            return
        worker = self.current.name if self.current else "no worker"
        lines = [
            f"{why}: at {self.now:.4f} s of {self._until:.4f} s, in step {self._steps}, {worker} "
            f"runs and {len(self._waking)} entries wait; the end of the history:",
            *self.history[-LAST_LINES:],
        ]
        if with_stacks:
            for number, frame in sys._current_frames().items():
                lines.append(f"thread {number}:")
                lines += [line.rstrip() for line in traceback.format_stack(frame)[-LAST_LINES:]]
        self._stuck = "\n".join(lines)

    def _wake_at(self, worker: Worker, at: float) -> None:
        # Only the newest entry of a worker counts: waking it early leaves the old one in the heap.
        worker.wake_number += 1
        entry = (at, self.rng.random(), next(self._numbers), worker.wake_number, worker)
        heapq.heappush(self._waking, entry)

    def _next(self) -> Worker | None:
        """Return the worker to run now; None to let the main thread continue."""
        self._steps += 1
        self._readings = 0
        if self._steps > MAX_STEPS:
            self._stop(f"more than {MAX_STEPS} steps")
        while not self._stuck and self._waking and self._waking[0][0] <= self._until:
            at, _, _, wake_number, worker = heapq.heappop(self._waking)
            if wake_number == worker.wake_number:
                self.now = max(self.now, at)
                return worker
        return None

    def _yield(self, worker: Worker) -> None:
        """Let the next worker run, and return when this one is next."""
        following = self._next()
        if following is not worker:
            self._resume(following)
            worker.run_lock.acquire()
            self.current = worker
        if worker.process.has_crashed:
            raise Crashed

    def _resume(self, worker: Worker | None) -> None:
        """Let this worker run; without one, return from `run`."""
        if worker is None:
            self.current = None
            self._main.release()
        elif worker.is_started:
            worker.run_lock.release()
        else:
            worker.is_started = True
            try:
                _thread.start_new_thread(self._run_worker, (worker,))
            except RuntimeError as error:
                self._stop(f"no thread for {worker.name}: {error}")
                self._main.release()

    def _run_worker(self, worker: Worker) -> None:
        self.current = worker
        try:
            self._work(worker)
            following = self._next()
        except BaseException as error:  # noqa: BLE001 - without a following worker, `run` would wait
            self._stop(f"the scheduler failed in {worker.name}: {error!r}")
            following = None
        self._resume(following)

    def _work(self, worker: Worker) -> None:
        worker.process = worker.find_process()
        worker.process.active_workers += 1
        try:
            if not worker.process.has_crashed:
                worker.work()
        except Crashed:
            pass
        except BaseException as error:  # noqa: BLE001 - reported by the caller of `run`
            self.failures.append((worker.name, error))
        worker.has_ended = True
        worker.process.active_workers -= 1
        parent = worker.parent
        if parent is not None:
            parent.unfinished_children -= 1
            if not parent.unfinished_children:
                self._wake_at(parent, self.now)
