"""The shared limiter: one item an Amazon account, one conditional write a slot.

A slot is a moment at which one call may be sent. `next_at` is the earliest moment not yet given
away (GCRA with a burst of one). People may queue for a slot in the near future; the price sync
takes only a slot that is free right now, so it never stands before a person.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from amzlinkr import telemetry
from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.clock import Clock, Deadline, milliseconds
from amzlinkr.domain.errors import RateLimited, StoreUnavailable
from amzlinkr.domain.ports import Budget, Lane
from amzlinkr.storage import keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import QuotaItem

INTERVAL_MS = 1000
GUARD_MS = 40
"""Amazon counts arrivals, we count departures: the guard keeps two from arriving too close."""
CALLS_A_DAY = 8640
"""What a new account may do (PA-API 5.0, API rates): 1 request a second and 8,640 a day."""
KEPT_FOR_PEOPLE = 432
"""The part of the day's calls that the price sync leaves to searches and imports."""
KEPT_SECONDS = 2 * 24 * 3600
"""An account that is not asked for two days starts anew; wrong keys leave nothing for good."""
TIME_FOR_THE_CALL = 1.5
"""Seconds that must be left behind the slot; a later slot is not worth waiting for."""
FIRST_PENALTY, LONGEST_PENALTY = 2, 900


class QuotaStore:
    """All accounts' limiters, and counters for limits of our own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def pacer(self, quota_id: str, lane: Lane) -> AccountPacer:
        """The limiter of one account, for a person or for the sync."""
        return AccountPacer(quota_id, lane, self._clock)

    def budget(self, quota_id: str, now: datetime) -> Budget:
        """How much of today's calls is used."""
        item = _read(quota_id)
        today = item is not None and item.day == _day(now)
        return Budget(int(item.used or 0) if item and today else 0, CALLS_A_DAY)

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


class AccountPacer:
    """Hands out the slots of one account."""

    def __init__(self, quota_id: str, lane: Lane, clock: Clock) -> None:
        self._item = QuotaItem(quota_id)
        self._lane = lane
        self._clock = clock

    def wait(self, deadline: Deadline) -> None:
        """Reserve a slot and wait for it. Raises `AmazonThrottled` if it lies too far ahead."""
        while True:
            wait_ms = self._reserve(deadline.remaining() - TIME_FOR_THE_CALL)
            if wait_ms is not None:
                self._clock.sleep(wait_ms / 1000)
                return
            self._sleep_towards_next(deadline)

    def slow_down(self) -> None:
        """After a 429: no calls for a time that doubles with every further one, up to a bound."""
        item = self._item
        penalty = min(FIRST_PENALTY * 2 ** int(item.strikes or 0), LONGEST_PENALTY)
        until = milliseconds(self._clock.now()) + penalty * 1000
        kept = QuotaItem.expires.set(until // 1000 + KEPT_SECONDS)
        try:
            with store_errors():
                item.update(
                    [QuotaItem.next_at.set(until), QuotaItem.strikes.add(1), kept],
                    condition=QuotaItem.next_at.does_not_exist() | (QuotaItem.next_at < until),
                )
        except Conflict:
            return
        except StoreUnavailable:
            telemetry.count("LimiterNotToldOf429")

    def went_well(self) -> None:
        """After an answer: forget former penalties, at the cost of a write only if there are.

        The answer is worth more than the note: a failing table is counted, not raised.
        """
        if not self._item.strikes:
            return
        try:
            with store_errors():
                self._item.update([QuotaItem.strikes.remove()])
        except (StoreUnavailable, Conflict):
            telemetry.count("LimiterNotToldOfSuccess")

    def _reserve(self, patience: float) -> int | None:
        """Milliseconds until the reserved slot; None if there is none to be had now."""
        for _ in range(2):
            now = milliseconds(self._clock.now())
            for update in self._updates(now, int(patience * 1000)):
                try:
                    with store_errors():
                        self._item.update(*update)
                except Conflict:
                    continue
                return max(0, int(self._item.next_at) - INTERVAL_MS - GUARD_MS - now)
            self._item = _read(self._item.pk) or self._item
        return None

    def _updates(self, now: int, patience: int) -> list[tuple[list[Action], Condition]]:
        """The conditional writes worth trying, the likeliest first: at most one can succeed."""
        today = _day(self._clock.now())
        step = INTERVAL_MS + GUARD_MS
        kept = QuotaItem.expires.set(now // 1000 + KEPT_SECONDS)
        within_day = QuotaItem.used < self._day_limit()
        free = QuotaItem.next_at <= now
        start_now: list[Action] = [QuotaItem.next_at.set(now + step), QuotaItem.used.add(1), kept]
        new_day: list[Action] = [
            QuotaItem.next_at.set(now + step),
            QuotaItem.used.set(1),
            QuotaItem.day.set(today),
            kept,
        ]
        known = self._item
        if known.day != today:
            unused = QuotaItem.day.does_not_exist() | (QuotaItem.day != today)
            idle = QuotaItem.next_at.does_not_exist() | free
            return [(new_day, unused & idle)]
        same_day = (QuotaItem.day == today) & within_day
        if int(known.next_at or 0) <= now:
            return [(start_now, same_day & free)]
        if self._lane is Lane.INTERACTIVE:
            queue: list[Action] = [
                QuotaItem.next_at.set(QuotaItem.next_at + step),
                QuotaItem.used.add(1),
            ]
            near = (QuotaItem.next_at > now) & (QuotaItem.next_at <= now + patience)
            return [(queue, same_day & near)]
        return []

    def _day_limit(self) -> int:
        return CALLS_A_DAY - (KEPT_FOR_PEOPLE if self._lane is Lane.SYNC else 0)

    def _sleep_towards_next(self, deadline: Deadline) -> None:
        """Wait until the next slot might be free; give up when that is after the deadline."""
        now = self._clock.now()
        spent = self._item.day == _day(now) and int(self._item.used or 0) >= self._day_limit()
        wait = max(0.0, (int(self._item.next_at or 0) - milliseconds(now)) / 1000)
        if spent or wait >= deadline.remaining():
            seconds = _until_midnight(now) if spent else wait
            raise AmazonThrottled(
                "Today's Amazon requests of this account are used up."
                if spent
                else "Other requests of this account are already waiting.",
                retry_after=max(1, round(seconds)),
            )
        self._clock.sleep(max(wait, 0.005))


def _read(quota_id: str) -> QuotaItem | None:
    with store_errors():
        try:
            return QuotaItem.get(quota_id, consistent_read=True)
        except QuotaItem.DoesNotExist:
            return None


def _day(now: datetime) -> str:
    return now.date().isoformat()


def _until_midnight(now: datetime) -> float:
    tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return (tomorrow - now).total_seconds()


def _words(period: timedelta) -> str:
    hours = period.total_seconds() / 3600
    return "a day" if hours >= 24 else "an hour"  # noqa: PLR2004 - hours of a day
