"""A scheduler that runs one worker at a time, in an order and at times that a seed decides.

Every worker is a thread that runs only while the scheduler lets it. It yields when it sleeps, and
everything that takes time (a call to AWS, a call to Amazon, waiting) is a sleep. Time is virtual:
it jumps to the moment at which the next worker wakes.
"""

from __future__ import annotations

import _thread
import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from math import inf
from typing import TypeVar

MAX_STEPS = 50_000
T = TypeVar("T")
R = TypeVar("R")


class Crashed(BaseException):
    """The end of a worker in a crashed process. Not an `Exception`, so that no code catches it."""


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
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise RuntimeError("this schedule does not end")
        until = self.now + max(0.0, seconds)
        self._wake_at(worker, min(until, worker.ends_at))
        self._yield(worker)
        if self.now >= worker.ends_at:
            self.crash("timed out")

    def wake(self, worker: Worker) -> None:
        """Wake a sleeping worker now."""
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
        """Run the workers until that moment."""
        self._until = until
        worker = self._next()
        if worker is not None:
            self._resume(worker)
            self._main.acquire()
        self.current = None
        self.now = max(self.now, until)

    def _wake_at(self, worker: Worker, at: float) -> None:
        # Only the newest entry of a worker counts: waking it early leaves the old one in the heap.
        worker.wake_number += 1
        entry = (at, self.rng.random(), next(self._numbers), worker.wake_number, worker)
        heapq.heappush(self._waking, entry)

    def _next(self) -> Worker | None:
        while self._waking and self._waking[0][0] <= self._until:
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
            _thread.start_new_thread(self._run_worker, (worker,))

    def _run_worker(self, worker: Worker) -> None:
        self.current = worker
        worker.process = worker.find_process()
        worker.process.active_workers += 1
        try:
            if not worker.process.has_crashed:
                worker.work()
        except Crashed:
            pass
        except BaseException as error:  # noqa: BLE001 - reported by the caller of `run`
            self.failures.append((worker.name, error))
        worker.process.active_workers -= 1
        parent = worker.parent
        if parent is not None:
            parent.unfinished_children -= 1
            if not parent.unfinished_children:
                self._wake_at(parent, self.now)
        self._resume(self._next())
