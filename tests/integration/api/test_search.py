"""Product search at Amazon, within the timeout of a WordPress request."""

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
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.exchange import HttpRequest
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault, FaultKind
from tests.calls import event_of
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.site_client import Site
from tests.unit.domain import pasted_links

MAX_SECONDS = 3.3


def calls(amazon: FakeAmazon) -> list[tuple[str, str, list[str]]]:
    """Return operation, marketplace, and ASINs of each call to Amazon."""
    return [(c.operation, c.marketplace, c.item_ids) for c in amazon.control.calls()]


def test_result_pages_do_not_overlap(site: Site) -> None:
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


def test_filters_are_sent_to_amazon(
    site: Site, amazon: FakeAmazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies: list[dict[str, Any]] = []
    read_body = paapi5._read_body

    def record_body(request: HttpRequest) -> dict[str, object]:
        bodies.append(json.loads(request.body))
        return read_body(request)

    monkeypatch.setattr(paapi5, "_read_body", record_body)
    found = site.get(
        "/v1/search",
        keywords="caf\u00e9 茶", page="3", category="Kitchen", sort="Price:LowToHigh",
        brand="Acme", min_price="500", max_price="9000", min_rating="3", min_saving="5",
        in_stock="false", author="Writer", artist="Band", actor="Player", title="Name",
        browse_node="283155", condition="New", delivery="Prime, FreeShipping,Prime",
    )  # fmt: skip
    assert found.status in (200, 422), found.text
    expected = {
        "Keywords": "café 茶", "ItemPage": 3, "SearchIndex": "Kitchen", "SortBy": "Price:LowToHigh",
        "Brand": "Acme", "MinPrice": 500, "MaxPrice": 9000, "MinReviewsRating": 3,
        "MinSavingPercent": 5, "Availability": "IncludeOutOfStock", "ItemCount": 10,
        "PartnerTag": TAG, "Marketplace": "www.amazon.com", "Author": "Writer", "Artist": "Band",
        "Actor": "Player", "Title": "Name", "BrowseNodeId": "283155", "Condition": "New",
        "DeliveryFlags": ["Prime", "FreeShipping"],
    }  # fmt: skip
    assert {name: bodies[0].get(name) for name in expected} == expected
    site.get("/v1/search", keywords="tea")
    assert bodies[1]["Availability"] == "Available"
    assert not (expected.keys() - {"Keywords", "ItemPage", "ItemCount", "Availability"}) & (
        bodies[1].keys() - {"PartnerTag", "Marketplace"}
    )


@pytest.mark.parametrize("api", ["paapi5", "creators"])
@pytest.mark.parametrize("term", ["brand", "author", "artist", "actor", "title"])
def test_each_term_is_sufficient(
    site: Site, amazon: FakeAmazon, clock: FakeClock, api: str, term: str
) -> None:
    if api == "creators":
        assert site.connect_creators(CREDENTIAL, TAG).status == 200
    found = site.send(event_of("GET", "/v1/search", query={term: "Northwind"}))
    assert found.status == 200, found.text
    assert found.json["total"] > 10
    empty = site.send(event_of("GET", "/v1/search", query={term: "\u200e "}))
    assert (empty.status, empty.json["field"]) == (422, "keywords")


@pytest.mark.parametrize("api", ["paapi5", "creators"])
def test_filters_narrow_the_results(site: Site, clock: FakeClock, api: str) -> None:
    if api == "creators":
        assert site.connect_creators(CREDENTIAL, TAG).status == 200

    def total(**query: str) -> int:
        clock.advance(seconds=5)
        found = site.send(event_of("GET", "/v1/search", query={"keywords": "tent", **query}))
        return int(found.json["total"])

    whole = total(in_stock="false")
    for query in (
        {"condition": "New"}, {"delivery": "Prime"}, {"delivery": "Prime,AmazonGlobal"},
        {"min_rating": "4"}, {"min_saving": "20"}, {"min_price": "3000"}, {"max_price": "3000"},
    ):  # fmt: skip
        assert 0 < total(in_stock="false", **query) < whole, query
    assert total(delivery="Prime,AmazonGlobal") < total(delivery="Prime")
    clock.advance(seconds=5)
    new = site.get("/v1/search", keywords="tent", condition="New").json["items"]
    assert {item["condition"] for item in new} <= {"New", None}
    node = site.get("/v1/search", keywords="tent", browse_node="1064954").json["items"]
    assert {item["binding"] for item in node} == {"Office Product"}


def test_used_products_need_pa_api(site: Site, amazon: FakeAmazon, clock: FakeClock) -> None:
    used = site.get("/v1/search", keywords="tent", condition="Used").json["items"]
    assert {item["condition"] for item in used} == {"Used"}
    site.connect_creators(CREDENTIAL, TAG)
    amazon.control.clear_calls()
    refused = site.get("/v1/search", keywords="tent", condition="Used")
    assert (refused.status, refused.json["field"]) == (422, "condition")
    assert calls(amazon) == []


def test_asin_or_url_is_looked_up_in_its_marketplace(site: Site, amazon: FakeAmazon) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE")
    amazon.control.clear_calls()
    by_asin = site.get("/v1/search", keywords=" b0test0001 ").json
    german = site.get("/v1/search", keywords="https://www.amazon.de/x/dp/B0TEST0002?ref=a").json
    missing = site.get("/v1/search", keywords="B0NONE0001").json
    assert calls(amazon) == [
        ("GetItems", "US", ["B0TEST0001"]),
        ("GetItems", "DE", ["B0TEST0002"]),
        ("GetItems", "US", ["B0NONE0001"]),
    ]
    assert [item["asin"] for item in by_asin["items"]] == ["B0TEST0001"]
    assert german["items"][0]["marketplace"] == "DE"
    assert (missing["items"], missing["total"], missing["pages"]) == ([], 0, 0)
    by_word = site.get("/v1/search", keywords="strawberry").json
    assert by_word["total"] > 1


def test_product_is_found_among_words(site: Site, amazon: FakeAmazon) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE")
    amazon.control.clear_calls()
    for keywords in (
        "blue kettle \u200eB0TEST0002",
        "Acme 1.7 l https://www.amazon.com/dp/B0TEST0002?ref=cm_sw_r_apan_dp",
        "https://www.amazon.com/sspa/click?spc="
        + "M" * 1000
        + "&url=%2FAcme%2Fdp%2FB0TEST0002%2Fref",
    ):
        found = site.get("/v1/search", keywords=keywords).json
        assert [item["asin"] for item in found["items"]] == ["B0TEST0002"], keywords
    assert calls(amazon) == [("GetItems", "US", ["B0TEST0002"])] * 3


def test_short_link_is_refused_without_a_call(
    site: Site, amazon: FakeAmazon, subtests: pytest.Subtests
) -> None:
    for keywords in (*pasted_links.SHORT_LINKS, "kettle amzn.to/3abcDEF"):
        with subtests.test(keywords=keywords):
            amazon.control.clear_calls()
            refused = site.get("/v1/search", keywords=keywords)
            assert (refused.status, refused.json["code"]) == (422, "short_link")
            assert (refused.json["field"], refused.json["title"]) == (
                "keywords",
                "Short links are not supported",
            )
            assert "Open the link in a browser" in refused.json["action"]
            assert calls(amazon) == []


def test_refused_keywords_cause_no_call(
    site: Site, amazon: FakeAmazon, subtests: pytest.Subtests
) -> None:
    for keywords in (*pasted_links.OTHER_PAGES, *pasted_links.FOREIGN, "\u200e \u2060"):
        with subtests.test(keywords=keywords):
            amazon.control.clear_calls()
            refused = site.get("/v1/search", keywords=keywords)
            assert (refused.status, refused.json["field"]) == (422, "keywords")
            assert calls(amazon) == []


def test_lookup_checks_the_filters_and_has_one_page(site: Site, amazon: FakeAmazon) -> None:
    long_url = f"https://www.amazon.com/dp/B0TEST0001?x={'x' * 1500}"
    assert site.get("/v1/search", keywords=long_url).status == 200
    amazon.control.clear_calls()
    wrong: list[tuple[dict[str, str], str]] = [
        ({"delivery": "bogus"}, "delivery"), ({"delivery": ","}, "delivery"),
        ({"delivery": " , "}, "delivery"),
        ({"min_price": "5000", "max_price": "1000"}, "max_price"),
    ]  # fmt: skip
    for query, field in wrong:
        for keywords in ("B0TEST0001", "tea"):
            refused = site.get("/v1/search", None, keywords=keywords, **query)
            assert (refused.status, refused.json["field"]) == (422, field), (keywords, query)
    assert calls(amazon) == []
    third = site.get("/v1/search", keywords="B0TEST0001", page="3").json
    assert (third["items"], third["page"], third["total"], third["pages"]) == ([], 3, 1, 1)


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ({"brwose_node": "0"}, "This parameter does not exist."),
        ({"min_rating": "4.5"}, "This must be a whole number."),
        ({"in_stock": "maybe"}, "This must be true or false."),
    ],
)
def test_problem_of_a_parameter_is_in_plain_words(
    site: Site, query: dict[str, str], detail: str
) -> None:
    refused = site.get("/v1/search", None, keywords="tea", **query)
    assert (refused.status, refused.json["detail"]) == (422, detail)


