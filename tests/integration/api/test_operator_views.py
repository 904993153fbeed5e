"""The operator's views: the state of the service, its sites, and one site, without secrets."""

from collections.abc import Iterator
from typing import Any

import pytest

from amzlinkr.storage import site_directory
from amzlinkr.wiring import Dependencies
from tests.calls import plan_sync, run_admin_command, suspend, turn_switch
from tests.clock import START, FakeClock
from tests.conftest import TAG
from tests.site_client import Site

ASINS = [f"B0TEST{n:04d}" for n in range(12)]


def view(deps: Dependencies, order: str, **fields: object) -> dict[str, Any]:
    response = run_admin_command(deps, order=order, **fields)
    assert response.pop("status") == "ok", response
    return response


def nulls(value: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of values that are null: absent values must be left out."""
    if value is None:
        yield path
    parts = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for name, part in parts:
        yield from nulls(part, f"{path}.{name}")


def test_status_of_a_new_service(deps: Dependencies) -> None:
    status = view(deps, "status")

    assert status == {
        "stage": "local",
        "version": "0.2.0",
        "signup_mode": "open",
        "sync": {"state": "running"},
        "read_only": {"on": False},
        "sites": {"live": 0, "sandbox": 0, "suspended": 0},
        "connections": {},
        "counted": {"is_estimate": False, "rows_read": 0, "rows_total": 0},
        "pending_imports": {"jobs": 0, "is_minimum": False},
        "new_sites_today": {"used": 0, "limit": deps.config.limits.new_sites.maximum},
    }


def test_status_of_a_service_in_use(site: Site, deps: Dependencies, clock: FakeClock) -> None:
    other = Site.sign_up(deps, folder="/other")
    assert other.post("/v1/keys", {"mode": "test"}).status == 201
    site.post("/v1/import", {"items": ASINS[:10]})
    (shelf,) = deps.shelves.list_for_site(site.site_id)
    assert plan_sync(deps) == 0
    planned_at = clock.now()
    site.post("/v1/import", {"items": ASINS})
    clock.advance(hours=1, minutes=7)

    status = view(deps, "status")

    assert status["sites"] == {"live": 2, "sandbox": 1, "suspended": 0}
    assert status["connections"] == {"valid": 1}
    assert status["oldest_due_at"] == rfc3339(shelf.due_at)
    assert status["pending_imports"]["jobs"] == 1
    assert status["pending_imports"]["oldest_created_at"]
    assert status["new_sites_today"]["used"] == 2
    assert status["sync"]["last_run_planned"] == 0
    assert status["sync"]["last_run_at"] == rfc3339(planned_at)
    assert list(nulls(status)) == []


def rfc3339(moment: Any) -> str:
    return str(moment.isoformat().replace("+00:00", "Z"))


def test_status_shows_the_switches_with_person_and_reason(deps: Dependencies) -> None:
    for order, fields in (("pause_sync", {}), ("read_only", {"on": True})):
        turn_switch(deps, order, **fields)

    status = view(deps, "status")

    stated = {"by": "ops", "reason": "maintenance"}
    since = status["sync"]["since"]
    assert since == rfc3339(START)
    assert status["sync"] == {"state": "read_only", "since": since, **stated}
    assert status["read_only"]["on"] is True
    assert status["read_only"]["by"] == "ops"


def test_counts_are_marked_as_an_estimate_if_the_table_is_large(
    site: Site, deps: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_directory, "MAX_SCANNED_ROWS", 2)
    monkeypatch.setattr(site_directory, "ROWS_PER_REQUEST", 2)

    counted = view(deps, "status")["counted"]

    assert counted["is_estimate"] is True
    assert counted["rows_read"] == 2 < counted["rows_total"]


def test_pages_of_sites_lead_to_all_of_them(deps: Dependencies) -> None:
    sites = {Site.sign_up(deps, folder=f"/{number}").site_id for number in range(5)}
    found, cursor = [], ""
    while True:
        page = view(deps, "sites", limit=2, cursor=cursor)
        found += page["sites"]
        if "next_cursor" not in page:
            break
        cursor = page["next_cursor"]

    assert sorted(entry["site_id"] for entry in found) == sorted(sites)
    assert all(entry.keys() == {"site_id", "mode", "site_url", "created_at"} for entry in found)


@pytest.mark.parametrize("by_url", [True, False])
def test_site_is_shown_by_its_id_or_url(
    site: Site, deps: Dependencies, clock: FakeClock, *, by_url: bool
) -> None:
    site.post("/v1/import", {"items": ASINS[:10]})
    site.post("/v1/import", {"items": ASINS})
    clock.advance(hours=3)
    suspend(deps, site.site_id)
    url = site.get("/v1/site").json["site_url"]

    shown = view(deps, "site", site=url if by_url else site.site_id)

    assert (shown["site_id"], shown["site_url"]) == (site.site_id, url)
    assert shown["email"] == "owner@example.com"
    assert shown["suspended_at"]
    (connection,) = shown["connections"]
    assert (connection["marketplace"], connection["partner_tag"]) == ("US", TAG)
    assert connection["state"] == "valid"
    assert shown["products"] == {"fresh": 0, "stale": 10, "expired": 0, "missing": 0, "waiting": 0}
    assert [key["kid"] for key in shown["keys"]] == [site.kid]
    assert shown["oldest_due_at"]
    assert shown["pending_import_since"]
    assert shown["events"][0]["event"] == "suspended"
    assert list(nulls(shown)) == []
    assert site.api_key not in str(shown)


def test_sandbox_site_is_shown_by_its_id(site: Site, deps: Dependencies) -> None:
    site.post("/v1/keys", {"mode": "test"})

    shown = view(deps, "site", site="test_" + site.site_id.removeprefix("site_"))

    assert (shown["mode"], shown["connections"]) == ("test", [])


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"order": "site", "site": "site_unknown"}, "not_found"),
        ({"order": "site", "site": "https://unknown.example"}, "not_found"),
        ({"order": "site", "site": "nonsense"}, "invalid_request"),
        ({"order": "sites", "cursor": "nonsense"}, "invalid_cursor"),
        ({"order": "sites", "limit": "2"}, "invalid_request"),
        ({"order": "read_only", "by": "a", "reason": "b"}, "invalid_request"),
    ],
)
def test_invalid_view_is_refused(deps: Dependencies, command: dict[str, Any], code: str) -> None:
    response = run_admin_command(deps, **command)

    assert (response["status"], response["code"]) == ("refused", code)
