"""Deadlines, and moments stored in whole milliseconds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.clock import (
    Deadline,
    SystemClock,
    from_unix_ms,
    latest_possible_now,
    to_unix_ms,
)
from tests.calls import Context
from tests.clock import START, FakeClock

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis requires naive bounds


@given(MOMENTS)
def test_stored_moment_is_never_in_the_future(then: datetime) -> None:
    stored = from_unix_ms(to_unix_ms(then))

    assert timedelta() <= then - stored < timedelta(milliseconds=1)


@given(st.integers(0, 4 * 10**12))
def test_stored_moment_reads_back_unchanged(number: int) -> None:
    assert to_unix_ms(from_unix_ms(number)) == number


def test_deadline_counts_down_to_zero() -> None:
    clock = FakeClock()
    deadline = Deadline.after(clock, 2.5)

    clock.advance(seconds=1)
    assert deadline.remaining() == 1.5
    assert (deadline.allows(1.5), deadline.allows(1.6)) == (True, False)
    clock.advance(seconds=5)
    assert deadline.remaining() == 0
    assert not deadline.allows(0)


def test_latest_possible_now_includes_the_uncertainty(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    monkeypatch.setattr(clock, "uncertainty", lambda: timedelta(seconds=2))

    assert latest_possible_now(clock) == START + timedelta(seconds=2)


def test_deadline_follows_the_monotonic_counter_of_its_clock() -> None:
    clock = FakeClock()
    deadline = Deadline.after(clock, 10)

    assert deadline.remaining() == 10
    clock.advance(seconds=4)
    assert deadline.remaining() == 6
    clock.advance(seconds=20)
    assert deadline.remaining() == 0
    assert deadline.is_over


def test_deadline_allows_at_most_the_remaining_seconds() -> None:
    deadline = Deadline.after(FakeClock(), 10)

    assert deadline.allows(10)
    assert not deadline.allows(10.001)


def test_deadline_of_an_invocation_ends_with_the_remaining_time_of_lambda() -> None:
    assert Deadline.of_invocation(FakeClock(), Context(2.5)).remaining() == 2.5


def test_narrowed_deadlines_end_earlier_and_never_later() -> None:
    clock = FakeClock()
    deadline = Deadline.after(clock, 10)

    assert deadline.at_most(3).remaining() == 3
    assert deadline.at_most(30).remaining() == 10
    assert deadline.with_reserve(4).remaining() == 6
    assert deadline.with_reserve(40).is_over
    clock.advance(seconds=6)
    assert deadline.with_reserve(4).is_over


@pytest.mark.parametrize(("seconds", "slept"), [(-1, []), (0, []), (0.001, [0.001]), (2, [2])])
def test_clock_of_the_machine_waits_for_positive_times_only(
    monkeypatch: pytest.MonkeyPatch, seconds: float, slept: list[float]
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)

    SystemClock().sleep(seconds)

    assert waits == slept
