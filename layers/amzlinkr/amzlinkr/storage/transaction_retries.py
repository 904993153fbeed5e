"""Retries of canceled transactions by the SDK, which does not retry them by default.

DynamoDB cancels a transaction also if one of its items is throttled, or is part of another
transaction at that moment. The same request can then succeed. A failed condition is not retried
here: its writer must read again (`storage/optimistic.py`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

FIRST_PAUSE_SECONDS = 0.05
RETRIES = {"ProvisionedThroughputExceeded": 4, "ThrottlingError": 4, "TransactionConflict": 1}
"""The number of retries by the reason of a cancellation, together at most 0.75 seconds."""


def pause_before_resending(
    response: tuple[Any, Mapping[str, Any]] | None,
    attempts: int,
    jitter: Callable[[], float] = random.random,
    **_event: object,
) -> float | None:
    """Return the seconds after which botocore sends a request again, or None to give up.

    This is a handler of botocore's event `needs-retry`. `attempts` is the number of requests that
    were sent. The pause grows exponentially, with full jitter.
    """
    reasons = _reasons_of(response[1]) if response is not None else set()
    if not reasons or attempts > min(RETRIES.get(reason, 0) for reason in reasons):
        return None
    longest: float = FIRST_PAUSE_SECONDS * 2 ** (attempts - 1)
    return longest * jitter()


def _reasons_of(parsed: Mapping[str, Any]) -> set[str]:
    """Return the reasons of a canceled transaction; items that were not the cause have `None`."""
    return {reason.get("Code", "") for reason in parsed.get("CancellationReasons", ())} - {"None"}
