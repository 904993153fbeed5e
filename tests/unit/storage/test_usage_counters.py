"""The counters of our own limits."""

from datetime import timedelta

import pytest

from amzlinkr.domain.errors import RateLimited
from amzlinkr.domain.limits import ONE_DAY, ONE_HOUR, Limit, LimitUsage
from amzlinkr.storage.records import UsageCounterItem
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock

HOURLY = Limit("searches", 2, ONE_HOUR)
DAILY = Limit("sign-ups", 1, ONE_DAY)


def test_increment_returns_the_usage_of_the_window(stores: Dependencies, clock: FakeClock) -> None:
    clock.advance(minutes=20)

    first = stores.usage_counters.increment(HOURLY, "site")
    second = stores.usage_counters.increment(HOURLY, "site")

    assert first == LimitUsage(HOURLY, 1, 40 * 60)
    assert (second.used, second.remaining) == (2, 0)


def test_full_window_is_rejected_and_not_counted(stores: Dependencies) -> None:
    for _ in range(HOURLY.maximum):
        stores.usage_counters.increment(HOURLY, "site")

    for _ in range(2):
        with pytest.raises(RateLimited, match="The limit of 2 searches per hour is reached"):
            stores.usage_counters.increment(HOURLY, "site")

    assert stores.usage_counters.usage([HOURLY], "site") == [LimitUsage(HOURLY, 2, 3600)]


def test_event_is_taken_back_if_the_window_has_one(stores: Dependencies, clock: FakeClock) -> None:
    counters = stores.usage_counters
    counters.increment(HOURLY, "site")
    counters.increment(HOURLY, "site")

    counters.take_back(HOURLY, "site")
    assert counters.usage([HOURLY], "site")[0].used == 1
    counters.take_back(HOURLY, "site")
    counters.take_back(HOURLY, "site")
    assert counters.usage([HOURLY], "site")[0].used == 0
    clock.advance(hours=1)
    counters.take_back(HOURLY, "site")
    assert counters.usage([HOURLY], "site")[0].used == 0


def test_next_window_begins_with_zero(stores: Dependencies, clock: FakeClock) -> None:
    stores.usage_counters.increment(DAILY, "site")
    clock.advance(hours=11, minutes=59)
    with pytest.raises(RateLimited, match="per day") as refused:
        stores.usage_counters.increment(DAILY, "site")
    assert refused.value.retry_after == 60

    clock.advance(minutes=1)

    assert stores.usage_counters.increment(DAILY, "site").used == 1


def test_names_and_kinds_have_separate_counters(stores: Dependencies) -> None:
    stores.usage_counters.increment(HOURLY, "site")

    assert stores.usage_counters.usage([HOURLY], "other")[0].used == 0
    assert stores.usage_counters.usage([DAILY, HOURLY], "site") == [
        LimitUsage(DAILY, 0, 12 * 3600),
        LimitUsage(HOURLY, 1, 3600),
    ]


def test_counter_expires_a_window_later_and_does_not_contain_the_name(
    stores: Dependencies,
) -> None:
    stores.usage_counters.increment(HOURLY, "owner@example.com")

    (item,) = list(UsageCounterItem.scan())

    assert item.expires == int((START + timedelta(hours=2)).timestamp())
    assert "owner" not in item.pk


def test_several_events_are_counted_together_or_not_at_all(stores: Dependencies) -> None:
    with pytest.raises(RateLimited, match="leaves 2, and this request would use 3"):
        stores.usage_counters.increment(HOURLY, "site", 3)
    assert stores.usage_counters.increment(HOURLY, "site", 1).remaining == 1
    with pytest.raises(RateLimited, match="per hour leaves 1, and") as refused:
        stores.usage_counters.increment(HOURLY, "site", 2)

    assert refused.value.usage == LimitUsage(HOURLY, 1, 3600)
    assert stores.usage_counters.increment(HOURLY, "other", 2) == LimitUsage(HOURLY, 2, 3600)
