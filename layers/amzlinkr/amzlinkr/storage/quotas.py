"""What was used of a budget: the day's calls of Amazon accounts, and counters of our own limits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from amzlinkr.domain.clock import Clock
from amzlinkr.domain.errors import RateLimited
from amzlinkr.domain.ports import Budget, Lane
from amzlinkr.storage import keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.pacing import AccountPacer
from amzlinkr.storage.quota_items import day_of, pace_of
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

    def count(self, kind: str, name: str, limit: int, per: timedelta) -> None:
        """Count an event of ours. Raises `RateLimited` when `limit` is reached in the period."""
        now = self._clock.now()
        seconds = int(per.total_seconds())
        period = int(now.timestamp()) // seconds
        ends = (period + 1) * seconds
        item = QuotaItem(keys.count(kind, name, str(period)))
        try:
            with store_errors():
                item.update(
                    [QuotaItem.used.add(1), QuotaItem.expires.set(ends + seconds)],
                    condition=QuotaItem.used.does_not_exist() | (QuotaItem.used < limit),
                )
        except Conflict:
            raise RateLimited(
                f"More than {limit} of these in {_words(per)}.",
                retry_after=max(1, ends - int(now.timestamp())),
            ) from None


def _words(period: timedelta) -> str:
    hours = period.total_seconds() / 3600
    return "a day" if hours >= 24 else "an hour"  # noqa: PLR2004 - hours of a day
