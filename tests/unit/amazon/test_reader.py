"""Decoding of responses: lookups, search pages, and malformed items."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.json_depth import MAX_JSON_DEPTH
from amzlinkr.amazon.paapi5 import parser as paapi5
from amzlinkr.amazon.reader import MAX_ANCESTORS, MAX_COUNT
from amzlinkr.amazon.transport import AmazonResponse
from amzlinkr.domain.amazon_errors import AmazonUnavailable
from amzlinkr.domain.catalog import BrowseNode, Dimension
from amzlinkr.domain.clock import Deadline
from tests.clock import START, FakeClock
from tests.unit.amazon.accounts import catalog_at
from tests.unit.amazon.responses import (
    GOOD,
    lookup_of,
    only_product,
    read_lookup,
    read_search,
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


def test_unreadable_item_that_was_not_requested_is_ignored() -> None:
    body = json.dumps({"ItemsResult": {"Items": [{"ASIN": "B0ODD00001"}, GOOD]}}).encode()
    reader = paapi5.reader(marketplace_code="US")

    lookup = reader.lookup(AmazonResponse(200, {}, body), ["B0GOOD0001", "B0GONE0001"], START)

    assert (set(lookup.found), lookup.refused) == ({"B0GOOD0001"}, {})


@pytest.mark.parametrize("item", [GOOD, {"ASIN": "B0ODD00001"}])
def test_response_with_too_many_levels_is_unreadable(item: object) -> None:
    levels: object = []
    for _ in range(MAX_JSON_DEPTH + 1):
        levels = [levels]
    body = json.dumps({"ItemsResult": {"Items": [item]}, "Other": levels}).encode()

    with pytest.raises(AmazonUnavailable):
        read_lookup(body)


def test_refusal_without_an_object_is_read() -> None:
    reader = paapi5.reader(marketplace_code="US")
    body = json.dumps([{"Code": "ItemNotAccessible", "Message": "B0GONE0001 is no item."}])

    lookup = reader.lookup(AmazonResponse(404, {}, body.encode()), ["B0GONE0001"], START)

    assert (lookup.found, lookup.refused) == ({}, {"B0GONE0001": "ItemNotAccessible"})


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


def nodes_of(*nodes: object) -> tuple[BrowseNode, ...]:
    body = json.dumps({"BrowseNodesResult": {"BrowseNodes": nodes}})
    reader = paapi5.reader(marketplace_code="US")
    return reader.browse_nodes(AmazonResponse(200, {}, body.encode()))


def test_long_names_are_cut() -> None:
    long = "x" * 500
    sizes = {"Name": long, "DisplayName": long, "Values": [long]}
    body = json.dumps({"VariationsResult": {"VariationSummary": {"VariationDimensions": [sizes]}}})
    page = paapi5.reader(marketplace_code="US").variation_page(
        AmazonResponse(200, {}, body.encode()), START
    )
    (node,) = nodes_of({"Id": long, "DisplayName": long})

    (dimension,) = page.dimensions
    assert (len(dimension.name), len(dimension.label)) == (100, 200)
    assert list(map(len, dimension.values)) == [200]
    assert (len(node.id), len(node.name)) == (40, 200)


def test_node_has_a_name_of_its_own_or_its_id() -> None:
    found = nodes_of(
        {"Id": "1", "DisplayName": "A", "ContextFreeName": "B"},
        {"Id": "2", "ContextFreeName": "B"},
        {"Id": "3"},
        {"DisplayName": "without an ID"},
        {"Id": "\u200b"},
    )

    assert [(node.id, node.name) for node in found] == [
        ("1", "A"), ("2", "B"), ("3", "3"), ("", ""),
    ]  # fmt: skip


def test_ancestors_end_with_an_unreadable_one_or_the_maximum() -> None:
    def chain(length: int, end: object) -> object:
        node = end
        for number in range(length):
            node = {"Id": str(number), "Ancestor": node}
        return node

    assert [len(node.ancestors) for node in nodes_of(chain(3, None), chain(4, "odd"))] == [2, 3]
    (deep,) = nodes_of(chain(MAX_ANCESTORS + 5, None))
    assert len(deep.ancestors) == MAX_ANCESTORS


@pytest.mark.parametrize(
    ("sent", "total"),
    [(0, 0), (7, 7), ("7", 7), (MAX_COUNT, MAX_COUNT), (MAX_COUNT + 1, 0), (-1, 0), ("x", 0)],
)
def test_number_of_hits_is_bounded(sent: object, total: int) -> None:
    body = json.dumps({"SearchResult": {"TotalResultCount": sent}}).encode()

    assert read_search(body).total == total


def test_variations_without_a_number_are_counted() -> None:
    body = json.dumps({"VariationsResult": {"Items": [GOOD]}}).encode()
    reader = paapi5.reader(marketplace_code="US")

    assert reader.variation_page(AmazonResponse(200, {}, body), START).total == 1
