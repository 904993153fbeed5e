"""PynamoDB's exceptions as ours: a lost race is a `Conflict`, everything else is busy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pynamodb.exceptions import PynamoDBException, TransactWriteError

from amzlinkr.domain.errors import StoreUnavailable

_CONFLICT_CODES = {
    "ConditionalCheckFailed",
    "ConditionalCheckFailedException",
    "TransactionConflict",
    "TransactionConflictException",
}


class Conflict(Exception):
    """Somebody else wrote first: read again and decide anew."""


@contextmanager
def store_errors() -> Iterator[None]:
    """Raise `Conflict` for a failed condition and `StoreUnavailable` for all other failures."""
    try:
        yield
    except PynamoDBException as error:
        if is_conflict(error):
            raise Conflict from error
        raise StoreUnavailable from error


def is_conflict(error: PynamoDBException) -> bool:
    """Whether a condition failed, alone or as the reason a transaction was cancelled."""
    if isinstance(error, TransactWriteError) and error.cancellation_reasons:
        return any(
            reason is not None and reason.code in _CONFLICT_CODES
            for reason in error.cancellation_reasons
        )
    response = getattr(error.cause, "response", None) or {}
    return response.get("Error", {}).get("Code") in _CONFLICT_CODES
