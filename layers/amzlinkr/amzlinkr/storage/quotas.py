"""What was used of a budget: the day's calls of Amazon accounts, and counters of our own limits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from amzlinkr.domain.clock import Clock
from amzlinkr.domain.errors import RateLimited
from amzlinkr.domain.limits import A_DAY, Allowance, Limit
from amzlinkr.domain.ports import Budget, Lane
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.rate_limiter import AccountPacer
from amzlinkr.storage.rate_limiter_items import day_of, pace_of
from amzlinkr.storage.records import QuotaItem


class QuotaStore:
    """All accounts' limiters, and counters for limits of our own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def pacer(self, quota_id: str, lane: Lane) -> AccountPacer:
        """The limiter of one account, for a person or for the sync."""
        return AccountPacer(quota_id, lane, self._clock)

    def budget(self, quota_id: str, now: datetime) -> Budget:
        """How much of today's calls is used, and how fast the account may be asked."""
        return self.budgets([quota_id], now)[quota_id]

    def budgets(self, quota_ids: Iterable[str], now: datetime) -> dict[str, Budget]:
        """The same of several accounts; one that was never asked has a new account's."""
        wanted = list(dict.fromkeys(quota_ids))
        found = dict.fromkeys(wanted, Budget())
        with store_errors():
            for item in QuotaItem.batch_get(wanted, consistent_read=True) if wanted else []:
                used = int(item.used or 0) if item.day == day_of(now) else 0
                found[item.pk] = Budget(used, pace_of(item))
        return found

    def count(self, limit: Limit, name: str) -> Allowance:
        """Count an event of ours. Raises `RateLimited` when the limit is reached in the period."""
        key, ends = self._period(limit, name)
        item = QuotaItem(key)
        try:
            with store_errors():
                item.update(
                    [
                        QuotaItem.used.add(1),
                        QuotaItem.expires.set(ends + int(limit.per.total_seconds())),
                    ],
                    condition=QuotaItem.used.does_not_exist() | (QuotaItem.used < limit.most),
                )
        except Conflict:
            spent = Allowance(limit, limit.most, self._seconds_until(ends))
            raise RateLimited(
                f"More than {limit.most} {limit.kind} in {_words(limit.per)}.", spent
            ) from None
        return Allowance(limit, int(item.used or 0), self._seconds_until(ends))

    def allowances(self, limits: Iterable[Limit], name: str) -> list[Allowance]:
        """What was used of these limits, without using any."""
        periods = [(limit, *self._period(limit, name)) for limit in limits]
        with store_errors():
            items = QuotaItem.batch_get([key for _, key, _ in periods], consistent_read=True)
            used = {item.pk: int(item.used or 0) for item in items}
        return [
            Allowance(limit, used.get(key, 0), self._seconds_until(ends))
            for limit, key, ends in periods
        ]

    def _period(self, limit: Limit, name: str) -> tuple[str, int]:
        """The counter's key in the present period, and when (Unix seconds) that ends."""
        seconds = int(limit.per.total_seconds())
        number = int(self._clock.now().timestamp()) // seconds
        return item_keys.count(limit.kind, name, str(number)), (number + 1) * seconds

    def _seconds_until(self, moment: int) -> int:
        return max(1, moment - int(self._clock.now().timestamp()))


def _words(period: timedelta) -> str:
    return "a day" if period >= A_DAY else "an hour"
