"""Migration of a marketplace from PA-API credentials to a Creators API credential."""

from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.amazon_errors import AmazonPaapiRetired
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.ports import Priority
from amzlinkr.wiring import Dependencies
from functions.refresh_shelves import app as refresh_shelves
from infra.local.fake_amazon.control_bodies import AccountBody, PriceBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import deliver, plan_sync, run_imports, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site

ASINS = [f"B0TEST{n:04d}" for n in range(25)]


def shown(site: Site) -> dict[str, Any]:
    """Return the products by ASIN, without the fields that every refresh changes."""
    products = site.get("/v1/products").json["products"]
    changing = ("observed_at", "fresh_until")
    return {p["asin"]: {k: v for k, v in p.items() if k not in changing} for p in products}


def import_products(site: Site, deps: Dependencies) -> str:
    """Import all products; return the feed cursor after them."""
    site.post("/v1/import", {"items": ASINS})
    run_imports(deps)
    return site.changes()[1]


def test_migration_keeps_products_and_cursor_and_adds_no_changes(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    cursor = import_products(site, deps)
    before, since = shown(site), site.connection()["since"]
    migrated = site.connect_creators(CREDENTIAL, TAG)
    assert migrated.json["status"] == "valid", migrated.text
    assert "remain" in migrated.json["message"]
    connection = site.connection()
    assert (connection["api"], connection["since"]) == ("creators", since)

    amazon.control.clear_calls()
    clock.advance(hours=1)
    assert run_sync(deps) == 3
    assert {call.api for call in amazon.control.calls()} == {"creators", "token"}
    assert shown(site) == before
    assert site.changes(cursor)[0] == []

    amazon.control.set_price(PriceBody(ASINS[7], "US", amount=777))
    clock.advance(hours=1)
    run_sync(deps)
    assert [(c["asin"], c["kind"]) for c in site.changes(cursor)[0]] == [(ASINS[7], "price")]


@pytest.mark.parametrize(("runs", "hours"), [(6, 5), pytest.param(30, 1, marks=pytest.mark.slow)])
def test_retired_account_is_directed_to_the_creators_api(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock, runs: int, hours: int
) -> None:
    cursor = import_products(site, deps)
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="retired"))
    refused = site.get("/v1/search", keywords="tea")
    assert (refused.status, refused.json["code"]) == (424, "amazon_paapi_retired")
    assert "Creators API" in refused.json["action"]
    retired = site.connection()
    assert (retired["state"], "next_probe_at" in retired) == ("retired", False)
    assert "Creators API" in retired["problem"]["action"]

    amazon.control.clear_calls()
    for _ in range(runs):
        clock.advance(hours=hours)
        run_sync(deps)
    assert amazon.control.calls() == []
    assert {c["kind"] for c in site.changes(cursor)[0]} == {"expired"}

    assert site.connect_creators(CREDENTIAL, TAG).json["status"] == "valid"
    clock.advance(hours=1)
    assert run_sync(deps) == 3
    assert {c["kind"] for c in site.changes(cursor)[0]} == {"price"}
    assert site.connection()["state"] == "valid"


def test_rejected_creators_credentials_keep_the_paapi_connection(site: Site, aws: Config) -> None:
    before = (aws_spy.tables(aws, quotas=False), aws_spy.secrets())
    wrong = (CREDENTIAL[0], CREDENTIAL[1] + "x", CREDENTIAL[2])
    refused = site.connect_creators(wrong, TAG)
    assert (refused.status, refused.json["code"]) == (422, "amazon_keys_rejected")
    assert (aws_spy.tables(aws, quotas=False), aws_spy.secrets()) == before
    assert site.get("/v1/search", keywords="tea").status == 200


def test_queued_messages_use_the_replaced_credentials(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    import_products(site, deps)
    clock.advance(hours=1)
    plan_sync(deps)
    messages = aws_spy.peek_messages(deps.config.refresh_queue_url)
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="retired"))
    site.connect_creators(CREDENTIAL, TAG)
    amazon.control.clear_calls()
    assert deliver(deps, refresh_shelves, messages) == []
    assert {call.api for call in amazon.control.calls()} <= {"creators", "token"}
    assert site.connection()["state"] == "valid"


def test_late_result_of_old_credentials_does_not_change_the_connection(
    site: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    old_site = deps.sites.require(site.site_id)
    site.connect_creators(CREDENTIAL, TAG)
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="retired"))
    catalog = deps.amazon_accounts.catalog(old_site, "US", Priority.INTERACTIVE)
    with pytest.raises(AmazonPaapiRetired):
        catalog.items(ASINS[:1], Deadline.after(deps.clock, 3))
    assert site.connection()["state"] == "valid"


def test_each_marketplace_uses_its_own_credentials_and_tag(
    site: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    assert site.connect_creators(CREDENTIAL, "test-21", "DE").json["status"] == "valid"
    for marketplace_code, tag in (("US", TAG), ("DE", "test-21")):
        for reply in (
            site.get("/v1/search", keywords="tea", marketplace=marketplace_code),
            site.get("/v1/variations/B0TEST0001", marketplace=marketplace_code),
        ):
            assert all(f"tag={tag}&" in item["url"] for item in reply.json["items"])
    site.post("/v1/import", {"items": [ASINS[0]]})
    site.post("/v1/import", {"items": [ASINS[1]], "marketplace": "DE"})
    products = {p["asin"]: p for p in site.get("/v1/products").json["products"]}
    assert {p["marketplace"] for p in products.values()} == {"US", "DE"}
    assert site.get(f"/v1/products/{ASINS[1]}").status == 404, "the default is the primary one"
    assert site.get(f"/v1/products/{ASINS[1]}", marketplace="DE").status == 200
    assert site.get("/v1/diagnostics").json["marketplace"] == "US"
    assert site.get("/v1/diagnostics", marketplace="DE").json["ok"]
    assert site.connect(ACCESS_KEY, SECRET_KEY, "test-22", "JP").json["status"] == "valid"
    assert site.get("/v1/site").json["primary_marketplace"] == "US"
