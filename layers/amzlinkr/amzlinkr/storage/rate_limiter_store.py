"""The rate limiters and daily budgets of all Amazon accounts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from amzlinkr.domain.clock import Clock, Deadline, to_unix_ms
from amzlinkr.domain.ports import DailyBudget, Priority, Reservation
from amzlinkr.domain.reservations import day_of
from amzlinkr.domain.write_time import WriteTime
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.rate_limiter import AccountRateLimiter
from amzlinkr.storage.rate_limiter_items import call_rate_from_item
from amzlinkr.storage.records import RateLimiterItem

MAX_IMPORT_WAIT_SECONDS = 1.5
"""The time that an import call waits for its moment. It is more than the second between two calls
of a new account, for which the import queue cannot wait: it counts whole seconds."""


class ImportRateLimiter(AccountRateLimiter):
    """The rate limiter of one account for import jobs: its caller waits for a short time only.

    A longer wait would hold a worker that other accounts can use. `AmazonThrottled` reports when
    the moment comes, and nothing is reserved until then.
    """

    def acquire(self, deadline: Deadline) -> Reservation:
        """Reserve a moment and wait for it, for at most `MAX_IMPORT_WAIT_SECONDS`."""
        return super().acquire(deadline.at_most(MAX_IMPORT_WAIT_SECONDS))


class RateLimiterStore:
    """Access to the rate limiter of each account by its `account_key`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._write_time = WriteTime()

    def rate_limiter(self, account_key: str, priority: Priority) -> AccountRateLimiter:
        """Return the rate limiter of one account for calls of one priority."""
        limiter = ImportRateLimiter if priority is Priority.IMPORT else AccountRateLimiter
        return limiter(account_key, priority, self._clock, self._write_time)

    def budget(self, account_key: str, now: datetime) -> DailyBudget:
        """Return the used calls of today and the call rate of one account."""
        return self.budgets([account_key], now)[account_key]

    def budgets(self, account_keys: Iterable[str], now: datetime) -> dict[str, DailyBudget]:
        """Return the daily budget of each account; a new account has the initial one.

        So has the empty key of a link-only connection, which has no account.
        """
        budgets = dict.fromkeys(account_keys, DailyBudget())
        stored = [key for key in budgets if key]
        today = day_of(to_unix_ms(now))
        with store_errors():
            for item in RateLimiterItem.batch_get(stored, consistent_read=True):
                # The first call of a new day resets the count, and may not have been made yet.
                used = int(item.used or 0) if item.day == today else 0
                budgets[item.pk] = DailyBudget(used, call_rate_from_item(item))
        return budgets
