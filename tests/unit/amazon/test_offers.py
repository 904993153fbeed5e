"""Selection of listings and their conversion to offers."""

from dataclasses import replace
from typing import Any

import pytest

from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Deal, Offer
from tests.unit.amazon.responses import (
    only_product,
    product_with,
    read_lookup,
    recorded_lookup,
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
def test_unusual_listings_keep_their_meaning(
    asin: str, amount: int | None, availability: str, condition: str | None, hidden: bool
) -> None:
    offer = recorded_lookup("get_items_edges.json").found[asin].offer

    assert (offer.price.amount if offer.price else None) == amount
    assert (offer.availability, offer.condition, offer.hidden) == (availability, condition, hidden)


def test_price_below_advertised_minimum_hides_list_price_and_savings_too() -> None:
    offer = recorded_lookup("get_items_edges.json").found["B0EDGE0003"].offer

    assert (offer.price, offer.list_price, offer.savings_percent) == (None, None, None)


def test_yen_have_no_minor_unit() -> None:
    price = only_product(recorded_lookup("get_items_jp.json", "JP")).offer.price

    assert price == Money(3980, "JPY", "￥3,980")


def test_first_offers_resource_of_paapi_is_read() -> None:
    offer = only_product(recorded_lookup("get_items_offers_v1.json")).offer

    assert offer == Offer(
        Money(1529, "USD", "$15.29"),
        Money(1799, "USD", "$17.99"),
        15,
        "in_stock",
        "New",
        "Amazon.com",
        prime=True,
        availability_message="In Stock.",
    )


@pytest.mark.parametrize("amount", ["-1", "1e11", "1E+999990", "1e999999", '"NaN"', "null"])
def test_amount_that_cannot_be_a_price_is_none(amount: str) -> None:
    price = '{"Price":{"Money":{"Amount":%s,"Currency":"USD"}}}' % amount  # noqa: UP031 - braces
    body = '{"ItemsResult":{"Items":[{"ASIN":"B0GOOD0001","OffersV2":{"Listings":[%s]}}]}}' % price  # noqa: UP031 - braces

    assert only_product(read_lookup(body.encode())).offer.price is None


@pytest.mark.parametrize(
    ("reported", "shown"),
    [
        (None, None), (-1, None), (-0.6, None), (0, None), (0.4, None), (0.6, 1), (15, 15),
        (99.6, 100), (100, 100), (100.1, None), (101, None), (1e300, None),
    ],
)  # fmt: skip
def test_saved_part_is_between_1_and_100_percent(reported: float | None, shown: int | None) -> None:
    money = {"Amount": 10, "Currency": "USD", "DisplayAmount": "$10.00"}
    price = {
        "Money": money,
        "SavingBasis": {"Money": money | {"Amount": 20}},
        "Savings": {"Percentage": reported},
    }

    assert product_with(OffersV2={"Listings": [{"Price": price}]}).offer.savings_percent == shown


@pytest.mark.parametrize("limit", [{"ViolatesMAP": True}, {"DealDetails": {"EndTime": "soon"}}])
def test_hidden_price_shows_in_no_other_field(limit: dict[str, Any]) -> None:
    money = {"Amount": 10, "Currency": "USD", "DisplayAmount": "$10.00"}
    price = {
        "Money": money,
        "SavingBasis": {"Money": money | {"Amount": 20}},
        "Savings": {"Percentage": 50},
        "PricePerUnit": {"DisplayAmount": "$1 / Count"},
    }
    deal = {"Badge": "-50%", "AccessType": "ALL"} | limit.get("DealDetails", {})
    listing = {"Price": price, "Availability": {"Type": "IN_STOCK"}} | limit

    shown = product_with(OffersV2={"Listings": [listing | {"DealDetails": deal}]}).offer

    assert replace(shown, deal=None) == Offer(availability="in_stock", hidden=True)
    assert shown.deal == (Deal() if "ViolatesMAP" in limit else None)


def test_price_below_advertised_minimum_is_hidden_after_its_deal() -> None:
    ended = {"Badge": "-50%", "EndTime": "2020-01-01T00:00Z"}
    listing = {"Availability": {"Type": "IN_STOCK"}, "ViolatesMAP": True, "DealDetails": ended}

    shown = product_with(OffersV2={"Listings": [listing]}).offer

    assert shown == Offer(availability="in_stock", hidden=True)


def test_long_texts_are_cut() -> None:
    long = "x" * 500
    price = {
        "Money": {"Amount": 10, "Currency": "USD", "DisplayAmount": long},
        "SavingBasis": {"Money": {"Amount": 20, "Currency": "USD"}, "SavingBasisTypeLabel": long},
        "PricePerUnit": {"DisplayAmount": long},
    }
    listing = {
        "Price": price,
        "Availability": {"Message": long},
        "Condition": {"Value": long},
        "MerchantInfo": {"Name": long},
    }

    offer = product_with(OffersV2={"Listings": [listing]}).offer

    assert offer.price is not None
    texts = (
        offer.price.display,
        offer.list_price_label,
        offer.unit_price,
        offer.availability_message,
        offer.condition,
        offer.merchant,
    )
    assert [len(text or "") for text in texts] == [40, 80, 80, 200, 40, 200]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (1, 1), ("7", 7), (100_000, 100_000), (0, None), (-1, None), (100_001, None),
        ("many", None), (1.5, None), ([], None), (None, None),
    ],
)  # fmt: skip
def test_quantities_are_bounded(sent: object, shown: int | None) -> None:
    for name in ("Min", "Max"):
        listing = {"Availability": {f"{name}OrderQuantity": sent}}
        offer = product_with(OffersV2={"Listings": [listing]}).offer
        found = (offer.min_order_quantity, offer.max_order_quantity)
        assert found == ((shown, None) if name == "Min" else (None, shown))


