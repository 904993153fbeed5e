"""The audit log of a site: what is recorded, who may read it, pages, and its end with the site."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.stack.wordpress import WordPress
from tests.calls import event_of, resume, run_purge, send, suspend
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site


def events(site: Site) -> list[dict[str, Any]]:
    reply = site.get("/v1/audit")
    assert reply.status == 200, reply.text
    found: list[dict[str, Any]] = reply.json["events"]
    return found


def newest(site: Site) -> tuple[str, str]:
    """Return the name and the actor of the newest event."""
    event = events(site)[0]
    return event["event"], event["actor"]


def test_every_change_is_recorded_with_its_actor(
    site: Site, deps: Dependencies, clock: FakeClock
) -> None:
    seen = [newest(site)]

    def after(action: object) -> None:
        seen.append(newest(site))
        clock.advance(seconds=1)

    clock.advance(seconds=1)
    made = site.post("/v1/keys", {"scope": "read"}).json
    after(made)
    after(site.delete(f"/v1/keys/{made['kid']}"))
    after(site.connect_creators(CREDENTIAL, TAG))
    after(site.patch("/v1/site", {"email": "new@example.com", "refresh_hours": 3}))
    after(site.delete("/v1/connections/US"))
    after(suspend(deps, site.site_id))
    after(resume(deps, site.site_id))

    assert seen == [
        ("key_created", "sign-up"),
        ("key_created", site.kid),
        ("key_revoked", site.kid),
        ("credentials_replaced", site.kid),
        ("settings_changed", site.kid),
        ("connection_deleted", site.kid),
        ("suspended", "operator"),
        ("resumed", "operator"),
    ]
    details = {event["event"]: event["detail"] for event in events(site)}
    assert details["settings_changed"] == "Changed: email, refresh_hours."
    assert details["key_revoked"] == f"API key {made['kid']} was revoked."


def test_changes_that_change_nothing_are_not_recorded(site: Site, deps: Dependencies) -> None:
    site.patch("/v1/site", {"email": "new@example.com", "refresh_hours": 3})
    before = events(site)

    repeated = site.patch(
        "/v1/site",
        {"email": "new@example.com", "refresh_hours": 3, "primary_marketplace": "US"},
    )
    assert repeated.status == 200
    assert site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
    resume(deps, site.site_id)
    assert site.delete("/v1/keys/absent00").status == 404
    assert site.get("/v1/audit").json["events"] == before

    assert site.patch("/v1/site", {"refresh_hours": 4}).status == 200
    assert events(site)[0]["detail"] == "Changed: refresh_hours."


def test_owner_learns_of_another_sign_up(deps: Dependencies, clock: FakeClock) -> None:
    with WordPress() as wordpress:
        first = Site.sign_up_host(deps, wordpress)
        clock.advance(seconds=1)
        second = Site.sign_up_host(deps, wordpress, email="other@example.com")

    assert second.site_id == first.site_id
    assert [(event["event"], event["actor"]) for event in events(second)] == [
        ("signed_up_again", "sign-up"), ("key_created", "sign-up"), ("key_created", "sign-up"),
    ]  # fmt: skip


def test_pages_follow_each_other(site: Site, deps: Dependencies, clock: FakeClock) -> None:
    for hours in range(2, 7):
        clock.advance(seconds=1)
        site.patch("/v1/site", {"refresh_hours": hours})
    found, cursor = [], ""
    # A new process reads the key that signs cursors itself.
    reader = replace(site, deps=Dependencies(deps.config, clock))
    while True:
        page = reader.get("/v1/audit", limit="2", cursor=cursor).json
        found += page["events"]
        assert page["has_more"] == ("next_cursor" in page)
        if not page["has_more"]:
            break
        cursor = page.get("next_cursor")

    assert found == events(site)
    assert len(found) == 6
    other = Site.sign_up(deps)
    for client, path in ((other, "/v1/audit"), (site, "/v1/products"), (site, "/v1/export")):
        refused = client.get(path, cursor=cursor)
        assert (refused.status, refused.json["code"]) == (400, "invalid_cursor")
    assert site.get("/v1/audit", limit="0").status == 422


def test_events_end_after_90_days(site: Site, clock: FakeClock) -> None:
    (created,) = events(site)
    clock.set(datetime.fromisoformat(created["at"]) + timedelta(days=90))
    assert events(site) == [created]
    clock.advance(seconds=1)
    assert events(site) == []


def test_site_sees_its_own_events_only(site: Site, deps: Dependencies) -> None:
    other = Site.sign_up(deps)
    other.patch("/v1/site", {"refresh_hours": 4})

    assert [event["event"] for event in events(site)] == ["key_created"]
    assert other.kid not in site.get("/v1/audit").text


def test_events_of_sandbox_keys_are_in_the_log_of_the_live_site(
    site: Site, clock: FakeClock
) -> None:
    clock.advance(seconds=1)
    sandbox = site.open_sandbox()
    assert events(site)[0]["detail"] == f"API key {sandbox.kid} was created (test, full)."
    assert events(sandbox) == []

    clock.advance(seconds=1)
    assert sandbox.delete(f"/v1/keys/{sandbox.kid}").status == 204
    assert newest(site) == ("key_revoked", sandbox.kid)
    assert events(sandbox) == []


def test_reported_sandbox_key_is_in_the_log_of_the_live_site(site: Site, clock: FakeClock) -> None:
    clock.advance(seconds=1)
    sandbox = site.open_sandbox()
    clock.advance(seconds=1)

    assert site.post("/v1/keys/leaked", {"api_key": sandbox.api_key}).status == 204

    assert newest(site) == ("key_revoked", sandbox.kid)


def test_suspended_site_reads_its_events(site: Site, deps: Dependencies) -> None:
    suspend(deps, site.site_id)
    context = {"site_id": site.site_id, "kid": site.kid, "suspended": "true", "scope": "full"}

    event = event_of("GET", "/v1/audit")
    event["requestContext"]["authorizer"] = context
    assert send(deps, event).status == 200


def test_no_event_contains_private_data(
    site: Site, deps: Dependencies, amazon: FakeAmazon, aws: Config
) -> None:
    site.patch("/v1/site", {"email": "private@example.com"})
    site.connect_creators(CREDENTIAL, TAG)
    suspend(deps, site.get("/v1/site").json["site_url"])

    rows = aws_spy.table(aws.sites_table).values()
    stored = json.dumps([row for row in rows if row["type"] == "audit_event"], default=str)
    for private in ("private", "@", "127.0.0.1", CREDENTIAL[0], TAG, "spam", "support"):
        assert private not in stored, private


def test_events_are_deleted_with_the_site(
    site: Site, deps: Dependencies, clock: FakeClock, aws: Config
) -> None:
    sandbox = site.open_sandbox()
    sandbox.delete(f"/v1/keys/{sandbox.kid}")
    assert site.delete("/v1/site", confirm=site.host).status == 202
    clock.advance(hours=2)
    run_purge(deps)

    rows = aws_spy.table(aws.sites_table).values()
    assert [row for row in rows if row["type"] == "audit_event"] == []


@pytest.mark.parametrize("committed", [False, True], ids=["before", "after"])
def test_crash_loses_and_doubles_no_event(
    site: Site, deps: Dependencies, *, committed: bool
) -> None:
    for kill_at in range(1, 10):
        before = len(events(site))
        kids = {key["kid"] for key in site.get("/v1/keys").json["keys"]}
        try:
            with aws_spy.record_calls(kill_at, committed=committed) as made:
                site.post("/v1/keys", {"overlap_hours": 1})
        except aws_spy.ProcessKilled:
            pass
        new = {key["kid"] for key in site.get("/v1/keys").json["keys"]} - kids
        assert len(events(site)) - before == len(new)
        for kid in new:
            assert site.delete(f"/v1/keys/{kid}").status == 204
        if len(made) < kill_at:
            break
    assert kill_at >= 4
