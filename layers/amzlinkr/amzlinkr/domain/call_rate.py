"""The learned call rate of an Amazon account: the interval between calls, and the daily limit.

A new account may send 1 request per second and 8,640 per day. Both grow with its sales, and Amazon
does not publish the current values (PA-API 5.0, "API rates"). So they are learned: a little faster
after many successes, half as fast after a 429. A rate that failed is not tried again for a week.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

INITIAL_INTERVAL_MS, MIN_INTERVAL_MS, MAX_INTERVAL_MS = 1_000, 100, 60_000
"""Milliseconds between calls. Amazon grants 1 to 10 calls per second."""
INITIAL_DAILY_LIMIT, MAX_DAILY_LIMIT = 8_640, 864_000
INTERACTIVE_RESERVE_RATIO = 0.05
"""The part of a day's calls that the price sync and import jobs leave to interactive calls. It
shrinks during the day, so that the sync uses the calls that remain in the evening."""
SYNC_RESERVE_RATIO = 0.5
"""The part of a day's calls that all other calls leave to the price sync. It shrinks during the
day too: what is kept is this part of the time that is left."""

SUCCESSES_TO_INCREASE = 600
"""Consecutive calls without a 429 that prove a call rate."""
SUCCESSES_TO_RECOVER = 1
"""Consecutive successes after which a slowed account returns to its proven rate."""
INCREASE_FACTOR = 0.9
INCREASE_COOLDOWN_MS = 7 * 24 * 3600 * 1000
"""The time after a 429 in which the rate is not increased."""
INITIAL_BACKOFF_MS, MAX_BACKOFF_MS = 2_000, 900_000
EXHAUSTED_RATIO = 0.9
"""The used part of a day's calls from which the daily limit may be changed."""

MIN_ARRIVAL_MARGIN_RATIO, DEFAULT_ARRIVAL_MARGIN_RATIO, MAX_ARRIVAL_MARGIN_RATIO = (
    0.020,
    0.035,
    0.040,
)
"""The arrival margin as a part of the interval. Calls that are sent exactly one interval apart can
arrive closer together, and Amazon counts arrivals."""
ROUND_TRIP_SPREAD_ALLOWANCE_MS = 5
MAX_SAMPLES, MIN_SAMPLES = 32, 10
ARRIVAL_MARGIN_STEP_MS, MAX_LEARNED_ARRIVAL_MARGIN_MS = 20, 200


