"""Reservations: spacing, daily limit, priorities, and waiting."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.call_rate import (
    INITIAL_CALL_RATE,
    SUCCESSES_TO_INCREASE,
    SYNC_RESERVE_RATIO,
    ArrivalMargin,
)
from amzlinkr.domain.clock import to_unix_ms
from amzlinkr.domain.ports import Priority
from amzlinkr.domain.reservations import (
    DAY_MS,
    MIN_RESERVED_CALL_MS,
    SYNC_LOOKAHEAD_MS,
    Exhausted,
    Held,
    LimiterState,
    ReservationPlan,
    ReservationRequest,
    Wait,
    daily_limit,
    day_of,
    end_of_day,
    plan_reservation,
)
from tests.clock import START
from tests.unit.domain.reservation_model import given_back, written

NOON = to_unix_ms(START)
BEFORE_MIDNIGHT = to_unix_ms(START.replace(hour=23, minute=59, second=50))
LIMIT = INITIAL_CALL_RATE.day_limit
RATES = st.builds(
    replace,
    st.just(INITIAL_CALL_RATE),
    interval_ms=st.sampled_from([100, 900, 1_000, 2_000]),
    proven_ms=st.sampled_from([100, 900, 1_000]),
    consecutive_successes=st.sampled_from([0, 1, SUCCESSES_TO_INCREASE]),
)
STATES = st.builds(
    LimiterState,
    RATES,
    next_at=st.integers(NOON - 5_000, NOON + 5_000),
    day=st.sampled_from([None, day_of(NOON - DAY_MS), day_of(NOON)]),
    used=st.sampled_from([0, 1, LIMIT // 2, LIMIT - 200, LIMIT - 1, LIMIT]),
)


def request(
    now: int = NOON,
    priority: Priority = Priority.INTERACTIVE,
    remaining_ms: int = 10_000,
    uncertainty_ms: int = 0,
    **how: Any,
) -> ReservationRequest:
    margin = ArrivalMargin()
    return ReservationRequest(now, priority, remaining_ms, 10, margin, uncertainty_ms, **how)


def planned(state: LimiterState, call: ReservationRequest) -> ReservationPlan:
    plan = plan_reservation(state, call)
    assert isinstance(plan, ReservationPlan)
    return plan


@given(STATES, st.sampled_from(Priority), st.integers(0, 20_000), st.integers(10, 500))
def test_slot_is_after_the_write_and_within_the_wait(
    state: LimiterState, priority: Priority, remaining_ms: int, write_ms: int
) -> None:
    call = ReservationRequest(NOON, priority, remaining_ms, write_ms, ArrivalMargin())

    plan = plan_reservation(state, call)

    if isinstance(plan, ReservationPlan):
        assert plan.at >= max(NOON + write_ms, state.next_at)
        assert (plan.latest or plan.at) <= NOON + call.max_wait_ms(state.call_rate)
        assert day_of(plan.latest or plan.at) == plan.day == day_of(plan.at)
        assert plan.spacing_ms >= plan.call_rate.interval_ms
    elif isinstance(plan, Exhausted):
        assert plan.until == end_of_day(NOON) + 1
    else:
        assert plan.until == state.next_at


@given(STATES, st.integers(0, 20_000))
def test_sync_looks_ahead_less_than_one_slot(state: LimiterState, remaining_ms: int) -> None:
    plan = plan_reservation(state, request(NOON, Priority.SYNC, remaining_ms))

    if isinstance(plan, ReservationPlan):
        lookahead = (plan.latest or plan.at) - NOON
        assert lookahead <= SYNC_LOOKAHEAD_MS
        assert lookahead <= state.call_rate.interval_ms // 2


@pytest.mark.parametrize(
    ("interval_ms", "lookahead_ms"),
    [(100, 50), (400, 200), (598, 299), (600, SYNC_LOOKAHEAD_MS), (5_000, SYNC_LOOKAHEAD_MS)],
)
def test_sync_reserves_half_an_interval_ahead_at_most(interval_ms: int, lookahead_ms: int) -> None:
    rate = replace(INITIAL_CALL_RATE, interval_ms=interval_ms, proven_ms=interval_ms)
    near, far = (
        plan_reservation(
            LimiterState(rate, next_at=NOON + ahead_ms, day=day_of(NOON)),
            request(NOON, Priority.SYNC),
        )
        for ahead_ms in (lookahead_ms, lookahead_ms + 1)
    )

    assert isinstance(near, ReservationPlan)
    assert near.at == NOON + lookahead_ms
    assert far == Wait(NOON + lookahead_ms + 1)


@given(STATES)
def test_interactive_call_gets_every_slot_that_the_sync_gets(state: LimiterState) -> None:
    sync = plan_reservation(state, request(NOON, Priority.SYNC))
    interactive = plan_reservation(state, request(NOON))

    if isinstance(sync, ReservationPlan) and not isinstance(interactive, Exhausted):
        assert isinstance(interactive, ReservationPlan)
        assert interactive.at == sync.at
    if isinstance(interactive, Exhausted):
        assert isinstance(sync, Exhausted) or interactive.has_reserve


def test_interactive_call_queues_where_the_sync_waits() -> None:
    busy = LimiterState(next_at=NOON + 3_000, day=day_of(NOON), used=5)

    assert planned(busy, request()).at == NOON + 3_000
    assert plan_reservation(busy, request(priority=Priority.SYNC)) == Wait(NOON + 3_000)


def test_slot_without_time_for_the_call_is_not_reserved() -> None:
    busy = LimiterState(next_at=NOON + 3_000, day=day_of(NOON), used=5)
    needed = 3_000 + MIN_RESERVED_CALL_MS

    assert planned(busy, request(remaining_ms=needed)).at == NOON + 3_000
    assert plan_reservation(busy, request(remaining_ms=needed - 1)) == Wait(NOON + 3_000)


def test_sync_leaves_a_reserve_for_interactive_calls() -> None:
    sync_limit = daily_limit(INITIAL_CALL_RATE, NOON, Priority.SYNC)
    state = LimiterState(day=day_of(NOON), used=sync_limit)

    assert sync_limit < LIMIT
    assert plan_reservation(state, request(priority=Priority.SYNC)) == Exhausted(
        end_of_day(NOON) + 1, has_reserve=True
    )


@pytest.mark.parametrize("priority", [Priority.INTERACTIVE, Priority.IMPORT])
def test_searches_and_imports_leave_a_part_of_the_day_to_the_sync(priority: Priority) -> None:
    used = daily_limit(INITIAL_CALL_RATE, NOON, priority)
    state = LimiterState(day=day_of(NOON), used=used)

    assert used <= LIMIT * (1 - SYNC_RESERVE_RATIO / 2)
    refused = plan_reservation(state, request(priority=priority))
    assert refused == Exhausted(end_of_day(NOON) + 1, has_reserve=True)
    assert planned(state, request(priority=Priority.SYNC)).daily_limit > used
    assert planned(replace(state, used=used - 1), request(priority=priority)).daily_limit == used


@given(
    st.integers(20, 400),
    st.lists(
        st.tuples(
            st.floats(0, 1, exclude_max=True),
            st.sampled_from([Priority.INTERACTIVE, Priority.IMPORT]),
            st.integers(1, 400),
        ),
        max_size=30,
    ),
)
def test_sync_gets_its_part_of_the_day_whatever_others_call(
    limit: int, others: list[tuple[float, Priority, int]]
) -> None:
    rate = replace(INITIAL_CALL_RATE, day_limit=limit)
    needed = int(limit * SYNC_RESERVE_RATIO) - 1
    midnight = end_of_day(NOON) + 1 - DAY_MS
    syncs = [(number / needed, Priority.SYNC, 1) for number in range(needed)]
    used, refreshed = 0, 0
    for share, priority, calls in sorted([*syncs, *others]):
        at = midnight + int(share * DAY_MS)
        for _ in range(calls):
            if LimiterState(rate, day=day_of(at), used=used).is_exhausted(at, priority):
                break
            used += 1
            refreshed += priority is Priority.SYNC

    assert refreshed == needed
    assert used <= limit


@given(st.integers(0, DAY_MS - 1), st.booleans())
def test_error_of_an_exhausted_day_names_its_end(passed: int, has_reserve: bool) -> None:
    now = end_of_day(NOON) + 1 - DAY_MS + passed

    error = Exhausted(end_of_day(now) + 1, has_reserve).error_at(now)

    assert error.retry_after == max(1, round((DAY_MS - passed) / 1000))
    assert "midnight" in error.action
    assert ("reserved for the refresh of prices" in error.detail) is has_reserve


def test_daily_limit_ends_at_midnight() -> None:
    state = LimiterState(next_at=NOON, day=day_of(NOON), used=LIMIT)
    tomorrow = end_of_day(NOON) + 1

    assert plan_reservation(state, request()) == Exhausted(tomorrow)
    assert planned(state, request(tomorrow)).day == day_of(tomorrow)


def test_queue_does_not_cross_midnight() -> None:
    state = LimiterState(next_at=BEFORE_MIDNIGHT + 5_000, day=day_of(NOON), used=5)

    plan = planned(state, request(BEFORE_MIDNIGHT, remaining_ms=60_000))

    assert plan.latest == end_of_day(NOON)


def test_only_a_queued_moment_may_be_later() -> None:
    assert planned(LimiterState(next_at=NOON - 1), request()).latest is None
    assert planned(LimiterState(next_at=NOON + 50), request()).latest is not None


def test_call_rate_stays_the_same_during_a_day() -> None:
    state = LimiterState(next_at=NOON, day=day_of(NOON), used=LIMIT)

    assert state.call_rate_at(end_of_day(NOON)) == INITIAL_CALL_RATE
    assert state.call_rate_at(end_of_day(NOON) + 1) != INITIAL_CALL_RATE


def test_reservation_is_the_last_one_until_anything_follows() -> None:
    state = LimiterState(next_at=NOON, reservation_id="mine")
    rate = state.call_rate
    later = [
        replace(state, next_at=NOON + 1),
        replace(state, reservation_id="other"),
        replace(state, call_rate=replace(rate, interval_ms=rate.interval_ms + 1)),
        replace(state, call_rate=replace(rate, consecutive_429s=1)),
    ]

    assert Held(NOON, state).is_last_in(replace(state, used=5))
    assert [Held(NOON, state).is_last_in(other) for other in later] == [False] * 4


def test_moment_that_was_given_back_is_reserved_exactly() -> None:
    state = LimiterState(next_at=NOON + 2_000, day=day_of(NOON), used=1, reservation_id="mine")

    plan = planned(state, request(unused=Held(NOON + 1_000, state)))

    assert (plan.at, plan.latest, plan.replaces) == (NOON + 1_000, None, "mine")


def test_call_rate_of_a_new_day_is_in_force_from_its_first_slot() -> None:
    state = LimiterState(next_at=BEFORE_MIDNIGHT, day=day_of(NOON), used=LIMIT)

    plan = planned(state, request(BEFORE_MIDNIGHT + 20_000))

    assert plan.call_rate == INITIAL_CALL_RATE.for_new_day(LIMIT, plan.at)
    assert plan.call_rate.day_limit > LIMIT


def test_uncertain_clock_widens_the_spacing() -> None:
    certain = planned(LimiterState(), request()).spacing_ms

    assert planned(LimiterState(), request(uncertainty_ms=700)).spacing_ms == certain + 700


@pytest.mark.parametrize(("idle_ms", "ends"), [(500, False), (1_000, False), (1_001, True)])
def test_pause_longer_than_the_interval_ends_a_success_streak(idle_ms: int, ends: bool) -> None:
    state = LimiterState(next_at=NOON + 10 - idle_ms, day=day_of(NOON), used=5)

    assert planned(state, request()).ends_success_streak is ends


CALLS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(Priority),
        st.integers(0, 1_500),
        st.booleans(),
        st.booleans(),
    ),
    max_size=60,
)


@given(CALLS, st.sampled_from([NOON, BEFORE_MIDNIGHT]), st.integers(0, 30))
def test_processes_with_old_states_never_break_spacing_or_daily_limit(
    calls: list[tuple[int, Priority, int, bool, bool]], start: int, remaining_calls: int
) -> None:
    limit = daily_limit(INITIAL_CALL_RATE, start, Priority.SYNC)
    used = limit - remaining_calls
    stored = LimiterState(day=day_of(start), used=used)
    known = [LimiterState(), LimiterState(), stored]
    moments: list[tuple[int, int]] = []
    now = start
    for process, priority, pause_ms, reads, queue_unread in calls:
        now += pause_ms
        if reads:
            known[process] = stored
        call = request(now, priority, queue_unread=queue_unread)
        plan = plan_reservation(known[process], call)
        if not isinstance(plan, ReservationPlan):
            continue
        new = written(stored, known[process], plan)
        if new is None:
            continue
        assert new.next_at > stored.next_at
        reserved_at = plan.reserved_at(new.next_at)
        assert now < reserved_at <= now + call.max_wait_ms(known[process].call_rate)
        if priority is Priority.SYNC:
            assert new.used <= daily_limit(plan.call_rate, reserved_at, Priority.SYNC)
        moments.append((reserved_at, plan.spacing_ms))
        stored = known[process] = new
    for (reserved_at, spacing_ms), (following, _) in pairwise(moments):
        assert following - reserved_at >= spacing_ms >= INITIAL_CALL_RATE.interval_ms
    per_day = Counter(day_of(reserved_at) for reserved_at, _ in moments)
    per_day[day_of(start)] += used
    assert all(count <= LIMIT for count in per_day.values())


def test_day_ends_one_millisecond_before_midnight() -> None:
    last = end_of_day(NOON)

    assert last + 1 - end_of_day(last) == 1
    assert (day_of(last), day_of(last + 1)) == ("2026-11-23", "2026-11-24")
    assert end_of_day(last + 1) - last == timedelta(days=1) // timedelta(milliseconds=1)


@dataclass
class Accounting:
    """The stored state of an account, the calls that were sent, and how many are counted."""

    stored: LimiterState
    sent: list[tuple[int, int]] = field(default_factory=list)
    counted: int = 0

    def reserve(self, known: LimiterState, plan: ReservationPlan) -> Held | None:
        new = written(self.stored, known, plan)
        if new is None:
            return None
        is_same_day = new.day == self.stored.day
        self.counted = self.counted + new.used - self.stored.used if is_same_day else new.used
        self.stored = new
        return Held(plan.reserved_at(new.next_at), new)

    def give_back(self, held: Held) -> None:
        after = given_back(self.stored, held)
        if after is not None:
            self.stored, self.counted = after, self.counted - 1

    def reject(self, now: int) -> None:
        rate = self.stored.call_rate
        rate = replace(rate, consecutive_429s=rate.consecutive_429s + 1)
        next_at = max(self.stored.next_at, now + 2_000)
        self.stored = replace(self.stored, call_rate=rate, next_at=next_at)


@pytest.mark.parametrize(("days_ago", "is_counted"), [(0, True), (1, False)])
def test_unused_reservation_counts_on_its_day_only(days_ago: int, is_counted: bool) -> None:
    state = LimiterState(next_at=NOON, day=day_of(NOON), used=LIMIT, reservation_id="newer")
    day = day_of(NOON - days_ago * DAY_MS)
    unused = Held(NOON - days_ago * DAY_MS, LimiterState(day=day, used=5, reservation_id="unused"))

    plan = plan_reservation(state, request(priority=Priority.SYNC, unused=unused))

    assert isinstance(plan, ReservationPlan) is is_counted
    assert getattr(plan, "is_counted", False) is is_counted


MISSES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from([0, 1, 40, 300, 1_100, 2_500]),
        st.sampled_from(["used", "missed", "given back", "429"]),
        st.booleans(),
    ),
    max_size=20,
)


@given(MISSES, st.sampled_from([NOON, BEFORE_MIDNIGHT]), st.integers(0, 12))
def test_unused_reservations_are_used_again_but_never_twice(
    calls: list[tuple[int, int, str, bool]], start: int, remaining_calls: int
) -> None:
    limit = daily_limit(INITIAL_CALL_RATE, start, Priority.SYNC)
    account = Accounting(LimiterState(day=day_of(start), used=limit - remaining_calls))
    known = [LimiterState()] * 3
    unused: list[Held | None] = [None] * 3
    now = start
    for number, (process, pause_ms, outcome, reads) in enumerate(calls):
        now += pause_ms
        known[process] = account.stored if reads else known[process]
        call = request(now, Priority.SYNC, reservation_id=str(number), unused=unused[process])
        plan = plan_reservation(known[process], call)
        held = account.reserve(known[process], plan) if isinstance(plan, ReservationPlan) else None
        if held is None or not isinstance(plan, ReservationPlan):
            continue
        known[process], unused[process] = account.stored, None
        if outcome == "missed":
            now, unused[process] = max(now, held.at), held
        elif "given back" in outcome:
            account.give_back(held)
            # The SDK may send the request twice.
            account.give_back(held)
        else:
            account.sent.append((held.at, plan.spacing_ms))
            if outcome == "429":
                account.reject(now)
    for (at, spacing_ms), (following, _) in pairwise(account.sent):
        assert following - at >= spacing_ms >= INITIAL_CALL_RATE.interval_ms
    per_day = Counter(day_of(at) for at, _ in account.sent)
    assert per_day[day_of(start)] <= remaining_calls
    assert account.counted >= per_day[account.stored.day or ""], "sent without being counted"
