"""PA-API 5.0's answers as products: tolerant of what is missing, and of nothing else."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.paapi5 import parser
from amzlinkr.amazon.transport import AmazonResponse
from amzlinkr.domain.catalog import LookupResult, SearchPage
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Deal, Details, Image, Offer, Product
from tests.clock import START, FakeClock
from tests.unit.amazon.accounts import catalog_at
from tests.unit.wire import Wire, answer

RECORDINGS = Path(__file__).parents[2] / "recordings" / "paapi5"
GOOD = {"ASIN": "B0GOOD0001", "ItemInfo": {"Title": {"DisplayValue": "Good"}}}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def read_lookup(body: bytes, shop: str, at: datetime) -> LookupResult:
    asked = re.findall(r"\b[A-Z0-9]{10}\b", body.decode())
    return parser.reader(marketplace=shop).lookup(AmazonResponse(200, {}, body), asked, at)


def read_found(body: bytes, shop: str, at: datetime) -> SearchPage:
    return parser.reader(marketplace=shop).search_page(AmazonResponse(200, {}, body), at)


def looked_up(name: str, shop: str = "US") -> LookupResult:
    return read_lookup((RECORDINGS / name).read_bytes(), shop, START)


def only(lookup: LookupResult) -> Product:
    (product,) = lookup.found.values()
    return product


def lookup_of(*items: object) -> LookupResult:
    return read_lookup(json.dumps({"ItemsResult": {"Items": items}}).encode(), "US", START)


def item_with(**fields: Any) -> Product:
    return only(lookup_of(GOOD | fields))


def test_every_field_is_read() -> None:
    product = only(looked_up("get_items_full.json"))

    assert product == Product(
        "B0AAAA0001",
        "US",
        Details(
            "Electric Kettle, 1.7 L",
            "https://www.amazon.com/dp/B0AAAA0001?tag=unit-20&linkCode=ogi&th=1&psc=1",
            Image("https://m.media-amazon.com/images/I/41kettle._SL500_.jpg", 500, 375),
            "Maker",
            ("Boils in 3 minutes", "Stainless steel"),
            "Kitchen",
        ),
        Offer(
            Money(3241, "USD", "$32.41"),
            Money(3999, "USD", "$39.99"),
            19,
            "in_stock",
            "New",
            "Amazon.com",
            Deal("Limited time deal", "ALL", "2026-11-24T07:59:59Z"),
        ),
        START,
    )


@pytest.mark.parametrize(
    ("asin", "amount", "availability", "condition", "hidden"),
    [
        ("B0EDGE0001", None, "out_of_stock", None, False),
        ("B0EDGE0002", 1000, "in_stock_scarce", "Used", False),
        ("B0EDGE0003", None, "in_stock", "New", True),
        ("B0EDGE0004", None, "out_of_stock", "New", False),
        ("B0EDGE0005", 1000, "unknown", "New", False),
        ("B0EDGE0006", 1000, "preorder", "New", False),
        ("B0EDGE0007", 1200, "in_stock", "New", False),
    ],
)
def test_odd_offers_are_told_as_they_are(
    asin: str, amount: int | None, availability: str, condition: str | None, hidden: bool
) -> None:
    offer = looked_up("get_items_edges.json").found[asin].offer

    assert (offer.price.amount if offer.price else None) == amount
    assert (offer.availability, offer.condition, offer.hidden) == (availability, condition, hidden)


def test_a_price_below_the_advertised_minimum_is_withheld_with_all_that_tells_it() -> None:
    offer = looked_up("get_items_edges.json").found["B0EDGE0003"].offer

    assert (offer.price, offer.list_price, offer.savings_percent) == (None, None, None)


def test_yen_are_whole() -> None:
    price = only(looked_up("get_items_jp.json", "JP")).offer.price

    assert price == Money(3980, "JPY", "￥3,980")


def test_the_old_form_of_offers_is_read_too() -> None:
    offer = only(looked_up("get_items_offers_v1.json")).offer

    assert offer == Offer(
        Money(1529, "USD", "$15.29"),
        Money(1799, "USD", "$17.99"),
        15,
        "in_stock",
        "New",
        "Amazon.com",
        prime=True,
    )


def test_explicit_nulls_are_absent_fields() -> None:
    found = looked_up("get_items_nulls.json").found

    assert found["B0NULL0001"].details == Details("B0NULL0001", "")
    assert {item.offer for item in found.values()} == {Offer()}


def test_errors_stand_beside_the_products_by_asin() -> None:
    lookup = looked_up("get_items_partial.json")

    assert set(lookup.found) == {"B0EDGE0001", "B0EDGE0002"}
    assert lookup.refused == {
        "B0GONE0001": "InvalidParameterValue",
        "B0GONE0002": "ItemNotAccessible",
    }


def test_an_answer_of_errors_only_finds_nothing() -> None:
    lookup = looked_up("get_items_all_invalid.json")

    assert (lookup.found, lookup.refused) == ({}, {"B0GONE0001": "InvalidParameterValue"})
    assert lookup.requested_at == START


def test_a_page_of_a_search() -> None:
    found = read_found((RECORDINGS / "search_items.json").read_bytes(), "US", START)

    assert [item.asin for item in found.items] == ["B0AAAA0001", "B0EDGE0001"]
    assert (found.total, found.pages) == (146, 10)
    assert found.search_url == "https://www.amazon.com/s?k=kettle&tag=unit-20&linkCode=osi"


def test_a_search_without_hits_is_an_empty_page() -> None:
    found = read_found((RECORDINGS / "search_no_results.json").read_bytes(), "US", START)

    assert (found.items, found.total, found.pages, found.search_url) == ((), 0, 0, None)


@pytest.mark.parametrize(
    "odd",
    [
        {"ASIN": "B0ODD00001", "Images": "none"},
        {"ASIN": "B0ODD00001", "OffersV2": {"Listings": {"Price": 3}}},
        {"ASIN": "B0ODD00001", "OffersV2": {"Listings": [{"Price": {"Money": {"Amount": "x"}}}]}},
        {"ASIN": "B0ODD00001", "ItemInfo": {"Title": {"DisplayValue": ["a", "b"]}}},
    ],
)
def test_one_odd_item_spoils_no_other_and_is_named(odd: object) -> None:
    lookup = lookup_of(odd, GOOD)

    assert set(lookup.found) == {"B0GOOD0001"}
    assert lookup.refused == {"B0ODD00001": "Unreadable"}


@given(JSON)
def test_whatever_stands_among_the_items_the_good_one_is_read(odd: object) -> None:
    assert "B0GOOD0001" in lookup_of(odd, GOOD, odd).found


@pytest.mark.parametrize("amount", ["-1", "1e11", "1E+999990", "1e999999", '"NaN"', "null"])
def test_a_figure_that_is_no_price_is_no_price(amount: str) -> None:
    price = '{"Price":{"Money":{"Amount":%s,"Currency":"USD"}}}' % amount  # noqa: UP031 - braces
    body = '{"ItemsResult":{"Items":[{"ASIN":"B0GOOD0001","OffersV2":{"Listings":[%s]}}]}}' % price  # noqa: UP031 - braces

    assert only(read_lookup(body.encode(), "US", START)).offer.price is None


def test_text_loses_what_cannot_be_seen_and_is_bounded() -> None:
    product = item_with(
        ItemInfo={
            "Title": {"DisplayValue": "A\u202eB\x00\x1b[31mC\r\n\tD  E\u200f\ue000"},
            "Features": {"DisplayValues": ["x" * 5000, "", "\u200b", "ok"]},
            "ByLineInfo": {"Manufacturer": {"DisplayValue": " Maker\u0007 "}},
        }
    )

    assert product.details.title == "AB[31mC D E"
    assert [len(text) for text in product.details.features] == [1000, 2]
    assert product.details.brand == "Maker"


@pytest.mark.parametrize(
    "url",
    [
        "http://www.amazon.com/dp/B0GOOD0001",
        "https://www.amazon.com.evil.example/dp/B0GOOD0001",
        "https://evil.example/?https://www.amazon.com",
        "https://user@www.amazon.com/dp/B0GOOD0001",
        "javascript:alert(1)",
        "//www.amazon.com/dp/B0GOOD0001",
        "https://www.amazon.com/dp/ B0GOOD0001",
        "https://www.amazon.com/\u202edp",
        "https://[www.amazon.com/dp",
        "",
    ],
)
def test_a_link_to_anywhere_else_is_dropped(url: str) -> None:
    picture = {"Primary": {"Large": {"URL": url, "Width": 1, "Height": 1}}}

    product = item_with(DetailPageURL=url, Images=picture)
    search = {"SearchResult": {"SearchURL": url}}
    found = read_found(json.dumps(search).encode(), "US", START)

    assert (product.details.url, product.details.image, found.search_url) == ("", None, None)


def test_the_observation_carries_the_moment_before_the_request() -> None:
    asked = START - timedelta(seconds=3)

    product = only(
        read_lookup(json.dumps({"ItemsResult": {"Items": [GOOD]}}).encode(), "US", asked)
    )

    assert product.observed_at == asked


def test_a_product_that_was_not_asked_for_is_left_out(clock: FakeClock) -> None:
    with Wire([answer(200, {"ItemsResult": {"Items": [GOOD, {"ASIN": "B0EXTRA001"}]}})]) as wire:
        lookup = catalog_at(wire.url, clock).items(["B0GOOD0001"], Deadline.after(clock, 3))

    assert set(lookup.found) == {"B0GOOD0001"}
