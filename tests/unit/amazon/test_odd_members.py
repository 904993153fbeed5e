"""Items with members of another type than documented: both APIs, each member alone."""

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.creators import parser
from amzlinkr.amazon.odd_members import readable_item
from amzlinkr.amazon.shapes import Item
from amzlinkr.amazon.transport import AmazonResponse
from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.products import Deal, Offer, Product
from tests.clock import START
from tests.unit.amazon.responses import COMPLETE_ITEM, read_lookup, renamed
from tests.unit.amazon.test_reader import JSON

PRICE = {
    "money": {"amount": 24.99, "currency": "USD", "displayAmount": "$24.99"},
    "savingBasis": {
        "money": {"amount": 29.99, "currency": "USD", "displayAmount": "$29.99"},
        "savingBasisType": "WAS_PRICE",
        "savingBasisTypeLabel": "Was",
    },
    "savings": {"percentage": 17},
    "pricePerUnit": {"displayAmount": "$0.62 / Ounce"},
}
LISTING = {
    "price": PRICE,
    "availability": {"type": "IN_STOCK", "message": "In Stock", "maxOrderQuantity": 5},
    "condition": {"value": "New"},
    "merchantInfo": {"name": "Maker Store"},
    "isBuyBoxWinner": True,
    "dealDetails": {"accessType": "ALL", "badge": "Deal", "endTime": "2026-11-24T12:00Z"},
    "violatesMAP": False,
}
ITEM: dict[str, Any] = COMPLETE_ITEM | {"offersV2": {"listings": [LISTING]}}
ASIN = "B0GOOD0001"


def lookup(*items: Any, api: str = "creators") -> LookupResult:
    if api == "paapi5":
        spell = {"asin": "ASIN", "url": "URL"}
        pascal = [renamed(item, lambda n: spell.get(n) or n[:1].upper() + n[1:]) for item in items]
        return read_lookup(json.dumps({"ItemsResult": {"Items": pascal}}).encode())
    body = json.dumps({"itemsResult": {"items": items}}).encode()
    reader = parser.reader(marketplace_code="US")
    return reader.lookup(AmazonResponse(200, {}, body), [ASIN], START)


def product_with(path: str, value: Any, api: str = "creators") -> Product:
    """Return the product of the item with another value at a path such as `price.money`."""
    item = copy.deepcopy(ITEM)
    part = item["offersV2"]["listings"][0]
    *parents, name = path.split(".")
    for parent in parents:
        part = part[parent]
    part[name] = value
    result = lookup(item, api=api)
    assert result.refused == {}
    return result.found[ASIN]


WHOLE = lookup(ITEM).found[ASIN]
APIS = pytest.mark.parametrize("api", ["creators", "paapi5"])


ENDS_AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


@APIS
@pytest.mark.parametrize(
    ("path", "value", "members"),
    [
        ("availability.message", 5, {"availability_message": None}),
        ("availability.message", ["a"], {"availability_message": None}),
        ("availability", "IN_STOCK", {"availability_message": None, "max_order_quantity": None}),
        ("availability", "LEADTIME", {"availability": "leadtime", "availability_message": None,
                                      "max_order_quantity": None}),
        ("availability", 5, {"availability": "unknown", "availability_message": None,
                             "max_order_quantity": None}),
        ("availability.type", 5, {"availability": "unknown"}),
        ("availability", [LISTING["availability"]], {}),
        ("condition", "New", {}),
        ("condition", "Used", {"condition": "Used"}),
        ("condition", 5, {"condition": "Unknown"}),
        ("condition.value", {}, {"condition": "Unknown"}),
        ("merchantInfo", "M", {"merchant": "M"}),
        ("merchantInfo", 5, {"merchant": None}),
        ("merchantInfo", [], {"merchant": None}),
        ("isBuyBoxWinner", "maybe", {}),
        ("deliveryInfo", "Prime", {}),
        ("dealDetails", [], {"deal": None}),
        ("dealDetails.badge", 5, {"deal": Deal("all", "", None, ENDS_AT)}),
        ("dealDetails.accessType", 5,
         {"deal": Deal("prime_exclusive", "Deal", None, ENDS_AT)}),
        ("dealDetails.accessType", [],
         {"deal": Deal("prime_exclusive", "Deal", None, ENDS_AT)}),
        ("dealDetails", [LISTING["dealDetails"]], {}),
        ("price.pricePerUnit", [1], {"unit_price": None}),
        ("price.pricePerUnit", True, {"unit_price": None}),
        ("price.pricePerUnit", {"money": "$0.62 / Ounce"}, {}),
        ("price.savings", "17%", {"savings_percent": None}),
        ("price.savings.percentage", "17 %", {"savings_percent": None}),
        ("price.savingBasis.savingBasisType", 5, {"list_price_kind": None}),
        ("price.savingBasis.savingBasisTypeLabel", {}, {"list_price_label": None}),
        ("price.savingBasis", 29.99, {
            "list_price": None, "list_price_kind": None, "list_price_label": None,
            "savings_percent": None}),
    ],
)  # fmt: skip
def test_odd_member_changes_nothing_else(
    path: str, value: Any, members: dict[str, Any], api: str
) -> None:
    assert product_with(path, value, api).offer == replace(WHOLE.offer, **members)


