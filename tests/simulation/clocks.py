"""The clocks that workers look at: each may be wrong in its own way."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.clock import START
from tests.simulation.schedule import Scheduler


class WorkerClock:
    """The `Clock` of one process: `offset` seconds away from the truth, `rate` times as fast."""

    def __init__(self, scheduler: Scheduler, offset: float = 0.0, rate: float = 1.0) -> None:
        self._scheduler = scheduler
        self.offset = offset
        self.rate = rate

    def now(self) -> datetime:
        """What this machine takes for the present."""
        return START + timedelta(seconds=self._scheduler.now * self.rate + self.offset)

    def uncertainty(self) -> timedelta:
        """None: a machine believes its clock."""
        return timedelta()

    def monotonic(self) -> float:
        """The machine's counter, which never jumps."""
        return self._scheduler.now * self.rate

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass."""
        if seconds > 0:
            self._scheduler.sleep(seconds / self.rate)


def true_time(scheduler: Scheduler) -> datetime:
    """The truth."""
    return START + timedelta(seconds=scheduler.now)
