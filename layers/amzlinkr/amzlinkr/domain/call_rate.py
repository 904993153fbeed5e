"""How fast an Amazon account may be asked, and what its answers teach about that.

A new account may send 1 request a second and 8,640 a day; both grow with its sales, and Amazon
tells nobody by how much (PA-API 5.0, API rates). So the pace is learned: a little faster after long
success, half as fast after a 429, and what failed is not tried again for days.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

FIRST_INTERVAL_MS, FASTEST_MS, SLOWEST_MS = 1_000, 100, 60_000
"""Milliseconds between calls: at first, and at most and least (Amazon grants 1 to 10 a second)."""
FIRST_DAY_LIMIT, HIGHEST_DAY_LIMIT = 8_640, 864_000
KEPT_FOR_PEOPLE = 0.05
"""The part of a day's calls that the price sync leaves to searches and imports in the morning; as
the day goes by it takes what nobody wanted."""

PROVEN_AFTER = 600
"""So many calls one right after the other, without a 429, prove a pace."""
RECOVERS_AFTER = 1
"""So many bring an account that was slowed down back to its proven pace."""
FASTER = 0.9
WARY_MS = 7 * 24 * 3600 * 1000
"""What Amazon refused is tried again no earlier."""
FIRST_PENALTY_MS, LONGEST_PENALTY_MS = 2_000, 900_000
USED_UP = 0.9
"""A day's budget was tested if so much of it was used."""

SHORTEST_GUARD, USUAL_GUARD, LONGEST_GUARD = 0.020, 0.035, 0.040
"""Parts of an interval by which calls are spaced further apart than they need be: Amazon counts
arrivals, we count departures."""
SAFETY_MS = 5
SAMPLES, FEWEST_SAMPLES = 32, 5
GUARD_STEP_MS, MOST_LEARNED_GUARD_MS = 20, 200


@dataclass(frozen=True, slots=True)
class Pace:
    """What is known about an account.

    `interval_ms` between calls now; `proven_ms` the shortest that went well for long; `streak` good
    answers in direct succession since the pace changed; `strikes` 429s in a row that were not about
    speed; `guard_ms` what 429s taught about arrivals; `wary_until` (Unix ms) nothing faster before.
    """

    interval_ms: int = FIRST_INTERVAL_MS
    proven_ms: int = FIRST_INTERVAL_MS
    day_limit: int = FIRST_DAY_LIMIT
    streak: int = 0
    strikes: int = 0
    guard_ms: int = 0
    wary_until: int = 0

    def calls_a_day(self, *, for_people: bool, day_left: float = 1.0) -> int:
        """How many of the day's calls may be used by now; `day_left` is the part still to come."""
        kept = 0.0 if for_people else KEPT_FOR_PEOPLE * day_left
        return int(self.day_limit * (1 - kept))

    def quickened(self, now_ms: int) -> Pace:
        """The pace after the calls so far: faster if they earned it, else the same."""
        if self.interval_ms > self.proven_ms:
            if self.streak < RECOVERS_AFTER:
                return self
            return replace(self, interval_ms=self.proven_ms, streak=0)
        if self.streak < PROVEN_AFTER:
            return self
        proven = replace(self, proven_ms=self.interval_ms, streak=0)
        if now_ms < self.wary_until:
            return proven
        return replace(proven, interval_ms=max(FASTEST_MS, int(self.interval_ms * FASTER)))

    def after_429(self, idle_ms: int, now_ms: int) -> tuple[Pace, int]:
        """What a 429 teaches, and for how many milliseconds the account is left alone.

        `idle_ms` is for how long a call had been free to go before this one went. At well under the
        known rate the 429 is not about speed: the day's budget is used up, or the account has none.
        """
        if idle_ms >= self.proven_ms or self.interval_ms >= 2 * self.proven_ms:
            penalty = min(FIRST_PENALTY_MS * 2**self.strikes, LONGEST_PENALTY_MS)
            return replace(self, strikes=self.strikes + 1, streak=0), penalty
        slower = replace(
            self,
            interval_ms=min(2 * self.proven_ms, SLOWEST_MS),
            streak=0,
            wary_until=now_ms + WARY_MS,
        )
        if self.interval_ms == self.proven_ms:
            guard = min(self.guard_ms + GUARD_STEP_MS, MOST_LEARNED_GUARD_MS)
            too_fast = self.streak < PROVEN_AFTER and self.guard_ms > 0
            proven = int(self.proven_ms / FASTER) if too_fast else self.proven_ms
            slower = replace(slower, guard_ms=guard, proven_ms=min(proven, SLOWEST_MS))
        return slower, slower.interval_ms

    def on_a_new_day(self, used: int, now_ms: int) -> Pace:
        """The budget of a day that begins after `used` calls of the one before."""
        calmer = replace(self, guard_ms=self.guard_ms // 2)
        if used < USED_UP * min(self.day_limit, FIRST_DAY_LIMIT):
            return calmer
        if self.strikes:
            limit = max(min(used, self.day_limit), FIRST_DAY_LIMIT)
            return replace(calmer, day_limit=limit, wary_until=now_ms + WARY_MS)
        if used < USED_UP * self.day_limit or now_ms < self.wary_until:
            return calmer
        return replace(calmer, day_limit=min(int(self.day_limit / FASTER), HIGHEST_DAY_LIMIT))


NEW_ACCOUNT = Pace()


class Guard:
    """How far apart calls are kept beyond their interval, from how unevenly answers come back.

    The spread of the round trips is an upper bound of the spread of the arrivals.
    """

    def __init__(self) -> None:
        self._round_trips: deque[float] = deque(maxlen=SAMPLES)

    def note(self, seconds: float) -> None:
        """A call took so long."""
        self._round_trips.append(seconds)

    def milliseconds(self, pace: Pace) -> int:
        """The guard at this pace; 429s make it longer than round trips would."""
        usual, seen = USUAL_GUARD * pace.interval_ms, self._round_trips
        if len(seen) >= FEWEST_SAMPLES:
            spread = (max(seen) - min(seen)) * 1000 + SAFETY_MS
            shortest, longest = SHORTEST_GUARD, LONGEST_GUARD
            usual = min(max(spread, shortest * pace.interval_ms), longest * pace.interval_ms)
        return max(round(usual), pace.guard_ms)

    def margin(self, pace: Pace) -> int:
        """Milliseconds by which a call may leave late: half of what guards a second's calls."""
        return round(self.milliseconds(pace) * max(1.0, FIRST_INTERVAL_MS / pace.interval_ms) / 2)
