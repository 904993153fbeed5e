"""Batches of a list, for calls that accept a limited number of entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def in_batches(entries: Sequence[T], size: int) -> list[Sequence[T]]:
    """Return the entries in batches of at most `size`, in their order."""
    return [entries[start : start + size] for start in range(0, len(entries), size)]
