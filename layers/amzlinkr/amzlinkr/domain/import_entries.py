"""Reading the lines of an import request, which has a maximum of text if it imports directly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from amzlinkr.domain.asins import MAX_INPUT_CHARS
from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.imports import (
    MAX_ECHOED_CHARS,
    MAX_INLINE_ITEMS,
    Entry,
    entry_of,
    problem_of,
)

MAX_INLINE_CHARS = 10_000
"""The characters that a direct import reads, in all its lines."""


def entries_of(lines: Sequence[str], default_marketplace: str | None) -> Iterator[Entry]:
    """Yield the entries of a request. Those after the maximum of a direct import are refused.

    The text of an import job is limited by the size of a request, and by the jobs of a day.
    """
    is_direct, chars = len(lines) <= MAX_INLINE_ITEMS, 0
    for number, line in enumerate(lines):
        # A longer line is refused without being read.
        chars += len(line) if len(line) <= MAX_INPUT_CHARS else 0
        if not is_direct or chars <= MAX_INLINE_CHARS:
            yield entry_of(line, number, default_marketplace)
        else:
            error = InvalidRequest(
                f"items[{number}]",
                f"The entries have more than {MAX_INLINE_CHARS:,} characters in all.",
                "Import this product in another request, or enter ASINs or product URLs only.",
            )
            yield Entry(line[:MAX_ECHOED_CHARS], problem=problem_of(error))
