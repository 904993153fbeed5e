"""Pages that are cut by their bytes: a response of a Lambda function has at most 6 MB."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

from msgspec import Struct
from msgspec.json import encode

MAX_PAGE_BYTES = 1_000_000
"""The bytes of the entries of a page: a list of thirty products is some ninety KB."""
S = TypeVar("S", bound=Struct)


def fit_page(entries: Sequence[S]) -> list[S]:
    """Return the entries up to the one that exceeds the bytes of a page, but at least one."""
    sizes = accumulate(len(encode(entry)) for entry in entries)
    return [
        entry
        for n, (entry, size) in enumerate(zip(entries, sizes, strict=True))
        if not n or size <= MAX_PAGE_BYTES
    ]
