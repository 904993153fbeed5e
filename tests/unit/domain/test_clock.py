"""Moments are stored in whole milliseconds: exactly, and never later than they were."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.clock import from_unix_ms, to_unix_ms

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds


@given(MOMENTS)
def test_a_stored_moment_is_never_in_the_future(then: datetime) -> None:
    stored = from_unix_ms(to_unix_ms(then))

    assert timedelta() <= then - stored < timedelta(milliseconds=1)


@given(st.integers(0, 4 * 10**12))
def test_what_is_stored_reads_back_the_same(number: int) -> None:
    assert to_unix_ms(from_unix_ms(number)) == number
