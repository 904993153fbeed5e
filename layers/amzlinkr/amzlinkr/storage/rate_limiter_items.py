"""An account's item in the quotas table: what it says, and the writes that change it."""

from __future__ import annotations

from datetime import datetime, timedelta

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from amzlinkr.domain.call_rate import INITIAL_CALL_RATE, CallRate
from amzlinkr.domain.clock import from_unix_ms, to_unix_ms
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.records import RateLimiterItem


def read_item(account_key: str) -> RateLimiterItem | None:
    """An account's item, read consistently. Raises `StoreUnavailable`."""
    with store_errors():
        try:
            return RateLimiterItem.get(account_key, consistent_read=True)
        except RateLimiterItem.DoesNotExist:
            return None


def call_rate_from_item(item: RateLimiterItem) -> CallRate:
    """What an item says of its account; a new account's pace where it says nothing."""
    new = INITIAL_CALL_RATE
    return CallRate(
        int(item.interval_ms or new.interval_ms),
        int(item.proven_ms or new.proven_ms),
        int(item.day_limit or new.day_limit),
        int(item.consecutive_successes or 0),
        int(item.consecutive_429s or 0),
        int(item.arrival_margin_ms or 0),
        int(item.no_increase_before or 0),
    )


def day_of(at: datetime) -> str:
    """The UTC day a call counts on."""
    return at.date().isoformat()


def call_rate_updates(pace: CallRate) -> list[Action]:
    """What stores a pace."""
    return [
        RateLimiterItem.interval_ms.set(pace.interval_ms),
        RateLimiterItem.proven_ms.set(pace.proven_ms),
        RateLimiterItem.day_limit.set(pace.day_limit),
        RateLimiterItem.consecutive_successes.set(pace.consecutive_successes),
        RateLimiterItem.consecutive_429s.set(pace.consecutive_429s),
        RateLimiterItem.arrival_margin_ms.set(pace.arrival_margin_ms),
        RateLimiterItem.no_increase_before.set(pace.no_increase_before),
    ]


def is_call_rate_unchanged(pace: CallRate) -> Condition:
    """Nobody changed the pace meanwhile."""
    same: Condition = (RateLimiterItem.interval_ms == pace.interval_ms) & (
        RateLimiterItem.consecutive_429s == pace.consecutive_429s
    )
    if (pace.interval_ms, pace.consecutive_429s) == (INITIAL_CALL_RATE.interval_ms, 0):
        unlearned: Condition = RateLimiterItem.interval_ms.does_not_exist()
        either: Condition = unlearned | same
        return either
    return same


def end_of_day(at: int) -> int:
    """The last millisecond (Unix) of that UTC day."""
    midnight = from_unix_ms(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(
        days=1
    )
    return to_unix_ms(midnight) - 1
