"""Many workers, one at a time: who goes next and what time it is, both from a seed.

Every worker is a thread that runs only while it holds the baton. It gives the baton away when it
sleeps, and everything that takes time (a call to AWS, a call to Amazon, waiting) is a sleep. Time
is virtual: it jumps to the moment at which the next worker wakes.
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

MOST_STEPS = 50_000
T = TypeVar("T")
R = TypeVar("R")


class Crashed(BaseException):
    """The process is gone: nothing may catch this."""


@dataclass(eq=False)
class Process:
    """What a crash takes along: all workers of one Lambda environment. `at_work` is how many."""

    name: str
    is_alive: bool = True
    at_work: int = 0


@dataclass(eq=False)
class Worker:
    """One thread of work. It is gone at `ends_at`, whatever it is doing then."""

    name: str
    work: Callable[[], object]
    host: Callable[[], Process]
    ends_at: float = inf
    started_at: float = 0.0
    waits_for: int = 0
    parent: Worker | None = None
    is_running: bool = False
    turn: int = 0
    process: Process = field(default_factory=lambda: Process("none yet"))
    baton: _thread.LockType = field(default_factory=_thread.allocate_lock)


class Scheduler:
    """Hands the baton round. `now` is the true time in seconds; `history` what happened in it."""

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

    def note(self, text: str) -> None:
        """Write down what the present worker does."""
        name = self.current.name if self.current else "-"
        self.history.append(f"{self.now:.4f} {name} {text}")

    def start(
        self,
        name: str,
        work: Callable[[], object],
        host: Callable[[], Process],
        delay: float = 0.0,
        lasts: float = inf,
    ) -> Worker:
        """Let a worker begin after a delay, in the process that `host` finds for it then; it is
        killed when it lasts longer than that.
        """
        begins = self.now + delay
        worker = Worker(name, work, host, begins + lasts, begins)
        worker.baton.acquire()
        self._wake(worker, begins)
        return worker

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass for the present worker; others may go meanwhile."""
        me = self.current
        if me is None:
            self.now += max(0.0, seconds)
            return
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise RuntimeError("this schedule does not end")
        until = self.now + max(0.0, seconds)
        self._wake(me, min(until, me.ends_at))
        self._pass_on(me)
        if self.now >= me.ends_at:
            self.crash("timed out")

    def rouse(self, worker: Worker) -> None:
        """Wake a sleeping worker now."""
        self._wake(worker, self.now)

    def crash(self, why: str) -> None:
        """End the present worker's process here and now."""
        worker = self.current
        if worker is None:
            raise RuntimeError("nobody is at work")
        self.note(f"crashed: {why}")
        worker.process.is_alive = False
        raise Crashed

    def each(self, things: Sequence[T], work: Callable[[T], R]) -> list[R]:
        """Do the same with all of them side by side, as a pool of threads would."""
        me = self.current
        if me is None or len(things) < 2:
            return [work(thing) for thing in things]
        results: dict[int, R] = {}
        errors: dict[int, Exception] = {}

        def one(number: int, thing: T) -> None:
            try:
                results[number] = work(thing)
            except Exception as error:  # noqa: BLE001 - raised again where all come together
                errors[number] = error

        for number, thing in enumerate(things):
            child = Worker(
                f"{me.name}.{number}",
                lambda number=number, thing=thing: one(number, thing),  # type: ignore[misc]
                lambda: me.process,
                me.ends_at,
                me.started_at,
                parent=me,
            )
            child.baton.acquire()
            self._wake(child, self.now)
        me.waits_for = len(things)
        self._pass_on(me)
        if errors:
            raise errors[min(errors)]
        return [results[number] for number in range(len(things))]

    def run(self, until: float) -> None:
        """Let the workers work until that moment."""
        self._until = until
        following = self._next()
        if following is not None:
            self._give(following)
            self._main.acquire()
        self.current = None
        if until < inf:
            self.now = max(self.now, until)

    def run_out(self) -> None:
        """Let all workers come to their end, however long that takes."""
        self.run(inf)

    def _wake(self, worker: Worker, at: float) -> None:
        """Only the last of a worker's wakings counts."""
        worker.turn += 1
        entry = (at, self.rng.random(), next(self._numbers), worker.turn, worker)
        heapq.heappush(self._waking, entry)

    def _next(self) -> Worker | None:
        while self._waking and self._waking[0][0] <= self._until:
            at, _, _, turn, worker = heapq.heappop(self._waking)
            if turn == worker.turn:
                self.now = max(self.now, at)
                return worker
        return None

    def _pass_on(self, me: Worker) -> None:
        """Give the baton to the next one, and wait to have it back."""
        following = self._next()
        if following is not me:
            self._give(following)
            me.baton.acquire()
            self.current = me
        if not me.process.is_alive:
            raise Crashed

    def _give(self, worker: Worker | None) -> None:
        if worker is None:
            self.current = None
            self._main.release()
        elif worker.is_running:
            worker.baton.release()
        else:
            worker.is_running = True
            _thread.start_new_thread(self._live, (worker,))

    def _live(self, worker: Worker) -> None:
        self.current = worker
        worker.process = worker.host()
        worker.process.at_work += 1
        try:
            if worker.process.is_alive:
                worker.work()
        except Crashed:
            pass
        except BaseException as error:  # noqa: BLE001 - told to the one who runs the schedule
            self.failures.append((worker.name, error))
        worker.process.at_work -= 1
        parent = worker.parent
        if parent is not None:
            parent.waits_for -= 1
            if not parent.waits_for:
                self._wake(parent, self.now)
        self._give(self._next())
