"""Retries of calls to Amazon: the decision, the backoff, and correction of clock skew."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from amzlinkr import telemetry
from amzlinkr.amazon.errors import error_from_response
from amzlinkr.amazon.transport import AmazonResponse, parse_http_date
from amzlinkr.domain.amazon_errors import (
    AmazonClockSkew,
    AmazonError,
    AmazonThrottled,
    AmazonUnavailable,
)
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.ports import RateLimiter

MAX_CALL_ATTEMPTS = 3
INITIAL_BACKOFF_SECONDS = 0.2
MIN_ATTEMPT_SECONDS = 0.5
"""The minimum remaining time for another attempt; with less, the response would be too late."""


NO_RESPONSE = AmazonResponse(0, {}, b"")
Send = Callable[[datetime], AmazonResponse]
"""A function that sends one attempt, signed for the given time on Amazon's clock."""


def wait_before_retry(
    error: AmazonError, attempt: int, deadline: Deadline, jitter: float
) -> float | None:
    """Return the seconds to wait before the next attempt, or None to give up.

    Args:
        error: The error of the last attempt.
        attempt: The number of the last attempt; the first is 1.
        deadline: The deadline of all attempts.
        jitter: A random number from 0 to 1.
    """
    # Only network faults and server errors can disappear within seconds. A retry after a 429 would
    # spend requests that the account does not have, and other refusals do not change.
    if not isinstance(error, AmazonUnavailable) or attempt >= MAX_CALL_ATTEMPTS:
        return None
    # Jitter, because callers that failed together would otherwise retry together.
    wait = INITIAL_BACKOFF_SECONDS * 2 ** (attempt - 1) * (0.5 + jitter / 2)
    return wait if deadline.allows(wait + MIN_ATTEMPT_SECONDS) else None


@dataclass(frozen=True, slots=True)
class Policy:
    """The rate limiter and the number of attempts for calls to one of Amazon's services.

    Token services have no rate limiter. `jitter` returns random numbers from 0 to 1.
    """

    service: str
    clock: Clock
    rate_limiter: RateLimiter | None = None
    max_attempts: int = MAX_CALL_ATTEMPTS
    jitter: Callable[[], float] = random.random


def call(send: Send, policy: Policy, deadline: Deadline) -> tuple[AmazonResponse, datetime]:
    """Return the response to a call, retried if necessary, and the time before it was sent.

    Raises:
        AmazonError: The error of the last attempt.
    """
    offset, attempt = timedelta(), 1
    while True:
        requested_at, response, error = _attempt(send, offset, policy, deadline)
        if error is None:
            return response, requested_at
        # A wrong machine clock fails every signature. Sign once more with the time that Amazon
        # sent; a second skew error is final, or two wrong clocks would cause an endless loop.
        if isinstance(error, AmazonClockSkew) and not offset:
            offset = _clock_offset(response, requested_at)
            if offset:
                continue
        wait = wait_before_retry(error, attempt, deadline, policy.jitter())
        if wait is None or attempt >= policy.max_attempts:
            raise error
        policy.clock.sleep(wait)
        attempt += 1


def _attempt(
    send: Send, offset: timedelta, policy: Policy, deadline: Deadline
) -> tuple[datetime, AmazonResponse, AmazonError | None]:
    """Send one request when the rate limiter allows it, and report its outcome to the limiter."""
    rate_limiter = policy.rate_limiter
    reservation = rate_limiter.acquire(deadline) if rate_limiter else None
    # Read before sending: what the response contains may already have changed when it arrives.
    requested_at = policy.clock.now()
    try:
        response = send(requested_at + offset)
        error = error_from_response(response, policy.service, policy.clock.now())
    except AmazonError as failure:
        response, error = NO_RESPONSE, failure
    telemetry.log.debug(
        "amazon",
        api=policy.service,
        status=response.status,
        code=error.code if error else None,
        amazon_request_id=response.request_id,
    )
    # Other errors are not about the call rate: the limiter does not need them.
    if rate_limiter and reservation:
        if error is None:
            rate_limiter.on_success(reservation)
        elif isinstance(error, AmazonThrottled):
            rate_limiter.on_throttled(reservation)
    return requested_at, response, error


def _clock_offset(response: AmazonResponse, our_time: datetime) -> timedelta:
    """Return how far Amazon's clock is ahead of ours; zero without a readable `Date` header."""
    amazon_time = parse_http_date(response.headers.get("date", ""))
    return timedelta() if amazon_time is None else amazon_time - our_time