def test_search_without_results_is_an_empty_page(site: Site) -> None:
    empty = site.get("/v1/search", keywords="zzznothing")
    assert empty.status == 200
    assert (empty.json["items"], empty.json["total"], empty.json["pages"]) == ([], 0, 0)


def test_yen_amounts_have_no_minor_units(site: Site) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, "test-22", "JP")
    items = site.get("/v1/search", keywords="茶", marketplace="JP").json["items"]
    prices = [item["price"] for item in items if "price" in item]
    assert prices
    for price in prices:
        assert price["currency"] == "JPY"
        digits = "".join(char for char in price["display"] if char.isdigit())
        assert digits == str(price["amount"])


def test_repeated_amazon_failures_are_reported_as_unavailable(
    site: Site, amazon: FakeAmazon
) -> None:
    kinds: tuple[FaultKind, ...] = ("500", "garbage", "html", "truncated")
    for kind in kinds:
        amazon.control.clear_calls()
        amazon.control.add_fault(Fault(kind, times=1, operation="SearchItems"))
        amazon.control.add_fault(Fault("500", times=2))
        reply = site.get("/v1/search", keywords="tea")
        assert (reply.status, reply.json["code"]) == (503, "amazon_unavailable"), kind
        assert reply.json["retryable"]
        assert 1 <= len(amazon.control.calls()) <= 3
        while site.get("/v1/search", keywords="tea").status != 200:
            pass


