"""API keys of a site: creation, rotation with an overlap, revocation, and last use."""

from datetime import timedelta
from typing import Any

import pytest

from amzlinkr.domain.sites import sandbox_id_of
from amzlinkr.wiring import Dependencies
from tests.calls import authorize_key, resume, suspend
from tests.clock import FakeClock
from tests.site_client import Site


def listed(site: Site) -> dict[str, dict[str, Any]]:
    """Return the site's API keys as `GET /v1/keys` shows them, by `kid`."""
    return {key["kid"]: key for key in site.get("/v1/keys").json["keys"]}


@pytest.mark.parametrize("hours", [0, 1, 168])
def test_rotated_api_key_is_active_for_the_overlap(
    site: Site, deps: Dependencies, clock: FakeClock, hours: int
) -> None:
    made = site.post("/v1/keys", {"overlap_hours": hours})
    new = made.json["api_key"]

    assert (made.status, made.json["mode"]) == (201, "live")
    if hours:
        clock.advance(hours=hours, seconds=-1)
        assert authorize_key(deps, site.api_key) is not None
        clock.advance(seconds=1)
    assert authorize_key(deps, site.api_key) is None
    assert authorize_key(deps, new) == {
        "site_id": site.site_id, "kid": made.json["kid"], "suspended": "false", "scope": "full",
    }  # fmt: skip
    assert list(listed(site)) == [made.json["kid"]]


def test_overlap_is_seven_days_by_default_and_at_most(
    site: Site, deps: Dependencies, clock: FakeClock
) -> None:
    (old,) = listed(site)
    site.post("/v1/keys")
    ends = clock.now() + timedelta(days=7)
    assert listed(site)[old]["expires_at"] == ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    refused = site.post("/v1/keys", {"overlap_hours": 169})
    assert (refused.status, refused.json["field"]) == (422, "overlap_hours")


def test_at_most_two_api_keys_are_active(site: Site, deps: Dependencies) -> None:
    (old,) = listed(site)
    new = site.post("/v1/keys").json

    refused = site.post("/v1/keys")
    assert (refused.status, refused.json["code"]) == (409, "too_many_keys")
    assert set(listed(site)) == {old, new["kid"]}

    assert site.delete(f"/v1/keys/{new['kid']}").status == 204
    assert authorize_key(deps, new["api_key"]) is None
    assert authorize_key(deps, site.api_key) is not None
    assert "expires_at" not in listed(site)[old]
    assert site.post("/v1/keys").status == 201


def test_api_key_can_be_revoked_by_its_own_site_only(site: Site, deps: Dependencies) -> None:
    other = Site.sign_up(deps)
    (kid,) = listed(site)

    foreign, absent = other.delete(f"/v1/keys/{kid}"), other.delete("/v1/keys/zzzzzzzz")
    assert (foreign.status, foreign.text) == (404, absent.text)
    assert authorize_key(deps, site.api_key) is not None
    assert site.delete(f"/v1/keys/{kid}").status == 204
    assert authorize_key(deps, site.api_key) is None
    assert authorize_key(deps, other.api_key) is not None


def test_last_use_is_recorded_once_per_hour(
    site: Site, deps: Dependencies, clock: FakeClock
) -> None:
    (key,) = listed(site).values()
    assert "last_used_at" not in key
    authorize_key(deps, site.api_key)
    first = listed(site)[key["kid"]]["last_used_at"]
    clock.advance(minutes=59)
    authorize_key(deps, site.api_key)
    assert listed(site)[key["kid"]]["last_used_at"] == first
    clock.advance(minutes=2)
    authorize_key(deps, site.api_key)
    assert listed(site)[key["kid"]]["last_used_at"] > first


def test_api_keys_and_hashes_are_never_shown_again(site: Site) -> None:
    new = site.post("/v1/keys").json["api_key"]
    shown = site.get("/v1/keys").text + site.get("/v1/export").text
    assert not [key for key in (new, site.api_key) if key in shown or key[10:30] in shown]
    assert "key_hash" not in shown
    assert "digest" not in shown


def test_sandbox_api_keys_access_the_sandbox_only(site: Site, deps: Dependencies) -> None:
    made = site.post("/v1/keys", {"mode": "test"}).json
    context = authorize_key(deps, made["api_key"])
    assert made["api_key"].startswith("amzl_test_")
    assert context is not None
    assert context["site_id"] == sandbox_id_of(site.site_id)
    sandbox = Site(deps, context["site_id"], made["api_key"])

    refused = sandbox.post("/v1/keys", {"mode": "live"})
    assert (refused.status, refused.json["field"]) == (422, "mode")
    assert {key["mode"] for key in listed(sandbox).values()} == {"test"}
    assert {key["mode"] for key in listed(site).values()} == {"live", "test"}
    (live,) = [kid for kid, key in listed(site).items() if key["mode"] == "live"]
    assert sandbox.delete(f"/v1/keys/{live}").status == 404
    assert sandbox.delete("/v1/site", confirm="anything").status == 422


def test_authorizer_marks_suspended_sites(site: Site, deps: Dependencies) -> None:
    done = suspend(deps, site.site_id)
    assert (done["status"], done["site_id"]) == ("suspended", site.site_id)
    assert (authorize_key(deps, site.api_key) or {})["suspended"] == "true"
    resume(deps, site.site_id)
    assert (authorize_key(deps, site.api_key) or {})["suspended"] == "false"


def test_list_marks_the_current_api_key(site: Site) -> None:
    (old,) = listed(site)
    assert listed(site)[old]["current"] is True

    made = site.post("/v1/keys").json
    current = {kid: key["current"] for kid, key in listed(site).items()}
    assert current == {old: True, made["kid"]: False}

    site.api_key = made["api_key"]
    current = {key["kid"]: key["current"] for key in site.get("/v1/export").json["keys"]}
    assert current == {old: False, made["kid"]: True}
