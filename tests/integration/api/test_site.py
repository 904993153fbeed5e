"""The settings, connections, and sync status of a site."""

from datetime import datetime, timedelta

import pytest

from amzlinkr.domain.ports import OutboxEntry, Task
from amzlinkr.services import sync
from amzlinkr.wiring import Dependencies
from functions.site import app as site_function
from infra.local.fake_amazon.control_bodies import AccountBody, GoneBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.site_client import Site

ASINS = [f"B0TEST{n:04d}" for n in range(12)]


def test_connections_are_shown_with_masked_credentials(site: Site, deps: Dependencies) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE")
    shown = site.get("/v1/site")
    assert (shown.json["site_id"], shown.json["email"]) == (site.site_id, "owner@example.com")
    assert shown.json["primary_marketplace"] == "US"
    listed = site.get("/v1/connections")
    assert listed.json["connections"] == shown.json["connections"]
    assert [(c["marketplace"], c["key_hint"], c["state"]) for c in listed.json["connections"]] == [
        ("DE", "…TEST", "valid"),
        ("US", "…TEST", "valid"),
    ]
    for text in (shown.text, listed.text):
        assert ACCESS_KEY not in text
        assert SECRET_KEY not in text
    other = Site.sign_up(deps)
    assert other.get("/v1/connections").json["connections"] == []


def test_deleted_site_is_not_found(deps: Dependencies) -> None:
    deleted = Site(deps, "site_" + "0" * 26, "")
    for path in ("/v1/site", "/v1/connections", "/v1/products", "/v1/sync"):
        assert deleted.get(path).status == 404


def test_sync_request_makes_shelves_due_immediately(
    site: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    other = Site.sign_up_and_connect(deps, ACCESS_KEY, SECRET_KEY, TAG)
    other.post("/v1/import", {"items": ASINS[:1]})
    site.post("/v1/import", {"items": ASINS[:10]})
    site.post("/v1/import", {"items": ASINS[10:]})
    before = site.get("/v1/sync").json
    assert run_sync(deps) == 0
    amazon.control.clear_calls()

    requested = site.post("/v1/sync")

    assert requested.status == 202
    assert requested.json["next_run_at"] <= clock.now().isoformat().replace("+00:00", "Z")
    assert run_sync(deps) == 2
    assert len(amazon.control.calls()) == 2
    after = site.get("/v1/sync").json
    assert after["last_run_at"] > before["last_run_at"]
    assert after["next_run_at"] > before["next_run_at"]
    assert after["amazon_budget"]["US"]["used"] == before["amazon_budget"]["US"]["used"] + 2
    assert after["amazon_budget"]["US"]["limit"] == 8640


def test_sync_status_counts_products_by_state(
    site: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    def counts() -> tuple[int, ...]:
        shown = site.get("/v1/sync").json["products"]
        assert set(shown) == {"fresh", "stale", "expired", "missing", "waiting"}
        assert shown["waiting"] == 0
        return shown["fresh"], shown["stale"], shown["expired"], shown["missing"]

    assert counts() == (0, 0, 0, 0)
    site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE")
    site.post("/v1/import", {"items": ASINS[:3]})
    site.post("/v1/import", {"items": ASINS[:1], "marketplace": "DE"})
    assert counts() == (4, 0, 0, 0)
    clock.advance(hours=2)
    assert counts() == (0, 4, 0, 0)
    amazon.control.set_gone(GoneBody(ASINS[0], "US", silently=True))
    amazon.control.set_gone(GoneBody(ASINS[1], "US"))
    run_sync(deps)
    assert counts() == (2, 1, 0, 1)
    clock.advance(hours=24)
    assert counts() == (0, 0, 3, 1)
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="ok"))
    run_sync(deps)
    assert counts() == (2, 0, 0, 2)


def test_refresh_interval_can_be_configured(
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
    assert hours_to_next() == 2, "an overdue shelf keeps its due time"
    assert run_sync(deps) == 1
    assert hours_to_next() == 1


def test_sync_request_without_time_is_completed_by_the_next_run(
    site: Site, deps: Dependencies, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.post("/v1/import", {"items": ASINS[:10]})
    site.post("/v1/import", {"items": ASINS[10:]})
    monkeypatch.setattr(sync, "SHELF_UPDATE_BATCH_SIZE", 1)
    monkeypatch.setattr(site_function, "_RESPONSE_RESERVE_SECONDS", float("inf"))

    assert site.post("/v1/sync").status == 202
    assert deps.shelves.due(clock.now(), 10) == []

    assert run_sync(deps) == 2
    assert deps.outbox.due(Task.SYNC_REQUEST, deps.clock.now()) == []


def test_completing_a_sync_request_keeps_a_newer_one(
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
