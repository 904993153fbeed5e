"""The site about itself, and its price sync."""

from datetime import datetime, timedelta

import pytest

from amzlinkr.domain.ports import OutboxEntry, Task
from amzlinkr.services import sync
from amzlinkr.wiring import Dependencies
from functions.site import app as site_function
from infra.local.fake_amazon.control import AccountBody, GoneBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import Site, event_of, run_sync, send
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG

ASINS = [f"B0TEST{n:04d}" for n in range(12)]


def test_22_marketplaces_without_a_key(deps: Dependencies) -> None:
    reply = send(deps, event_of("GET", "/v1/marketplaces"))
    shops = {shop["code"]: shop for shop in reply.json["marketplaces"]}
    assert len(shops) == 22
    assert (shops["JP"]["currency"], shops["JP"]["decimals"]) == ("JPY", 0)
    assert (shops["DE"]["currency"], shops["DE"]["decimals"]) == ("EUR", 2)
    assert shops["UK"]["domain"] == "www.amazon.co.uk"
    assert shops["DE"]["regions"] == {"paapi5": "eu-west-1", "creators": "EU"}
    again = event_of("GET", "/v1/marketplaces", headers={"If-None-Match": reply.headers["etag"]})
    assert send(deps, again).status == 304


def test_a_site_and_its_connections_are_shown_masked(site: Site, deps: Dependencies) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE")
    shown = site.get("/v1/site")
    assert (shown.json["site_id"], shown.json["email"]) == (site.site_id, "owner@example.com")
    assert shown.json["primary_marketplace"] == "US"
    listed = site.get("/v1/connections")
    assert listed.json["connections"] == shown.json["connections"]
    assert [(c["marketplace"], c["key"], c["state"]) for c in listed.json["connections"]] == [
        ("DE", "…TEST", "valid"),
        ("US", "…TEST", "valid"),
    ]
    for text in (shown.text, listed.text):
        assert ACCESS_KEY not in text
        assert SECRET_KEY not in text
    other = Site.new(deps)
    assert other.get("/v1/connections").json["connections"] == []


def test_a_site_that_left_is_not_found(deps: Dependencies) -> None:
    nobody = Site(deps, "site_" + "0" * 26, "")
    for path in ("/v1/site", "/v1/connections", "/v1/products", "/v1/sync"):
        assert nobody.get(path).status == 404


def test_sync_makes_fresh_shelves_due_at_once(
    site: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    other = Site.signed_up(deps, ACCESS_KEY, SECRET_KEY, TAG)
    other.post("/v1/import", {"items": ASINS[:1]})
    site.post("/v1/import", {"items": ASINS[:10]})
    site.post("/v1/import", {"items": ASINS[10:]})
    before = site.get("/v1/sync").json
    assert run_sync(deps) == 0
    amazon.control.forget_calls()

    asked = site.post("/v1/sync")

    assert asked.status == 202
    assert asked.json["next_run_at"] <= clock.now().isoformat().replace("+00:00", "Z")
    assert run_sync(deps) == 2
    assert len(amazon.control.calls()) == 2
    after = site.get("/v1/sync").json
    assert after["last_run_at"] > before["last_run_at"]
    assert after["next_run_at"] > before["next_run_at"]
    assert after["amazon_budget"]["US"]["used"] == before["amazon_budget"]["US"]["used"] + 2
    assert after["amazon_budget"]["US"]["limit"] == 8640


def test_sync_tells_fresh_from_stale_from_failing(
    site: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    def counted() -> tuple[int, int, int]:
        shown = site.get("/v1/sync").json
        return shown["fresh"], shown["stale"], shown["failing"]

    assert counted() == (0, 0, 0)
    site.post("/v1/import", {"items": ASINS[:3]})
    assert counted() == (3, 0, 0)
    clock.advance(hours=2)
    assert counted() == (0, 3, 0)
    amazon.control.set_gone(GoneBody(ASINS[0]))
    run_sync(deps)
    assert counted() == (2, 1, 0)
    clock.advance(hours=24)
    assert counted() == (0, 0, 3)
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="ok"))
    run_sync(deps)
    assert counted() == (2, 0, 1)


def test_a_site_sets_its_own_interval(
    site: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    def hours_to_next() -> float:
        shown = site.get("/v1/sync").json
        ends, began = (datetime.fromisoformat(shown[f"{end}_run_at"]) for end in ("next", "last"))
        return round((ends - began) / timedelta(hours=1), 2)

    site.post("/v1/import", {"items": ASINS[:10]})
    assert site.get("/v1/site").json["refresh_hours"] == 1
    for wrong in (0, 13, "6"):
        refused = site.patch("/v1/site", {"refresh_hours": wrong})
        assert (refused.status, refused.json["field"]) == (422, "refresh_hours")

    assert site.patch("/v1/site", {"refresh_hours": 6}).json["refresh_hours"] == 6
    clock.advance(hours=1)
    assert run_sync(deps) == 1
    assert hours_to_next() == 6
    assert site.get("/v1/sync").json["intervals"]["US"]["asked_seconds"] == 6 * 3600

    site.patch("/v1/site", {"refresh_hours": 12})
    assert hours_to_next() == 6
    site.patch("/v1/site", {"refresh_hours": 2, "email": "new@example.com"})
    assert hours_to_next() == 2
    clock.advance(hours=5)
    site.patch("/v1/site", {"refresh_hours": 1})
    assert hours_to_next() == 2, "what is overdue keeps its place"
    assert run_sync(deps) == 1
    assert hours_to_next() == 1


def test_a_sync_of_more_shelves_than_a_call_has_time_for_is_gone_on_with(
    site: Site, deps: Dependencies, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.post("/v1/import", {"items": ASINS[:10]})
    site.post("/v1/import", {"items": ASINS[10:]})
    monkeypatch.setattr(sync, "SHELF_UPDATE_BATCH_SIZE", 1)
    monkeypatch.setattr(site_function, "_MIN_REMAINING_SECONDS", float("inf"))

    assert site.post("/v1/sync").status == 202
    assert deps.shelves.due(clock.now(), 10) == []

    assert run_sync(deps) == 2
    assert deps.outbox.due(Task.SYNC_REQUEST, deps.clock.now()) == []


def test_a_site_that_asks_again_before_the_first_is_done_is_not_forgotten(
    site: Site, deps: Dependencies, clock: FakeClock
) -> None:
    first = clock.now()
    deps.outbox.schedule(Task.SYNC_REQUEST, site.site_id, first)
    clock.advance(seconds=1)
    deps.outbox.schedule(Task.SYNC_REQUEST, site.site_id, clock.now())
    deps.outbox.complete(Task.SYNC_REQUEST, OutboxEntry(site.site_id, first))
    assert deps.outbox.due(Task.SYNC_REQUEST, clock.now()) == [
        OutboxEntry(site.site_id, clock.now())
    ]
