"""A clock that all processes agree on: the machine's own, unless the store proves it wrong.

Every answer of the store carries its `Date`, in whole seconds. A clock that lies within what these
say is believed. One that does not is set to the earliest moment they allow, and says by how much
the truth may be later.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from amzlinkr.domain.clock import Clock

DATE_LAGS = timedelta(seconds=2)
"""A `Date` is cut to the second, and servers write it up to a second early."""
JUMP = 0.5
"""Seconds between the clock and the steady counter after which former answers prove nothing."""


class ServerSyncedClock:
    """The `Clock` of the service; `own` is the machine's."""

    def __init__(self, own: Clock) -> None:
        self._own = own
        self._behind: timedelta | None = None
        self._ahead: timedelta | None = None
        self._heard_at = self._drift()

    def now(self) -> datetime:
        """The present moment in UTC, the earliest it may be if the own clock is wrong."""
        return self._own.now() + self._correction()

    def uncertainty(self) -> timedelta:
        """By how much the present may be later than `now`."""
        if not self._correction() or self._behind is None or self._ahead is None:
            return timedelta()
        return self._ahead - self._behind

    def monotonic(self) -> float:
        """Seconds since some fixed point."""
        return self._own.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self._own.sleep(seconds)

    def observe_server_date(self, date: datetime, sent_at: float) -> None:
        """The store gave this date in its answer to a call sent at this steady moment."""
        now, took = self._own.now(), timedelta(seconds=self._own.monotonic() - sent_at)
        behind, ahead = date - now, date + DATE_LAGS - (now - took)
        if self._behind is not None and self._ahead is not None and not self._jumped():
            behind, ahead = max(behind, self._behind), min(ahead, self._ahead)
        if behind > ahead:
            behind, ahead = date - now, date + DATE_LAGS - (now - took)
        self._behind, self._ahead, self._heard_at = behind, ahead, self._drift()

    def _correction(self) -> timedelta:
        """What to add to the own clock: nothing while it may be right."""
        if self._behind is None or self._ahead is None or self._jumped():
            return timedelta()
        return timedelta() if self._behind <= timedelta() <= self._ahead else self._behind

    def _jumped(self) -> bool:
        return abs(self._drift() - self._heard_at) > JUMP

    def _drift(self) -> float:
        return self._own.now().timestamp() - self._own.monotonic()
