"""The one owner of retries towards Amazon: when to send again, and how long to wait before."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from amzlinkr.amazon.errors import error_of
from amzlinkr.amazon.transport import AmazonResponse
from amzlinkr.domain.amazon_errors import (
    AmazonClockSkew,
    AmazonError,
    AmazonThrottled,
    AmazonUnavailable,
)
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.ports import RateLimiter

MAX_ATTEMPTS = 3
INITIAL_BACKOFF_SECONDS = 0.2
MIN_ATTEMPT_SECONDS = 0.5
"""An attempt with less time than this (seconds) left would only cost a request."""


NO_ANSWER = AmazonResponse(0, {}, b"")
Send = Callable[[datetime], AmazonResponse]
"""One attempt, signed for the given moment of Amazon's clock."""


def wait_before_retry(
    error: AmazonError, attempt: int, remaining: float, jitter: float
) -> float | None:
    """Seconds to wait before the next attempt, or None to give up.

    Only network faults and server errors are worth another call: a 429 would spend what the
    account does not have, and refusals stay refusals. `jitter` is in 0..1.
    """
    if not isinstance(error, AmazonUnavailable) or attempt >= MAX_ATTEMPTS:
        return None
    wait = INITIAL_BACKOFF_SECONDS * 2 ** (attempt - 1) * (0.5 + jitter / 2)
    return wait if wait + MIN_ATTEMPT_SECONDS < remaining else None


@dataclass(frozen=True, slots=True)
class Policy:
    """How calls to one of Amazon's services are made: within whose limits, and how often.

    Token services have no limiter. `jitter` gives numbers in 0..1.
    """

    service: str
    clock: Clock
    rate_limiter: RateLimiter | None = None
    attempts: int = MAX_ATTEMPTS
    jitter: Callable[[], float] = random.random


def call(send: Send, policy: Policy, deadline: Deadline) -> tuple[AmazonResponse, datetime]:
    """Send within the account's limits until there is an answer; also when it was asked.

    A request that Amazon calls expired is signed once more with Amazon's clock. Raises the
    `AmazonError` of the last attempt.
    """
    offset, attempt = timedelta(), 1
    while True:
        asked_at, answer, error = _attempt(send, offset, policy, deadline)
        if error is None:
            return answer, asked_at
        if isinstance(error, AmazonClockSkew) and not offset:
            offset = _clock_difference(answer, asked_at)
            if offset:
                continue
        wait = wait_before_retry(error, attempt, deadline.remaining(), policy.jitter())
        if wait is None or attempt >= policy.attempts:
            raise error
        policy.clock.sleep(wait)
        attempt += 1


def _attempt(
    send: Send, offset: timedelta, policy: Policy, deadline: Deadline
) -> tuple[datetime, AmazonResponse, AmazonError | None]:
    """One request in its slot, and what the limiter learns from it."""
    pacer = policy.rate_limiter
    turn = pacer.acquire(deadline) if pacer else None
    asked_at = policy.clock.now()
    try:
        answer = send(asked_at + offset)
        error = error_of(answer, policy.service)
    except AmazonError as failure:
        answer, error = NO_ANSWER, failure
    if pacer and turn and error is None:
        pacer.on_success(turn)
    if pacer and turn and isinstance(error, AmazonThrottled):
        pacer.on_throttled(turn)
    return asked_at, answer, error


def _clock_difference(answer: AmazonResponse, ours: datetime) -> timedelta:
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")) - ours
    except (ValueError, TypeError, OverflowError):
        return timedelta()
