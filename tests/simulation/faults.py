"""What goes wrong, how often it really did, and how it looks to the code."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, NoReturn, Protocol

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

THROTTLED = "throttled"
SERVER_ERROR = "server error"
LOST_BEFORE = "connection lost before"
COMMITTED_BUT_LOST = "committed but timed out"
SENT_TWICE = "committed, then sent again by the SDK"
CONFLICT = "transaction conflict"
PARTIAL = "part of a batch refused"
DELAYED = "delayed"
CRASH_BEFORE = "crash before the call"
CRASH_AFTER = "crash after the call"
CLOCK_JUMP = "clock jump"
AWS = (
    THROTTLED, SERVER_ERROR, LOST_BEFORE, COMMITTED_BUT_LOST, SENT_TWICE, CONFLICT, PARTIAL,
    DELAYED, CRASH_BEFORE, CRASH_AFTER, CLOCK_JUMP,
)  # fmt: skip

DUPLICATE = "duplicate delivery"
REORDERED = "reordered delivery"
QUEUES = (DUPLICATE, REORDERED)

SKEWED = "clock skew"
DOUBLE_FIRE = "planner fired twice"
SCENES = (SKEWED, DOUBLE_FIRE)

AMAZON_429 = "Amazon: 429"
AMAZON_5XX = "Amazon: 5xx"
AMAZON_LOST = "Amazon: connection lost before"
AMAZON_SILENT = "Amazon: no answer in time"
AMAZON_SLOW = "Amazon: slow"
AMAZON_GARBAGE = "Amazon: not JSON"
AMAZON_TRUNCATED = "Amazon: truncated"
ITEMS_MISSING = "Amazon: items missing"
ITEMS_SHUFFLED = "Amazon: items shuffled"
AMAZON_CRASH = "crash while Amazon is asked"
AMAZON = (
    AMAZON_429, AMAZON_5XX, AMAZON_LOST, AMAZON_SILENT, AMAZON_SLOW, AMAZON_GARBAGE,
    AMAZON_TRUNCATED, ITEMS_MISSING, ITEMS_SHUFFLED, AMAZON_CRASH,
)  # fmt: skip
TOKEN_DOWN = "token service down"
TOKEN_REFUSED = "token expired early"
TOKENS = (TOKEN_DOWN, TOKEN_REFUSED)

ALL = (*AWS, *QUEUES, *SCENES, *AMAZON, *TOKENS)


class Faults(Protocol):
    """Decides whether something goes wrong here; counts what did."""

    fired: Counter[str]

    def begin(self) -> None:
        """From now on things go wrong."""
        ...

    def stop(self) -> None:
        """From now on everything works."""
        ...

    def next(self, place: str, possible: Sequence[str], odds: float = 1.0) -> str | None:
        """The fault that happens now, one of those possible here; `odds` times as likely as
        elsewhere.
        """
        ...


class RandomFaults:
    """Each place fails with some probability, in one of the ways this run is about."""

    def __init__(self, rng: random.Random, rate: float, kinds: Collection[str] = ALL) -> None:
        self.fired: Counter[str] = Counter()
        self._rate = rate
        self._is_on = False
        self._rng = rng
        self._kinds = frozenset(kinds)

    def begin(self) -> None:
        """From now on things go wrong."""
        self._is_on = True

    def stop(self) -> None:
        """From now on everything works."""
        self._is_on = False

    def next(self, place: str, possible: Sequence[str], odds: float = 1.0) -> str | None:
        """One of those that are possible and wanted, with the rate's probability."""
        if not self._is_on or self._rng.random() >= self._rate * odds:
            return None
        wanted = [kind for kind in possible if kind in self._kinds]
        if not wanted:
            return None
        kind = self._rng.choice(wanted)
        self.fired[kind] += 1
        return kind


class OneFault:
    """A single fault at the place with this number; `places` tells how many there were."""

    def __init__(self, number: int, kind: str) -> None:
        self.fired: Counter[str] = Counter()
        self.places = 0
        self._number = number
        self._kind = kind
        self._is_on = False

    def begin(self) -> None:
        """Count from here."""
        self._is_on = True

    def stop(self) -> None:
        """It is too late for the fault."""
        self._is_on = False

    def next(self, place: str, possible: Sequence[str], odds: float = 1.0) -> str | None:
        """The fault, once."""
        if not self._is_on or self._kind not in possible:
            return None
        self.places += 1
        if self.places != self._number:
            return None
        self.fired[self._kind] += 1
        return self._kind


def possible_for(service: str, operation: str) -> tuple[str, ...]:
    """What can go wrong with an AWS call."""
    ways = [THROTTLED, SERVER_ERROR, LOST_BEFORE, DELAYED, CRASH_BEFORE, CRASH_AFTER, CLOCK_JUMP]
    if not operation.startswith(("Get", "Query", "Batch")):
        ways += [COMMITTED_BUT_LOST, SENT_TWICE]
    if operation == "TransactWriteItems":
        ways.append(CONFLICT)
    if operation in ("BatchGetItem", "SendMessageBatch"):
        ways.append(PARTIAL)
    return tuple(ways)


def refuse(kind: str, service: str, operation: str, parameters: dict[str, Any]) -> NoReturn:
    """Raise what botocore raises for a call that was not carried out."""
    if kind == LOST_BEFORE:
        raise ConnectTimeoutError(endpoint_url=f"https://{service}")
    code, status = "InternalServerError", 500
    if kind == THROTTLED:
        is_table = service == "dynamodb"
        code = "ProvisionedThroughputExceededException" if is_table else "ThrottlingException"
        status = 400
    answer: dict[str, Any] = {
        "Error": {"Code": code, "Message": kind},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}},
    }
    if operation == "TransactWriteItems" and kind in (THROTTLED, CONFLICT):
        reason = "ThrottlingError" if kind == THROTTLED else "TransactionConflict"
        others = [{"Code": "None"}] * (len(parameters["TransactItems"]) - 1)
        answer["Error"]["Code"] = "TransactionCanceledException"
        answer["CancellationReasons"] = [*others, {"Code": reason, "Message": kind}]
    raise ClientError(answer, operation)  # type: ignore[arg-type] # the shape botocore hands over


def lose(service: str) -> NoReturn:
    """Raise what botocore raises when the answer does not come."""
    raise ReadTimeoutError(endpoint_url=f"https://{service}")
