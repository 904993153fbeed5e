"""Comparison of Amazon's enumerated values, which clients meet with and without underscores."""

from __future__ import annotations

import re
from functools import lru_cache

_SEPARATORS = re.compile(r"[\s_-]+")


@lru_cache(maxsize=256)
def value_name(value: str) -> str:
    """Return what all spellings of a value have in common: `IN_STOCK`, `InStock`, `in stock`."""
    return _SEPARATORS.sub("", value).casefold()


def is_same_value(value: str | None, documented: str) -> bool:
    """Return True if a value is a spelling of a documented one."""
    return value is not None and value_name(value) == value_name(documented)
