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
from amzlinkr.domain.call_rate import FIRST_INTERVAL_MS, Guard, Pace
from amzlinkr.domain.clock import Clock, Deadline, milliseconds, moment
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import Lane, Turn
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.rate_limiter_items import (
    day_of,
    end_of_day,
    entering,
    pace_of,
    read_quota,
    still,
)
from amzlinkr.storage.records import QuotaItem

KEPT_SECONDS = 8 * 24 * 3600
"""What was learned of an account is forgotten when nobody asked it for so long; wrong keys leave
nothing for good."""
TIME_FOR_THE_CALL = 1.5
"""Seconds that must be left behind the turn; a later turn is not worth waiting for."""
AHEAD_MS = 300
"""How early the sync takes the next turn, so that the write does not delay the call."""
OTHERS_WAIT = "Other requests of this account are already waiting."
MAX_RACES = 3
LOOKS_AFTER_A_RACE = 5
"""Who lost a race reads before its next writes, so often: a read costs a fifth of a lost write."""
DAY_MS = 24 * 3600 * 1000
FIRST_WRITE_MS, LONGEST_WRITE_MS = 10, 500

_MILLISECOND = timedelta(milliseconds=1)


class AccountPacer:
    """Hands out the turns of one account to the threads of one process, one after another."""

    def __init__(self, quota_id: str, lane: Lane, clock: Clock) -> None:
        self._item = QuotaItem(quota_id)
        self._lane = lane
        self._clock = clock
        self._guard = Guard()
        self._write_ms = FIRST_WRITE_MS
        self._waited_ms = self._doubt_ms = 0
        self._others = 0
        self._proved = 0
        self._lock = Lock()

    def wait(self, deadline: Deadline) -> Turn:
        """Reserve a turn and wait for it. Raises `AmazonThrottled` if it lies too far ahead, and
        `StoreUnavailable`."""
        if not self._lock.acquire(timeout=deadline.remaining()):
            raise AmazonThrottled(OTHERS_WAIT)
        try:
            while True:
                at = self._reserve(deadline)
                if at is None:
                    self._sleep_towards_next(deadline)
                    continue
                self._clock.sleep((at - self._now()) / 1000)
                pace = pace_of(self._item)
                if self._late(at) <= self._guard.margin(pace):
                    idle = at - int(self._item.free_since or 0)
                    return Turn(self._clock.steady(), idle, pace)
                telemetry.count("TurnMissed")
                if not deadline.remaining():
                    raise AmazonThrottled(OTHERS_WAIT)
        finally:
            self._lock.release()

    def went_well(self, turn: Turn) -> None:
        """After an answer: forget former strikes, at the cost of a write only if there are.

        The answer is worth more than the note: a failing table is counted, not raised.
        """
        self._guard.note(self._clock.steady() - turn.left_at)
        self._proved += 1
        if not turn.pace.strikes:
            return
        try:
            self._learn([QuotaItem.strikes.set(0)], QuotaItem.strikes == turn.pace.strikes)
        except StoreUnavailable:
            telemetry.count("LimiterNotToldOfSuccess")

    def slow_down(self, turn: Turn) -> None:
        """After a 429: a slower pace or a pause; those under way at once count as one."""
        now = milliseconds(self._clock.now())
        slower, pause = turn.pace.after_429(turn.idle_ms, now)
        until = now + pause
        known = still(turn.pace)
        later = [QuotaItem.next_at.set(until), QuotaItem.expires.set(until // 1000 + KEPT_SECONDS)]
        free_before = QuotaItem.next_at.does_not_exist() | (QuotaItem.next_at < until)
        try:
            if not self._learn([*later, *entering(slower)], known & free_before):
                self._learn(entering(slower), known)
        except StoreUnavailable:
            telemetry.count("LimiterNotToldOf429")

    def _learn(self, actions: list[Action], condition: Condition) -> bool:
        """Write what an answer taught, unless the condition fails. Another thread may be reserving
        its turn meanwhile."""
        item = QuotaItem(self._item.pk)
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
        for race in range(MAX_RACES):
            patience = self._patience(deadline)
            is_long = patience > self._waited_ms + FIRST_INTERVAL_MS
            is_shared = self._others > 0 or self._item.day is None
            blindly = is_shared and race == 0 and is_long
            if (self._others or self._waited_ms > patience) and not blindly:
                self._look()
            started, now = self._clock.steady(), self._now()
            latest = now + patience
            at = max(int(self._item.next_at or 0), now + self._write_ms)
            if at > latest or self._is_spent(at):
                return None
            pace = self._pace_at(at)
            step = self._step(pace)
            queued = blindly or int(self._item.next_at or 0) >= at
            item, write = self._item, self._reservation(at, pace, step, latest if queued else 0)
            try:
                with store_errors():
                    item.update(*write)
            except Conflict:
                self._others = LOOKS_AFTER_A_RACE
                continue
            self._proved = 0
            took = round((self._clock.steady() - started) * 1000)
            self._write_ms = min(max(FIRST_WRITE_MS, took), LONGEST_WRITE_MS)
            reserved = max(at, int(item.next_at or 0) - step)
            self._waited_ms = reserved - now
            return reserved
        return None

    def _look(self) -> None:
        """Read what the account's others did; who sees nothing new for a while is alone again."""
        known = self._item.next_at
        self._item = read_quota(self._item.pk) or QuotaItem(self._item.pk)
        self._others -= bool(self._others) and known == self._item.next_at

    def _pace_at(self, at: int) -> Pace:
        """The account's pace from this turn on."""
        pace = pace_of(self._item).quickened(at)
        is_new_day = self._item.day is not None and self._item.day < day_of(moment(at))
        return pace.on_a_new_day(int(self._item.used or 0), at) if is_new_day else pace

    def _reservation(
        self, at: int, pace: Pace, step: int, latest: int
    ) -> tuple[list[Action], Condition]:
        """The write that takes the turn at `at`; if that is given away, the next until `latest`."""
        item, known, day = self._item, pace_of(self._item), day_of(moment(at))
        actions: list[Action] = [
            QuotaItem.free_since.set(QuotaItem.next_at | 0),
            QuotaItem.expires.set(at // 1000 + KEPT_SECONDS),
        ]
        is_idle = not latest and at - int(item.next_at or 0) > pace.interval_ms
        if pace != known:
            actions += entering(pace)
        else:
            proved = QuotaItem.streak.add(self._proved)
            actions.append(QuotaItem.streak.set(0) if is_idle else proved)
        within_limit = QuotaItem.used < self._limit(pace, at)
        if item.day is None:
            actions += [QuotaItem.day.set(day), QuotaItem.used.add(1)]
            countable = QuotaItem.day.does_not_exist() | ((QuotaItem.day == day) & within_limit)
        elif item.day < day:
            actions += [QuotaItem.day.set(day), QuotaItem.used.set(1)]
            countable = QuotaItem.day < day
        else:
            actions.append(QuotaItem.used.add(1))
            countable = (QuotaItem.day == item.day) & within_limit
        if latest:
            actions.append(QuotaItem.next_at.set((QuotaItem.next_at | at) + step))
            behind_others = QuotaItem.next_at.between(at, min(latest, end_of_day(at)))
            free = QuotaItem.next_at.does_not_exist() | behind_others
        else:
            actions.append(QuotaItem.next_at.set(at + step))
            free = QuotaItem.next_at.does_not_exist() | (QuotaItem.next_at <= at)
        return actions, countable & free & still(known)

    def _patience(self, deadline: Deadline) -> int:
        """Milliseconds ahead within which a turn is worth taking."""
        if self._lane is Lane.SYNC:
            return max(self._write_ms, min(AHEAD_MS, pace_of(self._item).interval_ms // 2))
        return max(self._write_ms, int((deadline.remaining() - TIME_FOR_THE_CALL) * 1000))

    def _step(self, pace: Pace) -> int:
        """Milliseconds from a turn to the next: the interval, and what arrivals may stray."""
        self._doubt_ms = self._clock.doubt() // _MILLISECOND
        return pace.interval_ms + self._guard.milliseconds(pace) + self._doubt_ms

    def _late(self, at: int) -> int:
        """Milliseconds by which the turn may be over, more than was thought when it was taken: the
        clock may have lost its time since."""
        doubt_ms = self._clock.doubt() // _MILLISECOND
        return self._now() + doubt_ms - self._doubt_ms - at

    def _now(self) -> int:
        return milliseconds(self._clock.now())

    def _is_spent(self, at: int) -> bool:
        limit = self._limit(pace_of(self._item), at)
        return (self._item.day or "") >= day_of(moment(at)) and int(self._item.used or 0) >= limit

    def _limit(self, pace: Pace, at: int) -> int:
        """How many calls may have been used by then."""
        day_left = (end_of_day(at) - at) / DAY_MS
        return pace.calls_a_day(for_people=self._lane is Lane.INTERACTIVE, day_left=day_left)

    def _sleep_towards_next(self, deadline: Deadline) -> None:
        """Wait until the next turn may be taken; give up when that is after the deadline."""
        now = self._now()
        spent = self._is_spent(now)
        wait = max(0.0, (int(self._item.next_at or 0) - now) / 1000)
        if spent or wait >= deadline.remaining():
            seconds = (end_of_day(now) + 1 - now) / 1000 if spent else wait
            raise AmazonThrottled(
                "Today's Amazon requests of this account are used up." if spent else OTHERS_WAIT,
                retry_after=max(1, round(seconds)),
            )
        early = self._patience(deadline) / 1000 * random.uniform(0.2, 1)  # noqa: S311 - no secret
        self._clock.sleep(max(wait - early, 0.005))
