"""Time as an argument: the hour, how to wait, and how long a call may still take."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Clock(Protocol):
    """Aware UTC time, a steady counter for durations, and a way to wait."""

    def uncertainty(self) -> timedelta:
        """By how much the present may be later than `now`; nothing on a good clock."""
        ...

    def now(self) -> datetime:
        """The present moment in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds of a counter that never runs backwards."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait; nothing happens for zero or less."""
        ...


class SystemClock:
    """The machine's own clock."""

    def uncertainty(self) -> timedelta:
        """None: it is believed."""
        return timedelta()

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some fixed point."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        if seconds > 0:
            time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment by which an answer must be there."""

    clock: Clock
    ends_at: float

    @classmethod
    def after(cls, clock: Clock, seconds: float) -> Deadline:
        """A deadline so many seconds from now."""
        return cls(clock, clock.monotonic() + seconds)

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.ends_at - self.clock.monotonic())


def latest_possible_now(clock: Clock) -> datetime:
    """The latest the present may be: what decides whether something is too old to be shown."""
    return clock.now() + clock.uncertainty()


def to_unix_ms(moment: datetime) -> int:
    """Unix time in whole milliseconds, never in the future: how moments are stored."""
    return (moment - _EPOCH) // _MILLISECOND


def from_unix_ms(milliseconds: int) -> datetime:
    """The moment a stored number of milliseconds stands for, exactly."""
    return _EPOCH + milliseconds * _MILLISECOND
