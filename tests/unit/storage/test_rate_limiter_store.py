"""Daily budgets of accounts: the calls of today only, in one consistent read. Import calls."""

from dataclasses import replace
from datetime import timedelta

import pytest

from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.call_rate import INITIAL_CALL_RATE
from amzlinkr.domain.clock import Deadline, to_unix_ms
from amzlinkr.domain.ports import DailyBudget, Priority
from amzlinkr.domain.reservations import day_of
from amzlinkr.storage.rate_limiter_items import call_rate_updates
from amzlinkr.storage.rate_limiter_store import MAX_IMPORT_WAIT_SECONDS
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.integration.aws_spy import record_calls
from tests.unit.storage.reads import recorded_reads

FASTER = replace(INITIAL_CALL_RATE, interval_ms=900, proven_ms=900, day_limit=9_600)


def store_calls(account_key: str, used: int, day: str) -> None:
    actions = [RateLimiterItem.used.set(used), RateLimiterItem.day.set(day)]
    RateLimiterItem(account_key).update([*actions, *call_rate_updates(FASTER)])


def test_budget_counts_the_calls_of_the_utc_day(stores: Dependencies) -> None:
    store_calls("account", 42, day_of(to_unix_ms(START)))
    midnight = START.replace(hour=0) + timedelta(days=1)

    before = stores.rate_limiters.budget("account", midnight - timedelta(milliseconds=1))
    after = stores.rate_limiters.budget("account", midnight)

    assert (before, after) == (DailyBudget(42, FASTER), DailyBudget(0, FASTER))
    assert before.limit == 9_600


def test_budgets_of_several_accounts_are_one_consistent_read(stores: Dependencies) -> None:
    store_calls("known", 1, day_of(to_unix_ms(START)))
    with recorded_reads() as reads:
        budgets = stores.rate_limiters.budgets(["known", "new", "known"], START)
        assert stores.rate_limiters.budgets([], START) == {}

    assert budgets == {"known": DailyBudget(1, FASTER), "new": DailyBudget()}
    assert (reads.consistent, reads.eventual) == (["BatchGetItem"], [])


@pytest.mark.parametrize("priority", [Priority.IMPORT, Priority.SYNC])
def test_import_call_waits_for_a_short_time_and_reserves_nothing(
    stores: Dependencies, clock: FakeClock, priority: Priority
) -> None:
    """Other calls wait until their deadline."""
    next_at = to_unix_ms(clock.now()) + 5_000
    RateLimiterItem("account", next_at=next_at).save()
    limiter = stores.rate_limiters.rate_limiter("account", priority)
    deadline = Deadline.after(clock, 60)

    if priority is Priority.SYNC:
        limiter.acquire(deadline)
        assert to_unix_ms(clock.now()) >= next_at
        return
    with pytest.raises(AmazonThrottled) as refused:
        limiter.acquire(deadline)

    assert refused.value.retry_after == 5
    assert sum(clock.slept) <= MAX_IMPORT_WAIT_SECONDS
    item = RateLimiterItem.get("account")
    assert item.next_at == next_at
    assert item.used is None

    clock.advance(seconds=4)
    limiter.acquire(deadline)
    assert to_unix_ms(clock.now()) >= next_at
    assert RateLimiterItem.get("account").used == 1


def test_connection_without_account_has_a_new_budget_and_costs_no_read(
    stores: Dependencies,
) -> None:
    with record_calls() as made:
        budgets = stores.rate_limiters.budgets(["", ""], START)

    assert budgets == {"": DailyBudget()}
    assert made == []
