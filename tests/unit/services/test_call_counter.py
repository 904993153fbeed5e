"""A failing usage counter does not reject calls, unless it leaves no time for them."""

from collections import Counter
from unittest import mock

import pytest

from amzlinkr.domain.errors import RateLimited, StoreUnavailable
from amzlinkr.domain.limits import ONE_HOUR, Limit, LimitUsage
from amzlinkr.services.call_counter import MAX_COUNT_SECONDS, SiteCallCounter
from amzlinkr.storage.usage_counters import UsageCounters
from tests.clock import FakeClock
from tests.limits import HIGH_LIMITS

LIMIT = Limit("calls", 5, ONE_HOUR)


def counter_that(clock: FakeClock, error: Exception, after: float) -> SiteCallCounter:
    """Return a counter with a store that raises an error after this number of seconds."""

    def increment(*_: object) -> LimitUsage:
        clock.advance(seconds=after)
        raise error

    store = mock.create_autospec(UsageCounters, instance=True)
    store.increment.side_effect = increment
    return SiteCallCounter(store, HIGH_LIMITS, clock)


def test_quick_failure_of_the_counter_is_counted_and_the_call_served(
    clock: FakeClock, metrics: Counter[str]
) -> None:
    clock.advance(hours=1)  # the monotonic time begins anywhere
    counter = counter_that(clock, StoreUnavailable(), after=MAX_COUNT_SECONDS - 0.01)

    assert counter.count_call("site_a") is None
    assert metrics == {"CallNotCounted": 1}


def test_slow_failure_of_the_counter_is_raised(clock: FakeClock, metrics: Counter[str]) -> None:
    counter = counter_that(clock, StoreUnavailable(), after=MAX_COUNT_SECONDS + 0.1)

    with pytest.raises(StoreUnavailable):
        counter.count_call("site_a")
    assert not metrics


def test_most_of_the_time_of_a_request_is_left_after_a_failed_count() -> None:
    """Leave most of the 3.8 seconds of a request."""
    assert MAX_COUNT_SECONDS <= 1


def test_reached_limit_is_raised(clock: FakeClock) -> None:
    counter = counter_that(clock, RateLimited("", LimitUsage(LIMIT, 5, 60)), after=0)

    with pytest.raises(RateLimited):
        counter.count_call("site_a")
