"""What an account's answers teach about how fast it may be asked."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.call_rate import (
    FASTEST_MS,
    FIRST_DAY_LIMIT,
    FIRST_INTERVAL_MS,
    HIGHEST_DAY_LIMIT,
    LONGEST_PENALTY_MS,
    NEW_ACCOUNT,
    PROVEN_AFTER,
    RECOVERS_AFTER,
    SLOWEST_MS,
    WARY_MS,
    Guard,
    Pace,
)


def learned_from(true_interval_ms: int, calls: int) -> tuple[Pace, int]:
    """An account that is asked without a pause; its pace in the end, and how many 429s it cost."""
    pace, refused, now = NEW_ACCOUNT, 0, 0
    for _ in range(calls):
        now += pace.interval_ms
        if pace.interval_ms < true_interval_ms:
            refused += 1
            pace, pause = pace.after_429(0, now)
            now += pause
        pace = replace(pace, streak=pace.streak + 1).quickened(now)
    return pace, refused


def test_a_fast_account_is_asked_faster_after_long_success() -> None:
    pace, refused = learned_from(FASTEST_MS, 25 * PROVEN_AFTER)

    assert (pace.interval_ms, refused) == (FASTEST_MS, 0)


def test_an_ordinary_account_costs_one_429_a_week_to_find_out() -> None:
    a_week_of_calls = WARY_MS // FIRST_INTERVAL_MS
    pace, refused = learned_from(FIRST_INTERVAL_MS, 2 * a_week_of_calls)

    assert refused in (2, 3)
    assert pace.proven_ms == FIRST_INTERVAL_MS


def test_a_429_after_a_rest_is_not_about_speed() -> None:
    pace, pause = NEW_ACCOUNT.after_429(idle_ms=60_000, now_ms=0)

    assert pace.interval_ms == NEW_ACCOUNT.interval_ms
    assert (pace.strikes, pause) == (1, 2_000)


def test_429s_at_half_the_pace_are_not_about_speed() -> None:
    halved, _ = NEW_ACCOUNT.after_429(idle_ms=0, now_ms=0)
    closed, pause = halved.after_429(idle_ms=0, now_ms=0)

    assert closed.interval_ms == halved.interval_ms == 2 * FIRST_INTERVAL_MS
    assert (closed.strikes, pause) == (1, 2_000)


def test_a_day_used_to_the_end_is_longer_tomorrow_unless_amazon_refused() -> None:
    used = FIRST_DAY_LIMIT - 100

    assert NEW_ACCOUNT.on_a_new_day(used, 0).day_limit == 9_600
    assert NEW_ACCOUNT.on_a_new_day(used // 2, 0).day_limit == FIRST_DAY_LIMIT
    refused = replace(NEW_ACCOUNT, day_limit=9_600, strikes=3).on_a_new_day(8_700, 0)
    assert refused.day_limit == 8_700
    next_day = replace(refused, strikes=0).on_a_new_day(8_600, 24 * 3600 * 1000)
    assert next_day.day_limit == 8_700


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("429"), st.integers(0, 5_000)),
            st.tuples(st.just("calls"), st.integers(1, 2 * PROVEN_AFTER)),
            st.tuples(st.just("day"), st.integers(0, HIGHEST_DAY_LIMIT)),
        ),
        max_size=60,
    )
)
def test_every_pace_stays_within_what_amazon_grants(events: list[tuple[str, int]]) -> None:
    pace = NEW_ACCOUNT
    for kind, number in events:
        if kind == "429":
            pace, pause = pace.after_429(number, 0)
            assert 0 < pause <= LONGEST_PENALTY_MS
        elif kind == "calls":
            pace = replace(pace, streak=pace.streak + number).quickened(0)
        else:
            pace = pace.on_a_new_day(number, 0)
        assert FASTEST_MS <= pace.proven_ms <= SLOWEST_MS
        assert FASTEST_MS <= pace.interval_ms <= SLOWEST_MS
        assert FIRST_DAY_LIMIT <= pace.day_limit <= HIGHEST_DAY_LIMIT


@given(st.lists(st.floats(0, 0.030), min_size=5, max_size=100))
def test_the_guard_covers_what_was_seen_and_costs_at_most_a_twenty_fifth(
    jitter: list[float],
) -> None:
    guard = Guard()
    for late in jitter:
        guard.note(0.2 + late)
    seen = jitter[-32:]

    assert guard.milliseconds(NEW_ACCOUNT) >= (max(seen) - min(seen)) * 1000
    assert guard.milliseconds(NEW_ACCOUNT) <= 40
    assert guard.milliseconds(replace(NEW_ACCOUNT, guard_ms=60)) == 60


def test_an_account_recovers_to_its_proven_pace_within_a_few_calls() -> None:
    pace, _ = NEW_ACCOUNT.after_429(idle_ms=0, now_ms=0)
    calls = 0
    while pace.interval_ms > pace.proven_ms:
        pace = replace(pace, streak=pace.streak + 1).quickened(0)
        calls += 1

    assert calls == RECOVERS_AFTER
