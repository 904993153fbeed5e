"""The server-synced clock: the machine clock, corrected by the `Date` of DynamoDB responses.

All processes must agree on the time, because they share rate limiters and leases. Each response
bounds the true time: it was sent after the request and its date is accurate to two seconds. While
the machine clock lies within these bounds, it is taken as correct. Otherwise `now` is the earliest
time within the bounds, and `uncertainty` is the width of the bounds. If the machine clock is set
between two responses, only the earlier bound still applies, because the monotonic counter does not
count the time in which Lambda freezes the process.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from amzlinkr.domain.clock import Clock

DATE_LAG = timedelta(seconds=2)
"""How much older than the response its date can be: one second because a date has whole seconds,
one second because servers write it up to a second early."""
MAX_DRIFT_SECONDS = 0.5
"""The change of the difference between the machine clock and the monotonic counter after which the
machine clock was set, or the process was frozen."""
MAX_DRIFT_RATE = 1e-4
"""How much faster or slower than true time a machine clock can run: the quartz of a machine that is
not synchronized is wrong by less than nine seconds a day."""


class ServerSyncedClock:
    """The `Clock` of the service, based on the clock of the machine."""

    def __init__(self, machine_clock: Clock) -> None:
        self._machine_clock = machine_clock
        self.reset()

    def reset(self) -> None:
        """Drop the bounds of earlier responses, which say nothing after a restored snapshot."""
        # The true time minus the machine clock lies between these two.
        self._min_offset: timedelta | None = None
        self._max_offset: timedelta | None = None
        self._observed_at = self.monotonic()
        self._drift_at_observation = self._drift()

    def now(self) -> datetime:
        """Return the current time in UTC; the earliest possible one if the machine is wrong."""
        return self._machine_clock.now() + self._correction()

    def uncertainty(self) -> timedelta:
        """Return how much later than `now` the true time may be."""
        if not self._correction() or self._min_offset is None or self._max_offset is None:
            return timedelta()
        return self._max_offset - self._min_offset

    def monotonic(self) -> float:
        """Return the seconds since an arbitrary fixed moment."""
        return self._machine_clock.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait. Return immediately if `seconds` is zero or negative."""
        self._machine_clock.sleep(seconds)

    def observe_server_date(self, date: datetime, sent_at: float) -> None:
        """Record the date of a response; `sent_at` is the monotonic time of its request."""
        now = self._machine_clock.now()
        took = timedelta(seconds=self._machine_clock.monotonic() - sent_at)
        # The server wrote the date at some moment between the request and now. The true time is at
        # least the date. It was at most the date plus its lag when the request was sent.
        earliest, latest = date - now, date + DATE_LAG - (now - took)
        low, high = earliest, latest
        if self._min_offset is not None and self._max_offset is not None and not self._jumped():
            # Earlier bounds become less certain: the machine clock runs at a slightly wrong rate.
            drift = self._possible_drift()
            low = max(earliest, self._min_offset - drift)
            high = min(latest, self._max_offset + drift)
        if low > high:  # contradicts earlier responses: start over
            low, high = earliest, latest
        self._min_offset, self._max_offset = low, high
        self._observed_at = self.monotonic()
        self._drift_at_observation = self._drift()

    def _correction(self) -> timedelta:
        """Return the offset to add to the machine clock: zero while it may be correct."""
        if self._min_offset is None or self._max_offset is None:
            return timedelta()
        if self._jumped():
            # A clock that was set back would make content younger than it is.
            return max(timedelta(), self._min_offset - self._advance() - self._possible_drift())
        # The date is too coarse to correct a clock that it does not prove wrong.
        is_plausible = self._min_offset <= timedelta() <= self._max_offset
        return timedelta() if is_plausible else self._min_offset

    def _jumped(self) -> bool:
        return abs(self._advance()) > timedelta(seconds=MAX_DRIFT_SECONDS)

    def _advance(self) -> timedelta:
        """Return how far the machine clock was set forward since the last response."""
        return timedelta(seconds=self._drift() - self._drift_at_observation)

    def _possible_drift(self) -> timedelta:
        """Return the largest error of the monotonic counter since the last response."""
        return timedelta(seconds=(self.monotonic() - self._observed_at) * MAX_DRIFT_RATE)

    def _drift(self) -> float:
        return self._machine_clock.now().timestamp() - self._machine_clock.monotonic()
