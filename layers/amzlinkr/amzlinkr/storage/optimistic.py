"""Writers that meet: each writes only what it has read, and begins anew when another was faster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pynamodb.attributes import Attribute
from pynamodb.expressions.condition import Condition

from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.storage.errors import Conflict, store_errors

MAX_ATTEMPTS = 8
CONCURRENT_CHANGE = "The site is being changed by somebody else."
T = TypeVar("T")


def retry_on_conflict(write: Callable[[], T], otherwise: str) -> T:
    """Read and write anew until nobody else was faster; what `write` gave.

    Raises `StoreUnavailable` with `otherwise` if others are faster all the time.
    """
    for _ in range(MAX_ATTEMPTS):
        try:
            with store_errors():
                return write()
        except Conflict:
            continue
    raise StoreUnavailable(otherwise)


def is_unchanged(attribute: Attribute[Any], value: object) -> Condition:
    """The attribute still has the value it had when it was read."""
    same: Condition = attribute == value
    absent: Condition = attribute.does_not_exist()
    return absent if value is None else same
