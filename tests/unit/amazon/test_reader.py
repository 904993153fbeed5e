"""Decoding of responses: lookups, search pages, and malformed items."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.paapi5 import parser as paapi5
from amzlinkr.amazon.transport import AmazonResponse
from amzlinkr.domain.catalog import Dimension
from amzlinkr.domain.clock import Deadline
from tests.clock import START, FakeClock
from tests.unit.amazon.accounts import catalog_at
from tests.unit.amazon.responses import (
    GOOD,
    lookup_of,
    only_product,
    read_lookup,
    recorded_lookup,
    recorded_search,
)
from tests.unit.wire import Wire, reply

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def test_errors_beside_products_are_assigned_by_asin() -> None:
    lookup = recorded_lookup("get_items_partial.json")

    assert set(lookup.found) == {"B0EDGE0001", "B0EDGE0002"}
    assert lookup.refused == {
        "B0GONE0001": "InvalidParameterValue",
        "B0GONE0002": "ItemNotAccessible",
    }


def test_response_with_errors_only_has_no_products() -> None:
    lookup = recorded_lookup("get_items_all_invalid.json")

    assert (lookup.found, lookup.refused) == ({}, {"B0GONE0001": "InvalidParameterValue"})
    assert lookup.requested_at == START


def test_search_page_has_items_total_and_url() -> None:
    page = recorded_search("search_items.json")

    assert [item.asin for item in page.items] == ["B0AAAA0001", "B0EDGE0001"]
    assert (page.total, page.pages) == (146, 10)
    assert page.search_url == "https://www.amazon.com/s?k=kettle&tag=unit-20&linkCode=osi"


def test_search_without_hits_is_an_empty_page() -> None:
    page = recorded_search("search_no_results.json")

    assert (page.items, page.total, page.pages, page.search_url) == ((), 0, 0, None)


@pytest.mark.parametrize(
    "malformed",
    [
        {"ASIN": "B0ODD00001", "ItemInfo": "none"},
        {"ASIN": "B0ODD00001", "ItemInfo": {"Title": {"DisplayValue": ["a", "b"]}}},
        {"ASIN": "B0ODD00001", "ItemInfo": {"Title": 5}},
        {"ASIN": ["B0ODD00001"], "id": "B0ODD00001"},
    ],
)
def test_unreadable_item_is_refused_and_others_are_found(malformed: object) -> None:
    lookup = lookup_of(malformed, GOOD)

    assert set(lookup.found) == {"B0GOOD0001"}
    assert lookup.refused == {"B0ODD00001": "Unreadable"}


@pytest.mark.parametrize(
    "malformed",
    [
        {"ASIN": "B0ODD00001", "Images": "none"},
        {"ASIN": "B0ODD00001", "OffersV2": {"Listings": {"Price": 3}}},
        {"ASIN": "B0ODD00001", "OffersV2": {"Listings": [{"Price": {"Money": {"Amount": "x"}}}]}},
    ],
)
def test_item_with_an_odd_member_is_found(malformed: object) -> None:
    lookup = lookup_of(malformed, GOOD)

    assert set(lookup.found) == {"B0ODD00001", "B0GOOD0001"}
    assert lookup.refused == {}


@given(JSON)
def test_valid_item_is_found_beside_any_json(other: object) -> None:
    assert "B0GOOD0001" in lookup_of(other, GOOD, other).found


def test_observation_time_is_the_time_before_the_request() -> None:
    requested_at = START - timedelta(seconds=3)
    body = json.dumps({"ItemsResult": {"Items": [GOOD]}}).encode()

    product = only_product(read_lookup(body, at=requested_at))

    assert product.observed_at == requested_at


def test_product_that_was_not_requested_is_ignored(clock: FakeClock) -> None:
    with Wire([reply(200, {"ItemsResult": {"Items": [GOOD, {"ASIN": "B0EXTRA001"}]}})]) as wire:
        lookup = catalog_at(wire.url, clock).items(["B0GOOD0001"], Deadline.after(clock, 3))

    assert set(lookup.found) == {"B0GOOD0001"}


def test_variation_page_has_visible_texts_only() -> None:
    sizes = {"Name": "size", "DisplayName": "\u200b", "Values": ["S", "\u200b", "L"]}
    summary = {"VariationCount": 2, "VariationDimensions": [sizes, {"Values": None}]}
    body = json.dumps({"VariationsResult": {"Items": [GOOD], "VariationSummary": summary}})
    response = AmazonResponse(200, {}, body.encode())

    page = paapi5.reader(marketplace_code="US").variation_page(response, START)

    assert page.dimensions == (Dimension("size", "size", ("S", "L")), Dimension("", "", ()))
    assert (page.total, [item.asin for item in page.items]) == (2, ["B0GOOD0001"])
