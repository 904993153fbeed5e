"""A failing usage counter does not reject calls, unless it leaves no time for them."""

from collections import Counter
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest

from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.errors import RateLimited, StoreUnavailable
from amzlinkr.domain.limits import ONE_HOUR, UNCOUNTED_CALLS, Limit, LimitUsage
from amzlinkr.domain.sites import Site
from amzlinkr.services.call_counter import MAX_COUNT_SECONDS, SiteCallCounter
from amzlinkr.storage.sites import SiteStore
from amzlinkr.storage.usage_counters import UsageCounters
from tests.clock import START, FakeClock
from tests.limits import HIGH_LIMITS

LIMIT = Limit("calls", 5, ONE_HOUR)


def counter_that(clock: FakeClock, error: Exception, after: float) -> SiteCallCounter:
    """Return a counter with a store that raises an error after this number of seconds."""

    def increment(*_: object) -> LimitUsage:
        clock.advance(seconds=after)
        raise error

    store = mock.create_autospec(UsageCounters, instance=True)
    store.increment.side_effect = increment
    return SiteCallCounter(
        store, HIGH_LIMITS, clock, mock.create_autospec(SiteStore, instance=True)
    )


class CountedCalls:
    """Usage counters in memory, by kind of limit and name."""

    def __init__(self, used: int) -> None:
        self.used = Counter({("calls", name): used for name in ("site_a", "site_a#read", "test_a")})

    def increment(self, limit: Limit, name: str) -> LimitUsage:
        self.used[limit.kind, name] += 1
        return LimitUsage(limit, self.used[limit.kind, name], 60)


def count_after(
    used: int, name: str, connection: Connection | None
) -> tuple[dict[str, int], mock.Mock]:
    """Count a call after `used` ones. Return the counts without API access, and the site store."""
    connections = {"US": connection} if connection else {}
    sites = mock.create_autospec(SiteStore, instance=True)
    sites.get.return_value = Site("site_a", "a", "a", "a", START, "US", connections)
    counters: Any = CountedCalls(used)
    SiteCallCounter(counters, HIGH_LIMITS, FakeClock(), sites).count_call(name)
    kind = HIGH_LIMITS.calls_without_access.kind
    return {one: used for (of, one), used in counters.used.items() if of == kind}, sites


LINK_ONLY = Connection.link_only("US", "early-20", START)
NOT_ELIGIBLE = Connection(
    "US", "paapi5", "t-20", "…", "s", "1", "account", START, State.NOT_ELIGIBLE
)
FORMERLY_VALID = replace(NOT_ELIGIBLE, last_ok_at=START)


@pytest.mark.parametrize("connection", [None, LINK_ONLY, NOT_ELIGIBLE])
@pytest.mark.parametrize("name", ["site_a", "site_a#read"])
def test_many_calls_without_access_are_counted_per_site(
    name: str, connection: Connection | None
) -> None:
    counts, sites = count_after(UNCOUNTED_CALLS, name, connection)

    assert counts == {one: 1 for one in {"site_a", name}}
    sites.get.assert_called_once_with("site_a")


@pytest.mark.parametrize(
    ("used", "name", "connection", "reads"),
    [
        (UNCOUNTED_CALLS - 1, "site_a", LINK_ONLY, 0),
        (UNCOUNTED_CALLS, "site_a", FORMERLY_VALID, 1),
        (UNCOUNTED_CALLS, "test_a", LINK_ONLY, 0),
    ],
    ids=["few calls", "access", "sandbox"],
)
def test_other_calls_have_the_hourly_limit_only(
    used: int, name: str, connection: Connection, reads: int
) -> None:
    counts, sites = count_after(used, name, connection)

    assert (counts, sites.get.call_count) == ({}, reads)


def test_calls_of_a_deleted_site_are_left_to_the_endpoint() -> None:
    sites = mock.create_autospec(SiteStore, instance=True)
    sites.get.return_value = None
    counters: Any = CountedCalls(UNCOUNTED_CALLS)

    usage = SiteCallCounter(counters, HIGH_LIMITS, FakeClock(), sites).count_call("site_a")

    assert usage == LimitUsage(HIGH_LIMITS.calls, UNCOUNTED_CALLS + 1, 60)


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


def test_account_setup_is_not_counted_without_access() -> None:
    sites = mock.create_autospec(SiteStore, instance=True)
    counters: Any = CountedCalls(UNCOUNTED_CALLS)

    SiteCallCounter(counters, HIGH_LIMITS, FakeClock(), sites).count_call(
        "site_a", is_account_setup=True
    )

    assert set(counters.used) == {("calls", name) for name in ("site_a", "site_a#read", "test_a")}
    sites.get.assert_not_called()
