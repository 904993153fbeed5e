"""The rate limiter of one account: its writes, its reads, and what it keeps of responses."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.call_rate import INITIAL_CALL_RATE, INITIAL_INTERVAL_MS, ArrivalMargin
from amzlinkr.domain.clock import Deadline, to_unix_ms
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import Priority
from amzlinkr.domain.reservations import (
    LimiterState,
    ReservationPlan,
    ReservationRequest,
    day_of,
    plan_reservation,
)
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.rate_limiter import AccountRateLimiter
from amzlinkr.storage.rate_limiter_items import (
    call_rate_updates,
    reservation_write,
    state_from_item,
)
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock
from tests.unit.domain.reservation_model import written
from tests.unit.domain.test_reservations import NOON, STATES

ACCOUNT = "account"


@contextmanager
def counted_calls(stores: Dependencies) -> Iterator[Counter[str]]:
    """Yield the number of calls to DynamoDB by operation."""
    calls: Counter[str] = Counter()
    real = stores.tables._make_api_call

    def counted(operation: str, arguments: dict[str, Any]) -> Any:
        calls[operation] += 1
        return real(operation, arguments)

    with mock.patch.object(stores.tables, "_make_api_call", counted):
        yield calls


def limiter(clock: FakeClock, priority: Priority = Priority.INTERACTIVE) -> AccountRateLimiter:
    return AccountRateLimiter(ACCOUNT, priority, clock)


def reserve(used: AccountRateLimiter, clock: FakeClock, seconds: float = 60) -> int:
    """Return the moment of the next reservation (Unix ms)."""
    used.acquire(Deadline.after(clock, seconds))
    return to_unix_ms(clock.now())


def stored() -> LimiterState:
    return state_from_item(RateLimiterItem.get(ACCOUNT))


def store(state: LimiterState) -> RateLimiterItem:
    """Store a state; an unused account has no item."""
    item = RateLimiterItem(ACCOUNT)
    if state == LimiterState():
        return item
    actions = call_rate_updates(state.call_rate)
    actions += [RateLimiterItem.used.set(state.used), RateLimiterItem.next_at.set(state.next_at)]
    if state.day is not None:
        actions.append(RateLimiterItem.day.set(state.day))
    item.update(actions)
    return item


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.one_of(st.just(LimiterState()), STATES), STATES, st.booleans(), st.integers(0, 3))
def test_write_does_what_the_model_of_the_domain_tests_does(
    stores: Dependencies, known: LimiterState, current: LimiterState, is_same: bool, successes: int
) -> None:
    current = known if is_same else current
    request = ReservationRequest(NOON, Priority.INTERACTIVE, 9_000, 10, ArrivalMargin())
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


def test_single_process_writes_once_per_call_and_reads_nothing(
    stores: Dependencies, clock: FakeClock
) -> None:
    alone = limiter(clock)
    with counted_calls(stores) as calls:
        moments = [reserve(alone, clock) for _ in range(5)]

    assert calls == {"UpdateItem": 5}
    gaps = [after - before for before, after in pairwise(moments)]
    assert min(gaps) >= INITIAL_INTERVAL_MS


def test_conflict_is_followed_by_a_read(stores: Dependencies, clock: FakeClock) -> None:
    first, second = limiter(clock, Priority.SYNC), limiter(clock, Priority.SYNC)
    reserve(first, clock)
    reserve(second, clock)
    with counted_calls(stores) as calls:
        reserve(first, clock)

    assert calls["GetItem"] >= 1
    assert stored().used == 3


def test_sync_waits_and_interactive_call_queues(stores: Dependencies, clock: FakeClock) -> None:
    now = to_unix_ms(clock.now())
    store(LimiterState(next_at=now + 5_000, day=day_of(now), used=1))

    with pytest.raises(AmazonThrottled, match="already waiting") as refused:
        limiter(clock, Priority.SYNC).acquire(Deadline.after(clock, 4))

    assert refused.value.retry_after in (4, 5)
    assert stored().used == 1
    assert reserve(limiter(clock), clock) == now + 5_000


def test_daily_limit_is_reported_until_midnight(stores: Dependencies, clock: FakeClock) -> None:
    now = to_unix_ms(clock.now())
    limit = INITIAL_CALL_RATE.day_limit
    store(LimiterState(next_at=now - 5_000, day=day_of(now), used=limit))

    with pytest.raises(AmazonThrottled, match="daily limit") as refused:
        limiter(clock).acquire(Deadline.after(clock, 10))

    assert refused.value.retry_after == pytest.approx(12 * 3600, abs=2)
    assert stored().used == limit


def test_missed_slot_is_not_used(
    stores: Dependencies, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = limiter(clock)
    reserve(late, clock)
    slept = clock.sleep

    def frozen_once(seconds: float) -> None:
        monkeypatch.setattr(clock, "sleep", slept)
        slept(seconds + 0.5)

    monkeypatch.setattr(clock, "sleep", frozen_once)
    granted = reserve(late, clock)

    assert stored().used == 3
    margin = ArrivalMargin().for_call_rate_ms(INITIAL_CALL_RATE)
    assert granted == stored().next_at - INITIAL_INTERVAL_MS - margin


def test_clock_uncertainty_that_grew_while_waiting_makes_the_slot_late(
    stores: Dependencies, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = limiter(clock)
    reserve(used, clock)
    slept = clock.sleep

    def corrected_once(seconds: float) -> None:
        monkeypatch.setattr(clock, "sleep", slept)
        monkeypatch.setattr(clock, "uncertainty", lambda: timedelta(seconds=2))
        slept(seconds)

    monkeypatch.setattr(clock, "sleep", corrected_once)
    reserve(used, clock)

    assert stored().used == 3


def test_successes_are_stored_with_the_next_reservation(
    stores: Dependencies, clock: FakeClock
) -> None:
    used = limiter(clock)
    with counted_calls(stores) as calls:
        for _ in range(4):
            used.on_success(used.acquire(Deadline.after(clock, 60)))

    assert calls == {"UpdateItem": 4}
    assert stored().call_rate.consecutive_successes == 3


def test_429_never_moves_the_next_slot_back(stores: Dependencies, clock: FakeClock) -> None:
    used = limiter(clock)
    reservation = used.acquire(Deadline.after(clock, 60))
    later = to_unix_ms(clock.now()) + 3_600_000
    RateLimiterItem(ACCOUNT).update([RateLimiterItem.next_at.set(later)])

    used.on_throttled(reservation)

    assert stored().next_at == later
    assert stored().call_rate != INITIAL_CALL_RATE


def test_unavailable_table_grants_no_slot(
    stores: Dependencies, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = limiter(clock)
    reservation = used.acquire(Deadline.after(clock, 60))
    monkeypatch.setattr(RateLimiterItem.Meta, "table_name", "NoSuchTable")
    monkeypatch.setattr(RateLimiterItem, "_connection", None)

    with pytest.raises(StoreUnavailable):
        used.acquire(Deadline.after(clock, 60))
    used.on_throttled(reservation)
    used.on_success(reservation)


def test_process_that_is_busy_beyond_the_deadline_rejects_the_call(
    stores: Dependencies, clock: FakeClock
) -> None:
    used = limiter(clock)

    with used._lock, pytest.raises(AmazonThrottled, match="already waiting"):
        used.acquire(Deadline.after(clock, 0))
