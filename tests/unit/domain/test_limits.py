"""Usage of our own limits."""

from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.limits import ONE_HOUR, Limit, LimitUsage


@given(st.integers(0, 1_000), st.integers(0, 2_000))
def test_remaining_events_and_used_events_add_up_to_the_maximum(maximum: int, used: int) -> None:
    usage = LimitUsage(Limit("calls", maximum, ONE_HOUR), used, resets_in=60)

    assert usage.remaining == max(maximum, used) - used


def test_limit_without_a_period_is_a_total() -> None:
    assert not Limit("products", 10).per
