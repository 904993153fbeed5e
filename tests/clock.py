"""A clock that moves only when told to, or when somebody sleeps."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class FakeClock:
    """Time as a test wants it."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._steady = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now

    def uncertainty(self) -> timedelta:
        return timedelta()

    def monotonic(self) -> float:
        return self._steady

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.slept.append(seconds)
            self.advance(seconds=seconds)

    def advance(self, **by: float) -> None:
        step = timedelta(**by)
        self._now += step
        self._steady += step.total_seconds()

    def set(self, moment: datetime) -> None:
        """Look at another process, whose own time is this."""
        self._steady += (moment - self._now).total_seconds()
        self._now = moment
