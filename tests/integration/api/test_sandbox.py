"""The sandbox: the whole service on a simulated catalog, with every error and state on demand."""

from pathlib import Path
from typing import Any

import pytest

from amzlinkr.amazon.sandbox import ASIN_STATES, FAILING_ASINS, SERVICE_ERROR_CODES
from amzlinkr.config import Config
from amzlinkr.domain.amazon_errors import AmazonError
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import event_of, run_imports, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site

PRODUCT = "B0ANY00001"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def sandbox(site: Site) -> Site:
    """Open a site's sandbox and enter made-up credentials."""
    sandbox = site.open_sandbox()
    assert sandbox.connect("AKIAMADEUPMADEUPMADE", "m" * 40, "made-up-20").json["status"] == "valid"
    return sandbox


def status_of(site: Site, asin: str) -> str:
    return str(site.get(f"/v1/products/{asin}").json["price_status"])


def test_sandbox_is_isolated_from_amazon_secrets_and_the_live_site(
    site: Site, sandbox: Site, amazon: FakeAmazon, aws: Config
) -> None:
    calls, secrets = len(amazon.control.calls()), aws_spy.secrets()

    sandbox.connect_creators(CREDENTIAL, "made-up-21", "DE")
    assert sandbox.get("/v1/search", keywords="tea").json["total"] == 37
    assert sandbox.post("/v1/import", {"items": [PRODUCT]}).status == 200
    job = sandbox.post("/v1/import", {"items": [f"B0ANY{n:05d}" for n in range(25)]})
    run_imports(sandbox.deps)
    assert sandbox.get(job.json["status_url"]).json["done"] == 25
    assert sandbox.get("/v1/variations/" + PRODUCT).status == 200
    assert sandbox.get("/v1/browse_nodes", ids="283155").status == 200
    assert sandbox.get("/v1/diagnostics").json["ok"]
    run_sync(sandbox.deps)

    assert len(amazon.control.calls()) == calls
    assert aws_spy.secrets() == secrets
    assert site.get("/v1/products").json["products"] == []
    assert set(site.get("/v1/site").json["connections"][0]["marketplace"]) == set("US")
    assert sandbox.get(f"/v1/products/{PRODUCT}").json["price"]["amount"] > 0


def test_search_filters_and_sort_orders_apply(sandbox: Site) -> None:
    def search(**query: str) -> Any:
        event = event_of("GET", "/v1/search", query={"keywords": "tea", **query})
        return sandbox.send(event).json

    whole = search()["total"]
    for query in (
        {"min_rating": "4"}, {"delivery": "Prime"}, {"min_price": "5000"}, {"max_price": "5000"},
    ):  # fmt: skip
        assert 0 < search(**query)["total"] < whole, query
    assert search(delivery="Prime,FreeShipping")["total"] < search(delivery="Prime")["total"]
    assert search(condition="New")["total"] == whole
    assert search(condition="Used")["total"] == search(min_saving="5")["total"] == 0
    prices = [item["price"]["amount"] for item in search(sort="Price:LowToHigh")["items"]]
    highest = search(sort="Price:HighToLow")["items"][0]["price"]["amount"]
    assert prices == sorted(prices)
    assert highest > prices[-1]
    first = search(min_price=str(prices[3]), max_price=str(prices[3]))["items"]
    assert [item["price"]["amount"] for item in first] == [prices[3]]
    totals = {
        term: sandbox.send(event_of("GET", "/v1/search", query={term: "tea"})).json["total"]
        for term in ("keywords", "title", "author", "artist", "actor", "brand")
    }
    assert set(totals.values()) == {whole}
    other = sandbox.get("/v1/search", keywords="tea", browse_node="283155").json["items"]
    assert other[0]["asin"] != search()["items"][0]["asin"]


@pytest.mark.parametrize("code", sorted(SERVICE_ERROR_CODES))
def test_keywords_trigger_our_own_problems(sandbox: Site, code: str) -> None:
    refused = sandbox.get("/v1/search", keywords=code)
    assert refused.json["code"] == code
    assert ("retry-after" in refused.headers) is (code == "rate_limited")
    assert sandbox.connection()["state"] == "valid"


@pytest.mark.parametrize("code", sorted(error.code for error in AmazonError.__subclasses__()))
def test_keywords_trigger_every_amazon_error(sandbox: Site, code: str) -> None:
    searched = sandbox.get("/v1/search", keywords=code)
    assert searched.json["code"] == code
    assert searched.json["upstream"]["service"] == "sandbox"
    assert searched.json["action"]


@pytest.mark.parametrize(("asin", "code"), sorted(FAILING_ASINS.items()))
def test_reserved_asin_makes_its_call_fail(sandbox: Site, asin: str, code: str) -> None:
    looked_up = sandbox.get("/v1/search", keywords=asin)
    assert looked_up.json["code"] == code


def test_reserved_asins_show_every_result_of_an_import(sandbox: Site) -> None:
    replies = {asin: sandbox.post("/v1/import", {"items": [asin]}) for asin in FAILING_ASINS}
    shown = {
        asin: reply.json["results"][0]["status"] if reply.status == 200 else reply.json["code"]
        for asin, reply in replies.items()
    }
    assert shown == {
        "B0TESTE401": "failed",
        "B0TESTE403": "waiting",
        "B0TESTE424": "waiting",
        "B0TESTE429": "amazon_throttled",
        "B0TESTE503": "amazon_unavailable",
    }
    sandbox.get("/v1/search", keywords="tea")
    run_sync(sandbox.deps)
    added = sandbox.get("/v1/products").json["products"]
    assert {product["asin"]: product["price_status"] for product in added} == {
        "B0TESTE403": "current", "B0TESTE424": "current",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asin", "status"),
    [
        (PRODUCT, "current"), ("B0TESTNONE", "no_offer"), ("B0TESTHIDE", "hidden"),
        ("B0TESTDEAL", "current"), ("B0TESTSOLD", "current"), ("B0TESTPAST", "expired"),
    ],
)  # fmt: skip
def test_reserved_asins_show_every_price_status(sandbox: Site, asin: str, status: str) -> None:
    assert sandbox.post("/v1/import", {"items": [asin]}).status == 200
    assert status_of(sandbox, asin) == status


