"""Lists as the API shows them."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from amzlinkr.domain.catalog import Search
from amzlinkr.domain.lists import ListDefinition, StoredList
from amzlinkr.domain.products import StoredProduct
from amzlinkr.http.presenters.lists import changes_out, list_out, list_search_out
from amzlinkr.http.presenters.pages import MAX_PAGE_BYTES
from tests.clock import START
from tests.fakes import offer, product
from tests.unit.http.encoding import encoded

DAY = timedelta(days=1)
SEARCH = Search(
    keywords="tea", category="Grocery", sort="Featured", brand="B", min_price=1, max_price=2,
    min_rating=3, min_saving=4, in_stock=False, author="A", artist="R", actor="C", title="T",
    browse_node="5", condition="New", delivery=("Prime", "FreeShipping"),
)  # fmt: skip
TEA = StoredList(
    "tea", "US", ListDefinition("tea", SEARCH, 20), (product("B000000001"),), START, seq=7
)


def test_search_has_the_names_and_types_of_its_request() -> None:
    assert encoded(list_search_out(SEARCH)) == {
        "keywords": "tea", "category": "Grocery", "sort": "Featured", "brand": "B",
        "min_price": 1, "max_price": 2, "min_rating": 3, "min_saving": 4, "in_stock": False,
        "author": "A", "artist": "R", "actor": "C", "title": "T", "browse_node": "5",
        "condition": "New", "delivery": "Prime,FreeShipping",
    }  # fmt: skip
    assert encoded(list_search_out(Search("tea"))) == {"keywords": "tea", "in_stock": True}
    assert encoded(list_search_out(Search(brand="B"))) == {"brand": "B", "in_stock": True}


@pytest.mark.parametrize(("age", "is_shown"), [(timedelta(), True), (DAY, False)])
def test_results_are_shown_for_a_day(age: timedelta, is_shown: bool) -> None:
    shown = encoded(list_out(TEA, START + age))

    assert bool(shown["items"]) is is_shown
    assert ("observed_at" in shown, "fresh_until" in shown) == (is_shown, is_shown)


def test_list_without_results_yet_has_no_times() -> None:
    shown = encoded(list_out(replace(TEA, items=(), observed_at=None), START))

    assert (shown["items"], set(shown)) == (
        [], {"name", "marketplace", "query", "size", "items"},
    )  # fmt: skip


def test_entries_of_the_feed_have_a_product_or_a_list() -> None:
    item = product("B000000002")
    stored = StoredProduct(item.asin, "US", item.details, item.offer, START, seq=8, kind="price")
    removed = StoredList("old", "DE", None, kind="list_removed", seq=9)

    of_list, of_product, tombstone = map(encoded, changes_out([TEA, stored, removed], START))

    assert of_list == {"marketplace": "US", "kind": "list", "list": encoded(list_out(TEA, START))}
    assert set(of_product) == {"asin", "marketplace", "kind", "product"}
    assert tombstone == {
        "marketplace": "DE",
        "kind": "list_removed",
        "list": {"name": "old", "marketplace": "DE"},
    }
    with pytest.raises(ValueError, match="removed list"):
        list_out(removed, START)


def test_largest_list_fits_a_page() -> None:
    large = replace(offer(), merchant="m" * 200)
    items = tuple(product(f"B{number:09d}", large) for number in range(30))
    whole = list_out(replace(TEA, items=items), START)

    assert len(msgspec.json.encode(whole)) < MAX_PAGE_BYTES / 10
