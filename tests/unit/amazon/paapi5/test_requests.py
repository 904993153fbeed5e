"""Requests to PA-API 5.0: path, headers, and body."""

import json
from urllib.parse import urlsplit

import pytest

from amzlinkr.domain.catalog import Search
from amzlinkr.domain.clock import Deadline
from tests.clock import FakeClock
from tests.unit.amazon.accounts import catalog_at
from tests.unit.wire import Sent, Wire, reply


def request_of(operation: str) -> Sent:
    """Return the request of a call in the UK marketplace."""
    clock = FakeClock()
    with Wire([reply(200, {"Items": []})]) as wire:
        catalog = catalog_at(wire.url, clock, "UK")
        if operation == "SearchItems":
            catalog.search(Search("tea"), Deadline.after(clock, 3))
        else:
            catalog.items(["B000000001"], Deadline.after(clock, 3))
    return wire.sent[0]


@pytest.mark.parametrize("operation", ["SearchItems", "GetItems"])
def test_path_host_and_headers_are_the_documented_ones(operation: str) -> None:
    sent = request_of(operation)

    assert (sent.method, sent.path) == ("POST", f"/paapi5/{operation.lower()}")
    assert sent.headers["host"] == "webservices.amazon.co.uk"
    assert sent.headers["content-encoding"] == "amz-1.0"
    assert sent.headers["content-type"] == "application/json; charset=utf-8"
    assert sent.headers["x-amz-target"] == (
        f"com.amazon.paapi5.v1.ProductAdvertisingAPIv1.{operation}"
    )
    assert urlsplit(f"//{sent.headers['host']}").port is None
    assert "cookie" not in sent.headers


def test_search_request_contains_tag_marketplace_and_filters() -> None:
    clock = FakeClock()
    search = Search(
        "tea", "Grocery", 2, "Price:LowToHigh", "Maker", 100, 900, 4, 10, in_stock=False
    )

    with Wire([reply(200, {"Items": []})]) as wire:
        catalog_at(wire.url, clock, "DE").search(search, Deadline.after(clock, 3))

    body = json.loads(wire.sent[0].body)
    assert body.pop("Resources")
    assert body == {
        "PartnerTag": "unit-20",
        "PartnerType": "Associates",
        "Marketplace": "www.amazon.de",
        "Keywords": "tea",
        "SearchIndex": "Grocery",
        "ItemPage": 2,
        "ItemCount": 10,
        "SortBy": "Price:LowToHigh",
        "Brand": "Maker",
        "MinPrice": 100,
        "MaxPrice": 900,
        "MinReviewsRating": 4,
        "MinSavingPercent": 10,
        "Availability": "IncludeOutOfStock",
    }