WITHOUT_PRICE: dict[str, Any] = {
    "price": None, "list_price": None, "list_price_kind": None, "list_price_label": None,
    "savings_percent": None, "unit_price": None,
}  # fmt: skip


@APIS
@pytest.mark.parametrize("value", ["24,99", "x", {}, [24.99], True])
def test_unreadable_amount_is_no_price(value: Any, api: str) -> None:
    offer = product_with("price.money.amount", value, api).offer

    assert offer == replace(WHOLE.offer, **WITHOUT_PRICE)


@APIS
@pytest.mark.parametrize("value", ["yes", "no", 5, [], {}, [True], "True!"])
def test_unreadable_minimum_price_hides_the_price(value: Any, api: str) -> None:
    offer = product_with("violatesMAP", value, api).offer

    assert (offer.price, offer.list_price, offer.hidden) == (None, None, True)
    assert offer.merchant == "Maker Store"


@APIS
@pytest.mark.parametrize("value", ["x", 5, True, ["a", "b"], {"badge": 5}])
def test_unreadable_deal_hides_the_price(value: Any, api: str) -> None:
    offer = product_with("dealDetails", value, api).offer

    assert offer == replace(WHOLE.offer, **WITHOUT_PRICE, deal=None, hidden=True)


@pytest.mark.parametrize("others", [[None], ["x", 5], [[]], [None, {}]])
def test_unreadable_listings_are_omitted(others: list[Any]) -> None:
    item = ITEM | {"offersV2": {"listings": [*others, LISTING]}}

    assert lookup(item).found[ASIN] == WHOLE


@APIS
@pytest.mark.parametrize("offers", ["x", 5, {"listings": "x"}, {"listings": [None]}, [1, 2]])
def test_product_with_unreadable_offers_has_an_unknown_availability(offers: Any, api: str) -> None:
    shown = lookup(ITEM | {"offersV2": offers}, api=api).found[ASIN]

    assert shown.offer == Offer(availability="unknown")
    assert shown.details == WHOLE.details


def test_single_listing_without_its_list_is_read() -> None:
    assert lookup(ITEM | {"offersV2": {"listings": LISTING}}).found[ASIN].offer.price == (
        WHOLE.offer.price
    )


def test_odd_details_are_omitted() -> None:
    info = ITEM["itemInfo"] | {"features": {"displayValues": [5, "Boils water", None]},
                               "byLineInfo": "Maker", "title": "Kettle"}  # fmt: skip
    shown = lookup(ITEM | {"itemInfo": info, "images": "none", "detailPageURL": 5}).found[ASIN]

    assert (shown.details.title, shown.details.features) == ("Kettle", ("Boils water",))
    assert (shown.details.brand, shown.details.image, shown.details.url) == (None, None, "")
    assert shown.offer == WHOLE.offer


def test_item_without_odd_members_is_unchanged() -> None:
    assert readable_item(Item, ITEM) is ITEM


@pytest.mark.parametrize("item", [None, 5, [], {}, {"asin": 5}, ITEM | {"itemInfo": 5}])
def test_item_without_its_essentials_is_unreadable(item: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        readable_item(Item, item)


LEAVES = [
    "price", "price.money", "price.money.currency", "price.money.displayAmount",
    "price.savingBasis", "price.savings", "price.pricePerUnit", "availability",
    "availability.type", "availability.maxOrderQuantity", "condition", "condition.value",
    "merchantInfo", "isBuyBoxWinner", "deliveryInfo", "dealDetails", "dealDetails.badge",
    "dealDetails.accessType", "dealDetails.startTime", "violatesMAP", "type",
]  # fmt: skip


@given(st.sampled_from(LEAVES), JSON, st.sampled_from(["creators", "paapi5"]))
def test_any_value_leaves_the_product(path: str, value: Any, api: str) -> None:
    shown = product_with(path, value, api)

    assert shown.details == WHOLE.details
    assert shown.offer.price in (None, WHOLE.offer.price) or path.startswith("price.money")
