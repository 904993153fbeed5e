"""Drills of the restore procedures: the documented steps, and each step left out."""

import json
from collections.abc import Mapping
from typing import Any

import boto3
import pytest

from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control_bodies import PriceBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import authorize_key, run_purge, run_sync
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.docs.markdown import fenced_blocks
from tests.integration import aws_spy
from tests.integration.faults.drill import (
    ASINS,
    TABLES,
    Drill,
    FeedClient,
    create_table,
    lose,
    rows_of,
    table_properties,
)
from tests.mutation.mutant import ROOT
from tests.site_client import Site

LATER = "B0LATE0001"


def documented_products_table() -> dict[str, Any]:
    """Return the arguments with which the document creates a lost products table."""
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    (block,) = [one.content for one in fenced_blocks(text) if '"TableName"' in one.content]
    arguments: dict[str, Any] = json.loads(block)
    return arguments


def create_products_table() -> None:
    """Create the products table with the documented command."""
    arguments = documented_products_table()
    boto3.client("dynamodb").create_table(**{**arguments, "TableName": "ProductsTable"})


def test_documented_products_table_is_that_of_the_template() -> None:
    properties = table_properties()["ProductsTable"]
    arguments = documented_products_table()

    assert arguments.pop("TableName").startswith("<")
    assert arguments == {key: properties[key] for key in arguments}
    assert set(properties) - set(arguments) == {
        "DeletionProtectionEnabled",
        "SSESpecification",
        "TimeToLiveSpecification",
    }


def sync_all(drill: Drill) -> None:
    """Let the price sync run until no shelf is due."""
    for _ in range(5):
        drill.clock.advance(minutes=5)
        if not run_sync(drill.deps):
            return
    raise AssertionError("shelves stay due")


def prices_of(products: Mapping[str, Any]) -> set[str]:
    return {product["price_status"] for product in products.values()}


def test_lost_products_table_is_rebuilt(drill: Drill, client: FeedClient) -> None:
    site, held = client.site, dict(client.products)
    site.delete(f"/v1/products/{ASINS[0]}", marketplace="US")  # its tombstone is lost as well
    lose("ProductsTable")
    create_products_table()

    # Until the repair, clients keep what they hold, and nothing begins the feed again.
    assert client.read() == 503
    assert client.products == held
    assert site.post("/v1/import", {"items": ASINS[1:3]}).status == 503
    drill.clock.advance(hours=2)
    run_sync(drill.deps)
    assert client.read() == 503

    assert drill.operate("products")
    assert client.read() == 200
    assert client.restarts == 1
    assert client.products.keys() == held.keys() - {ASINS[0]}
    assert prices_of(client.products) == {"expired"}
    sync_all(drill)
    assert client.read() == 200
    assert client.restarts == 1
    assert client.holds_what_is_served()
    assert "expired" not in prices_of(client.products)
    assert site.get("/v1/search", keywords="tea").status == 200


@pytest.mark.parametrize("left_out", ["nothing", "shelves", "products", "revoke-keys"])
def test_point_in_time_restore_of_lost_tables(
    left_out: str, drill: Drill, client: FeedClient, amazon: FakeAmazon
) -> None:
    site, held_before = client.site, set(client.products)
    revoked = site.post("/v1/keys", {"scope": "read"}).json
    drill.snapshot()
    drill.clock.advance(hours=1)
    assert site.delete(f"/v1/products/{ASINS[0]}", marketplace="US").status == 204
    assert site.delete(f"/v1/keys/{revoked['kid']}").status == 204
    assert site.post("/v1/import", {"items": [LATER]}).status == 200
    amazon.control.set_price(PriceBody(ASINS[1], "US", amount=4242))
    run_sync(drill.deps)
    assert client.read() == 200
    assert set(client.products) == {*held_before, LATER} - {ASINS[0]}

    for table in TABLES:
        lose(table)
        create_table(table, table_properties()[table])
    drill.stop_changes()
    drill.copy_restored(*{"SitesTable", "ShelvesTable"} - {f"{left_out.title()}Table"})
    assert site.post("/v1/import", {"items": [LATER]}).status == 503, "the switch stays on"
    if left_out != "revoke-keys":
        assert drill.operate("revoke-keys", site.site_id)
    if left_out != "products":
        assert drill.operate("products")
    drill.accept_changes()

    if client.read() == 200:
        assert "current" not in prices_of(client.products), "content of before the loss"
    for _ in range(3):
        drill.clock.advance(minutes=5)
        run_sync(drill.deps)
    is_restored = (
        client.read() == 200
        and client.holds_what_is_served()
        and set(client.products) == held_before
        and "expired" not in prices_of(client.products)
        and client.products[ASINS[1]]["price"]["amount"] == 4242
        and site.get("/v1/search", keywords="tea").status == 200
        and authorize_key(drill.deps, revoked["api_key"]) is None
    )
    assert is_restored is (left_out == "nothing")


