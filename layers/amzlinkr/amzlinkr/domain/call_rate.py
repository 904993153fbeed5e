"""How fast an Amazon account may be asked, and what its answers teach about that.

A new account may send 1 request a second and 8,640 a day; both grow with its sales, and Amazon
tells nobody by how much (PA-API 5.0, API rates). So the pace is learned: a little faster after long
success, half as fast after a 429, and what failed is not tried again for days.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

INITIAL_INTERVAL_MS, MIN_INTERVAL_MS, MAX_INTERVAL_MS = 1_000, 100, 60_000
"""Milliseconds between calls: at first, and at most and least (Amazon grants 1 to 10 a second)."""
INITIAL_DAILY_LIMIT, MAX_DAILY_LIMIT = 8_640, 864_000
INTERACTIVE_RESERVE_RATIO = 0.05
"""The part of a day's calls that the price sync leaves to searches and imports in the morning; as
the day goes by it takes what nobody wanted."""

SUCCESSES_TO_INCREASE = 600
"""So many calls one right after the other, without a 429, prove a pace."""
SUCCESSES_TO_RECOVER = 1
"""So many bring an account that was slowed down back to its proven pace."""
INCREASE_FACTOR = 0.9
INCREASE_COOLDOWN_MS = 7 * 24 * 3600 * 1000
"""What Amazon refused is tried again no earlier."""
INITIAL_BACKOFF_MS, MAX_BACKOFF_MS = 2_000, 900_000
EXHAUSTED_RATIO = 0.9
"""A day's budget was tested if so much of it was used."""

MIN_ARRIVAL_MARGIN_RATIO, DEFAULT_ARRIVAL_MARGIN_RATIO, MAX_ARRIVAL_MARGIN_RATIO = (
    0.020,
    0.035,
    0.040,
)
"""Parts of an interval by which calls are spaced further apart than they need be: Amazon counts
arrivals, we count departures."""
ROUND_TRIP_SPREAD_ALLOWANCE_MS = 5
MAX_SAMPLES, MIN_SAMPLES = 32, 5
ARRIVAL_MARGIN_STEP_MS, MAX_LEARNED_ARRIVAL_MARGIN_MS = 20, 200


