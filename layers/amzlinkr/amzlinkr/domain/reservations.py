"""The decision of the rate limiter: the moment that the next call to an account may reserve.

One call may be sent at each moment. The state of an account holds the earliest moment that is not
reserved; each reservation advances it by the spacing of the call rate (GCRA without burst).
Interactive calls queue for later moments. The price sync and import jobs reserve only the next
moment, so that an interactive call never waits for more than one of their calls.

A part of each day is reserved for the price sync: searches and imports must not make prices expire.

Nothing is written here. `plan_reservation` decides on the last known state, which may be old, and
returns the plan of one conditional write that fails if the plan does not fit the stored state. All
moments are Unix milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.call_rate import (
    INITIAL_CALL_RATE,
    INTERACTIVE_RESERVE_RATIO,
    SYNC_RESERVE_RATIO,
    ArrivalMargin,
    CallRate,
)
from amzlinkr.domain.clock import from_unix_ms, next_midnight, to_unix_ms
from amzlinkr.domain.ports import Priority

SYNC_LOOKAHEAD_MS = 300
"""How early the price sync reserves the next moment, so that the write does not delay the call."""
MIN_RESERVED_CALL_MS = 1_500
"""The time that a call needs after its moment. With less time left, a reservation is useless."""
DAY_MS = 24 * 3600 * 1000
RESERVED_RATIOS = {
    Priority.INTERACTIVE: SYNC_RESERVE_RATIO,
    Priority.IMPORT: SYNC_RESERVE_RATIO + INTERACTIVE_RESERVE_RATIO,
    Priority.SYNC: INTERACTIVE_RESERVE_RATIO,
}
"""The part of a day that calls of each priority leave to calls of the other ones."""
DAILY_LIMIT_REACHED = "The daily limit of this Amazon account is reached."
KEPT_FOR_OTHERS = (
    "The calls that this Amazon account has left today are reserved for the refresh of prices."
)
AFTER_MIDNIGHT = (
    "Try again after midnight UTC, when the count of Amazon's daily limit restarts. The products "
    "that the site has are not affected."
)


@dataclass(frozen=True, slots=True)
class LimiterState:
    """The state of an account's rate limiter.

    `next_at` is the earliest moment that is not reserved; `free_since` is its value before the last
    reservation. `used` are the calls of the UTC day `day`, which is None before the first call.
    `reservation_id` is the ID of the last reservation, empty if it was given back.
    """

    call_rate: CallRate = INITIAL_CALL_RATE
    next_at: int = 0
    free_since: int = 0
    day: str | None = None
    used: int = 0
    reservation_id: str = ""

    def call_rate_at(self, at: int) -> CallRate:
        """Return the call rate from this moment on: a new day or enough successes change it."""
        rate = self.call_rate.with_increase(at)
        is_new_day = self.day is not None and self.day < day_of(at)
        return rate.for_new_day(self.used, at) if is_new_day else rate

    def is_exhausted(self, at: int, priority: Priority) -> bool:
        """Return True if the calls of the day are used up for this priority."""
        limit = daily_limit(self.call_rate, at, priority)
        # Not `==`: a process with a fast clock may already have begun the next day.
        return (self.day or "") >= day_of(at) and self.used >= limit


@dataclass(frozen=True, slots=True)
class Held:
    """A reservation of this process: its moment, and the state that its write left."""

    at: int
    state: LimiterState

    def is_last_in(self, state: LimiterState) -> bool:
        """Return True if no other reservation and no 429 followed: its moment can be given back."""
        mine, rate = self.state, state.call_rate
        is_same_rate = mine.call_rate.interval_ms == rate.interval_ms
        is_same_rate &= mine.call_rate.consecutive_429s == rate.consecutive_429s
        is_last = mine.reservation_id == state.reservation_id and mine.next_at == state.next_at
        return is_last and is_same_rate

    def is_counted_on(self, day: str) -> bool:
        """Return True if the call was counted on this day."""
        return self.state.day == day


@dataclass(frozen=True, slots=True)
class ReservationRequest:
    """A call that needs a reservation.

    `write_ms` is how long a write takes: an earlier moment would be past when it returns.
    `remaining_ms` is the time until the call's deadline. `uncertainty_ms` is the uncertainty of the
    clock. With `queue_unread`, the call queues behind reservations that this process has not read.
    `unused` is an earlier reservation that no call used: the new one takes its place and its count.
    """

    now: int
    priority: Priority
    remaining_ms: int
    write_ms: int
    arrival_margin: ArrivalMargin
    uncertainty_ms: int = 0
    queue_unread: bool = False
    reservation_id: str = ""
    unused: Held | None = None

    def is_counted(self, state: LimiterState, day: str) -> bool:
        """Return True if the call was counted on this day already, by the unused reservation."""
        # If the first call of a new day has reset the count, the state has another day.
        return self.unused is not None and self.unused.is_counted_on(day) and state.day == day

    def max_wait_ms(self, rate: CallRate) -> int:
        """Return how far ahead a moment is worth reserving, at most until the deadline."""
        if self.priority is Priority.INTERACTIVE:
            wait_ms = self.remaining_ms - MIN_RESERVED_CALL_MS
        else:
            # At a high call rate a fixed lookahead would span several moments.
            wait_ms = min(SYNC_LOOKAHEAD_MS, rate.interval_ms // 2)
        # At least the duration of the write: an earlier moment is past when the write returns.
        return min(max(self.write_ms, wait_ms), self.remaining_ms)

    def spacing_ms(self, rate: CallRate) -> int:
        """Return the distance from this call's moment to the next one.

        So calls of two processes keep the interval even if their clocks differ by the uncertainty.
        """
        margin = self.arrival_margin.for_call_rate_ms(rate)
        return rate.interval_ms + margin + self.uncertainty_ms


@dataclass(frozen=True, slots=True)
class Wait:
    """No moment can be reserved now; try again shortly before `until`."""

    until: int


@dataclass(frozen=True, slots=True)
class Exhausted:
    """The calls of the day are used up; the next day begins at `until`.

    `has_reserve` is True if calls are left, which are reserved for calls of another priority.
    """

    until: int
    has_reserve: bool = False

    def error_at(self, now: int) -> AmazonThrottled:
        """Return the error of a call at `now`, which is not worth repeating before `until`."""
        detail = KEPT_FOR_OTHERS if self.has_reserve else DAILY_LIMIT_REACHED
        seconds = max(1, round((self.until - now) / 1000))
        return AmazonThrottled(detail, AFTER_MIDNIGHT, retry_after=seconds)


@dataclass(frozen=True, slots=True)
class ReservationPlan:
    """One conditional write that reserves a moment.

    The moment is `at`. If `latest` is set and others reserved `at` first, it is the earliest free
    moment up to `latest`. `call_rate` is in force from then on. The call counts on `day`, of which
    at most `daily_limit` calls may be used afterwards, unless it `is_counted` already. `replaces`
    is the ID of the last reservation if the moment takes the place of that one, otherwise empty.
    """

    at: int
    latest: int | None
    spacing_ms: int
    call_rate: CallRate
    day: str
    daily_limit: int
    ends_success_streak: bool
    reservation_id: str = ""
    is_counted: bool = False
    replaces: str = ""

    def reserved_at(self, next_at: int) -> int:
        """Return the reserved moment, from `next_at` as the write stored it."""
        return max(self.at, next_at - self.spacing_ms)


def plan_reservation(
    state: LimiterState, request: ReservationRequest
) -> ReservationPlan | Wait | Exhausted:
    """Decide which moment a call may reserve, if any."""
    unused = request.unused
    given_back = unused if unused and unused.is_last_in(state) else None
    # After a pause, `next_at` is long past. Unused moments are lost, so there is no burst.
    free_at = given_back.at if given_back else state.next_at
    at = max(free_at, request.now + request.write_ms)
    latest = request.now + request.max_wait_ms(state.call_rate)
    # The stored count may be higher than the known one: the condition of the write checks it again.
    if at > latest or _is_exhausted(state, request, at):
        return refusal(state, request)
    rate = state.call_rate_at(at)
    # If moments up to `at` are reserved, the account is busy, and others may reserve `at` before
    # this write arrives: it then takes the moment after theirs. If the account is idle, the stored
    # `next_at` is past, so `at` must be exact, and only one of several writes for it succeeds.
    queues = given_back is None and (request.queue_unread or state.next_at >= at)
    return ReservationPlan(
        at=at,
        # The count of the day must be the one of the moment, so no queue crosses midnight.
        latest=min(latest, end_of_day(at)) if queues else None,
        spacing_ms=request.spacing_ms(rate),
        call_rate=rate,
        day=day_of(at),
        daily_limit=daily_limit(rate, at, request.priority),
        # Successes prove a call rate only if the calls came at that rate.
        ends_success_streak=not queues and at - free_at > rate.interval_ms,
        reservation_id=request.reservation_id,
        is_counted=request.is_counted(state, day_of(at)),
        replaces=given_back.state.reservation_id if given_back else "",
    )


def _is_exhausted(state: LimiterState, request: ReservationRequest, at: int) -> bool:
    is_counted = request.is_counted(state, day_of(at))
    return not is_counted and state.is_exhausted(at, request.priority)


def refusal(state: LimiterState, request: ReservationRequest) -> Wait | Exhausted:
    """Return why no moment can be reserved now, and until when."""
    if _is_exhausted(state, request, request.now):
        has_reserve = state.used < state.call_rate.day_limit
        return Exhausted(end_of_day(request.now) + 1, has_reserve)
    return Wait(state.next_at)


def daily_limit(rate: CallRate, at: int, priority: Priority) -> int:
    """Return how many calls of the day may have been used by this moment."""
    return rate.daily_allowance(
        reserved_ratio=RESERVED_RATIOS[priority],
        remaining_day_fraction=(end_of_day(at) - at) / DAY_MS,
    )


def day_of(at: int) -> str:
    """Return the UTC day on which a call counts, as an ISO date."""
    return from_unix_ms(at).date().isoformat()


def end_of_day(at: int) -> int:
    """Return the last millisecond of the UTC day of a moment."""
    return to_unix_ms(next_midnight(from_unix_ms(at))) - 1
