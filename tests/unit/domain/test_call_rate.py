"""The call rate that is learned from the responses of an account."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.call_rate import (
    INCREASE_COOLDOWN_MS,
    INITIAL_CALL_RATE,
    INITIAL_DAILY_LIMIT,
    INITIAL_INTERVAL_MS,
    INTERACTIVE_RESERVE_RATIO,
    MAX_BACKOFF_MS,
    MAX_DAILY_LIMIT,
    MAX_INTERVAL_MS,
    MIN_INTERVAL_MS,
    SUCCESSES_TO_INCREASE,
    SUCCESSES_TO_RECOVER,
    SYNC_RESERVE_RATIO,
    ArrivalMargin,
    CallRate,
)
from amzlinkr.domain.clock import MILLISECOND


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


FULL = 7_776
"""90 percent of the initial daily limit: fewer calls prove nothing."""


@pytest.mark.parametrize(
    ("day_limit", "used", "rejected", "next_limit"),
    [
        (8_640, FULL - 1, 0, 8_640),
        (8_640, FULL, 0, 9_600),
        (8_640, FULL, 1, 8_640),
        (20_000, FULL - 1, 1, 20_000),  # rejected after too few calls to blame the limit
        (20_000, FULL, 1, 8_640),
        (20_000, 12_000, 1, 12_000),
        (20_000, 25_000, 1, 20_000),
        (20_000, 17_999, 0, 20_000),
        (20_000, 18_000, 0, 22_222),
        (860_000, 860_000, 0, 864_000),
    ],
)
def test_daily_limit_after_a_day(day_limit: int, used: int, rejected: int, next_limit: int) -> None:
    rate = replace(INITIAL_CALL_RATE, day_limit=day_limit, consecutive_429s=rejected)

    assert rate.for_new_day(used, 0).day_limit == next_limit


def test_daily_limit_grows_again_a_week_after_it_shrank() -> None:
    rejected = replace(INITIAL_CALL_RATE, day_limit=9_600, consecutive_429s=1)
    shrunk = replace(rejected.for_new_day(9_000, 0), consecutive_429s=0)

    assert shrunk.for_new_day(9_000, INCREASE_COOLDOWN_MS - 1).day_limit == 9_000
    assert shrunk.for_new_day(9_000, INCREASE_COOLDOWN_MS).day_limit == 10_000


@pytest.mark.parametrize("used", [0, FULL])
def test_arrival_margin_wears_off_by_half_each_day(used: int) -> None:
    rate = replace(INITIAL_CALL_RATE, arrival_margin_ms=61)
    margins = []
    for _ in range(6):
        rate = rate.for_new_day(used, 0)
        margins.append(rate.arrival_margin_ms)

    assert margins == [30, 15, 7, 3, 1, 0]


def test_proven_rate_is_not_increased_before_the_end_of_the_cooldown() -> None:
    enough = replace(
        INITIAL_CALL_RATE,
        consecutive_successes=SUCCESSES_TO_INCREASE,
        no_increase_before=INCREASE_COOLDOWN_MS,
    )
    few = replace(enough, consecutive_successes=SUCCESSES_TO_INCREASE - 1)

    intervals = [
        rate.with_increase(now).interval_ms
        for rate, now in [
            (few, INCREASE_COOLDOWN_MS),
            (enough, INCREASE_COOLDOWN_MS - 1),
            (enough, INCREASE_COOLDOWN_MS),
        ]
    ]
    assert intervals == [1_000, 1_000, 900]
    assert few.with_increase(INCREASE_COOLDOWN_MS) == few
    waiting = replace(enough, interval_ms=900).with_increase(0)
    assert (waiting.proven_ms, waiting.consecutive_successes) == (900, 0)


def test_429_of_an_unproven_rate_withdraws_only_the_increase() -> None:
    rate = replace(INITIAL_CALL_RATE, interval_ms=900, arrival_margin_ms=20)

    slower, pause = rate.after_429(idle_ms=999, now_ms=5)

    assert (slower.interval_ms, pause) == (2_000, 2_000)
    assert (slower.proven_ms, slower.arrival_margin_ms) == (1_000, 20)
    assert slower.no_increase_before == 5 + INCREASE_COOLDOWN_MS
    assert rate.after_429(idle_ms=1_000, now_ms=5)[0].interval_ms == 900


@pytest.mark.parametrize(
    ("margin", "successes", "next_margin", "proven_ms"),
    [
        (0, 0, 20, 1_000),
        (20, 0, 40, 1_111),
        (1, SUCCESSES_TO_INCREASE - 1, 21, 1_111),
        (20, SUCCESSES_TO_INCREASE, 40, 1_000),
        (190, SUCCESSES_TO_INCREASE, 200, 1_000),
    ],
)
def test_429_at_the_proven_rate_widens_the_margin_first(
    margin: int, successes: int, next_margin: int, proven_ms: int
) -> None:
    rate = replace(INITIAL_CALL_RATE, arrival_margin_ms=margin, consecutive_successes=successes)

    slower, _ = rate.after_429(idle_ms=0, now_ms=0)

    assert (slower.arrival_margin_ms, slower.proven_ms) == (next_margin, proven_ms)
    assert slower.consecutive_successes == 0


def test_pause_after_429s_that_are_not_about_speed_doubles_up_to_15_minutes() -> None:
    rate, pauses = replace(INITIAL_CALL_RATE, consecutive_successes=5), []
    for number in range(1, 12):
        rate, pause = rate.after_429(idle_ms=60_000, now_ms=0)
        pauses.append(pause)
        assert (rate.consecutive_429s, rate.consecutive_successes) == (number, 0)

    assert pauses == [*(2_000 * 2**number for number in range(9)), 900_000, 900_000]


@pytest.mark.parametrize(
    ("reserved", "fraction", "allowed"),
    [(0.05, 1.0, 8_208), (0.05, 0.5, 8_424), (0.5, 1.0, 4_320), (0.5, 0.0, 8_640)],
)
def test_reserved_calls_of_a_day_shrink_during_it(
    reserved: float, fraction: float, allowed: int
) -> None:
    rate = INITIAL_CALL_RATE

    assert rate.daily_allowance(reserved_ratio=reserved, remaining_day_fraction=fraction) == allowed


def test_whole_day_is_reserved_unless_a_fraction_is_given() -> None:
    assert INITIAL_CALL_RATE.daily_allowance(reserved_ratio=0.5) == 4_320


@pytest.mark.parametrize(("interval_ms", "tolerance"), [(1_000, 18), (100, 20), (2_000, 35)])
def test_call_may_be_late_by_half_of_the_margins_of_a_second(
    interval_ms: int, tolerance: int
) -> None:
    rate = replace(INITIAL_CALL_RATE, interval_ms=interval_ms)

    assert ArrivalMargin().lateness_tolerance_ms(rate) == tolerance


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


@pytest.mark.parametrize(("jitter", "margin"), [(0.0, 20), (0.018, 27), (0.030, 40), (5.0, 40)])
def test_arrival_margin_is_learned_from_ten_round_trips(jitter: float, margin: int) -> None:
    learned, default = ArrivalMargin(), 35
    for number in range(10):
        assert learned.for_call_rate_ms(INITIAL_CALL_RATE) == default
        learned.record_round_trip(0.2 + jitter * (number % 2))

    assert learned.for_call_rate_ms(INITIAL_CALL_RATE) == margin


def test_margin_rarely_misses_an_even_spread_that_it_has_not_seen_whole() -> None:
    """Ten values of 0 to 30 ms span less than that: the margin is that of their distribution."""
    random, missed = Random(7), 0  # noqa: S311 - reproducible, not secret
    for _ in range(1_000):
        margin = ArrivalMargin()
        for _ in range(10):
            margin.record_round_trip(0.2 + random.uniform(0, 0.030))
        missed += margin.for_call_rate_ms(INITIAL_CALL_RATE) < 27

    assert missed < 100


def test_oldest_of_33_round_trips_does_not_count() -> None:
    margin, known = ArrivalMargin(), []
    for seconds in [0.23, *[0.2] * 32]:
        margin.record_round_trip(seconds)
        known.append(margin.for_call_rate_ms(INITIAL_CALL_RATE))

    assert known[-2:] == [37, 20]


def test_new_account_has_the_initial_rate_and_no_history() -> None:
    assert CallRate() == CallRate(1_000, 1_000, 8_640, 0, 0, 0, 0) == INITIAL_CALL_RATE


def test_slowed_account_recovers_to_its_proven_rate() -> None:
    rate, _ = INITIAL_CALL_RATE.after_429(idle_ms=0, now_ms=0)
    calls = 0
    while rate.interval_ms > rate.proven_ms:
        rate = replace(rate, consecutive_successes=rate.consecutive_successes + 1).with_increase(0)
        calls += 1

    assert calls == SUCCESSES_TO_RECOVER


def test_learning_is_as_documented() -> None:
    """`docs/rate-limiting.md` names these values."""
    assert (INTERACTIVE_RESERVE_RATIO, SYNC_RESERVE_RATIO) == (0.05, 0.5)
    assert (SUCCESSES_TO_INCREASE, SUCCESSES_TO_RECOVER) == (600, 1)
    assert timedelta(weeks=1) == INCREASE_COOLDOWN_MS * MILLISECOND


def test_slowed_account_stays_slow_until_a_success() -> None:
    slowed, _ = INITIAL_CALL_RATE.after_429(idle_ms=0, now_ms=0)
    recovered = replace(slowed, consecutive_successes=1).with_increase(0)

    assert slowed.with_increase(INCREASE_COOLDOWN_MS) == slowed
    assert (recovered.interval_ms, recovered.consecutive_successes) == (1_000, 0)


def test_bounds_are_those_of_amazon() -> None:
    """Amazon's documentation: 1 to 10 calls per second, and 8,640 to 864,000 per day."""
    assert [1000 / interval for interval in (INITIAL_INTERVAL_MS, MIN_INTERVAL_MS)] == [1, 10]
    assert (INITIAL_DAILY_LIMIT, MAX_DAILY_LIMIT) == (8_640, 864_000)
