"""An account's item in the quotas table: what it says, and the writes that change it."""

from __future__ import annotations

from datetime import datetime, timedelta

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from amzlinkr.domain.call_rate import NEW_ACCOUNT, Pace
from amzlinkr.domain.clock import milliseconds, moment
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.records import QuotaItem


def read_quota(quota_id: str) -> QuotaItem | None:
    """An account's item, read consistently. Raises `StoreUnavailable`."""
    with store_errors():
        try:
            return QuotaItem.get(quota_id, consistent_read=True)
        except QuotaItem.DoesNotExist:
            return None


def pace_of(item: QuotaItem) -> Pace:
    """What an item says of its account; a new account's pace where it says nothing."""
    new = NEW_ACCOUNT
    return Pace(
        int(item.interval_ms or new.interval_ms),
        int(item.proven_ms or new.proven_ms),
        int(item.day_limit or new.day_limit),
        int(item.streak or 0),
        int(item.strikes or 0),
        int(item.guard_ms or 0),
        int(item.wary_until or 0),
    )


def day_of(at: datetime) -> str:
    """The UTC day a call counts on."""
    return at.date().isoformat()


def entering(pace: Pace) -> list[Action]:
    """What stores a pace."""
    return [
        QuotaItem.interval_ms.set(pace.interval_ms),
        QuotaItem.proven_ms.set(pace.proven_ms),
        QuotaItem.day_limit.set(pace.day_limit),
        QuotaItem.streak.set(pace.streak),
        QuotaItem.strikes.set(pace.strikes),
        QuotaItem.guard_ms.set(pace.guard_ms),
        QuotaItem.wary_until.set(pace.wary_until),
    ]


def still(pace: Pace) -> Condition:
    """Nobody changed the pace meanwhile."""
    same: Condition = (QuotaItem.interval_ms == pace.interval_ms) & (
        QuotaItem.strikes == pace.strikes
    )
    if (pace.interval_ms, pace.strikes) == (NEW_ACCOUNT.interval_ms, 0):
        unlearned: Condition = QuotaItem.interval_ms.does_not_exist()
        either: Condition = unlearned | same
        return either
    return same


def end_of_day(at: int) -> int:
    """The last millisecond (Unix) of that UTC day."""
    midnight = moment(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return milliseconds(midnight) - 1
