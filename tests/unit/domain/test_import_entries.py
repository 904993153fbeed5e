"""Lines of an import request: each becomes an entry, and a direct import reads limited text."""

from collections.abc import Sequence
from typing import Any
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain import asins, imports
from amzlinkr.domain.asins import MAX_INPUT_CHARS
from amzlinkr.domain.import_entries import MAX_INLINE_CHARS, entries_of
from amzlinkr.domain.imports import MAX_ECHOED_CHARS, MAX_INLINE_ITEMS, Entry

LINES = st.tuples(
    st.sampled_from(["B012345678 ", "x", "é", "\x01", "https://www.amazon.de/dp/B012345678?"]),
    st.sampled_from([0, 10, 190, 1_500, 1_900, 6_300]),
).map(lambda part: part[0] + "-" * part[1])


def read(lines: Sequence[str]) -> tuple[list[Entry], int]:
    """Return the entries of the lines, and the characters of those that were parsed."""
    with mock.patch.object(asins, "_clean", wraps=asins._clean) as clean:
        entries = list(entries_of(lines, "US"))
    calls: list[Any] = clean.call_args_list
    return entries, sum(len(call.args[0]) for call in calls)


@given(st.lists(LINES, max_size=MAX_INLINE_ITEMS))
def test_direct_import_reads_and_returns_a_maximum_of_text(lines: list[str]) -> None:
    entries, chars = read(lines)

    assert [entry.input for entry in entries] == [line[:MAX_ECHOED_CHARS] for line in lines]
    assert chars <= MAX_INLINE_CHARS
    total = sum(len(line) for line in lines if len(line) <= MAX_INPUT_CHARS)
    if total <= MAX_INLINE_CHARS:
        assert entries == [imports.entry_of(line, n, "US") for n, line in enumerate(lines)]


def test_refused_rest_has_its_field_and_a_remedy() -> None:
    line = "B012345678 " + "-" * (MAX_INPUT_CHARS - 11)
    entries, chars = read([line] * 6 + ["B012345678"])

    assert chars == MAX_INLINE_CHARS
    assert [entry.asin for entry in entries] == ["B012345678"] * 5 + [None] * 2
    problem = entries[5].problem
    assert problem is not None
    assert (problem.code, problem.field) == ("invalid_request", "items[5]")
    assert "another request" in problem.action


def test_job_reads_all_its_lines() -> None:
    line = "B012345678 " + "-" * (MAX_INPUT_CHARS - 11)
    entries, chars = read([line] * 11)

    assert chars == 11 * MAX_INPUT_CHARS
    assert {entry.asin for entry in entries} == {"B012345678"}
