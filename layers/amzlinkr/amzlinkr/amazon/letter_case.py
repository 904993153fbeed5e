"""Correction of member names that Amazon spells in another letter case than documented."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, get_args

import msgspec
from msgspec import structs


def case_normalizer(shape: type[msgspec.Struct]) -> Callable[[Any], Any]:
    """Return a function that spells the known member names of a response as a shape does."""
    # The first of two spellings is the documented one: the others detect an odd letter case.
    spellings: dict[str, str] = {}
    for name in _names(shape):
        spellings.setdefault(name.lower(), name)

    def normalize(part: Any) -> Any:
        if isinstance(part, dict):
            return {
                spellings.get(name.lower(), name): normalize(value) for name, value in part.items()
            }
        return [normalize(value) for value in part] if isinstance(part, list) else part

    return normalize


def _names(kind: Any) -> Iterator[str]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        for field in structs.fields(kind):
            yield field.encode_name
            yield from _names(field.type)
    for part in get_args(kind):
        yield from _names(part)
