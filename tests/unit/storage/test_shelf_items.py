"""Shelves as items: they are read as they were stored, and short rows stay short."""

import json
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.changes import Fingerprint
from amzlinkr.domain.clock import from_unix_ms, to_unix_ms
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.shelves import MAX_SHELF_SIZE, Shelf, Slot
from amzlinkr.storage.shelf_items import item_from_shelf, shelf_from_item
from tests.clock import START

MOMENTS = st.integers(1, 2**42).map(from_unix_ms)
DIGESTS = st.integers(0, 2**48 - 1).map(lambda number: f"{number:012x}")
ASINS = st.integers(0, 10**8).map(lambda number: f"B0{number:08d}")
SLOTS = st.builds(
    Slot,
    ASINS,
    st.none() | st.builds(Fingerprint, DIGESTS, DIGESTS, DIGESTS),
    st.none() | MOMENTS,
    st.integers(0, 2),
)
SHELVES = st.builds(
    Shelf,
    st.just("site_a"),
    st.sampled_from(sorted(MARKETPLACES)),
    st.integers(0, 2**64 - 1).map(lambda number: f"{number:016x}"),
    st.lists(SLOTS, max_size=MAX_SHELF_SIZE).map(tuple),
    MOMENTS,
    MOMENTS,
    st.sampled_from(["", "lease"]),
    st.integers(0, 1_000),
    st.none() | MOMENTS,
)
CONTENT = Fingerprint("0" * 12, "1" * 12, "2" * 12)
SHELF = Shelf("site_a", "US", "1", (), START, START + timedelta(hours=1))


@given(SHELVES)
def test_shelf_is_read_as_it_was_stored_with_the_next_version(shelf: Shelf) -> None:
    item = item_from_shelf(shelf)

    assert shelf_from_item(item) == replace(shelf, version=shelf.version + 1)
    assert (item.shard is None) == (not shelf.slots)


def test_omissions_are_stored_only_if_there_are_any() -> None:
    slots = (Slot("B000000001", CONTENT), Slot("B000000002", None, START, 2))

    rows = json.loads(item_from_shelf(replace(SHELF, slots=slots)).slots)

    assert rows == [
        ["B000000001", str(CONTENT), None],
        ["B000000002", "", to_unix_ms(START), 2],
    ]
