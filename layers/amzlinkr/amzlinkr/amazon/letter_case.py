"""Correction of member names that Amazon spells in another letter case than documented."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, get_args

import msgspec
from msgspec import structs


def case_normalizer(shape: type[msgspec.Struct]) -> Callable[[Any], Any]:
    """Return a function that spells the known member names of a response as a shape does."""
    # Few responses need the names, so they are not read during INIT.
    spellings_of_shape = cache(lambda: _spellings(shape))

    def normalize(part: Any) -> Any:
        if isinstance(part, dict):
            spellings = spellings_of_shape()
            return {
                spellings.get(name.lower(), name): normalize(value) for name, value in part.items()
            }
        return [normalize(value) for value in part] if isinstance(part, list) else part

    return normalize


def _spellings(shape: type[msgspec.Struct]) -> dict[str, str]:
    """Return the names of a shape by their small letters."""
    # The first of two spellings is the documented one: the others detect an odd letter case.
    spellings: dict[str, str] = {}
    for name in _names(shape, set()):
        spellings.setdefault(name.lower(), name)
    return spellings


def _names(kind: Any, seen: set[type]) -> Iterator[str]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in seen:
        seen.add(kind)
        for field in structs.fields(kind):
            yield field.encode_name
            yield from _names(field.type, seen)
    for part in get_args(kind):
        yield from _names(part, seen)
