"""The shared limiter: one item an Amazon account, one conditional write a turn.

A turn is a moment at which one call may be sent; `next_at` is the earliest one not yet given away
(GCRA without a burst). People queue for turns to come; the price sync takes at most the very next
one, so that a person who comes while it runs waits for one turn and no more. When the store fails,
nobody gets a turn: a call that nobody counts could cost the account its access.
"""

from __future__ import annotations

import random
from datetime import timedelta
from threading import Lock

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from amzlinkr import telemetry
from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.call_rate import INITIAL_INTERVAL_MS, ArrivalMargin, CallRate
from amzlinkr.domain.clock import Clock, Deadline, from_unix_ms, to_unix_ms
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import Priority, Reservation
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.rate_limiter_items import (
    call_rate_from_item,
    call_rate_updates,
    day_of,
    end_of_day,
    is_call_rate_unchanged,
    read_item,
)
from amzlinkr.storage.records import RateLimiterItem

RETENTION_SECONDS = 8 * 24 * 3600
"""What was learned of an account is forgotten when nobody asked it for so long; wrong keys leave
nothing for good."""
MIN_RESERVED_CALL_SECONDS = 1.5
"""Seconds that must be left behind the turn; a later turn is not worth waiting for."""
SYNC_LOOKAHEAD_MS = 300
"""How early the sync takes the next turn, so that the write does not delay the call."""
ACCOUNT_BUSY = "Other requests of this account are already waiting."
MAX_ATTEMPTS = 3
READS_AFTER_CONFLICT = 5
"""Who lost a race reads before its next writes, so often: a read costs a fifth of a lost write."""
DAY_MS = 24 * 3600 * 1000
MIN_WRITE_MS, MAX_WRITE_MS = 10, 500

_MILLISECOND = timedelta(milliseconds=1)


