"""Optimistic concurrency: conditional writes, retried on conflict.

A site can send many requests at the same time, and all that change its products or lists write one
counter. Of requests that conflict, one succeeds each time. So the others are retried for as long as
a client waits, in growing pauses, and not for a number of attempts: twenty in parallel need more
than eight.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, TypeVar

from pynamodb.attributes import Attribute
from pynamodb.expressions.condition import Condition

from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.storage.errors import Conflict, store_errors

MIN_ATTEMPTS, MAX_ATTEMPTS = 8, 24
"""The attempts also after the deadline, and all of them: each costs reads and a write."""
MAX_RETRY_SECONDS = 3.0
"""The time for retries without an earlier deadline: a client waits for 3.8 seconds."""
INITIAL_PAUSE_SECONDS = 0.02
MAX_PAUSE_SECONDS = 0.25
CONCURRENT_CHANGE = "Another request changed this site at the same time."
T = TypeVar("T")

Jitter = Callable[[], float]
"""A function that returns random numbers from 0 to 1."""


def retry_on_conflict(
    attempt: Callable[[], T],
    clock: Clock,
    detail: str = CONCURRENT_CHANGE,
    jitter: Jitter = random.random,
    deadline: Deadline | None = None,
) -> T:
    """Call `attempt`, which reads and conditionally writes, until its write succeeds.

    `attempt` must read again each time: its decision is only valid for the state it has read. No
    attempt begins after the deadline, except the first `MIN_ATTEMPTS`, which take less than a
    second: what was done before the write would be lost.

    Raises:
        StoreUnavailable: All attempts failed on a conflict; its detail is `detail`.
    """
    end = (deadline or Deadline.after(clock, MAX_RETRY_SECONDS)).at_most(MAX_RETRY_SECONDS)
    for number in range(MAX_ATTEMPTS):
        if number:
            pause = pause_before_retry(number, jitter())
            if number >= MIN_ATTEMPTS and not end.allows(pause):
                break
            clock.sleep(pause)
        try:
            with store_errors():
                return attempt()
        except Conflict:
            continue
    raise StoreUnavailable(detail, is_fault=False)


def pause_before_retry(retry: int, jitter: float) -> float:
    """Return the seconds to wait before the first, second, … retry.

    The pause grows exponentially with full jitter (`jitter` is in [0, 1)): writers that conflicted
    would otherwise read, write and conflict again in the same rhythm.
    """
    longest: float = min(INITIAL_PAUSE_SECONDS * 2 ** (retry - 1), MAX_PAUSE_SECONDS)
    return longest * jitter


def is_unchanged(attribute: Attribute[Any], value: object) -> Condition:
    """Return the condition that an attribute still has the value it was read with."""
    same: Condition = attribute == value
    absent: Condition = attribute.does_not_exist()
    return absent if value is None else same