@dataclass(frozen=True, slots=True)
class CallRate:
    """The learned state of an account's rate limiter.

    `interval_ms` is the current interval between calls, `proven_ms` the shortest that was proven.
    `consecutive_successes` are counted since the interval changed. `consecutive_429s` are those
    that were not about speed. `arrival_margin_ms` is the margin that 429s required. The rate is
    not increased before `no_increase_before` (Unix ms).
    """

    interval_ms: int = INITIAL_INTERVAL_MS
    proven_ms: int = INITIAL_INTERVAL_MS
    day_limit: int = INITIAL_DAILY_LIMIT
    consecutive_successes: int = 0
    consecutive_429s: int = 0
    arrival_margin_ms: int = 0
    no_increase_before: int = 0

    def daily_allowance(self, *, reserved_ratio: float, remaining_day_fraction: float = 1.0) -> int:
        """Return how many of the day's calls may have been used by now.

        `reserved_ratio` is the part of a whole day that is reserved for other calls.
        """
        return int(self.day_limit * (1 - reserved_ratio * remaining_day_fraction))

    def with_increase(self, now_ms: int) -> CallRate:
        """Return the call rate after the successes so far: faster if they suffice."""
        # A 429 slowed this account. It returns to its proven rate before it tries a faster one.
        if self.interval_ms > self.proven_ms:
            if self.consecutive_successes < SUCCESSES_TO_RECOVER:
                return self
            return replace(self, interval_ms=self.proven_ms, consecutive_successes=0)
        if self.consecutive_successes < SUCCESSES_TO_INCREASE:
            return self
        proven = replace(self, proven_ms=self.interval_ms, consecutive_successes=0)
        # The rate is proven, but a 429 was recent: store the rate and try nothing faster.
        if now_ms < self.no_increase_before:
            return proven
        return replace(
            proven, interval_ms=max(MIN_INTERVAL_MS, int(self.interval_ms * INCREASE_FACTOR))
        )

    def after_429(self, idle_ms: int, now_ms: int) -> tuple[CallRate, int]:
        """Return the call rate after a 429, and the pause of the account in milliseconds.

        `idle_ms` is how long the account had been free before the rejected call. If Amazon rejects
        a call after a pause, or at half the proven rate, speed is not the cause: the daily limit is
        reached, or the account has none.
        """
        is_about_speed = idle_ms < self.proven_ms and self.interval_ms < 2 * self.proven_ms
        if is_about_speed:
            slower = self._halved(now_ms)
            return slower, slower.interval_ms
        # The cause can last for days. A longer pause after each 429 wastes fewer calls on it.
        pause = min(INITIAL_BACKOFF_MS * 2**self.consecutive_429s, MAX_BACKOFF_MS)
        paused = replace(self, consecutive_429s=self.consecutive_429s + 1, consecutive_successes=0)
        return paused, pause

    def _halved(self, now_ms: int) -> CallRate:
        """Return half the proven rate.

        A 429 at the proven rate widens the arrival margin first. The proven rate itself is only
        lowered if another 429 follows soon in spite of a margin.
        """
        slower = replace(
            self,
            interval_ms=min(2 * self.proven_ms, MAX_INTERVAL_MS),
            consecutive_successes=0,
            no_increase_before=now_ms + INCREASE_COOLDOWN_MS,
        )
        # Only the unproven increase was too fast: withdraw it and keep margin and proven rate.
        if self.interval_ms != self.proven_ms:
            return slower
        margin = min(self.arrival_margin_ms + ARRIVAL_MARGIN_STEP_MS, MAX_LEARNED_ARRIVAL_MARGIN_MS)
        is_too_fast = (
            self.consecutive_successes < SUCCESSES_TO_INCREASE and self.arrival_margin_ms > 0
        )
        proven = int(self.proven_ms / INCREASE_FACTOR) if is_too_fast else self.proven_ms
        return replace(slower, arrival_margin_ms=margin, proven_ms=min(proven, MAX_INTERVAL_MS))

    def for_new_day(self, used: int, now_ms: int) -> CallRate:
        """Return the call rate of a day after one with `used` calls.

        The daily limit grows after a day that used almost all of it without a 429. It shrinks to
        `used` if 429s ended the day.
        """
        # The margin wears off, or one day with a slow network would slow the account forever.
        rested = replace(self, arrival_margin_ms=self.arrival_margin_ms // 2)
        # After fewer calls, neither 429s nor successes prove anything about the daily limit.
        if used < EXHAUSTED_RATIO * min(self.day_limit, INITIAL_DAILY_LIMIT):
            return rested
        if self.consecutive_429s:
            limit = max(min(used, self.day_limit), INITIAL_DAILY_LIMIT)
            return replace(
                rested, day_limit=limit, no_increase_before=now_ms + INCREASE_COOLDOWN_MS
            )
        if used < EXHAUSTED_RATIO * self.day_limit or now_ms < self.no_increase_before:
            return rested
        return replace(
            rested, day_limit=min(int(self.day_limit / INCREASE_FACTOR), MAX_DAILY_LIMIT)
        )


INITIAL_CALL_RATE = CallRate()


class ArrivalMargin:
    """The extra spacing between calls, learned from how much their round trips vary.

    We space departures; Amazon counts arrivals. The spread of the round trips is an upper bound of
    the spread of the arrivals.
    """

    def __init__(self) -> None:
        self._round_trips: deque[float] = deque(maxlen=MAX_SAMPLES)

    def record_round_trip(self, seconds: float) -> None:
        """Record the duration of a call."""
        self._round_trips.append(seconds)

    def for_call_rate_ms(self, rate: CallRate) -> int:
        """Return the margin at this call rate; 429s can make it longer than round trips would."""
        margin, seen = DEFAULT_ARRIVAL_MARGIN_RATIO * rate.interval_ms, self._round_trips
        if len(seen) >= MIN_SAMPLES:
            # A sample is narrower than its distribution: n values of an even one span, on average,
            # (n - 1) / (n + 1) of it.
            spread = (max(seen) - min(seen)) * 1000 * (len(seen) + 1) / (len(seen) - 1)
            spread += ROUND_TRIP_SPREAD_ALLOWANCE_MS
            shortest = MIN_ARRIVAL_MARGIN_RATIO * rate.interval_ms
            longest = MAX_ARRIVAL_MARGIN_RATIO * rate.interval_ms
            margin = min(max(spread, shortest), longest)
        return max(round(margin), rate.arrival_margin_ms)

    def lateness_tolerance_ms(self, rate: CallRate) -> int:
        """Return by how many milliseconds a call may be sent late.

        A late call comes closer to the next one. Half of the margins of all calls of one second is
        left for that.
        """
        calls_per_second = max(1.0, INITIAL_INTERVAL_MS / rate.interval_ms)
        return round(self.for_call_rate_ms(rate) * calls_per_second / 2)
