"""Products and changes as responses: complete while fresh, and only an ASIN after 24 hours."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from amzlinkr.domain.catalog import BrowseNode, NodeName
from amzlinkr.domain.freshness import DISCLAIMER
from amzlinkr.domain.imports import WAITING, Entry, Outcome, Problem
from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Deal, Details, Offer, Product, StoredProduct
from amzlinkr.http.presenters.products import (
    MAX_PROBLEM_BYTES,
    NO_TAGS,
    ResultContext,
    browse_node_out,
    change_out,
    import_result,
    product_out,
    queued_import_result,
    results_of_page,
)
from amzlinkr.http.response import ApiResponse
from tests.calls import API_URL
from tests.clock import START
from tests.fakes import offer, product
from tests.unit.http.encoding import encoded

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


def test_absent_members_are_left_out() -> None:
    sparse = replace(FULL, details=Details("", ""), offer=Offer(deal=Deal(), prime=False))

    assert body_of(sparse, HOUR) == {
        "asin": "B000000001",
        "marketplace": "US",
        "features": [],
        "availability": "out_of_stock",
        "price_status": "no_offer",
        "deal": {"access": "all", "badge": ""},
        "prime": False,
        "observed_at": "2026-11-23T12:00:00Z",
        "fresh_until": "2026-11-24T12:00:00Z",
        "disclaimer": DISCLAIMER.format(domain="www.amazon.com"),
    }


CONTEXT = ResultContext(START, API_URL, NO_TAGS)
ENTRY = Entry("b000000001", "B000000001", "US")
PROBLEM = Problem("amazon_throttled", "Slow.", "Wait.")


@pytest.mark.parametrize(
    ("entry", "outcome", "status"),
    [
        (ENTRY, None, "imported"),
        (ENTRY, WAITING, "waiting"),
        (ENTRY, PROBLEM, "failed"),
        (ENTRY, replace(PROBLEM, code="not_found"), "not_found"),
        (replace(ENTRY, problem=PROBLEM), None, "failed"),
        (replace(ENTRY, problem=PROBLEM), WAITING, "failed"),
    ],
)
def test_result_of_an_entry_has_its_product_or_its_problem(
    entry: Entry, outcome: Outcome, status: str
) -> None:
    stored = StoredProduct("B000000001", "US", FULL.details, FULL.offer, START)
    result, without = (
        encoded(import_result(entry, outcome, found, CONTEXT)) for found in (stored, None)
    )

    is_stored = status in ("imported", "waiting")
    assert result["status"] == without["status"] == status
    assert ("product" in result, "problem" in result) == (is_stored, not is_stored)
    assert "product" not in without
    assert (result["input"], result["asin"], result["marketplace"]) == (
        "b000000001", "B000000001", "US",
    )  # fmt: skip


def test_entry_of_an_unfinished_chunk_is_queued() -> None:
    assert encoded(queued_import_result(ENTRY)) == {
        "input": "b000000001", "asin": "B000000001", "marketplace": "US", "status": "queued",
    }  # fmt: skip


def test_page_of_results_ends_with_the_bytes_of_their_problems() -> None:
    failed = import_result(replace(ENTRY, problem=PROBLEM), None, None, CONTEXT)
    imported = import_result(ENTRY, None, None, CONTEXT)
    size = len(msgspec.json.encode(failed))
    fitting = MAX_PROBLEM_BYTES // size

    assert results_of_page([failed] * (fitting + 5)) == [failed] * fitting
    assert results_of_page([imported] * 1_000) == [imported] * 1_000
    mixed = [imported, *[failed] * fitting, imported, failed]
    assert results_of_page(mixed) == mixed[:-1]
    rest = MAX_PROBLEM_BYTES - size
    detail = PROBLEM.detail + "x" * (rest - size)
    full, larger = (
        import_result(replace(ENTRY, problem=replace(PROBLEM, detail=text)), None, None, CONTEXT)
        for text in (detail, detail + "x")
    )
    assert results_of_page([failed, full]) == [failed, full]
    assert results_of_page([failed, larger]) == [failed]


def test_single_result_is_shown_whatever_its_size() -> None:
    long = replace(PROBLEM, detail="x" * MAX_PROBLEM_BYTES)
    failed = import_result(replace(ENTRY, problem=long), None, None, CONTEXT)

    assert results_of_page([failed, failed]) == [failed]


def test_browse_node_has_its_relations() -> None:
    node = BrowseNode("1", "A", (NodeName("2", "B"),), (NodeName("3", "C"), NodeName("4", "D")))

    assert encoded(browse_node_out(node)) == {
        "id": "1",
        "name": "A",
        "ancestors": [{"id": "2", "name": "B"}],
        "children": [{"id": "3", "name": "C"}, {"id": "4", "name": "D"}],
    }
