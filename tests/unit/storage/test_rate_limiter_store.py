"""Daily budgets of accounts: the calls of today only, in one consistent read."""

from dataclasses import replace
from datetime import timedelta

from amzlinkr.domain.call_rate import INITIAL_CALL_RATE
from amzlinkr.domain.clock import to_unix_ms
from amzlinkr.domain.ports import DailyBudget
from amzlinkr.domain.reservations import day_of
from amzlinkr.storage.rate_limiter_items import call_rate_updates
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from tests.clock import START
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
