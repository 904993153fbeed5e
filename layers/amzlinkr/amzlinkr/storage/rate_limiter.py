"""The shared rate limiter: one item per Amazon account, one conditional write per call.

`domain.reservations` decides which moment a call reserves. This module keeps the last known state,
writes the plan, and waits. If the table does not respond, no call is permitted: an uncounted call
could cost the account its API access.
"""

from __future__ import annotations

import random
import secrets
from threading import Lock

from amzlinkr import telemetry
from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.call_rate import INITIAL_INTERVAL_MS, ArrivalMargin
from amzlinkr.domain.clock import MILLISECOND, Clock, Deadline, to_unix_ms
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import Priority, Reservation
from amzlinkr.domain.reservations import (
    Exhausted,
    Held,
    LimiterState,
    ReservationPlan,
    ReservationRequest,
    Wait,
    plan_reservation,
    refusal,
)
from amzlinkr.domain.write_time import WriteTime
from amzlinkr.storage.optimistic import Jitter
from amzlinkr.storage.rate_limiter_items import (
    RETENTION_SECONDS,
    call_rate_updates,
    is_call_rate_unchanged,
)
from amzlinkr.storage.rate_limiter_state import KnownAccount
from amzlinkr.storage.records import RateLimiterItem

MAX_RESERVATION_ATTEMPTS = 3
READS_AFTER_CONFLICT = 5
"""Reads without a change after a conflict, until reservations are written without one. A read costs
a fifth of a failed write."""
MIN_PAUSE_SECONDS = 0.005
ACCOUNT_BUSY = "Other requests of this Amazon account are already waiting."


