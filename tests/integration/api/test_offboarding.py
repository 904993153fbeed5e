"""Taking everything out, leaving, coming back; and keys that are forgotten."""

import msgspec
import pytest

from amzlinkr.config import Config
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import PaapiCredentials, Secret
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.sites import sandbox_id_of
from amzlinkr.storage import item_keys
from amzlinkr.storage.records import ConnectionItem
from amzlinkr.wiring import Dependencies
from functions.offboarding import app as leave
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.stack.wordpress import WordPress
from tests.calls import Context, Site, event_of, run_erasure, run_sync, send
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy

ASINS = [f"B0TEST{number:04d}" for number in range(25)]


def name_of(site: Site) -> str:
    url: str = site.get("/v1/site").json["site_url"]
    return url.partition("://")[2]


def left(site: Site) -> None:
    assert site.delete("/v1/site", confirm=name_of(site)).status == 202


def rows(config: Config, site_id: str) -> list[str]:
    """Keys of everything that stands in a table for this site."""
    return [
        key
        for table in aws_spy.tables(config).values()
        for key, item in table.items()
        if site_id in str(item) and not key.startswith("site_deletion ")
    ]


def test_leaving_wants_the_host_name_and_says_so(site: Site, aws: Config) -> None:
    before = aws_spy.tables(aws)
    for wrong in ({}, {"confirm": ""}, {"confirm": "example.com"}):
        refused = site.delete("/v1/site", **wrong)
        assert (refused.status, refused.json["field"]) == (422, "confirm")
        assert name_of(site) in refused.json["action"]
    assert aws_spy.tables(aws) == before


def test_the_sandbox_does_not_leave(site: Site, deps: Dependencies) -> None:
    made = site.post("/v1/keys", {"mode": "test"}).json
    twin = Site(deps, sandbox_id_of(site.site_id), made["api_key"])
    refused = twin.delete("/v1/site", confirm=twin.get("/v1/site").json["site_url"])
    assert (refused.status, refused.json["field"]) == (422, "Authorization")
    assert site.get("/v1/site").status == 200


def test_everything_is_gone(site: Site, deps: Dependencies, aws: Config, clock: FakeClock) -> None:
    site.post("/v1/import", {"items": ASINS[:10]})
    site.post("/v1/import", {"items": ASINS})
    made = site.post("/v1/keys", {"mode": "test"}).json
    twin = Site(deps, sandbox_id_of(site.site_id), made["api_key"])
    twin.connect(ACCESS_KEY, SECRET_KEY, TAG)
    twin.post("/v1/import", {"items": ASINS[:3]})
    other = Site.signed_up(deps, ACCESS_KEY, SECRET_KEY, "test-20")
    other.post("/v1/import", {"items": ASINS[:3]})
    kept = other.get("/v1/products").text

    left(site)
    assert deps.api_keys.owner(deps.digest_of(site.api_key), clock.now()) is None
    assert deps.api_keys.owner(deps.digest_of(made["api_key"]), clock.now()) is None
    assert [name for name in aws_spy.secrets() if site.site_id in name] == []
    assert site.get("/v1/site").status == 404

    run_erasure(deps)
    assert rows(aws, site.site_id) == []
    assert rows(aws, twin.site_id) == []
    assert run_erasure(deps) == 1
    clock.advance(hours=1)
    assert run_erasure(deps) == 1
    assert run_erasure(deps) == 0
    assert other.get("/v1/products").text == kept


def test_erasure_goes_on_where_it_was_cut_off(
    site: Site, deps: Dependencies, aws: Config, clock: FakeClock
) -> None:
    site.post("/v1/import", {"items": ASINS[:10]})
    site.post("/v1/import", {"items": ASINS[10:20]})
    site.post("/v1/import", {"items": ASINS[20:]})
    left(site)
    counts = []
    for _ in range(10):
        counts.append(len(rows(aws, site.site_id)))
        deps.site_deletions.purge_rows(site.site_id, Deadline.after(deps.clock, 0))
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 50
    assert counts[-1] == 0


def test_what_was_under_way_is_swept_too(
    site: Site, deps: Dependencies, aws: Config, clock: FakeClock
) -> None:
    """A call that had read the site before it left may still store what Amazon answered."""
    known = deps.sites.require(site.site_id)
    (connection,) = known.connections.values()
    left(site)
    run_erasure(deps)
    row = msgspec.json.encode(connection).decode()
    late = ConnectionItem(site.site_id, item_keys.connection("US"), connection=row)
    late.secret = connection.secret_id
    late.save()
    assert len(rows(aws, site.site_id)) == 1
    secret = deps.amazon_accounts.store_credentials(site.site_id, _keys(), None)
    assert [name for name in aws_spy.secrets() if site.site_id in name] == [secret[0]]
    clock.advance(hours=1)
    run_erasure(deps)
    assert rows(aws, site.site_id) == []
    assert [name for name in aws_spy.secrets() if site.site_id in name] == []


def test_the_same_host_may_come_back_the_same_minute(
    deps: Dependencies, aws: Config, amazon: FakeAmazon
) -> None:
    with WordPress() as wordpress:

        def join() -> Site:
            asked = {"site_url": wordpress.url, "email": "owner@example.com"}
            started = send(deps, event_of("POST", "/v1/signup", asked)).json
            wordpress.shows(started["challenge"])
            done = send(deps, event_of("POST", f"/v1/signup/{started['signup_id']}/verify"))
            assert done.status == 201, done.text
            return Site(deps, done.json["site_id"], done.json["api_key"])

        first = join()
        first.connect(ACCESS_KEY, SECRET_KEY, TAG)
        first.post("/v1/import", {"items": ASINS[:2]})
        left(first)
        again = join()

    assert again.site_id != first.site_id
    assert again.connect(ACCESS_KEY, SECRET_KEY, TAG).json["status"] == "valid"
    assert again.get("/v1/products").json["products"] == []
    run_erasure(deps)
    assert again.get("/v1/search", keywords="tea").status == 200


