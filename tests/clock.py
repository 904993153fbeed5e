"""A clock for tests: it moves only when a test advances it or when code under test sleeps."""

from datetime import UTC, datetime, timedelta

from amzlinkr.domain.clock import Deadline, SystemClock

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class FakeClock:
    """The `Clock` port with a settable time; `slept` records the durations of all sleeps."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._monotonic = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now

    def uncertainty(self) -> timedelta:
        return timedelta()

    def monotonic(self) -> float:
        return self._monotonic

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.slept.append(seconds)
            self.advance(seconds=seconds)

    def advance(self, **by: float) -> None:
        """Move forward by the keyword arguments of a `timedelta`."""
        step = timedelta(**by)
        self._now += step
        self._monotonic += step.total_seconds()

    def set(self, moment: datetime) -> None:
        """Jump to another process's time, which may be earlier."""
        self._monotonic += (moment - self._now).total_seconds()
        self._now = moment


def deadline_in(seconds: float = 60) -> Deadline:
    """Return a deadline on the machine's clock; by default one that no test reaches."""
    return Deadline.after(SystemClock(), seconds)
