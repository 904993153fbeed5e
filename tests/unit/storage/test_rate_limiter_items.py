"""The item of a rate limiter: its stored state, and the one write that reserves a moment."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amzlinkr.domain.call_rate import INITIAL_CALL_RATE, ArrivalMargin, CallRate
from amzlinkr.domain.ports import Priority
from amzlinkr.domain.reservations import (
    Held,
    LimiterState,
    ReservationPlan,
    ReservationRequest,
    day_of,
    plan_reservation,
)
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.rate_limiter_items import (
    RETENTION_SECONDS,
    call_rate_from_item,
    call_rate_updates,
    give_back_write,
    is_call_rate_unchanged,
    read_state,
    reservation_write,
    state_from_item,
    update_state,
)
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from tests.unit.domain.reservation_model import given_back, written
from tests.unit.domain.test_reservations import NOON, STATES

ACCOUNT = "account"
POSITIVE = st.integers(1, 2**40)
COUNTS = st.integers(0, 2**40)
RATES = st.builds(CallRate, POSITIVE, POSITIVE, POSITIVE, COUNTS, COUNTS, COUNTS, COUNTS)


def store(state: LimiterState) -> RateLimiterItem:
    """Store a state; an unused account has no item."""
    item = RateLimiterItem(ACCOUNT)
    if state == LimiterState():
        return item
    actions = call_rate_updates(state.call_rate)
    actions += [RateLimiterItem.used.set(state.used), RateLimiterItem.next_at.set(state.next_at)]
    if state.reservation_id:
        actions.append(RateLimiterItem.reservation_id.set(state.reservation_id))
    if state.day is not None:
        actions.append(RateLimiterItem.day.set(state.day))
    item.update(actions)
    return item


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.one_of(st.just(LimiterState()), STATES),
    STATES,
    st.booleans(),
    st.booleans(),
    st.integers(0, 3),
)
def test_write_does_what_the_model_of_the_domain_tests_does(
    stores: Dependencies,
    known: LimiterState,
    current: LimiterState,
    is_same: bool,
    has_unused: bool,
    successes: int,
) -> None:
    request = ReservationRequest(NOON, Priority.INTERACTIVE, 9_000, 10, ArrivalMargin())
    if has_unused:
        known = replace(known, reservation_id="unused")
        request = replace(request, unused=Held(known.next_at - 1_000, known), reservation_id="new")
    current = known if is_same else current
    plan = plan_reservation(known, request)
    if not isinstance(plan, ReservationPlan):
        return
    if current.day is None:
        current = LimiterState()
    item = store(current)
    try:
        with store_errors():
            actions, condition = reservation_write(known, plan, successes)
            item.update(actions, condition=condition)
        result: LimiterState | None = state_from_item(item)
    except Conflict:
        result = None
    RateLimiterItem(ACCOUNT).delete()

    assert result == written(current, known, plan, successes)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RATES)
def test_call_rate_is_read_as_it_was_stored(stores_in_memory: Dependencies, rate: CallRate) -> None:
    RateLimiterItem(ACCOUNT).update(call_rate_updates(rate))

    assert call_rate_from_item(RateLimiterItem.get(ACCOUNT)) == rate


def test_unused_account_has_the_initial_state() -> None:
    assert state_from_item(RateLimiterItem(ACCOUNT)) == LimiterState()


@pytest.mark.parametrize(
    ("known", "stored", "is_unchanged"),
    [
        ({}, None, True),
        ({}, {}, True),
        ({"consecutive_successes": 5, "day_limit": 9_000}, {}, True),
        ({"interval_ms": 900}, None, False),
        ({"consecutive_429s": 1}, None, False),
        ({}, {"interval_ms": 2_000}, False),
        ({}, {"consecutive_429s": 1}, False),
        ({"interval_ms": 900}, {"interval_ms": 900}, True),
    ],
)
def test_call_rate_is_changed_by_another_interval_or_429_only(
    stores: Dependencies,
    known: dict[str, int],
    stored: dict[str, int] | None,
    is_unchanged: bool,
) -> None:
    item = RateLimiterItem(ACCOUNT)
    if stored is not None:
        item.update(call_rate_updates(replace(INITIAL_CALL_RATE, **stored)))
    condition = is_call_rate_unchanged(replace(INITIAL_CALL_RATE, **known))
    try:
        with store_errors():
            item.update([RateLimiterItem.used.set(1)], condition=condition)
        result = True
    except Conflict:
        result = False

    assert result == is_unchanged


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STATES, STATES, st.booleans())
def test_give_back_does_what_the_model_of_the_domain_tests_does(
    stores: Dependencies, mine: LimiterState, current: LimiterState, is_same: bool
) -> None:
    mine = replace(mine, reservation_id="mine")
    current = mine if is_same else replace(current, reservation_id="mine")
    held = Held(mine.next_at - 1_000, mine)
    item = store(current)
    expected = given_back(state_from_item(item), held) if mine.day else None
    results = [update_state(ACCOUNT, *give_back_write(held)) for _ in "12"] if mine.day else [None]
    item.delete()

    assert results[0] == expected
    assert results[-1] is None, "a request that is sent twice"


@pytest.mark.parametrize(("idle_ms", "successes", "streak"), [(0, 2, 9), (0, 0, 7), (60_000, 2, 0)])
def test_successes_are_added_to_those_of_other_processes_until_a_pause(
    stores: Dependencies, idle_ms: int, successes: int, streak: int
) -> None:
    rate = replace(INITIAL_CALL_RATE, consecutive_successes=5)
    known = LimiterState(rate, next_at=NOON - idle_ms, day=day_of(NOON), used=1)
    item = store(replace(known, call_rate=replace(rate, consecutive_successes=7)))
    request = ReservationRequest(NOON, Priority.INTERACTIVE, 9_000, 10, ArrivalMargin())
    plan = plan_reservation(known, request)
    assert isinstance(plan, ReservationPlan)

    actions, condition = reservation_write(known, plan, successes)
    item.update(actions, condition=condition)

    assert item.consecutive_successes == streak
    assert item.interval_ms == rate.interval_ms


def test_state_is_kept_until_8_days_after_the_reserved_moment(stores: Dependencies) -> None:
    request = ReservationRequest(NOON, Priority.INTERACTIVE, 9_000, 10, ArrivalMargin())
    plan = plan_reservation(LimiterState(), request)
    assert isinstance(plan, ReservationPlan)
    actions, condition = reservation_write(LimiterState(), plan, 0)
    item = RateLimiterItem(ACCOUNT)
    item.update(actions, condition=condition)

    assert item.expires == plan.at // 1000 + RETENTION_SECONDS == NOON // 1000 + 8 * 24 * 3600


@pytest.mark.usefixtures("stores")
def test_unknown_account_has_the_initial_state() -> None:
    assert read_state("unknown") == LimiterState()
