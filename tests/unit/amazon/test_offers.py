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
