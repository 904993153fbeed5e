"""Looking for products at Amazon, within the time a WordPress page waits."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.clock import Deadline, SystemClock
from amzlinkr.domain.ports import Priority
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon import paapi5
from infra.local.fake_amazon.control import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.signature import Arrived
from infra.local.fake_amazon.state import Fault, FaultKind
from tests.calls import Site, event_of
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG

BUDGET_SECONDS = 3.3


def asked(amazon: FakeAmazon) -> list[tuple[str, str, list[str]]]:
    return [(c.operation, c.marketplace, c.item_ids) for c in amazon.control.calls()]


def test_pages_follow_each_other(site: Site) -> None:
    first = site.get("/v1/search", keywords="green tea").json
    second = site.get("/v1/search", keywords="green tea", page="2").json
    assert (first["page"], second["page"]) == (1, 2)
    assert len(first["items"]) == len(second["items"]) == 10
    assert first["total"] == second["total"]
    assert first["pages"] == min(10, -(-first["total"] // 10))
    assert first["search_url"].startswith("https://www.amazon.com/s?")
    asins = [item["asin"] for item in first["items"] + second["items"]]
    assert len(set(asins)) == 20
    shown = first["items"][0]
    assert f"tag={TAG}" in shown["url"]
    assert shown["observed_at"] <= shown["fresh_until"]
    assert "amazon.com" in shown["disclaimer"].lower()


def test_filters_reach_the_wire(
    site: Site, amazon: FakeAmazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire: list[dict[str, Any]] = []
    read = paapi5._read_body

    def noted(request: Arrived) -> dict[str, object]:
        wire.append(json.loads(request.body))
        return read(request)

    monkeypatch.setattr(paapi5, "_read_body", noted)
    found = site.get(
        "/v1/search",
        keywords="caf\u00e9 茶", page="3", category="Kitchen", sort="Price:LowToHigh",
        brand="Acme", min_price="500", max_price="9000", min_rating="3", min_saving="5",
        in_stock="false",
    )  # fmt: skip
    assert found.status in (200, 422), found.text
    wanted = {
        "Keywords": "café 茶", "ItemPage": 3, "SearchIndex": "Kitchen", "SortBy": "Price:LowToHigh",
        "Brand": "Acme", "MinPrice": 500, "MaxPrice": 9000, "MinReviewsRating": 3,
        "MinSavingPercent": 5, "Availability": "IncludeOutOfStock", "ItemCount": 10,
        "PartnerTag": TAG, "Marketplace": "www.amazon.com",
    }  # fmt: skip
    assert {name: wire[0].get(name) for name in wanted} == wanted
    site.get("/v1/search", keywords="tea")
    assert wire[1]["Availability"] == "Available"
    assert not {"MinPrice", "Brand", "SortBy", "SearchIndex"} & wire[1].keys()


def test_an_asin_or_address_is_looked_up_in_its_own_marketplace(
    site: Site, amazon: FakeAmazon
) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE")
    amazon.control.forget_calls()
    by_asin = site.get("/v1/search", keywords=" b0test0001 ").json
    german = site.get("/v1/search", keywords="https://www.amazon.de/x/dp/B0TEST0002?ref=a").json
    missing = site.get("/v1/search", keywords="B0NONE0001").json
    assert asked(amazon) == [
        ("GetItems", "US", ["B0TEST0001"]),
        ("GetItems", "DE", ["B0TEST0002"]),
        ("GetItems", "US", ["B0NONE0001"]),
    ]
    assert [item["asin"] for item in by_asin["items"]] == ["B0TEST0001"]
    assert german["items"][0]["marketplace"] == "DE"
    assert (missing["items"], missing["total"], missing["pages"]) == ([], 0, 0)
    words = site.get("/v1/search", keywords="strawberry").json
    assert words["total"] > 1


def test_no_hits_are_an_empty_page(site: Site) -> None:
    nothing = site.get("/v1/search", keywords="zzznothing")
    assert nothing.status == 200
    assert (nothing.json["items"], nothing.json["total"], nothing.json["pages"]) == ([], 0, 0)


def test_yen_have_no_minor_units(site: Site) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, "test-22", "JP")
    items = site.get("/v1/search", keywords="茶", marketplace="JP").json["items"]
    prices = [item["price"] for item in items if "price" in item]
    assert prices
    for price in prices:
        assert price["currency"] == "JPY"
        digits = "".join(char for char in price["display"] if char.isdigit())
        assert digits == str(price["amount"])


def test_an_amazon_that_stammers_is_unavailable(site: Site, amazon: FakeAmazon) -> None:
    kinds: tuple[FaultKind, ...] = ("500", "garbage", "html", "truncated")
    for kind in kinds:
        amazon.control.forget_calls()
        amazon.control.add_fault(Fault(kind, times=1, operation="SearchItems"))
        amazon.control.add_fault(Fault("500", times=2))
        reply = site.get("/v1/search", keywords="tea")
        assert (reply.status, reply.json["code"]) == (503, "amazon_unavailable"), kind
        assert reply.json["retryable"]
        assert 1 <= len(amazon.control.calls()) <= 3
        while site.get("/v1/search", keywords="tea").status != 200:
            pass


def test_one_stumble_is_retried(site: Site, amazon: FakeAmazon) -> None:
    amazon.control.forget_calls()
    amazon.control.add_fault(Fault("500"))
    assert site.get("/v1/search", keywords="tea").status == 200
    assert [call.status for call in amazon.control.calls()] == [500, 200]


def test_amazons_429_is_ours_to_explain(site: Site, amazon: FakeAmazon) -> None:
    amazon.control.forget_calls()
    amazon.control.add_fault(Fault("429", times=5))
    reply = site.get("/v1/search", keywords="tea")
    assert (reply.status, reply.json["code"]) == (503, "amazon_throttled")
    assert reply.json["upstream"]["code"] == "TooManyRequests"
    assert len(amazon.control.calls()) == 1


def test_a_spent_account_says_when_to_come_back(site: Site, deps: Dependencies) -> None:
    account = deps.sites.require(site.site_id).connection("US").account_key
    pacer = deps.rate_limiters.rate_limiter(account, Priority.INTERACTIVE)
    for _ in range(3):
        deps.clock.sleep(60)
        pacer.on_throttled(pacer.acquire(Deadline.after(deps.clock, 3)))
    reply = site.get("/v1/search", keywords="tea")
    assert (reply.status, reply.json["code"]) == (503, "amazon_throttled")
    assert int(reply.headers["retry-after"]) == reply.json["retry_after"] > 1


def test_without_keys_there_is_no_search(site: Site, deps: Dependencies) -> None:
    for asking, shop in ((Site.new(deps), "US"), (site, "DE")):
        reply = asking.get("/v1/search", keywords="tea", marketplace=shop)
        assert (reply.status, reply.json["code"]) == (409, "not_connected")
        assert shop in reply.json["detail"]


def test_wrong_parameters_are_named(site: Site) -> None:
    wrong: list[tuple[dict[str, str], str]] = [
        ({"keywords": ""}, "keywords"), ({"keywords": "x" * 1001}, "keywords"),
        ({"page": "0"}, "page"), ({"page": "11"}, "page"), ({"page": "two"}, "page"),
        ({"sort": "Cheap"}, "sort"), ({"min_rating": "5"}, "min_rating"),
        ({"marketplace": "XX"}, "marketplace"), ({"colour": "red"}, "colour"),
        ({"in_stock": "maybe"}, "in_stock"), ({"min_price": "1.5"}, "min_price"),
        ({"max_price": "9" * 5000}, "max_price"), ({"category": "a b"}, "category"),
        ({"keywords": "https://www.amazon.com/gp/cart"}, "keywords"),
    ]  # fmt: skip
    for query, field in wrong:
        reply = site.get("/v1/search", None, **({"keywords": "tea"} | query))
        assert (reply.status, reply.json.get("field")) == (422, field), (query, reply.text)


def test_a_hanging_amazon_does_not_hang_the_editor(aws: Config) -> None:
    with FakeAmazon() as amazon:
        amazon.control.put_account(
            ACCESS_KEY, AccountBody(secret_key=SECRET_KEY, partner_tags={"US": TAG})
        )
        deps = Dependencies(replace(aws, amazon_url=amazon.url), SystemClock())
        site = Site.signed_up(deps, ACCESS_KEY, SECRET_KEY, TAG)
        amazon.control.add_fault(Fault("timeout", times=9, seconds=20))
        started = time.monotonic()
        reply = site.get("/v1/search", keywords="tea")
        took = time.monotonic() - started
    assert (reply.status, reply.json["code"]) == (503, "amazon_unavailable")
    assert took < BUDGET_SECONDS + 0.5


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"keywords": " \t "}, "keywords"),
        ({"keywords": "tea", "min_price": "5000", "max_price": "1000"}, "max_price"),
    ],
)
def test_what_cannot_be_found_is_not_looked_for(
    site: Site, query: dict[str, str], field: str
) -> None:
    refused = site.send(event_of("GET", "/v1/search", query=query))
    assert (refused.status, refused.json["code"]) == (422, "invalid_request")
    assert refused.json["field"] == field