def test_rows_of_unknown_sites_are_deleted_on_request_only(
    drill: Drill, client: FeedClient, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Site.sign_up(drill.deps, "other@example.com", "/other")
    lost = client.site
    for row in rows_of("SitesTable"):
        if row["pk"]["S"] == lost.site_id:
            boto3.client("dynamodb").delete_item(
                TableName="SitesTable", Key={"pk": row["pk"], "sk": row["sk"]}
            )

    assert drill.operate("products")
    drill.clock.advance(hours=2)
    run_purge(drill.deps)
    assert rows_of("ProductsTable")
    assert "1 unknown site: not changed" in capsys.readouterr().out

    assert drill.operate("products", "--delete-unknown-sites")
    drill.clock.advance(hours=2)
    run_purge(drill.deps)
    assert rows_of("ProductsTable") == rows_of("ShelvesTable") == []
    assert other.get("/v1/site").status == 200


def test_site_that_was_deleted_since_is_deleted_again(drill: Drill, client: FeedClient) -> None:
    site = client.site
    sandbox = site.open_sandbox()
    drill.snapshot()
    assert site.delete("/v1/site", confirm=site.host).status == 202
    drill.clock.advance(hours=2)
    run_purge(drill.deps)
    drill.stop_changes()
    drill.copy_restored()
    assert authorize_key(drill.deps, sandbox.api_key) is not None

    assert drill.operate("delete-sites", site.site_id)
    assert not drill.operate("delete-sites", site.site_id), "it does not exist any more"
    drill.accept_changes()
    drill.clock.advance(hours=2)
    run_purge(drill.deps)

    for api_key in (site.api_key, sandbox.api_key):
        assert authorize_key(drill.deps, api_key) is None
    assert rows_of("ShelvesTable") == rows_of("ProductsTable") == []
    assert site.site_id not in json.dumps(rows_of("SitesTable"))


def test_credentials_that_were_deleted_since_are_not_connected(
    drill: Drill, client: FeedClient
) -> None:
    site = client.site
    drill.snapshot()
    assert site.delete("/v1/connections/US").status == 204
    drill.clock.advance(hours=2)
    run_purge(drill.deps)
    drill.stop_changes()
    drill.copy_restored()
    assert drill.operate("products")
    drill.accept_changes()

    # A process that read the credentials before keeps them.
    site.deps = drill.deps = Dependencies(drill.deps.config, drill.clock)
    site.deps.map_concurrently.max_threads = 1
    refused = site.get("/v1/search", keywords="tea")
    assert refused.json["code"] == "not_connected"
    run_sync(drill.deps)
    assert site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
    assert site.get("/v1/search", keywords="tea").status == 200


def test_revoked_keys_cover_the_sandbox_and_are_recorded(
    drill: Drill, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = site.open_sandbox()

    assert drill.operate("revoke-keys", site.site_id)

    assert f"{site.site_id}: 2 API keys revoked\n" in capsys.readouterr().out
    for api_key in (site.api_key, sandbox.api_key):
        assert authorize_key(drill.deps, api_key) is None
    events = drill.deps.audit_log.page(site.site_id, None, 2, drill.clock.now()).events
    assert [(event.event, event.actor) for event in events] == [("key_revoked", "operator")] * 2


@pytest.mark.parametrize("command", ["revoke-keys", "delete-sites"])
def test_unknown_site_is_reported_and_the_others_are_changed(
    command: str, drill: Drill, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    unknown = f"site_{'0' * 26}"

    assert not drill.operate(command, unknown, site.site_id)

    shown = capsys.readouterr()
    assert shown.err == f"{unknown}: no site has this ID\n"
    assert f"{site.site_id}: " in shown.out
    assert authorize_key(drill.deps, site.api_key) is None


def test_site_that_is_not_repaired_is_reported(
    drill: Drill, client: FeedClient, capsys: pytest.CaptureFixture[str]
) -> None:
    def is_of_a_site(arguments: aws_spy.Arguments) -> bool:
        is_query = "KeyConditionExpression" in arguments
        return is_query and arguments["TableName"] == "ProductsTable"

    with aws_spy.fail_calls(is_of_a_site, "InternalServerError"):
        assert not drill.operate("products")

    assert f"not repaired: {client.site.site_id}" in capsys.readouterr().out
    assert drill.operate("products")