def test_single_server_error_is_retried(site: Site, amazon: FakeAmazon) -> None:
    amazon.control.clear_calls()
    amazon.control.add_fault(Fault("500"))
    assert site.get("/v1/search", keywords="tea").status == 200
    assert [call.status for call in amazon.control.calls()] == [500, 200]


def test_amazon_429_is_reported_as_throttled(site: Site, amazon: FakeAmazon) -> None:
    amazon.control.clear_calls()
    amazon.control.add_fault(Fault("429", times=5))
    reply = site.get("/v1/search", keywords="tea")
    assert (reply.status, reply.json["code"]) == (503, "amazon_throttled")
    assert reply.json["upstream"]["code"] == "TooManyRequests"
    assert len(amazon.control.calls()) == 1


def test_throttled_account_has_a_retry_after(site: Site, deps: Dependencies) -> None:
    account = deps.sites.require(site.site_id).connection("US").account_key
    limiter = deps.rate_limiters.rate_limiter(account, Priority.INTERACTIVE)
    for _ in range(3):
        deps.clock.sleep(60)
        limiter.on_throttled(limiter.acquire(Deadline.after(deps.clock, 3)))
    reply = site.get("/v1/search", keywords="tea")
    assert (reply.status, reply.json["code"]) == (503, "amazon_throttled")
    assert int(reply.headers["retry-after"]) == reply.json["retry_after"] > 1


