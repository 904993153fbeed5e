"""Time as an argument: the clock, deadlines, and stored moments."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


class Clock(Protocol):
    """Aware UTC time, a monotonic counter for durations, and a way to wait."""

    def uncertainty(self) -> timedelta:
        """Return how much later than `now` the true time may be; zero on a correct clock."""
        ...

    def now(self) -> datetime:
        """Return the current time in UTC."""
        ...

    def monotonic(self) -> float:
        """Return the seconds of a counter that never runs backwards."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait. Return immediately if `seconds` is zero or negative."""
        ...


class SystemClock:
    """The clock of the machine."""

    def uncertainty(self) -> timedelta:
        """Return zero: without another time source the machine's clock is taken as correct."""
        return timedelta()

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the seconds since an arbitrary fixed moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait. Return immediately if `seconds` is zero or negative."""
        if seconds > 0:
            time.sleep(seconds)


class InvocationContext(Protocol):
    """The part of Lambda's context object that limits the duration of an invocation."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda stops the invocation."""
        ...


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment by which an operation must finish, as a reading of the monotonic counter."""

    clock: Clock
    ends_at: float

    @classmethod
    def after(cls, clock: Clock, seconds: float) -> Deadline:
        """Return the deadline this number of seconds from now."""
        return cls(clock, clock.monotonic() + seconds)

    @classmethod
    def of_invocation(cls, clock: Clock, context: InvocationContext) -> Deadline:
        """Return the moment at which Lambda stops this invocation."""
        return cls.after(clock, context.get_remaining_time_in_millis() / 1000)

    @property
    def is_over(self) -> bool:
        """Return True if no time remains."""
        return self.remaining() <= 0

    def remaining(self) -> float:
        """Return the remaining seconds, never negative."""
        return max(0.0, self.ends_at - self.clock.monotonic())

    def allows(self, seconds: float) -> bool:
        """Return True if at least this number of seconds remains."""
        return self.ends_at - self.clock.monotonic() >= seconds

    def at_most(self, seconds: float) -> Deadline:
        """Return this deadline, or an earlier one this number of seconds from now."""
        return Deadline(self.clock, min(self.ends_at, self.clock.monotonic() + seconds))

    def with_reserve(self, seconds: float) -> Deadline:
        """Return an earlier deadline that reserves this number of seconds for later work."""
        return Deadline(self.clock, self.ends_at - seconds)


def latest_possible_now(clock: Clock) -> datetime:
    """Return the latest time it can be now.

    Content is judged by this time: if the clock may be behind, a price is hidden too early rather
    than shown too long.
    """
    return clock.now() + clock.uncertainty()


def to_unix_ms(moment: datetime) -> int:
    """Return a moment as Unix time in whole milliseconds, rounded down.

    Integer division of `timedelta` is exact; `timestamp()` would round through a float and could
    move a moment into the future.
    """
    return (moment - _EPOCH) // MILLISECOND


def from_unix_ms(milliseconds: int) -> datetime:
    """Return the exact moment of a Unix time in milliseconds."""
    return _EPOCH + milliseconds * MILLISECOND


def next_midnight(moment: datetime) -> datetime:
    """Return the end of the UTC day of a moment, at which Amazon's daily limits reset."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