def test_a_leave_that_dies_anywhere_is_finished_or_never_began(
    deps: Dependencies, aws: Config, clock: FakeClock
) -> None:
    for kill_at in range(1, 9):
        for committed in (False, True):
            site = Site.signed_up(deps, ACCESS_KEY, SECRET_KEY, TAG)
            site.post("/v1/import", {"items": ASINS[:2]})
            event = event_of("DELETE", "/v1/site", query={"confirm": name_of(site)})
            event["requestContext"]["authorizer"] = {"site_id": site.site_id, "kid": site.kid}
            leave.app.provide = lambda: deps
            try:
                with aws_spy.aws_calls(kill_at, committed=committed):
                    leave.app.handler(event, Context())
            except aws_spy.Killed:
                pass
            if deps.sites.get(site.site_id) is not None:
                assert site.get("/v1/search", keywords="tea").status == 200
                left(site)
            run_erasure(deps)
            assert rows(aws, site.site_id) == []
            assert [name for name in aws_spy.secrets() if site.site_id in name] == []


@pytest.mark.parametrize("limit", [1, 10, 100])
def test_the_export_has_everything_and_no_secret(site: Site, limit: int) -> None:
    site.post("/v1/import", {"items": ASINS[:10]})
    site.post("/v1/import", {"items": ASINS[10:20]})
    found, cursor = [], ""
    for _ in range(30):
        page = site.get("/v1/export", limit=str(limit), cursor=cursor).json
        found += [product["asin"] for product in page["products"]]
        assert page["site"]["site_id"] == site.site_id
        assert [one["marketplace"] for one in page["connections"]] == ["US"]
        assert len(page["keys"]) == 1
        assert SECRET_KEY not in str(page)
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    assert sorted(found) == ASINS[:20]


def test_keys_may_be_forgotten_and_entered_for_ever(site: Site, deps: Dependencies) -> None:
    for _ in range(5):
        assert site.delete("/v1/connections/US").status == 204
        with aws_spy.aws_calls() as made:
            assert site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
        assert made.count("CreateSecret") == 1
    assert len([name for name in aws_spy.secrets() if site.site_id in name]) == 1


def test_a_secret_that_nobody_connected_is_deleted_in_an_hour(
    site: Site, deps: Dependencies, clock: FakeClock
) -> None:
    deps.amazon_accounts.store_credentials(site.site_id, _keys(), None)
    run_erasure(deps)
    assert len([name for name in aws_spy.secrets() if site.site_id in name]) == 2
    clock.advance(hours=1)
    run_erasure(deps)
    (kept,) = [name for name in aws_spy.secrets() if site.site_id in name]
    assert kept == deps.sites.require(site.site_id).connections["US"].secret_id


def test_a_site_in_a_folder_leaves_by_the_address_it_was_told(deps: Dependencies) -> None:
    with WordPress() as wordpress:
        asked = {"site_url": f"{wordpress.url}/Blog", "email": "owner@example.com"}
        started = send(deps, event_of("POST", "/v1/signup", asked)).json
        wordpress.shows(started["challenge"])
        done = send(deps, event_of("POST", f"/v1/signup/{started['signup_id']}/verify"))
    left(Site(deps, done.json["site_id"], done.json["api_key"]))


def test_forgotten_keys_leave_the_products_until_they_expire(
    site: Site, deps: Dependencies, clock: FakeClock
) -> None:
    site.post("/v1/import", {"items": ASINS[:2]})
    assert site.delete("/v1/connections/us").status == 204
    assert site.delete("/v1/connections/US").status == 404
    assert [name for name in aws_spy.secrets() if site.site_id in name] == []
    assert site.get("/v1/site").json["primary_marketplace"] is None
    assert site.get("/v1/search", keywords="tea").json["code"] == "not_connected"
    assert len(site.get("/v1/products").json["products"]) == 2

    clock.advance(hours=25)
    assert run_sync(deps) == 0
    assert {one["price_status"] for one in site.get("/v1/products").json["products"]} == {"expired"}
    assert site.connect(ACCESS_KEY, SECRET_KEY, TAG).json["status"] == "valid"
    clock.advance(hours=1)
    assert run_sync(deps) == 1
    assert {one["price_status"] for one in site.get("/v1/products").json["products"]} == {"current"}


def test_the_primary_marketplace_moves_on(site: Site) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE")
    changed = site.patch("/v1/site", {"primary_marketplace": "DE", "email": " new@example.com"})
    assert (changed.status, changed.json["email"]) == (200, "new@example.com")
    assert changed.json["primary_marketplace"] == "DE"
    refused = site.patch("/v1/site", {"primary_marketplace": "JP"})
    assert (refused.status, refused.json["code"]) == (409, "not_connected")
    assert site.patch("/v1/site", {"email": "nobody"}).json["field"] == "email"
    assert site.delete("/v1/connections/DE").status == 204
    assert site.get("/v1/site").json["primary_marketplace"] == "US"


def _keys() -> PaapiCredentials:
    return PaapiCredentials(ACCESS_KEY, Secret(SECRET_KEY), TAG, MARKETPLACES["US"])
