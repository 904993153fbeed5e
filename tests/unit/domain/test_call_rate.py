"""What an account's answers teach about how fast it may be asked."""

from dataclasses import replace

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


def learned_from(true_interval_ms: int, calls: int) -> tuple[CallRate, int]:
    """An account that is asked without a pause; its pace in the end, and how many 429s it cost."""
    pace, refused, now = INITIAL_CALL_RATE, 0, 0
    for _ in range(calls):
        now += pace.interval_ms
        if pace.interval_ms < true_interval_ms:
            refused += 1
            pace, pause = pace.after_429(0, now)
            now += pause
        pace = replace(pace, consecutive_successes=pace.consecutive_successes + 1).with_increase(
            now
        )
    return pace, refused


def test_a_fast_account_is_asked_faster_after_long_success() -> None:
    pace, refused = learned_from(MIN_INTERVAL_MS, 25 * SUCCESSES_TO_INCREASE)

    assert (pace.interval_ms, refused) == (MIN_INTERVAL_MS, 0)


def test_an_ordinary_account_costs_one_429_a_week_to_find_out() -> None:
    a_week_of_calls = INCREASE_COOLDOWN_MS // INITIAL_INTERVAL_MS
    pace, refused = learned_from(INITIAL_INTERVAL_MS, 2 * a_week_of_calls)

    assert refused in (2, 3)
    assert pace.proven_ms == INITIAL_INTERVAL_MS


def test_a_429_after_a_rest_is_not_about_speed() -> None:
    pace, pause = INITIAL_CALL_RATE.after_429(idle_ms=60_000, now_ms=0)

    assert pace.interval_ms == INITIAL_CALL_RATE.interval_ms
    assert (pace.consecutive_429s, pause) == (1, 2_000)


def test_429s_at_half_the_pace_are_not_about_speed() -> None:
    halved, _ = INITIAL_CALL_RATE.after_429(idle_ms=0, now_ms=0)
    closed, pause = halved.after_429(idle_ms=0, now_ms=0)

    assert closed.interval_ms == halved.interval_ms == 2 * INITIAL_INTERVAL_MS
    assert (closed.consecutive_429s, pause) == (1, 2_000)


def test_a_day_used_to_the_end_is_longer_tomorrow_unless_amazon_refused() -> None:
    used = INITIAL_DAILY_LIMIT - 100

    assert INITIAL_CALL_RATE.for_new_day(used, 0).day_limit == 9_600
    assert INITIAL_CALL_RATE.for_new_day(used // 2, 0).day_limit == INITIAL_DAILY_LIMIT
    refused = replace(INITIAL_CALL_RATE, day_limit=9_600, consecutive_429s=3).for_new_day(8_700, 0)
    assert refused.day_limit == 8_700
    next_day = replace(refused, consecutive_429s=0).for_new_day(8_600, 24 * 3600 * 1000)
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
def test_every_pace_stays_within_what_amazon_grants(events: list[tuple[str, int]]) -> None:
    pace = INITIAL_CALL_RATE
    for kind, number in events:
        if kind == "429":
            pace, pause = pace.after_429(number, 0)
            assert 0 < pause <= MAX_BACKOFF_MS
        elif kind == "calls":
            pace = replace(
                pace, consecutive_successes=pace.consecutive_successes + number
            ).with_increase(0)
        else:
            pace = pace.for_new_day(number, 0)
        assert MIN_INTERVAL_MS <= pace.proven_ms <= MAX_INTERVAL_MS
        assert MIN_INTERVAL_MS <= pace.interval_ms <= MAX_INTERVAL_MS
        assert INITIAL_DAILY_LIMIT <= pace.day_limit <= MAX_DAILY_LIMIT


@given(st.lists(st.floats(0, 0.030), min_size=5, max_size=100))
def test_the_guard_covers_what_was_seen_and_costs_at_most_a_twenty_fifth(
    jitter: list[float],
) -> None:
    guard = ArrivalMargin()
    for late in jitter:
        guard.record_round_trip(0.2 + late)
    seen = jitter[-32:]

    assert guard.for_call_rate_ms(INITIAL_CALL_RATE) >= (max(seen) - min(seen)) * 1000
    assert guard.for_call_rate_ms(INITIAL_CALL_RATE) <= 40
    assert guard.for_call_rate_ms(replace(INITIAL_CALL_RATE, arrival_margin_ms=60)) == 60


def test_an_account_recovers_to_its_proven_pace_within_a_few_calls() -> None:
    pace, _ = INITIAL_CALL_RATE.after_429(idle_ms=0, now_ms=0)
    calls = 0
    while pace.interval_ms > pace.proven_ms:
        pace = replace(pace, consecutive_successes=pace.consecutive_successes + 1).with_increase(0)
        calls += 1

    assert calls == SUCCESSES_TO_RECOVER
