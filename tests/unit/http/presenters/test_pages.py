"""The size of pages."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.http.presenters import pages
from amzlinkr.http.presenters.pages import fit_page
from amzlinkr.http.schemas.products import MoneyOut


@given(st.lists(st.integers(0, 60), max_size=9), st.integers(50, 300))
def test_page_is_as_long_as_its_bytes_allow(lengths: list[int], maximum: int) -> None:
    entries = [MoneyOut(1, "USD", "x" * length) for length in lengths]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "MAX_PAGE_BYTES", maximum)
        page = fit_page(entries)

    size = sum(len(msgspec.json.encode(entry)) for entry in page)
    assert page == entries[: len(page)]
    assert size <= maximum or len(page) == 1
    if len(page) < len(entries):
        assert page
        assert size + len(msgspec.json.encode(entries[len(page)])) > maximum


def test_page_can_have_exactly_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [MoneyOut(1, "USD", "x")] * 3
    size = 2 * len(msgspec.json.encode(entries[0]))
    monkeypatch.setattr(pages, "MAX_PAGE_BYTES", size)

    assert fit_page(entries) == entries[:2]
