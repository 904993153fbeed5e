"""Faults: their names, when they happen, and the exceptions that they cause in botocore."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, NoReturn, Protocol

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

THROTTLED = "throttled"
SERVER_ERROR = "server error"
LOST_BEFORE = "connection lost before"
COMMITTED_BUT_TIMED_OUT = "committed but timed out"
SENT_TWICE = "committed, then sent again by the SDK"
CONFLICT = "transaction conflict"
PARTIAL = "part of a batch unprocessed"
DELAYED = "delayed"
CRASH_BEFORE = "crash before the call"
CRASH_AFTER = "crash after the call"
CLOCK_JUMP = "clock jump"
AWS = (
    THROTTLED, SERVER_ERROR, LOST_BEFORE, COMMITTED_BUT_TIMED_OUT, SENT_TWICE, CONFLICT, PARTIAL,
    DELAYED, CRASH_BEFORE, CRASH_AFTER, CLOCK_JUMP,
)  # fmt: skip
AWS_FAILURES = (
    THROTTLED, SERVER_ERROR, LOST_BEFORE, COMMITTED_BUT_TIMED_OUT, SENT_TWICE, CONFLICT,
)  # fmt: skip
"""Those that can make a call fail."""

DUPLICATE = "duplicate delivery"
REORDERED = "reordered delivery"
QUEUES = (DUPLICATE, REORDERED)

CLOCK_SKEW = "clock skew"
STARTED_TWICE = "planner started twice"
SCENARIO_FAULTS = (CLOCK_SKEW, STARTED_TWICE)

AMAZON_429 = "Amazon: 429"
AMAZON_5XX = "Amazon: 5xx"
AMAZON_LOST = "Amazon: connection lost before"
AMAZON_TIMEOUT = "Amazon: no response in time"
AMAZON_SLOW = "Amazon: slow"
AMAZON_NOT_JSON = "Amazon: not JSON"
AMAZON_TRUNCATED = "Amazon: truncated"
ITEMS_MISSING = "Amazon: items missing"
ITEMS_SHUFFLED = "Amazon: items shuffled"
CRASH_DURING_AMAZON = "crash during a call to Amazon"
AMAZON = (
    AMAZON_429, AMAZON_5XX, AMAZON_LOST, AMAZON_TIMEOUT, AMAZON_SLOW, AMAZON_NOT_JSON,
    AMAZON_TRUNCATED, ITEMS_MISSING, ITEMS_SHUFFLED, CRASH_DURING_AMAZON,
)  # fmt: skip
TOKEN_DOWN = "token service down"
TOKEN_EXPIRED = "token expired early"
TOKENS = (TOKEN_DOWN, TOKEN_EXPIRED)

ALL = (*AWS, *QUEUES, *SCENARIO_FAULTS, *AMAZON, *TOKENS)


class Faults(Protocol):
    """A decision whether a fault happens, and a count of those that did."""

    fired: Counter[str]

    def enable(self) -> None:
        """Let faults happen from now on."""
        ...

    def disable(self) -> None:
        """Let no fault happen from now on."""
        ...

    def next(self, place: str, possible: Sequence[str], weight: float = 1.0) -> str | None:
        """Return the fault that happens here, one of the possible ones, or None.

        `weight` multiplies the probability, for places that are rare in a schedule.
        """
        ...


class RandomFaults:
    """Faults of some kinds, with the same probability at each place."""

    def __init__(self, rng: random.Random, rate: float, kinds: Collection[str] = ALL) -> None:
        self.fired: Counter[str] = Counter()
        self._rate = rate
        self._is_enabled = False
        self._rng = rng
        self._kinds = frozenset(kinds)

    def enable(self) -> None:
        """Let faults happen from now on."""
        self._is_enabled = True

    def disable(self) -> None:
        """Let no fault happen from now on."""
        self._is_enabled = False

    def next(self, place: str, possible: Sequence[str], weight: float = 1.0) -> str | None:
        """Return a random fault with the probability of the rate."""
        if not self._is_enabled or self._rng.random() >= self._rate * weight:
            return None
        candidates = [kind for kind in possible if kind in self._kinds]
        if not candidates:
            return None
        kind = self._rng.choice(candidates)
        self.fired[kind] += 1
        return kind


class SingleFault:
    """One fault at the place with this number; `places` counts where it could have happened."""

    def __init__(self, number: int, kind: str) -> None:
        self.fired: Counter[str] = Counter()
        self.places = 0
        self._number = number
        self._kind = kind
        self._is_enabled = False

    def enable(self) -> None:
        """Count places from now on."""
        self._is_enabled = True

    def disable(self) -> None:
        """Stop counting: the fault no longer happens."""
        self._is_enabled = False

    def next(self, place: str, possible: Sequence[str], weight: float = 1.0) -> str | None:
        """Return the fault at its place, and None everywhere else."""
        if not self._is_enabled or self._kind not in possible:
            return None
        self.places += 1
        if self.places != self._number:
            return None
        self.fired[self._kind] += 1
        return self._kind


def possible_faults(service: str, operation: str) -> tuple[str, ...]:
    """Return the faults that can happen to an AWS call."""
    kinds = [THROTTLED, SERVER_ERROR, LOST_BEFORE, DELAYED, CRASH_BEFORE, CRASH_AFTER, CLOCK_JUMP]
    if not operation.startswith(("Get", "Query", "Batch")):
        kinds += [COMMITTED_BUT_TIMED_OUT, SENT_TWICE]
    if operation == "TransactWriteItems":
        kinds.append(CONFLICT)
    if operation in ("BatchGetItem", "SendMessageBatch"):
        kinds.append(PARTIAL)
    return tuple(kinds)


def raise_error(kind: str, service: str, operation: str, parameters: dict[str, Any]) -> NoReturn:
    """Raise the exception that botocore raises for a call that was not executed."""
    if kind == LOST_BEFORE:
        raise ConnectTimeoutError(endpoint_url=f"https://{service}")
    code, status = "InternalServerError", 500
    if kind == THROTTLED:
        is_table = service == "dynamodb"
        code = "ProvisionedThroughputExceededException" if is_table else "ThrottlingException"
        status = 400
    response: dict[str, Any] = {
        "Error": {"Code": code, "Message": kind},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}},
    }
    if operation == "TransactWriteItems" and kind in (THROTTLED, CONFLICT):
        reason = "ThrottlingError" if kind == THROTTLED else "TransactionConflict"
        others = [{"Code": "None"}] * (len(parameters["TransactItems"]) - 1)
        response["Error"]["Code"] = "TransactionCanceledException"
        response["CancellationReasons"] = [*others, {"Code": reason, "Message": kind}]
    raise ClientError(response, operation)  # type: ignore[arg-type] # the shape of botocore


def raise_timeout(service: str) -> NoReturn:
    """Raise the exception that botocore raises when no response arrives."""
    raise ReadTimeoutError(endpoint_url=f"https://{service}")
