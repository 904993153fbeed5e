"""The one owner of retries towards Amazon: when to send again, and how long to wait before."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

from amzlinkr.amazon.transport import Answer
from amzlinkr.domain.amazon_errors import (
    AmazonClockSkew,
    AmazonError,
    AmazonThrottled,
    AmazonUnavailable,
)
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.ports import Pacer

MAX_ATTEMPTS = 3
FIRST_WAIT = 0.2
SHORTEST_CALL = 0.5
"""An attempt with less time than this (seconds) left would only cost a request."""


class Send(Protocol):
    """One signed attempt, at the given moment of Amazon's clock."""

    def __call__(self, signed_at: datetime, deadline: Deadline) -> Answer: ...


def wait_before_retry(
    error: AmazonError, attempt: int, remaining: float, jitter: float
) -> float | None:
    """Seconds to wait before the next attempt, or None to give up.

    Only network faults and server errors are worth another call: a 429 would spend what the
    account does not have, and refusals stay refusals. `jitter` is in 0..1.
    """
    if not isinstance(error, AmazonUnavailable) or attempt >= MAX_ATTEMPTS:
        return None
    wait = FIRST_WAIT * 2 ** (attempt - 1) * (0.5 + jitter / 2)
    return wait if wait + SHORTEST_CALL < remaining else None


def call(
    send: Send,
    error_of: Callable[[Answer], AmazonError | None],
    pacer: Pacer,
    clock: Clock,
    deadline: Deadline,
    jitter: Callable[[], float] = random.random,
) -> tuple[Answer, datetime]:
    """Send within the account's limits until there is an answer; also when it was asked.

    A request that Amazon calls expired is signed once more with Amazon's clock. Raises the
    `AmazonError` of the last attempt.
    """
    offset, attempt = timedelta(), 1
    while True:
        pacer.wait(deadline)
        asked_at = clock.now()
        try:
            answer = send(asked_at + offset, deadline)
            error = error_of(answer)
        except AmazonError as failure:
            answer, error = None, failure
        if answer is not None and error is None:
            pacer.went_well()
            return answer, asked_at
        if isinstance(error, AmazonThrottled):
            pacer.slow_down()
        if isinstance(error, AmazonClockSkew) and answer is not None and not offset:
            offset = _clock_difference(answer, asked_at)
            if offset:
                continue
        assert error is not None  # noqa: S101 - tells the type checker what the lines above ensure
        wait = wait_before_retry(error, attempt, deadline.remaining(), jitter())
        if wait is None:
            raise error
        clock.sleep(wait)
        attempt += 1


def _clock_difference(answer: Answer, ours: datetime) -> timedelta:
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")) - ours
    except (ValueError, TypeError):
        return timedelta()
