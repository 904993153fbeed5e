"""What was used of a budget: the day's calls of Amazon accounts, and counters of our own limits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from amzlinkr.domain.clock import Clock
from amzlinkr.domain.errors import RateLimited
from amzlinkr.domain.limits import ONE_DAY, Limit, LimitUsage
from amzlinkr.domain.ports import DailyBudget, Priority
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.rate_limiter import AccountRateLimiter
from amzlinkr.storage.rate_limiter_items import call_rate_from_item, day_of
from amzlinkr.storage.records import RateLimiterItem


class QuotaStore:
    """All accounts' limiters, and counters for limits of our own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def rate_limiter(self, account_key: str, priority: Priority) -> AccountRateLimiter:
        """The limiter of one account, for a person or for the sync."""
        return AccountRateLimiter(account_key, priority, self._clock)

    def budget(self, account_key: str, now: datetime) -> DailyBudget:
        """How much of today's calls is used, and how fast the account may be asked."""
        return self.budgets([account_key], now)[account_key]

    def budgets(self, account_keys: Iterable[str], now: datetime) -> dict[str, DailyBudget]:
        """The same of several accounts; one that was never asked has a new account's."""
        wanted = list(dict.fromkeys(account_keys))
        found = dict.fromkeys(wanted, DailyBudget())
        with store_errors():
            for item in RateLimiterItem.batch_get(wanted, consistent_read=True) if wanted else []:
                used = int(item.used or 0) if item.day == day_of(now) else 0
                found[item.pk] = DailyBudget(used, call_rate_from_item(item))
        return found

    def increment(self, limit: Limit, name: str) -> LimitUsage:
        """Count an event of ours. Raises `RateLimited` when the limit is reached in the period."""
        key, ends = self._period(limit, name)
        item = RateLimiterItem(key)
        try:
            with store_errors():
                item.update(
                    [
                        RateLimiterItem.used.add(1),
                        RateLimiterItem.expires.set(ends + int(limit.per.total_seconds())),
                    ],
                    condition=RateLimiterItem.used.does_not_exist()
                    | (RateLimiterItem.used < limit.maximum),
                )
        except Conflict:
            spent = LimitUsage(limit, limit.maximum, self._seconds_until(ends))
            raise RateLimited(
                f"More than {limit.maximum} {limit.kind} in {_words(limit.per)}.", spent
            ) from None
        return LimitUsage(limit, int(item.used or 0), self._seconds_until(ends))

    def usage(self, limits: Iterable[Limit], name: str) -> list[LimitUsage]:
        """What was used of these limits, without using any."""
        periods = [(limit, *self._period(limit, name)) for limit in limits]
        with store_errors():
            items = RateLimiterItem.batch_get([key for _, key, _ in periods], consistent_read=True)
            used = {item.pk: int(item.used or 0) for item in items}
        return [
            LimitUsage(limit, used.get(key, 0), self._seconds_until(ends))
            for limit, key, ends in periods
        ]

    def _period(self, limit: Limit, name: str) -> tuple[str, int]:
        """The counter's key in the present period, and when (Unix seconds) that ends."""
        seconds = int(limit.per.total_seconds())
        number = int(self._clock.now().timestamp()) // seconds
        return item_keys.usage_counter(limit.kind, name, str(number)), (number + 1) * seconds

    def _seconds_until(self, moment: int) -> int:
        return max(1, moment - int(self._clock.now().timestamp()))


def _words(period: timedelta) -> str:
    return "a day" if period >= ONE_DAY else "an hour"