class AccountRateLimiter:
    """Hands out the turns of one account to the threads of one process, one after another."""

    def __init__(self, account_key: str, priority: Priority, clock: Clock) -> None:
        self._item = RateLimiterItem(account_key)
        self._priority = priority
        self._clock = clock
        self._arrival_margin = ArrivalMargin()
        self._write_ms = MIN_WRITE_MS
        self._waited_ms = self._uncertainty_ms = 0
        self._contention = 0
        self._unsaved_successes = 0
        self._lock = Lock()

    def acquire(self, deadline: Deadline) -> Reservation:
        """Reserve a turn and wait for it. Raises `AmazonThrottled` if it lies too far ahead, and
        `StoreUnavailable`."""
        if not self._lock.acquire(timeout=deadline.remaining()):
            raise AmazonThrottled(ACCOUNT_BUSY)
        try:
            while True:
                at = self._reserve(deadline)
                if at is None:
                    self._wait_for_next_slot(deadline)
                    continue
                self._clock.sleep((at - self._now()) / 1000)
                pace = call_rate_from_item(self._item)
                if self._lateness_ms(at) <= self._arrival_margin.lateness_tolerance_ms(pace):
                    idle = at - int(self._item.free_since or 0)
                    return Reservation(self._clock.monotonic(), idle, pace)
                telemetry.count("ReservationMissed")
                if not deadline.remaining():
                    raise AmazonThrottled(ACCOUNT_BUSY)
        finally:
            self._lock.release()

    def on_success(self, reservation: Reservation) -> None:
        """After an answer: forget former strikes, at the cost of a write only if there are.

        The answer is worth more than the note: a failing table is counted, not raised.
        """
        self._arrival_margin.record_round_trip(self._clock.monotonic() - reservation.granted_at)
        self._unsaved_successes += 1
        if not reservation.call_rate.consecutive_429s:
            return
        try:
            self._save_call_rate(
                [RateLimiterItem.consecutive_429s.set(0)],
                RateLimiterItem.consecutive_429s == reservation.call_rate.consecutive_429s,
            )
        except StoreUnavailable:
            telemetry.count("SuccessNotRecorded")

    def on_throttled(self, reservation: Reservation) -> None:
        """After a 429: a slower pace or a pause; those under way at once count as one."""
        now = to_unix_ms(self._clock.now())
        slower, pause = reservation.call_rate.after_429(reservation.idle_ms, now)
        until = now + pause
        known = is_call_rate_unchanged(reservation.call_rate)
        later = [
            RateLimiterItem.next_at.set(until),
            RateLimiterItem.expires.set(until // 1000 + RETENTION_SECONDS),
        ]
        free_before = RateLimiterItem.next_at.does_not_exist() | (RateLimiterItem.next_at < until)
        try:
            if not self._save_call_rate([*later, *call_rate_updates(slower)], known & free_before):
                self._save_call_rate(call_rate_updates(slower), known)
        except StoreUnavailable:
            telemetry.count("ThrottleNotRecorded")

    def _save_call_rate(self, actions: list[Action], condition: Condition) -> bool:
        """Write what an answer taught, unless the condition fails. Another thread may be reserving
        its turn meanwhile."""
        item = RateLimiterItem(self._item.pk)
        try:
            with store_errors():
                item.update(actions, condition=condition)
        except Conflict:
            return False
        self._item = item
        return True

    def _reserve(self, deadline: Deadline) -> int | None:
        """The reserved moment (Unix ms); None if there is none to be had now.

        What is known of `next_at` may be old, but it only ever rises. Who has others beside it, or
        is new here, and has time to wait queues behind them without looking first.
        """
        for race in range(MAX_ATTEMPTS):
            patience = self._max_wait_ms(deadline)
            is_long = patience > self._waited_ms + INITIAL_INTERVAL_MS
            is_shared = self._contention > 0 or self._item.day is None
            blindly = is_shared and race == 0 and is_long
            if (self._contention or self._waited_ms > patience) and not blindly:
                self._reload()
            started, now = self._clock.monotonic(), self._now()
            latest = now + patience
            at = max(int(self._item.next_at or 0), now + self._write_ms)
            if at > latest or self._is_daily_limit_reached(at):
                return None
            pace = self._call_rate_at(at)
            step = self._spacing_ms(pace)
            queued = blindly or int(self._item.next_at or 0) >= at
            item, write = self._item, self._reservation(at, pace, step, latest if queued else 0)
            try:
                with store_errors():
                    item.update(*write)
            except Conflict:
                self._contention = READS_AFTER_CONFLICT
                continue
            self._unsaved_successes = 0
            took = round((self._clock.monotonic() - started) * 1000)
            self._write_ms = min(max(MIN_WRITE_MS, took), MAX_WRITE_MS)
            reserved = max(at, int(item.next_at or 0) - step)
            self._waited_ms = reserved - now
            return reserved
        return None

    def _reload(self) -> None:
        """Read what the account's others did; who sees nothing new for a while is alone again."""
        known = self._item.next_at
        self._item = read_item(self._item.pk) or RateLimiterItem(self._item.pk)
        self._contention -= bool(self._contention) and known == self._item.next_at

    def _call_rate_at(self, at: int) -> CallRate:
        """The account's pace from this turn on."""
        pace = call_rate_from_item(self._item).with_increase(at)
        is_new_day = self._item.day is not None and self._item.day < day_of(from_unix_ms(at))
        return pace.for_new_day(int(self._item.used or 0), at) if is_new_day else pace

    def _reservation(
        self, at: int, pace: CallRate, step: int, latest: int
    ) -> tuple[list[Action], Condition]:
        """The write that takes the turn at `at`; if that is given away, the next until `latest`."""
        item, known, day = self._item, call_rate_from_item(self._item), day_of(from_unix_ms(at))
        actions: list[Action] = [
            RateLimiterItem.free_since.set(RateLimiterItem.next_at | 0),
            RateLimiterItem.expires.set(at // 1000 + RETENTION_SECONDS),
        ]
        is_idle = not latest and at - int(item.next_at or 0) > pace.interval_ms
        if pace != known:
            actions += call_rate_updates(pace)
        else:
            proved = RateLimiterItem.consecutive_successes.add(self._unsaved_successes)
            actions.append(RateLimiterItem.consecutive_successes.set(0) if is_idle else proved)
        within_limit = RateLimiterItem.used < self._daily_limit_at(pace, at)
        if item.day is None:
            actions += [RateLimiterItem.day.set(day), RateLimiterItem.used.add(1)]
            countable = RateLimiterItem.day.does_not_exist() | (
                (RateLimiterItem.day == day) & within_limit
            )
        elif item.day < day:
            actions += [RateLimiterItem.day.set(day), RateLimiterItem.used.set(1)]
            countable = RateLimiterItem.day < day
        else:
            actions.append(RateLimiterItem.used.add(1))
            countable = (RateLimiterItem.day == item.day) & within_limit
        if latest:
            actions.append(RateLimiterItem.next_at.set((RateLimiterItem.next_at | at) + step))
            behind_others = RateLimiterItem.next_at.between(at, min(latest, end_of_day(at)))
            free = RateLimiterItem.next_at.does_not_exist() | behind_others
        else:
            actions.append(RateLimiterItem.next_at.set(at + step))
            free = RateLimiterItem.next_at.does_not_exist() | (RateLimiterItem.next_at <= at)
        return actions, countable & free & is_call_rate_unchanged(known)

    def _max_wait_ms(self, deadline: Deadline) -> int:
        """Milliseconds ahead within which a turn is worth taking."""
        if self._priority is Priority.SYNC:
            return max(
                self._write_ms,
                min(SYNC_LOOKAHEAD_MS, call_rate_from_item(self._item).interval_ms // 2),
            )
        return max(self._write_ms, int((deadline.remaining() - MIN_RESERVED_CALL_SECONDS) * 1000))

    def _spacing_ms(self, pace: CallRate) -> int:
        """Milliseconds from a turn to the next: the interval, and what arrivals may stray."""
        self._uncertainty_ms = self._clock.uncertainty() // _MILLISECOND
        return pace.interval_ms + self._arrival_margin.for_call_rate_ms(pace) + self._uncertainty_ms

    def _lateness_ms(self, at: int) -> int:
        """Milliseconds by which the turn may be over, more than was thought when it was taken: the
        clock may have lost its time since."""
        doubt_ms = self._clock.uncertainty() // _MILLISECOND
        return self._now() + doubt_ms - self._uncertainty_ms - at

    def _now(self) -> int:
        return to_unix_ms(self._clock.now())

    def _is_daily_limit_reached(self, at: int) -> bool:
        limit = self._daily_limit_at(call_rate_from_item(self._item), at)
        return (self._item.day or "") >= day_of(from_unix_ms(at)) and int(
            self._item.used or 0
        ) >= limit

    def _daily_limit_at(self, pace: CallRate, at: int) -> int:
        """How many calls may have been used by then."""
        day_left = (end_of_day(at) - at) / DAY_MS
        return pace.daily_allowance(
            interactive=self._priority is Priority.INTERACTIVE, remaining_day_fraction=day_left
        )

    def _wait_for_next_slot(self, deadline: Deadline) -> None:
        """Wait until the next turn may be taken; give up when that is after the deadline."""
        now = self._now()
        spent = self._is_daily_limit_reached(now)
        wait = max(0.0, (int(self._item.next_at or 0) - now) / 1000)
        if spent or wait >= deadline.remaining():
            seconds = (end_of_day(now) + 1 - now) / 1000 if spent else wait
            raise AmazonThrottled(
                "Today's Amazon requests of this account are used up." if spent else ACCOUNT_BUSY,
                retry_after=max(1, round(seconds)),
            )
        early = self._max_wait_ms(deadline) / 1000 * random.uniform(0.2, 1)  # noqa: S311 - no secret
        self._clock.sleep(max(wait - early, 0.005))
