"""The rate limiter of one account: its writes, its reads, and what it keeps of responses."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from amzlinkr import telemetry
from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.call_rate import INITIAL_CALL_RATE, INITIAL_INTERVAL_MS, ArrivalMargin
from amzlinkr.domain.clock import Deadline, to_unix_ms
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import Priority
from amzlinkr.domain.reservations import (
    MIN_RESERVED_CALL_MS,
    SYNC_LOOKAHEAD_MS,
    LimiterState,
    daily_limit,
    day_of,
)
from amzlinkr.domain.write_time import FIRST_WRITE_MS, MIN_WRITE_MS, SAFETY_FACTOR, WriteTime
from amzlinkr.storage.rate_limiter import (
    MAX_RESERVATION_ATTEMPTS,
    MIN_PAUSE_SECONDS,
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
    return AccountRateLimiter(ACCOUNT, priority, clock, WriteTime(MIN_WRITE_MS))


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


def test_reads_end_after_five_without_a_change(stores: Dependencies, clock: FakeClock) -> None:
    first, second = limiter(clock), limiter(clock)
    reserve(first, clock)
    reserve(second, clock)
    with counted_calls(stores) as calls:
        for _ in range(8):
            reserve(first, clock, 2)

    # The first read after the conflict finds the reservation of the other process.
    assert calls["GetItem"] == 1 + 5


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


def test_moment_of_an_idle_account_allows_for_a_write_like_the_last_ones(
    stores: Dependencies, clock: FakeClock
) -> None:
    def intercept(operation: str, _arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        if operation == "UpdateItem":
            clock.advance(seconds=0.2)
        return proceed()

    used = limiter(clock)
    with intercept_calls(intercept):
        for _ in range(3):
            reserve(used, clock)
            clock.advance(seconds=60)
    begun = to_unix_ms(clock.now())

    assert reserve(used, clock) - begun == 200 * SAFETY_FACTOR


def test_first_write_of_a_process_is_expected_to_be_slow(
    stores: Dependencies, clock: FakeClock
) -> None:
    first, second = (stores.rate_limiters.rate_limiter(key, Priority.SYNC) for key in "ab")
    taken = []
    for one in (first, first, first, second):
        clock.advance(seconds=60)
        began = to_unix_ms(clock.now())
        taken.append(reserve(one, clock) - began)

    assert taken == [FIRST_WRITE_MS, FIRST_WRITE_MS, MIN_WRITE_MS, MIN_WRITE_MS]


@pytest.mark.parametrize(("jitter", "early_ms"), [(0.0, 60), (0.5, 180), (1.0, 300)])
def test_sync_returns_at_a_random_time_before_the_next_moment(
    stores: Dependencies, clock: FakeClock, jitter: float, early_ms: int
) -> None:
    now = to_unix_ms(clock.now())
    store(LimiterState(next_at=now + 5_000, day=day_of(now), used=1))
    waiting = AccountRateLimiter(
        ACCOUNT, Priority.SYNC, clock, WriteTime(MIN_WRITE_MS), lambda: jitter
    )

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


@contextmanager
def frozen(
    clock: FakeClock, seconds: float, then: Callable[[], object] = lambda: None
) -> Iterator[None]:
    """Make the next wait longer. `then` runs after it."""
    slept = clock.sleep

    def sleep(wanted: float) -> None:
        monkeypatch.undo()
        slept(wanted + seconds)
        then()

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(clock, "sleep", sleep)
        yield


def test_missed_reservation_is_replaced_by_the_next_one(
    stores: Dependencies, clock: FakeClock, metrics: Counter[str]
) -> None:
    late = limiter(clock)
    first = reserve(late, clock)
    margin = ArrivalMargin().for_call_rate_ms(INITIAL_CALL_RATE)
    missed_at = first + INITIAL_INTERVAL_MS + margin
    with frozen(clock, 0.5), counted_calls(stores) as calls:
        granted = reserve(late, clock)

    assert granted == missed_at + 500 + MIN_WRITE_MS, "not an interval later"
    assert stored().next_at == granted + INITIAL_INTERVAL_MS + margin
    assert (stored().used, stored().free_since) == (2, missed_at)
    assert calls == {"UpdateItem": 2}
    assert metrics["ReservationMissed"] == 1


def test_missed_reservation_is_counted_once_if_others_reserved_since(
    stores: Dependencies, clock: FakeClock
) -> None:
    late, other = limiter(clock), limiter(clock)
    reserve(late, clock)
    theirs: list[int] = []
    with frozen(clock, 5, then=lambda: theirs.append(reserve(other, clock))):
        granted = reserve(late, clock)

    assert granted - theirs[0] >= INITIAL_INTERVAL_MS
    assert stored().used == 3, "one for each call that was sent"


@pytest.mark.parametrize("is_limit_reached", [False, True])
def test_missed_reservation_is_replaced_also_when_it_was_the_last_of_the_day(
    stores: Dependencies, clock: FakeClock, is_limit_reached: bool
) -> None:
    now = to_unix_ms(clock.now())
    used = daily_limit(INITIAL_CALL_RATE, now, Priority.SYNC) - 1 - (not is_limit_reached)
    store(LimiterState(next_at=now - 5_000, day=day_of(now), used=used))
    with frozen(clock, 0.5):
        reserve(limiter(clock, Priority.SYNC), clock)

    assert stored().used == used + 1


def test_reservation_without_time_for_its_call_is_given_back(
    stores: Dependencies, clock: FakeClock
) -> None:
    late, other = limiter(clock), limiter(clock)
    reserve(late, clock)
    before = stored()
    with frozen(clock, 4), pytest.raises(AmazonThrottled):
        reserve(late, clock, seconds=3)

    after = stored()
    assert (after.used, after.next_at, after.reservation_id) == (1, before.next_at, "")
    begun = to_unix_ms(clock.now())
    assert reserve(other, clock) - begun == MIN_WRITE_MS


def test_count_is_kept_for_the_next_call_if_others_reserved_since(
    stores: Dependencies, clock: FakeClock
) -> None:
    late, other = limiter(clock), limiter(clock)
    reserve(late, clock)
    with frozen(clock, 4, lambda: reserve(other, clock)), pytest.raises(AmazonThrottled):
        reserve(late, clock, seconds=3)
    assert stored().used == 3

    reserve(late, clock)
    assert stored().used == 3
    reserve(late, clock)
    assert stored().used == 4


def test_reservation_is_given_back_once_if_the_response_is_lost(
    stores: Dependencies, clock: FakeClock, metrics: Counter[str]
) -> None:
    late = limiter(clock)
    reserve(late, clock)
    updates = []

    def intercept(operation: str, _arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        updates.append(operation)
        response = proceed()
        if len(updates) == 2:
            # The SDK sends the request again, after another process used the moment.
            reserve(limiter(clock), clock)
            with pytest.raises(ClientError, match="ConditionalCheckFailed"):
                proceed()
            raise ConnectTimeoutError(endpoint_url="-")
        return response

    with frozen(clock, 4), intercept_calls(intercept), pytest.raises(AmazonThrottled):
        reserve(late, clock, seconds=3)

    assert stored().used == 2
    assert metrics["ReservationNotReturned"] == 1
    reserve(late, clock)
    assert stored().used == 3


def test_call_without_time_reserves_nothing(stores: Dependencies, clock: FakeClock) -> None:
    with pytest.raises(AmazonThrottled), counted_calls(stores) as calls:
        limiter(clock, Priority.SYNC).acquire(Deadline.after(clock, MIN_WRITE_MS / 2000))

    assert calls["UpdateItem"] == 0


def test_clock_uncertainty_that_grew_while_waiting_makes_the_slot_late(
    stores: Dependencies, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = limiter(clock)
    missed_at = reserve(used, clock) + INITIAL_INTERVAL_MS
    slept = clock.sleep

    def corrected_once(seconds: float) -> None:
        monkeypatch.setattr(clock, "sleep", slept)
        monkeypatch.setattr(clock, "uncertainty", lambda: timedelta(seconds=2))
        slept(seconds)

    monkeypatch.setattr(clock, "sleep", corrected_once)
    reserve(used, clock)

    assert stored().used == 2
    assert to_unix_ms(clock.now()) > missed_at


@pytest.mark.parametrize(("spread", "margin"), [(0, 20), (0.018, 27), (0.5, 40)])
def test_calls_are_spaced_for_the_spread_of_the_round_trips(
    stores: Dependencies, clock: FakeClock, spread: float, margin: int
) -> None:
    used = limiter(clock)
    for number in range(10):
        reservation = used.acquire(Deadline.after(clock, 60))
        clock.advance(seconds=0.1 + spread * (number % 2))
        used.on_success(reservation)
    reserved = reserve(used, clock)

    assert stored().next_at - reserved == INITIAL_INTERVAL_MS + margin


def test_successes_before_a_pause_do_not_prove_the_rate(
    stores: Dependencies, clock: FakeClock
) -> None:
    used = limiter(clock)
    streaks = []
    for pause in (0, 0, 0, 60):
        clock.advance(seconds=pause)
        with counted_calls(stores) as calls:
            used.on_success(used.acquire(Deadline.after(clock, 60)))
        assert calls == {"UpdateItem": 1}, "one write, which succeeds"
        streaks.append(stored().call_rate.consecutive_successes)

    assert streaks == [0, 1, 2, 0]


def test_new_process_queues_behind_others_without_a_read(
    stores: Dependencies, clock: FakeClock
) -> None:
    now = to_unix_ms(clock.now())
    store(LimiterState(next_at=now + 3_000, day=day_of(now), used=1))

    with counted_calls(stores) as calls:
        assert reserve(limiter(clock), clock) == now + 3_000
    assert calls == {"UpdateItem": 1}


@pytest.mark.parametrize(("ms", "reads"), [(1, 0), (0, 1)])
def test_new_process_queues_unread_if_it_has_time_for_more_than_one_interval(
    stores: Dependencies, clock: FakeClock, ms: int, reads: int
) -> None:
    now = to_unix_ms(clock.now())
    store(LimiterState(next_at=now + 500, day=day_of(now), used=1))

    with counted_calls(stores) as calls:
        reserve(limiter(clock), clock, (MIN_RESERVED_CALL_MS + INITIAL_INTERVAL_MS + ms) / 1000)
    assert calls["GetItem"] == reads


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


def test_outcomes_that_cannot_be_stored_are_counted(
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
    used.on_throttled(reservation)

    assert metrics == ["SuccessNotRecorded", "ThrottleNotRecorded"]


def test_process_that_is_busy_beyond_the_deadline_rejects_the_call(
    stores: Dependencies, clock: FakeClock
) -> None:
    used = limiter(clock)

    with used._lock, pytest.raises(AmazonThrottled, match="already waiting"):
        used.acquire(Deadline.after(clock, 0))