def listing(name: str, winner: bool | None = None, condition: str = "", kind: str = "") -> Any:
    return {
        "MerchantInfo": {"Name": name},
        "IsBuyBoxWinner": winner,
        "Condition": {"Value": condition} if condition else None,
        "Type": kind or None,
    }


@pytest.mark.parametrize(
    ("listings", "featured"),
    [
        ([], None),
        ([listing("a")], "a"),
        ([listing("a", kind="SUBSCRIBE_AND_SAVE")], None),
        ([listing("a", True, kind="HAUL"), listing("b")], "b"),
        ([listing("a", kind="LIGHTNING_DEAL"), listing("b")], "a"),
        ([listing("a"), listing("b", True, "Used")], "b"),
        ([listing("a", True, "Used"), listing("b", True, "New")], "b"),
        ([listing("a", True, "Used"), listing("b", True)], "b"),
        ([listing("a", False, "Used"), listing("b", False, "new")], "b"),
        ([listing("a", False, "Used"), listing("b", False, "Renewed")], "a"),
        ([listing("a", True, "Used"), listing("b", False, "New")], "a"),
    ],
)
def test_featured_listing_is_the_winner_or_a_new_one(
    listings: list[Any], featured: str | None
) -> None:
    assert product_with(OffersV2={"Listings": listings}).offer.merchant == featured


@pytest.mark.parametrize(
    ("basis", "currency", "shown"),
    [
        (20, "USD", 2000),
        (10, "USD", None),
        (9, "USD", None),
        (20, "EUR", None),
        (None, "USD", None),
    ],
)
def test_price_to_compare_with_is_higher_and_in_the_same_currency(
    basis: int | None, currency: str, shown: int | None
) -> None:
    price = {
        "Money": {"Amount": 10, "Currency": "USD"},
        "SavingBasis": {"Money": {"Amount": basis, "Currency": currency}},
        "Savings": {"Percentage": 50},
    }

    offer = product_with(OffersV2={"Listings": [{"Price": price}]}).offer

    assert (offer.list_price.amount if offer.list_price else None) == shown
    assert offer.savings_percent == (50 if shown else None)


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("$1.00 / Count", "$1.00 / Count"),
        ("1.00", None),
        (1.5, None),
        ({"DisplayAmount": "$1 / oz"}, "$1 / oz"),
        ({"Money": {"DisplayAmount": "$2 / oz"}, "DisplayAmount": "$1 / oz"}, "$2 / oz"),
        ({"Money": {"Amount": 2}, "DisplayAmount": "$1 / oz"}, "$1 / oz"),
        ({"Money": {"Amount": 2}}, None),
        (None, None),
    ],
)
def test_unit_price_is_amazons_text(unit: object, shown: str | None) -> None:
    money = {"Amount": 10, "Currency": "USD"}
    with_price = {"Price": {"Money": money, "PricePerUnit": unit}}
    without = {"Price": {"PricePerUnit": unit}}

    assert product_with(OffersV2={"Listings": [with_price]}).offer.unit_price == shown
    assert product_with(OffersV2={"Listings": [without]}).offer.unit_price is None


def test_offer_without_an_availability_has_one_if_it_has_a_price() -> None:
    priced = {"Price": {"Money": {"Amount": 10, "Currency": "USD"}}}

    def availability(listing: Any) -> str:
        return product_with(OffersV2={"Listings": [listing]}).offer.availability

    assert availability(priced) == "unknown"
    assert availability(priced | {"ViolatesMAP": True}) == "unknown"
    assert availability({"Condition": {"Value": "New"}}) == "out_of_stock"
    assert availability({"Availability": {"Type": "BRAND_NEW_VALUE"}}) == "unknown"


@pytest.mark.parametrize("missing", ["Amount", "Currency"])
def test_amount_without_its_currency_is_no_price(missing: str) -> None:
    money = {"Amount": 10, "Currency": "USD"} | {missing: None}

    assert product_with(OffersV2={"Listings": [{"Price": {"Money": money}}]}).offer.price is None
    # In the object itself, as in the first Offers of PA-API.
    assert product_with(Offers={"Listings": [{"Price": money}]}).offer.price is None