class AccountRateLimiter:
    """The rate limiter of one account for the threads of one process.

    One thread at a time reserves and waits: threads are served in turn. `write_time` is shared by
    the limiters of a process. `jitter` is in [0, 1).
    """

    def __init__(
        self,
        account_key: str,
        priority: Priority,
        clock: Clock,
        write_time: WriteTime,
        jitter: Jitter = random.random,
    ) -> None:
        self._priority = priority
        self._clock = clock
        self._write_time = write_time
        self._jitter = jitter
        self._account = KnownAccount(account_key)
        self._arrival_margin = ArrivalMargin()
        self._last_wait_ms = self._uncertainty_ms = 0
        self._lock = Lock()

    def acquire(self, deadline: Deadline) -> Reservation:
        """Reserve a moment and wait for it.

        Raises:
            AmazonThrottled: There is no free moment before the deadline.
            StoreUnavailable: The table did not respond.
        """
        if not self._lock.acquire(timeout=deadline.remaining()):
            raise AmazonThrottled(ACCOUNT_BUSY)
        try:
            return self._acquire(deadline)
        except AmazonThrottled:
            self._account.give_back()
            raise
        finally:
            self._lock.release()

    def _acquire(self, deadline: Deadline) -> Reservation:
        while True:
            outcome = self._reserve(deadline)
            if not isinstance(outcome, Held):
                self._wait_for_next_moment(outcome, deadline)
                continue
            # Read before the wait: a result of another thread can replace the state during it.
            idle_ms = outcome.at - self._account.state.free_since
            self._clock.sleep((outcome.at - self._now()) / 1000)
            # Read after the wait: if a 429 lowered the rate during it, this call is sent later,
            # and a 429 to it counts as another one.
            rate = self._account.state.call_rate
            tolerance_ms = self._arrival_margin.lateness_tolerance_ms(rate)
            if self._lateness_ms(outcome.at) <= tolerance_ms and not deadline.is_over:
                return Reservation(self._clock.monotonic(), idle_ms, rate)
            # Too late, for example after the process was frozen: a call sent now could arrive
            # together with the next call. The next reservation takes its place and its count.
            self._account.unused = outcome
            telemetry.count("ReservationMissed")
            if deadline.is_over:
                raise AmazonThrottled(ACCOUNT_BUSY)

    def on_success(self, reservation: Reservation) -> None:
        """Record that Amazon accepted the call. Write only if 429s preceded it.

        A failed write is counted, not raised: the response is worth more than the record.
        """
        self._arrival_margin.record_round_trip(self._clock.monotonic() - reservation.granted_at)
        self._account.unsaved_successes += 1
        if not reservation.call_rate.consecutive_429s:
            return
        try:
            self._account.update(
                [RateLimiterItem.consecutive_429s.set(0)],
                RateLimiterItem.consecutive_429s == reservation.call_rate.consecutive_429s,
            )
        except StoreUnavailable:
            telemetry.count("SuccessNotRecorded")

    def on_throttled(self, reservation: Reservation) -> None:
        """Record a 429: lower the call rate, or pause the account.

        The condition on the call rate of the reservation makes the 429s of concurrent calls count
        as a single one. A failed write is counted, not raised.
        """
        now = self._now()
        slower, pause = reservation.call_rate.after_429(reservation.idle_ms, now)
        until = now + pause
        known = is_call_rate_unchanged(reservation.call_rate)
        pause_updates = [
            RateLimiterItem.next_at.set(until),
            RateLimiterItem.expires.set(until // 1000 + RETENTION_SECONDS),
        ]
        # `next_at` must never decrease: the moments before it are reserved. If it is later than the
        # pause already, only the call rate is stored.
        is_earlier = RateLimiterItem.next_at.does_not_exist() | (RateLimiterItem.next_at < until)
        rate_updates = call_rate_updates(slower)
        try:
            if not self._account.update([*pause_updates, *rate_updates], known & is_earlier):
                self._account.update(rate_updates, known)
        except StoreUnavailable:
            telemetry.count("ThrottleNotRecorded")

    def _reserve(self, deadline: Deadline) -> Held | Wait | Exhausted:
        """Return a new reservation, or why there is none now."""
        # Not `retry_on_conflict`: its pauses would use up the next moments of the account. Only
        # after the last attempt, `_wait_for_next_moment` separates the processes at random.
        for attempt in range(MAX_RESERVATION_ATTEMPTS):
            # After a conflict, the stored state is not as assumed: read it.
            queue_unread = attempt == 0 and self._can_queue_unread(deadline)
            if not queue_unread and self._should_read(deadline):
                self._account.reload()
            # Results of other threads replace the state: plan and condition need the same one.
            known = self._account.state
            request = self._request(deadline, queue_unread=queue_unread)
            plan = plan_reservation(known, request)
            if not isinstance(plan, ReservationPlan):
                return plan
            held = self._write(known, plan)
            if held is not None:
                self._last_wait_ms = held.at - request.now
                self._uncertainty_ms = request.uncertainty_ms
                return held
            self._account.contention = READS_AFTER_CONFLICT
        return refusal(self._account.state, self._request(deadline))

    def _request(self, deadline: Deadline, *, queue_unread: bool = False) -> ReservationRequest:
        return ReservationRequest(
            self._now(),
            self._priority,
            int(deadline.remaining() * 1000),
            self._write_time.expected_ms,
            self._arrival_margin,
            self._clock.uncertainty() // MILLISECOND,
            queue_unread,
            secrets.token_hex(4),
            self._account.unused,
        )

    def _max_wait_ms(self, deadline: Deadline) -> int:
        return self._request(deadline).max_wait_ms(self._account.state.call_rate)

    def _can_queue_unread(self, deadline: Deadline) -> bool:
        """Return True if it is cheaper to queue behind others than to read the state first.

        That needs an account that others use or that is new to this process, and time for more
        than the last wait.
        """
        is_shared = self._account.contention > 0 or self._account.state.day is None
        return is_shared and self._max_wait_ms(deadline) > self._last_wait_ms + INITIAL_INTERVAL_MS

    def _should_read(self, deadline: Deadline) -> bool:
        """Return True if the known state is probably old and a write would fail."""
        return self._account.contention > 0 or self._last_wait_ms > self._max_wait_ms(deadline)

    def _write(self, known: LimiterState, plan: ReservationPlan) -> Held | None:
        started = self._clock.monotonic()
        held = self._account.reserve(known, plan)
        if held is not None:
            self._write_time.record(self._clock.monotonic() - started)
        return held

    def _lateness_ms(self, reserved_at: int) -> int:
        """Return by how many milliseconds a reserved moment may be past.

        The moments are spaced for the uncertainty of the clock at the reservation. If it has grown
        since, the true time may be that much later.
        """
        uncertainty_ms = self._clock.uncertainty() // MILLISECOND
        return self._now() + uncertainty_ms - self._uncertainty_ms - reserved_at

    def _now(self) -> int:
        return to_unix_ms(self._clock.now())

    def _wait_for_next_moment(self, refused: Wait | Exhausted, deadline: Deadline) -> None:
        """Wait until the next moment can be reserved.

        Raises:
            AmazonThrottled: The next moment is after the deadline.
        """
        if isinstance(refused, Exhausted):
            raise refused.error_at(self._now())
        seconds = max(0.0, (refused.until - self._now()) / 1000)
        if seconds >= deadline.remaining():
            raise AmazonThrottled(ACCOUNT_BUSY, retry_after=max(1, round(seconds)))
        # Return at a random moment shortly before `until`. Waiting processes would otherwise all
        # write at the same time, and all but one of these writes would fail.
        early = self._max_wait_ms(deadline) / 1000 * (0.2 + 0.8 * self._jitter())
        self._clock.sleep(max(seconds - early, MIN_PAUSE_SECONDS))
