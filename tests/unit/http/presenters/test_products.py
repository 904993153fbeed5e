"""Products and changes as responses: complete while fresh, and only an ASIN after 24 hours."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from amzlinkr.domain.freshness import DISCLAIMER
from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Deal, Offer, Product, StoredProduct
from amzlinkr.http.presenters.products import change_out, product_out
from amzlinkr.http.response import ApiResponse
from tests.clock import START
from tests.fakes import offer, product

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
FULL = replace(
    product("B000000001", title="Coffee grinder"),
    offer=replace(
        offer(),
        list_price=Money(2500, "USD", "$25.00"),
        savings_percent=20,
        deal=Deal("prime_exclusive", "Deal", START - DAY, START + timedelta(hours=6)),
        list_price_kind="was_price",
        list_price_label="Was:",
        unit_price="$2.00 / Count",
        availability_message="In Stock",
        min_order_quantity=1,
        max_order_quantity=30,
        prime=True,
    ),
)


def body_of(item: Product | StoredProduct, age: timedelta) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(ApiResponse(200, product_out(item, START + age)).encoded())
    return body


def test_fresh_product_has_all_fields() -> None:
    assert body_of(FULL, timedelta(hours=1)) == {
        "asin": "B000000001",
        "marketplace": "US",
        "title": "Coffee grinder",
        "url": "https://www.amazon.com/dp/B000000001?tag=test-20",
        "image": {"url": "https://m.media-amazon.com/images/I/1.jpg", "width": 500, "height": 375},
        "brand": "Maker",
        "features": ["One", "Two"],
        "binding": "Kitchen",
        "price": {"amount": 1999, "currency": "USD", "display": "$19.99"},
        "list_price": {"amount": 2500, "currency": "USD", "display": "$25.00"},
        "list_price_kind": "was_price",
        "list_price_label": "Was:",
        "savings_percent": 20,
        "unit_price": "$2.00 / Count",
        "availability": "in_stock",
        "availability_message": "In Stock",
        "min_order_quantity": 1,
        "max_order_quantity": 30,
        "price_status": "current",
        "condition": "New",
        "merchant": "Amazon.com",
        "deal": {
            "access": "prime_exclusive",
            "badge": "Deal",
            "starts_at": "2026-11-22T12:00:00Z",
            "ends_at": "2026-11-23T18:00:00Z",
        },
        "prime": True,
        "observed_at": "2026-11-23T12:00:00Z",
        "fresh_until": "2026-11-23T18:00:00Z",
        "disclaimer": DISCLAIMER.format(domain="www.amazon.com"),
    }
    assert "displayed on www.amazon.com at the time" in body_of(FULL, DAY - HOUR)["disclaimer"]


@pytest.mark.parametrize("age", [DAY, DAY + timedelta(days=9)])
def test_product_has_no_content_after_24_hours(age: timedelta) -> None:
    assert body_of(FULL, age) == {
        "asin": "B000000001",
        "marketplace": "US",
        "url": "https://www.amazon.com/dp/B000000001",
        "price_status": "expired",
    }


def test_product_has_content_until_24_hours_have_passed() -> None:
    without_deal = replace(FULL, offer=replace(FULL.offer, deal=None))

    assert body_of(without_deal, DAY - timedelta(milliseconds=1))["price_status"] == "current"


@pytest.mark.parametrize("observed_at", [None, START])
def test_product_without_details_or_shelf_is_expired(observed_at: datetime | None) -> None:
    without_details = StoredProduct("B000000001", "US", None, FULL.offer, observed_at)
    without_shelf = StoredProduct("B000000001", "US", FULL.details, FULL.offer, None)

    for item in (without_details, without_shelf):
        body = body_of(item, timedelta())
        assert set(body) == {"asin", "marketplace", "url", "price_status"}
        assert body["price_status"] == "expired"


@pytest.mark.parametrize("age", [timedelta(), DAY])
@pytest.mark.parametrize(("code", "domain"), [("US", "www.amazon.com"), ("UK", "www.amazon.co.uk")])
def test_missing_product_has_a_link_with_the_partner_tag(
    code: str, domain: str, age: timedelta
) -> None:
    missing = StoredProduct("B000000001", code, None, Offer(), START, 5, "missing")
    tags = {"US": "us-20", "UK": "uk-21", "DE": "de-21"}

    body = json.loads(ApiResponse(200, change_out(missing, START + age, tags)).encoded())

    assert (body["kind"], body["product"]) == (
        "missing",
        {
            "asin": "B000000001",
            "marketplace": code,
            "url": f"https://{domain}/dp/B000000001?tag={tags[code]}",
            "price_status": "missing",
        },
    )


@pytest.mark.parametrize(
    ("current", "status"),
    [(Offer(), "no_offer"), (Offer(availability="in_stock", hidden=True), "hidden")],
)
def test_price_status_explains_an_absent_price(current: Offer, status: str) -> None:
    body = body_of(replace(FULL, offer=current), timedelta())

    assert body["price_status"] == status
    assert {"price", "list_price", "savings_percent"}.isdisjoint(body)


def test_change_of_removed_product_has_no_content() -> None:
    removed = StoredProduct("B000000001", "US", None, Offer(), None, 5, "removed", removed=True)

    body = json.loads(ApiResponse(200, change_out(removed, START)).encoded())

    assert body == {"asin": "B000000001", "marketplace": "US", "kind": "removed"}
