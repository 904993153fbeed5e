"""Offboarding: the export, site deletion, a new sign-up, and deleted credentials."""

import msgspec
import pytest

from amzlinkr.config import Config
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import PaapiCredentials, Secret
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.storage import item_keys
from amzlinkr.storage.records import ConnectionItem
from amzlinkr.wiring import Dependencies
from functions.offboarding import app as offboarding
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.stack.wordpress import WordPress
from tests.calls import Context, event_of, find_owner, run_purge, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site

ASINS = [f"B0TEST{number:04d}" for number in range(25)]


def delete(site: Site) -> None:
    assert site.delete("/v1/site", confirm=site.host).status == 202


def statuses(site: Site) -> set[str]:
    """Return the price statuses of all products of the primary marketplace."""
    return {product["price_status"] for product in site.get("/v1/products").json["products"]}


def secret_names(site: Site) -> list[str]:
    return [name for name in aws_spy.secrets() if site.site_id in name]


def rows(config: Config, site_id: str) -> list[str]:
    """Return the keys of all items that contain the site's ID, except its deletion."""
    return [
        key
        for table in aws_spy.tables(config).values()
        for key, item in table.items()
        if site_id in str(item) and not key.startswith("site_deletion ")
    ]


def test_site_deletion_requires_the_host_name(site: Site, aws: Config) -> None:
    before = aws_spy.tables(aws)
    for wrong in ({}, {"confirm": ""}, {"confirm": "example.com"}):
        refused = site.delete("/v1/site", **wrong)
        assert (refused.status, refused.json["field"]) == (422, "confirm")
        assert site.host in refused.json["action"]
    assert aws_spy.tables(aws) == before


def test_sandbox_site_cannot_be_deleted(site: Site, deps: Dependencies) -> None:
    sandbox = site.open_sandbox()
    refused = sandbox.delete("/v1/site", confirm=sandbox.get("/v1/site").json["site_url"])
    assert (refused.status, refused.json["field"]) == (422, "Authorization")
    assert site.get("/v1/site").status == 200


def test_deletion_revokes_access_and_purges_every_row(
    site: Site, deps: Dependencies, aws: Config, clock: FakeClock
) -> None:
    site.post("/v1/import", {"items": ASINS[:10]})
    site.post("/v1/import", {"items": ASINS})
    sandbox = site.open_sandbox()
    sandbox.connect(ACCESS_KEY, SECRET_KEY, TAG)
    sandbox.post("/v1/import", {"items": ASINS[:3]})
    other = Site.sign_up_and_connect(deps, ACCESS_KEY, SECRET_KEY, "test-20")
    other.post("/v1/import", {"items": ASINS[:3]})
    kept = other.get("/v1/products").text

    delete(site)
    assert find_owner(deps, site.api_key) is None
    assert find_owner(deps, sandbox.api_key) is None
    assert secret_names(site) == []
    assert site.get("/v1/site").status == 404

    run_purge(deps)
    assert rows(aws, site.site_id) == []
    assert rows(aws, sandbox.site_id) == []
    assert run_purge(deps) == 1
    clock.advance(hours=1)
    assert run_purge(deps) == 1
    assert run_purge(deps) == 0
    assert other.get("/v1/products").text == kept


def test_interrupted_purge_continues(
    site: Site, deps: Dependencies, aws: Config, clock: FakeClock
) -> None:
    site.post("/v1/import", {"items": ASINS[:10]})
    site.post("/v1/import", {"items": ASINS[10:20]})
    site.post("/v1/import", {"items": ASINS[20:]})
    delete(site)
    counts = []
    for _ in range(10):
        counts.append(len(rows(aws, site.site_id)))
        deps.site_deletions.purge_rows(site.site_id, Deadline.after(deps.clock, 0))
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 50
    assert counts[-1] == 0


def test_rows_written_after_the_deletion_are_purged(
    site: Site, deps: Dependencies, aws: Config, clock: FakeClock
) -> None:
    # A request that read the site before its deletion may still store Amazon's response.
    (connection,) = deps.sites.require(site.site_id).connections.values()
    delete(site)
    run_purge(deps)
    row = msgspec.json.encode(connection).decode()
    late = ConnectionItem(site.site_id, item_keys.connection("US"), connection=row)
    late.secret = connection.secret_id
    late.save()
    assert len(rows(aws, site.site_id)) == 1
    secret = deps.amazon_accounts.store_credentials(site.site_id, _credentials(), None)
    assert secret_names(site) == [secret[0]]
    clock.advance(hours=1)
    run_purge(deps)
    assert rows(aws, site.site_id) == []
    assert secret_names(site) == []


