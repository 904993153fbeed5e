"""The call rate that is learned from the responses of an account."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.call_rate import (
    INCREASE_COOLDOWN_MS,
    INITIAL_CALL_RATE,
    INITIAL_DAILY_LIMIT,
    INITIAL_INTERVAL_MS,
    MAX_BACKOFF_MS,
    MAX_DAILY_LIMIT,
    MAX_INTERVAL_MS,
    MIN_INTERVAL_MS,
    SUCCESSES_TO_INCREASE,
    SUCCESSES_TO_RECOVER,
    ArrivalMargin,
    CallRate,
)


def learned_rate(true_interval_ms: int, calls: int) -> tuple[CallRate, int]:
    """Return the call rate after uninterrupted calls, and the number of 429s on the way."""
    rate, rejected, now = INITIAL_CALL_RATE, 0, 0
    for _ in range(calls):
        now += rate.interval_ms
        if rate.interval_ms < true_interval_ms:
            rejected += 1
            rate, pause = rate.after_429(0, now)
            now += pause
        rate = replace(rate, consecutive_successes=rate.consecutive_successes + 1).with_increase(
            now
        )
    return rate, rejected


def test_rate_increases_after_many_successes() -> None:
    rate, rejected = learned_rate(MIN_INTERVAL_MS, 25 * SUCCESSES_TO_INCREASE)

    assert (rate.interval_ms, rejected) == (MIN_INTERVAL_MS, 0)


def test_ordinary_account_gets_at_most_one_429_per_week() -> None:
    calls_per_week = INCREASE_COOLDOWN_MS // INITIAL_INTERVAL_MS
    rate, rejected = learned_rate(INITIAL_INTERVAL_MS, 2 * calls_per_week)

    assert rejected in (2, 3)
    assert rate.proven_ms == INITIAL_INTERVAL_MS


def test_429_after_a_pause_does_not_lower_the_rate() -> None:
    rate, pause = INITIAL_CALL_RATE.after_429(idle_ms=60_000, now_ms=0)

    assert rate.interval_ms == INITIAL_CALL_RATE.interval_ms
    assert (rate.consecutive_429s, pause) == (1, 2_000)


def test_429_at_half_the_rate_pauses_the_account() -> None:
    halved, _ = INITIAL_CALL_RATE.after_429(idle_ms=0, now_ms=0)
    paused, pause = halved.after_429(idle_ms=0, now_ms=0)

    assert paused.interval_ms == halved.interval_ms == 2 * INITIAL_INTERVAL_MS
    assert (paused.consecutive_429s, pause) == (1, 2_000)


def test_daily_limit_grows_after_a_full_day_without_429() -> None:
    used = INITIAL_DAILY_LIMIT - 100

    assert INITIAL_CALL_RATE.for_new_day(used, 0).day_limit == 9_600
    assert INITIAL_CALL_RATE.for_new_day(used // 2, 0).day_limit == INITIAL_DAILY_LIMIT
    rejected = replace(INITIAL_CALL_RATE, day_limit=9_600, consecutive_429s=3).for_new_day(8_700, 0)
    assert rejected.day_limit == 8_700
    next_day = replace(rejected, consecutive_429s=0).for_new_day(8_600, 24 * 3600 * 1000)
    assert next_day.day_limit == 8_700


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("429"), st.integers(0, 5_000)),
            st.tuples(st.just("calls"), st.integers(1, 2 * SUCCESSES_TO_INCREASE)),
            st.tuples(st.just("day"), st.integers(0, MAX_DAILY_LIMIT)),
        ),
        max_size=60,
    )
)
def test_rate_stays_within_the_bounds_of_amazon(events: list[tuple[str, int]]) -> None:
    rate = INITIAL_CALL_RATE
    for kind, number in events:
        if kind == "429":
            rate, pause = rate.after_429(number, 0)
            assert 0 < pause <= MAX_BACKOFF_MS
        elif kind == "calls":
            rate = replace(
                rate, consecutive_successes=rate.consecutive_successes + number
            ).with_increase(0)
        else:
            rate = rate.for_new_day(number, 0)
        assert MIN_INTERVAL_MS <= rate.proven_ms <= MAX_INTERVAL_MS
        assert MIN_INTERVAL_MS <= rate.interval_ms <= MAX_INTERVAL_MS
        assert INITIAL_DAILY_LIMIT <= rate.day_limit <= MAX_DAILY_LIMIT


@given(st.lists(st.floats(0, 0.030), min_size=5, max_size=100))
def test_arrival_margin_covers_the_spread_up_to_its_maximum(
    jitter: list[float],
) -> None:
    margin = ArrivalMargin()
    for late in jitter:
        margin.record_round_trip(0.2 + late)
    seen = jitter[-32:]

    assert margin.for_call_rate_ms(INITIAL_CALL_RATE) >= (max(seen) - min(seen)) * 1000
    assert margin.for_call_rate_ms(INITIAL_CALL_RATE) <= 40
    assert margin.for_call_rate_ms(replace(INITIAL_CALL_RATE, arrival_margin_ms=60)) == 60


@pytest.mark.parametrize(("jitter", "margin"), [(0.0, 20), (0.025, 30), (0.036, 40), (5.0, 40)])
def test_arrival_margin_is_learned_from_five_round_trips(jitter: float, margin: int) -> None:
    learned, default = ArrivalMargin(), 35
    for number in range(5):
        assert learned.for_call_rate_ms(INITIAL_CALL_RATE) == default
        learned.record_round_trip(0.2 + jitter * (number % 2))

    assert learned.for_call_rate_ms(INITIAL_CALL_RATE) == margin


def test_slowed_account_recovers_to_its_proven_rate() -> None:
    rate, _ = INITIAL_CALL_RATE.after_429(idle_ms=0, now_ms=0)
    calls = 0
    while rate.interval_ms > rate.proven_ms:
        rate = replace(rate, consecutive_successes=rate.consecutive_successes + 1).with_increase(0)
        calls += 1

    assert calls == SUCCESSES_TO_RECOVER


def test_bounds_are_those_of_amazon() -> None:
    """Amazon's documentation: 1 to 10 calls per second, and 8,640 to 864,000 per day."""
    assert [1000 / interval for interval in (INITIAL_INTERVAL_MS, MIN_INTERVAL_MS)] == [1, 10]
    assert (INITIAL_DAILY_LIMIT, MAX_DAILY_LIMIT) == (8_640, 864_000)