def test_search_needs_a_connected_marketplace(site: Site, deps: Dependencies) -> None:
    for client, marketplace_code in ((Site.sign_up(deps), "US"), (site, "DE")):
        reply = client.get("/v1/search", keywords="tea", marketplace=marketplace_code)
        assert (reply.status, reply.json["code"]) == (409, "not_connected")
        assert marketplace_code in reply.json["detail"]


def test_invalid_parameter_is_named(site: Site) -> None:
    wrong: list[tuple[dict[str, str], str]] = [
        ({"keywords": ""}, "keywords"), ({"keywords": "x" * 1001}, "keywords"),
        ({"keywords": "x" * 2001}, "keywords"),
        ({"page": "0"}, "page"), ({"page": "11"}, "page"), ({"page": "two"}, "page"),
        ({"sort": "Cheap"}, "sort"), ({"min_rating": "5"}, "min_rating"),
        ({"marketplace": "XX"}, "marketplace"), ({"colour": "red"}, "colour"),
        ({"in_stock": "maybe"}, "in_stock"), ({"min_price": "1.5"}, "min_price"),
        ({"max_price": "9" * 5000}, "max_price"), ({"category": "a b"}, "category"),
        ({"keywords": "https://www.amazon.com/gp/cart"}, "keywords"),
        ({"keywords": "", "browse_node": "283155", "category": "Books"}, "keywords"),
        ({"browse_node": "0"}, "browse_node"), ({"browse_node": "1" * 20}, "browse_node"),
        ({"browse_node": "x"}, "browse_node"), ({"condition": "new"}, "condition"),
        ({"delivery": "Express"}, "delivery"), ({"delivery": "Prime,prime"}, "delivery"),
        ({"title": "x" * 1001}, "title"), ({"min_saving": "100"}, "min_saving"),
    ]  # fmt: skip
    for query, field in wrong:
        reply = site.get("/v1/search", None, **({"keywords": "tea"} | query))
        assert (reply.status, reply.json.get("field")) == (422, field), (query, reply.text)


def test_search_times_out_when_amazon_hangs(aws: Config) -> None:
    with FakeAmazon() as amazon:
        amazon.control.put_account(
            ACCESS_KEY, AccountBody(secret_key=SECRET_KEY, partner_tags={"US": TAG})
        )
        deps = Dependencies(replace(aws, amazon_url=amazon.url), SystemClock())
        site = Site.sign_up_and_connect(deps, ACCESS_KEY, SECRET_KEY, TAG)
        amazon.control.add_fault(Fault("timeout", times=9, seconds=20))
        start = time.monotonic()
        reply = site.get("/v1/search", keywords="tea")
        elapsed = time.monotonic() - start
    assert (reply.status, reply.json["code"]) == (503, "amazon_unavailable")
    assert elapsed < MAX_SECONDS + 0.5


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"keywords": " \t "}, "keywords"),
        ({"keywords": "tea", "min_price": "5000", "max_price": "1000"}, "max_price"),
    ],
)
def test_search_that_cannot_match_is_rejected(
    site: Site, query: dict[str, str], field: str
) -> None:
    refused = site.send(event_of("GET", "/v1/search", query=query))
    assert (refused.status, refused.json["code"]) == (422, "invalid_request")
    assert refused.json["field"] == field
