"""Domain values as answers: honest about age, complete, and one problem for each error."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from amzlinkr.domain import amazon_errors, errors
from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.errors import AmzlinkrError, InvalidRequest
from amzlinkr.domain.limits import Limit, LimitUsage
from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Deal, Offer, StoredProduct
from amzlinkr.http.presenters.products import change_out, product_out
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.response import problem as problem_of
from tests.clock import START
from tests.fakes import offer, product

DAY = timedelta(hours=24)
FULL = replace(
    product("B000000001"),
    offer=replace(
        offer(),
        list_price=Money(2500, "USD", "$25.00"),
        savings_percent=20,
        deal=Deal("Deal", "ALL", "2026-11-24T00:00:00Z"),
        prime=True,
    ),
)


def all_errors(kind: type[AmzlinkrError] = AmzlinkrError) -> list[type[AmzlinkrError]]:
    below = [error for child in kind.__subclasses__() for error in all_errors(child)]
    return [*below] if kind in (AmzlinkrError, AmazonError) else [kind, *below]


def made(kind: type[AmzlinkrError]) -> AmzlinkrError:
    return InvalidRequest("field", "Detail.") if kind is InvalidRequest else kind()


def shown(item: Any, age: timedelta) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(ApiResponse(200, product_out(item, START + age)).encoded())
    return body


def test_a_fresh_product_shows_everything() -> None:
    assert shown(FULL, timedelta(hours=1)) == {
        "asin": "B000000001",
        "marketplace": "US",
        "title": "A thing",
        "url": "https://www.amazon.com/dp/B000000001?tag=test-20",
        "image": {"url": "https://m.media-amazon.com/images/I/1.jpg", "width": 500, "height": 375},
        "brand": "Maker",
        "features": ["One", "Two"],
        "binding": "Kitchen",
        "price": {"amount": 1999, "currency": "USD", "display": "$19.99"},
        "list_price": {"amount": 2500, "currency": "USD", "display": "$25.00"},
        "savings_percent": 20,
        "availability": "in_stock",
        "price_status": "current",
        "condition": "New",
        "merchant": "Amazon.com",
        "deal": {"badge": "Deal", "access": "ALL", "ends_at": "2026-11-24T00:00:00Z"},
        "prime": True,
        "observed_at": "2026-11-23T12:00:00Z",
        "fresh_until": "2026-11-24T12:00:00Z",
        "disclaimer": shown(FULL, DAY)["disclaimer"],
    }
    assert "displayed on www.amazon.com at the time" in shown(FULL, DAY)["disclaimer"]


@pytest.mark.parametrize("age", [DAY, DAY + timedelta(days=9)])
def test_after_24_hours_nothing_is_shown_but_the_asin(age: timedelta) -> None:
    body = shown(FULL, age)

    assert (body["asin"], body["price_status"]) == ("B000000001", "expired")
    ours = {"asin", "marketplace", "price_status", "observed_at", "fresh_until", "disclaimer"}
    assert {name for name, value in body.items() if value not in (None, [])} == ours


def test_a_moment_before_that_it_is_shown() -> None:
    assert shown(FULL, DAY - timedelta(milliseconds=1))["price_status"] == "current"


@pytest.mark.parametrize("observed_at", [None, START])
def test_a_stored_product_without_shelf_or_details_is_expired(observed_at: Any) -> None:
    bare = StoredProduct("B000000001", "US", None, FULL.offer, observed_at)
    unseen = StoredProduct("B000000001", "US", FULL.details, FULL.offer, None)

    for item in (bare, unseen):
        body = shown(item, timedelta())
        assert body["price_status"] == "expired"
        assert "price" not in body
        assert body["title"] is None


@pytest.mark.parametrize(
    ("visible", "status"),
    [(Offer(), "no_offer"), (Offer(availability="in_stock", hidden=True), "hidden")],
)
def test_without_a_price_the_status_says_why(visible: Offer, status: str) -> None:
    body = shown(replace(FULL, offer=visible), timedelta())

    assert body["price_status"] == status
    assert {"price", "list_price", "savings_percent"}.isdisjoint(body)


def test_a_removed_product_is_named_in_the_feed_and_not_shown() -> None:
    gone = StoredProduct("B000000001", "US", None, Offer(), None, 5, "removed", removed=True)

    body = json.loads(ApiResponse(200, change_out(gone, START)).encoded())

    assert body == {"asin": "B000000001", "marketplace": "US", "kind": "removed"}


def test_each_error_has_a_code_of_its_own() -> None:
    codes = [error.code for error in all_errors()]

    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", all_errors())
def test_each_error_is_a_complete_problem(kind: type[AmzlinkrError]) -> None:
    answer = problem_of(made(kind), "r1")

    body = json.loads(answer.encoded())
    assert answer.content_type == "application/problem+json"
    assert 400 <= body["status"] == kind.status < 600
    assert body["type"].endswith(body["code"])
    assert len(body["title"]) > 5
    assert len(body["action"]) > 15
    assert body["detail"]
    assert body["request_id"] == "r1"
    assert kind.status != 503 or body["retryable"]


@pytest.mark.parametrize("kind", all_errors())
def test_each_error_stands_in_the_tree_of_its_module(kind: type[AmzlinkrError]) -> None:
    drawn = (errors.__doc__ or "") + (amazon_errors.__doc__ or "")

    assert any(
        kind.__name__ in line and f"{kind.status} {kind.code}" in line
        for line in drawn.splitlines()
    )


def test_waiting_times_go_into_header_and_body() -> None:
    answer = problem_of(errors.RateLimited("", LimitUsage(Limit("calls", 5), 5, 30)), "r1")

    assert answer.headers == {"Retry-After": "30"}
    assert json.loads(answer.encoded())["retry_after"] == 30
