"""Batches of a list."""

from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.batches import in_batches


@given(st.lists(st.integers()), st.integers(1, 12))
def test_batches_have_all_entries_in_order_and_only_the_last_is_smaller(
    entries: list[int], size: int
) -> None:
    found = in_batches(entries, size)

    assert [entry for batch in found for entry in batch] == entries
    assert all(len(batch) == size for batch in found[:-1])
    assert all(0 < len(batch) <= size for batch in found)