def test_deleted_host_can_sign_up_again_immediately(
    deps: Dependencies, aws: Config, amazon: FakeAmazon
) -> None:
    with WordPress() as wordpress:
        first = Site.sign_up_host(deps, wordpress)
        first.connect(ACCESS_KEY, SECRET_KEY, TAG)
        first.post("/v1/import", {"items": ASINS[:2]})
        delete(first)
        again = Site.sign_up_host(deps, wordpress)

    assert again.site_id != first.site_id
    assert again.connect(ACCESS_KEY, SECRET_KEY, TAG).json["status"] == "valid"
    assert again.get("/v1/products").json["products"] == []
    run_purge(deps)
    assert again.get("/v1/search", keywords="tea").status == 200


def test_deletion_survives_a_crash_at_any_aws_call(
    deps: Dependencies, aws: Config, clock: FakeClock
) -> None:
    for kill_at in range(1, 9):
        for committed in (False, True):
            site = Site.sign_up_and_connect(deps, ACCESS_KEY, SECRET_KEY, TAG)
            site.post("/v1/import", {"items": ASINS[:2]})
            event = event_of("DELETE", "/v1/site", query={"confirm": site.host})
            event["requestContext"]["authorizer"] = {
                "site_id": site.site_id, "kid": site.kid, "scope": "full",
            }  # fmt: skip

            offboarding.app.provide = lambda: deps
            try:
                with aws_spy.record_calls(kill_at, committed=committed):
                    offboarding.app.handler(event, Context())
            except aws_spy.ProcessKilled:
                pass
            if deps.sites.get(site.site_id) is not None:
                assert site.get("/v1/search", keywords="tea").status == 200
                delete(site)
            run_purge(deps)
            assert rows(aws, site.site_id) == []
            assert secret_names(site) == []


@pytest.mark.parametrize("limit", [1, 10, 100])
def test_export_is_complete_and_contains_no_secret(site: Site, limit: int) -> None:
    site.post("/v1/import", {"items": ASINS[:10]})
    site.post("/v1/import", {"items": ASINS[10:20]})
    found, cursor = [], ""
    for _ in range(30):
        page = site.get("/v1/export", limit=str(limit), cursor=cursor).json
        found += [product["asin"] for product in page["products"]]
        assert page["site"]["site_id"] == site.site_id
        assert [connection["marketplace"] for connection in page["connections"]] == ["US"]
        assert len(page["keys"]) == 1
        assert SECRET_KEY not in str(page)
        cursor = page.get("next_cursor")
        if not page["has_more"]:
            break
    assert sorted(found) == ASINS[:20]


def test_credentials_can_be_deleted_and_entered_repeatedly(site: Site, deps: Dependencies) -> None:
    for _ in range(5):
        assert site.delete("/v1/connections/US").status == 204
        with aws_spy.record_calls() as made:
            assert site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
        assert made.count("CreateSecret") == 1
    assert len(secret_names(site)) == 1


def test_unconnected_secret_is_deleted_after_an_hour(
    site: Site, deps: Dependencies, clock: FakeClock
) -> None:
    deps.amazon_accounts.store_credentials(site.site_id, _credentials(), None)
    run_purge(deps)
    assert len(secret_names(site)) == 2
    clock.advance(hours=1)
    run_purge(deps)
    (kept,) = secret_names(site)
    assert kept == deps.sites.require(site.site_id).connections["US"].secret_id


def test_site_in_a_subfolder_confirms_with_its_shown_address(deps: Dependencies) -> None:
    delete(Site.sign_up(deps, folder="/Blog"))


def test_deleted_credentials_keep_products_until_they_expire(
    site: Site, deps: Dependencies, clock: FakeClock
) -> None:
    site.post("/v1/import", {"items": ASINS[:2]})
    assert site.delete("/v1/connections/us").status == 204
    assert site.delete("/v1/connections/US").status == 404
    assert secret_names(site) == []
    assert "primary_marketplace" not in site.get("/v1/site").json
    assert site.get("/v1/search", keywords="tea").json["code"] == "not_connected"
    assert len(site.get("/v1/products").json["products"]) == 2

    clock.advance(hours=25)
    assert run_sync(deps) == 0
    assert statuses(site) == {"expired"}
    assert site.connect(ACCESS_KEY, SECRET_KEY, TAG).json["status"] == "valid"
    clock.advance(hours=1)
    assert run_sync(deps) == 1
    assert statuses(site) == {"current"}


def test_primary_marketplace_changes_when_disconnected(site: Site) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE")
    changed = site.patch("/v1/site", {"primary_marketplace": "DE", "email": " new@example.com"})
    assert (changed.status, changed.json["email"]) == (200, "new@example.com")
    assert changed.json["primary_marketplace"] == "DE"
    refused = site.patch("/v1/site", {"primary_marketplace": "JP"})
    assert (refused.status, refused.json["code"]) == (409, "not_connected")
    assert site.patch("/v1/site", {"email": "nobody"}).json["field"] == "email"
    assert site.delete("/v1/connections/DE").status == 204
    assert site.get("/v1/site").json["primary_marketplace"] == "US"


def _credentials() -> PaapiCredentials:
    return PaapiCredentials(ACCESS_KEY, Secret(SECRET_KEY), TAG, MARKETPLACES["US"])
