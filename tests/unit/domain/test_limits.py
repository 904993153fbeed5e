"""Usage of our own limits."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.limits import ONE_DAY, ONE_HOUR, Limit, LimitUsage
from tests.limits import HIGH_LIMITS


@given(st.integers(0, 1_000), st.integers(0, 2_000))
def test_remaining_events_and_used_events_add_up_to_the_maximum(maximum: int, used: int) -> None:
    usage = LimitUsage(Limit("calls", maximum, ONE_HOUR), used, resets_in=60)

    assert usage.remaining == max(maximum, used) - used


def test_limit_without_a_period_is_a_total() -> None:
    assert not Limit("products", 10).per


def test_sandbox_has_limits_of_its_own() -> None:
    limits = replace(
        HIGH_LIMITS,
        calls_of_sandbox=Limit("calls", 5, ONE_HOUR),
        jobs_of_sandbox=Limit("jobs", 2, ONE_DAY),
        syncs_of_sandbox=Limit("syncs", 3, ONE_DAY),
        products_of_sandbox=4,
    )
    sandbox = limits.of_mode("test")

    assert limits.of_mode("live") is limits
    assert (sandbox.jobs.maximum, sandbox.syncs.maximum, sandbox.products) == (2, 3, 4)
    assert sandbox.calls.maximum == 5
    assert sandbox.settings == limits.settings
