"""From PA-API keys to a Creators API credential for the same marketplace: nothing is lost."""

from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.amazon_errors import AmazonPaapiRetired
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.ports import Priority
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control import AccountBody, PriceBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import Site, run_imports, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.integration.sync.test_price_sync import plan
from tests.integration.sync.test_refresh_shelves import deliver

ASINS = [f"B0TEST{n:04d}" for n in range(25)]


def shown(site: Site) -> dict[str, Any]:
    """The products, without what every refresh moves."""
    products = site.get("/v1/products").json["products"]
    moving = ("observed_at", "fresh_until")
    return {p["asin"]: {k: v for k, v in p.items() if k not in moving} for p in products}


def stocked(site: Site, deps: Dependencies) -> str:
    site.post("/v1/import", {"items": ASINS})
    run_imports(deps)
    return site.changes()[1]


def test_products_feed_and_cursor_stay_and_only_real_changes_are_told(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    cursor = stocked(site, deps)
    before, since = shown(site), site.connection()["since"]
    moved = site.connect_creators(CREDENTIAL, TAG)
    assert moved.json["status"] == "valid", moved.text
    assert "stays" in moved.json["message"]
    connection = site.connection()
    assert (connection["api"], connection["since"]) == ("creators", since)

    amazon.control.forget_calls()
    clock.advance(hours=1)
    assert run_sync(deps) == 3
    assert {call.api for call in amazon.control.calls()} == {"creators", "token"}
    assert shown(site) == before
    assert site.changes(cursor)[0] == []

    amazon.control.set_price(PriceBody(ASINS[7], "US", amount=777))
    clock.advance(hours=1)
    run_sync(deps)
    assert [(c["asin"], c["kind"]) for c in site.changes(cursor)[0]] == [(ASINS[7], "price")]


def test_a_retired_account_is_led_over_in_words(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    cursor = stocked(site, deps)
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="retired"))
    refused = site.get("/v1/search", keywords="tea")
    assert (refused.status, refused.json["code"]) == (424, "amazon_paapi_retired")
    assert "Creators API" in refused.json["action"]
    retired = site.connection()
    assert (retired["state"], retired["next_probe_at"]) == ("retired", None)
    assert "Creators API" in retired["problem"]["action"]

    amazon.control.forget_calls()
    for _ in range(30):
        clock.advance(hours=1)
        run_sync(deps)
    assert amazon.control.calls() == []
    assert {c["kind"] for c in site.changes(cursor)[0]} == {"expired"}

    assert site.connect_creators(CREDENTIAL, TAG).json["status"] == "valid"
    clock.advance(hours=1)
    assert run_sync(deps) == 3
    assert {c["kind"] for c in site.changes(cursor)[0]} == {"price"}
    assert site.connection()["state"] == "valid"


def test_wrong_creators_keys_leave_the_old_ones_in_place(site: Site, aws: Config) -> None:
    before = (aws_spy.tables(aws, quotas=False), aws_spy.secrets())
    wrong = (CREDENTIAL[0], CREDENTIAL[1] + "x", CREDENTIAL[2])
    refused = site.connect_creators(wrong, TAG)
    assert (refused.status, refused.json["code"]) == (422, "amazon_keys_rejected")
    assert (aws_spy.tables(aws, quotas=False), aws_spy.secrets()) == before
    assert site.get("/v1/search", keywords="tea").status == 200


def test_messages_planned_with_the_old_keys_use_the_new_ones(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    stocked(site, deps)
    clock.advance(hours=1)
    plan(deps)
    messages = aws_spy.messages(deps.config.refresh_queue_url)
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="retired"))
    site.connect_creators(CREDENTIAL, TAG)
    amazon.control.forget_calls()
    assert deliver(deps, messages) == []
    assert {call.api for call in amazon.control.calls()} <= {"creators", "token"}
    assert site.connection()["state"] == "valid"


def test_what_the_old_keys_said_late_does_not_touch_the_new_connection(
    site: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    old = deps.sites.require(site.site_id)
    site.connect_creators(CREDENTIAL, TAG)
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="retired"))
    catalog = deps.amazon_accounts.catalog(old, "US", Priority.INTERACTIVE)
    with pytest.raises(AmazonPaapiRetired):
        catalog.items(ASINS[:1], Deadline.after(deps.clock, 3))
    assert site.connection()["state"] == "valid"


def test_each_marketplace_has_keys_and_a_tag_of_its_own(
    site: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    assert site.connect_creators(CREDENTIAL, "test-21", "DE").json["status"] == "valid"
    for shop, tag in (("US", TAG), ("DE", "test-21")):
        for reply in (
            site.get("/v1/search", keywords="tea", marketplace=shop),
            site.get("/v1/variations/B0TEST0001", marketplace=shop),
        ):
            assert all(f"tag={tag}&" in item["url"] for item in reply.json["items"])
    site.post("/v1/import", {"items": [ASINS[0]]})
    site.post("/v1/import", {"items": [ASINS[1]], "marketplace": "DE"})
    held = {p["asin"]: p for p in site.get("/v1/products").json["products"]}
    assert set(held) == {ASINS[0]}, "without a word, it is the primary marketplace"
    assert site.get(f"/v1/products/{ASINS[1]}", marketplace="DE").status == 200
    assert site.get("/v1/diagnostics").json["marketplace"] == "US"
    assert site.get("/v1/diagnostics", marketplace="DE").json["ok"]
    assert site.connect(ACCESS_KEY, SECRET_KEY, "test-22", "JP").json["status"] == "valid"
    assert site.get("/v1/site").json["primary_marketplace"] == "US"