FIELDS: dict[str, dict[str, object]] = {
    "B0TESTDEAL": {
        "deal": {"access": "all", "badge": "Limited time deal"},
        "list_price_kind": "list_price",
        "savings_percent": 50,
    },
    "B0TESTPRIM": {"deal": {"access": "prime_exclusive", "badge": "With Prime"}},
    "B0TESTERLY": {
        "deal": {
            "access": "prime_early_access",
            "badge": "Limited time deal",
            "starts_at": "2026-11-23T12:00:00Z",
            "ends_at": "2026-11-23T12:20:00Z",
        },
        "fresh_until": "2026-11-23T12:20:00Z",
    },
    "B0TESTENDS": {
        "deal": {
            "access": "all",
            "badge": "Limited time deal",
            "starts_at": "2026-11-23T12:00:00Z",
            "ends_at": "2026-11-23T12:10:00Z",
        },
    },
    "B0TESTWASP": {"list_price_kind": "was_price", "list_price_label": "Was:"},
    "B0TESTLOWP": {
        "list_price_kind": "lowest_price",
        "list_price_label": "Lowest price of 30 days:",
    },
    "B0TESTUSED": {"condition": "Used"},
    "B0TESTLEAD": {
        "availability": "leadtime",
        "availability_message": "Usually ships within 2 to 3 days.",
        "min_order_quantity": 2,
        "max_order_quantity": 5,
    },
    "B0TESTSOLD": {"availability": "out_of_stock"},
}


@pytest.mark.parametrize("asin", [*FIELDS, "B0TESTUNIT"])
def test_reserved_asins_show_every_kind_of_offer(sandbox: Site, asin: str) -> None:
    (result,) = sandbox.post("/v1/import", {"items": [asin]}).json["results"]
    shown = result["product"]
    assert {name: shown.get(name) for name in FIELDS.get(asin, {})} == FIELDS.get(asin, {})
    assert ("unit_price" in shown) is (asin == "B0TESTUNIT")
    assert ("list_price" in shown) is ("list_price_kind" in shown)


def test_every_reserved_asin_is_documented_and_valid() -> None:
    text = (ROOT / "docs" / "guides" / "sandbox.md").read_text("utf-8")
    assert all(len(asin) == 10 and f"`{asin}`" in text for asin in ASIN_STATES | FAILING_ASINS)


def test_product_that_vanishes_is_refused_or_omitted(sandbox: Site, clock: FakeClock) -> None:
    vanishing = ["B0TESTMISS", "B0TESTOMIT"]
    first = sandbox.post("/v1/import", {"items": vanishing}).json["results"]
    assert {result["status"] for result in first} == {"imported"}
    clock.advance(minutes=30)
    second = sandbox.post("/v1/import", {"items": vanishing}).json["results"]
    assert [result["status"] for result in second] == ["not_found", "not_found"]
    clock.advance(minutes=30)
    third = sandbox.post("/v1/import", {"items": vanishing}).json["results"]
    assert {result["status"] for result in third} == {"imported"}


def test_reserved_inputs_simulate_missing_products_and_empty_searches(sandbox: Site) -> None:
    results = sandbox.post("/v1/import", {"items": ["B0TESTGONE", PRODUCT]}).json["results"]
    assert [result["status"] for result in results] == ["not_found", "imported"]
    assert sandbox.get("/v1/search", keywords="nothing").json["items"] == []


def test_changing_price_appears_in_the_feed(sandbox: Site, clock: FakeClock) -> None:
    sandbox.post("/v1/import", {"items": ["B0TESTMOVE", PRODUCT]})
    _, cursor = sandbox.changes()
    clock.advance(hours=1, minutes=7)
    run_sync(sandbox.deps)
    changes, _ = sandbox.changes(cursor)
    assert [(change["asin"], change["kind"]) for change in changes] == [("B0TESTMOVE", "price")]


@pytest.mark.parametrize(
    ("tag", "state"),
    [("amazon-not-eligible-20", "not_eligible"), ("amazon-throttled-20", "throttled")],
)
def test_accounts_that_are_not_ready_are_stored_and_shown(
    sandbox: Site, tag: str, state: str
) -> None:
    reply = sandbox.connect("AKIAMADEUPMADEUPMADE", "m" * 40, tag)
    assert (reply.status, reply.json["status"]) == (200, state)
    assert sandbox.connection()["state"] == state


def test_rejected_credentials_are_not_stored(sandbox: Site) -> None:
    before = sandbox.get("/v1/connections").text
    reply = sandbox.connect("AKIAMADEUPMADEUPMADE", "m" * 40, "amazon-keys-rejected-20")
    assert (reply.status, reply.json["code"]) == (422, "amazon_keys_rejected")
    assert sandbox.get("/v1/connections").text == before


def test_sandbox_and_live_site_have_separate_products(site: Site, sandbox: Site) -> None:
    for client in (site, sandbox):
        client.post("/v1/import", {"items": ["B0TEST0001"]})
    live, simulated = (client.get("/v1/products/B0TEST0001").json for client in (site, sandbox))
    assert simulated["title"] == "Test product B0TEST0001"
    assert live["title"] != simulated["title"]
    assert site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
    assert len(ASIN_STATES) == 17
