"""Clocks of the simulated machines, each with its own error."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.clock import START
from tests.simulation.schedule import Scheduler


class WorkerClock:
    """The `Clock` of one process: `offset` seconds from the true time, `rate` times as fast."""

    def __init__(self, scheduler: Scheduler, offset: float = 0.0, rate: float = 1.0) -> None:
        self._scheduler = scheduler
        self.offset = offset
        self.rate = rate

    def now(self) -> datetime:
        """Return the time that this machine shows."""
        self._scheduler.read_clock()
        return START + timedelta(seconds=self._scheduler.now * self.rate + self.offset)

    def uncertainty(self) -> timedelta:
        """Return zero: a machine cannot estimate its error."""
        return timedelta()

    def monotonic(self) -> float:
        """Return the machine's counter of seconds, which never jumps."""
        self._scheduler.read_clock()
        return self._scheduler.now * self.rate

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass."""
        self._scheduler.read_clock()
        if seconds > 0:
            self._scheduler.sleep(seconds / self.rate)


def true_time(scheduler: Scheduler) -> datetime:
    """Return the true time."""
    return START + timedelta(seconds=scheduler.now)
