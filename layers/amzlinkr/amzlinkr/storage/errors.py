"""The mapping of PynamoDB's exceptions: `Conflict`, or `StoreUnavailable` for everything else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pynamodb.exceptions import PynamoDBException, TransactWriteError

from amzlinkr.domain.errors import StoreUnavailable

CONDITION_FAILED = "ConditionalCheckFailed"
"""The reason of a canceled transaction, for an item with a false condition."""
# A single write reports these codes with "Exception", a canceled transaction without it.
_CONFLICT_CODES = {
    CONDITION_FAILED,
    "ConditionalCheckFailedException",
    "TransactionConflict",
    "TransactionConflictException",
}


class Conflict(Exception):
    """A failed conditional write: the items changed after they were read."""


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
    """Return True if a condition failed, in one write or as the cause of a canceled transaction."""
    if isinstance(error, TransactWriteError) and error.cancellation_reasons:
        # One reason per item of the transaction, None for items that were not the cause.
        return any(
            reason is not None and reason.code in _CONFLICT_CODES
            for reason in error.cancellation_reasons
        )
    response = getattr(error.cause, "response", None) or {}
    return response.get("Error", {}).get("Code") in _CONFLICT_CODES
