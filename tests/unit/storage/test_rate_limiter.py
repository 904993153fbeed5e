"""The rate limiter of one account: its writes, its reads, and what it keeps of responses."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import pairwise
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError

from amzlinkr import telemetry
from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.call_rate import INITIAL_CALL_RATE, INITIAL_INTERVAL_MS, ArrivalMargin
from amzlinkr.domain.clock import Deadline, to_unix_ms
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import Priority
from amzlinkr.domain.reservations import SYNC_LOOKAHEAD_MS, LimiterState, day_of
from amzlinkr.storage.rate_limiter import (
    MAX_RESERVATION_ATTEMPTS,
    MAX_WRITE_MS,
    MIN_PAUSE_SECONDS,
    MIN_WRITE_MS,
    AccountRateLimiter,
)
from amzlinkr.storage.rate_limiter_items import state_from_item
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock
from tests.integration.aws_spy import Arguments, intercept_calls
from tests.unit.storage.test_rate_limiter_items import ACCOUNT, store


@contextmanager
def counted_calls(stores: Dependencies) -> Iterator[Counter[str]]:
    """Yield the number of calls to DynamoDB by operation."""
    calls: Counter[str] = Counter()
    real = stores.connection._make_api_call

    def counted(operation: str, arguments: dict[str, Any]) -> Any:
        calls[operation] += 1
        return real(operation, arguments)

    with mock.patch.object(stores.connection, "_make_api_call", counted):
        yield calls


def limiter(clock: FakeClock, priority: Priority = Priority.INTERACTIVE) -> AccountRateLimiter:
    return AccountRateLimiter(ACCOUNT, priority, clock)


def reserve(used: AccountRateLimiter, clock: FakeClock, seconds: float = 60) -> int:
    """Return the moment of the next reservation (Unix ms)."""
    used.acquire(Deadline.after(clock, seconds))
    return to_unix_ms(clock.now())


def stored() -> LimiterState:
    return state_from_item(RateLimiterItem.get(ACCOUNT))


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


@pytest.mark.parametrize("seconds", [2, 30])
def test_sync_that_waits_reads_seldom_and_wakes_shortly_before_its_moment(
    stores: Dependencies, clock: FakeClock, seconds: int
) -> None:
    now = to_unix_ms(clock.now())
    free_at = now + 1000 * seconds
    store(LimiterState(next_at=free_at, day=day_of(now), used=1))

    with counted_calls(stores) as calls:
        granted = reserve(limiter(clock, Priority.SYNC), clock)

    lookahead = SYNC_LOOKAHEAD_MS / 1000
    assert calls["GetItem"] <= 2
    assert calls["UpdateItem"] == 2, "the account is new to this process: one write fails"
    assert len(clock.slept) == 2
    assert seconds - lookahead <= clock.slept[0] <= seconds - 0.2 * lookahead
    assert free_at <= granted <= free_at + MIN_WRITE_MS


def test_conflicts_without_end_are_retried_after_pauses_until_the_deadline(
    stores: Dependencies, clock: FakeClock
) -> None:
    now = to_unix_ms(clock.now())
    store(LimiterState(next_at=now - 60_000, day=day_of(now), used=1))
    writes = 0

    def intercept(operation: str, _arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        nonlocal writes
        if operation != "UpdateItem":
            return proceed()
        writes += 1
        assert writes < 100, "the limiter does not stop at the deadline"
        error = {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}
        raise ClientError(error, operation)  # type: ignore[arg-type] # the stubs are incomplete

    with intercept_calls(intercept), pytest.raises(AmazonThrottled):
        reserve(limiter(clock, Priority.SYNC), clock, seconds=0.03)

    assert clock.slept == pytest.approx([MIN_PAUSE_SECONDS] * 6)
    assert writes <= 7 * MAX_RESERVATION_ATTEMPTS


@pytest.mark.parametrize(
    ("took", "expected_ms"), [(0, MIN_WRITE_MS), (0.2, 200), (3, MAX_WRITE_MS)]
)
def test_moment_of_an_idle_account_is_as_far_ahead_as_the_last_write_took(
    stores: Dependencies, clock: FakeClock, took: float, expected_ms: int
) -> None:
    def intercept(operation: str, _arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        if operation == "UpdateItem":
            clock.advance(seconds=took)
        return proceed()

    used = limiter(clock)
    with intercept_calls(intercept), suppress(AmazonThrottled):
        used.acquire(Deadline.after(clock, took + 2))
    clock.advance(seconds=60)
    begun = to_unix_ms(clock.now())

    assert reserve(used, clock) - begun == expected_ms


@pytest.mark.parametrize(("jitter", "early_ms"), [(0.0, 60), (0.5, 180), (1.0, 300)])
def test_sync_returns_at_a_random_time_before_the_next_moment(
    stores: Dependencies, clock: FakeClock, jitter: float, early_ms: int
) -> None:
    now = to_unix_ms(clock.now())
    store(LimiterState(next_at=now + 5_000, day=day_of(now), used=1))
    waiting = AccountRateLimiter(ACCOUNT, Priority.SYNC, clock, lambda: jitter)

    waiting.acquire(Deadline.after(clock, 60))

    assert clock.slept[0] * 1000 == pytest.approx(5_000 - early_ms)


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


def test_success_that_cannot_be_stored_is_counted(
    stores: Dependencies, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = limiter(clock)
    used.on_throttled(used.acquire(Deadline.after(clock, 60)))
    reservation = used.acquire(Deadline.after(clock, 3600))
    metrics: list[str] = []
    monkeypatch.setattr(telemetry, "count", metrics.append)
    monkeypatch.setattr(RateLimiterItem.Meta, "table_name", "NoSuchTable")
    monkeypatch.setattr(RateLimiterItem, "_connection", None)

    used.on_success(reservation)

    assert metrics == ["SuccessNotRecorded"]


def test_process_that_is_busy_beyond_the_deadline_rejects_the_call(
    stores: Dependencies, clock: FakeClock
) -> None:
    used = limiter(clock)

    with used._lock, pytest.raises(AmazonThrottled, match="already waiting"):
        used.acquire(Deadline.after(clock, 0))