@dataclass(frozen=True, slots=True)
class CallRate:
    """What is known about an account.

    `interval_ms` between calls now; `proven_ms` the shortest that went well for long; `streak` good
    answers in direct succession since the pace changed; `strikes` 429s in a row that were not about
    speed; `guard_ms` what 429s taught about arrivals; `wary_until` (Unix ms) nothing faster before.
    """

    interval_ms: int = INITIAL_INTERVAL_MS
    proven_ms: int = INITIAL_INTERVAL_MS
    day_limit: int = INITIAL_DAILY_LIMIT
    consecutive_successes: int = 0
    consecutive_429s: int = 0
    arrival_margin_ms: int = 0
    no_increase_before: int = 0

    def daily_allowance(self, *, interactive: bool, remaining_day_fraction: float = 1.0) -> int:
        """How many of the day's calls may be used by now; `day_left` is the part still to come."""
        kept = 0.0 if interactive else INTERACTIVE_RESERVE_RATIO * remaining_day_fraction
        return int(self.day_limit * (1 - kept))

    def with_increase(self, now_ms: int) -> CallRate:
        """The pace after the calls so far: faster if they earned it, else the same."""
        if self.interval_ms > self.proven_ms:
            if self.consecutive_successes < SUCCESSES_TO_RECOVER:
                return self
            return replace(self, interval_ms=self.proven_ms, consecutive_successes=0)
        if self.consecutive_successes < SUCCESSES_TO_INCREASE:
            return self
        proven = replace(self, proven_ms=self.interval_ms, consecutive_successes=0)
        if now_ms < self.no_increase_before:
            return proven
        return replace(
            proven, interval_ms=max(MIN_INTERVAL_MS, int(self.interval_ms * INCREASE_FACTOR))
        )

    def after_429(self, idle_ms: int, now_ms: int) -> tuple[CallRate, int]:
        """What a 429 teaches, and for how many milliseconds the account is left alone.

        `idle_ms` is for how long a call had been free to go before this one went. At well under the
        known rate the 429 is not about speed: the day's budget is used up, or the account has none.
        """
        if idle_ms >= self.proven_ms or self.interval_ms >= 2 * self.proven_ms:
            backoff = min(INITIAL_BACKOFF_MS * 2**self.consecutive_429s, MAX_BACKOFF_MS)
            return replace(
                self, consecutive_429s=self.consecutive_429s + 1, consecutive_successes=0
            ), backoff
        slower = replace(
            self,
            interval_ms=min(2 * self.proven_ms, MAX_INTERVAL_MS),
            consecutive_successes=0,
            no_increase_before=now_ms + INCREASE_COOLDOWN_MS,
        )
        if self.interval_ms == self.proven_ms:
            guard = min(
                self.arrival_margin_ms + ARRIVAL_MARGIN_STEP_MS, MAX_LEARNED_ARRIVAL_MARGIN_MS
            )
            too_fast = (
                self.consecutive_successes < SUCCESSES_TO_INCREASE and self.arrival_margin_ms > 0
            )
            proven = int(self.proven_ms / INCREASE_FACTOR) if too_fast else self.proven_ms
            slower = replace(
                slower, arrival_margin_ms=guard, proven_ms=min(proven, MAX_INTERVAL_MS)
            )
        return slower, slower.interval_ms

    def for_new_day(self, used: int, now_ms: int) -> CallRate:
        """The budget of a day that begins after `used` calls of the one before."""
        calmer = replace(self, arrival_margin_ms=self.arrival_margin_ms // 2)
        if used < EXHAUSTED_RATIO * min(self.day_limit, INITIAL_DAILY_LIMIT):
            return calmer
        if self.consecutive_429s:
            limit = max(min(used, self.day_limit), INITIAL_DAILY_LIMIT)
            return replace(
                calmer, day_limit=limit, no_increase_before=now_ms + INCREASE_COOLDOWN_MS
            )
        if used < EXHAUSTED_RATIO * self.day_limit or now_ms < self.no_increase_before:
            return calmer
        return replace(
            calmer, day_limit=min(int(self.day_limit / INCREASE_FACTOR), MAX_DAILY_LIMIT)
        )


INITIAL_CALL_RATE = CallRate()


class ArrivalMargin:
    """How far apart calls are kept beyond their interval, from how unevenly answers come back.

    The spread of the round trips is an upper bound of the spread of the arrivals.
    """

    def __init__(self) -> None:
        self._round_trips: deque[float] = deque(maxlen=MAX_SAMPLES)

    def record_round_trip(self, seconds: float) -> None:
        """A call took so long."""
        self._round_trips.append(seconds)

    def for_call_rate_ms(self, pace: CallRate) -> int:
        """The guard at this pace; 429s make it longer than round trips would."""
        usual, seen = DEFAULT_ARRIVAL_MARGIN_RATIO * pace.interval_ms, self._round_trips
        if len(seen) >= MIN_SAMPLES:
            spread = (max(seen) - min(seen)) * 1000 + ROUND_TRIP_SPREAD_ALLOWANCE_MS
            shortest, longest = MIN_ARRIVAL_MARGIN_RATIO, MAX_ARRIVAL_MARGIN_RATIO
            usual = min(max(spread, shortest * pace.interval_ms), longest * pace.interval_ms)
        return max(round(usual), pace.arrival_margin_ms)

    def lateness_tolerance_ms(self, pace: CallRate) -> int:
        """Milliseconds by which a call may leave late: half of what guards a second's calls."""
        return round(
            self.for_call_rate_ms(pace) * max(1.0, INITIAL_INTERVAL_MS / pace.interval_ms) / 2
        )
