"""The operator's desk: invites, suspending and resuming, each with a line for the audit."""

from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import Reply, event_of, resume, run_admin_command, run_sync, send, suspend
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site

URL = "https://behind-a-wall.example"


def begin(deps: Dependencies, invite: str | None = None, url: str = URL) -> Reply:
    asked: dict[str, Any] = {"site_url": url, "email": "owner@example.com"}
    return send(
        deps, event_of("POST", "/v1/signup", asked | ({"invite": invite} if invite else {}))
    )


def verify(deps: Dependencies, started: Reply) -> Reply:
    path = f"/v1/signup/{started.json['signup_id']}/verify"
    return send(deps, event_of("POST", path), seconds=15)


def invited(deps: Dependencies, url: str = URL) -> str:
    done = run_admin_command(deps, order="invite", site_url=url, by="support")
    assert done["status"] == "invited"
    return str(done["invite"])


def test_invite_replaces_site_verification_once(deps: Dependencies) -> None:
    code = invited(deps)
    first, second = begin(deps, code), begin(deps, code)
    done = verify(deps, first)
    assert (done.status, done.json["site_url"]) == (201, URL)

    # A lost answer may be asked for again; another sign-up with the same invite is too late.
    assert verify(deps, first).status == 201
    late = verify(deps, second)
    assert (late.status, late.json["code"]) == (422, "invite_used")
    refused = begin(deps, code)
    assert (refused.status, refused.json["field"]) == (422, "invite")


@pytest.mark.parametrize("url", ["https://another.example", "https://www.behind-a-wall.example"])
def test_invite_is_rejected_for_another_host(deps: Dependencies, url: str) -> None:
    refused = begin(deps, invited(deps), url)
    assert (refused.status, refused.json["field"]) == (422, "invite")


def test_invite_expires_after_seven_days(deps: Dependencies, clock: FakeClock) -> None:
    code = invited(deps)
    clock.advance(days=7)
    assert begin(deps, code).status == 422


def test_invite_is_stored_hashed_only(deps: Dependencies, aws: Config) -> None:
    assert invited(deps) not in str(aws_spy.tables(aws))


def test_suspended_site_is_not_synced_until_resumed(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    site.post("/v1/import", {"items": ["B0TEST0001"]})
    done = suspend(deps, site.get("/v1/site").json["site_url"])
    assert done["site_id"] == site.site_id
    asked = len(amazon.control.calls())
    clock.advance(hours=2)
    assert run_sync(deps) == 0
    assert len(amazon.control.calls()) == asked

    resume(deps, site.site_id)
    clock.advance(hours=2)
    assert run_sync(deps) == 1


def test_search_of_a_suspended_site_is_rejected(site: Site, deps: Dependencies) -> None:
    suspend(deps, site.site_id)
    assert site.get("/v1/search", keywords="tea").json["code"] == "site_suspended"


def test_suspended_site_can_only_export(site: Site, deps: Dependencies) -> None:
    event = event_of("GET", "/v1/products", site_id=site.site_id)
    event["requestContext"]["authorizer"]["suspended"] = "true"
    refused = send(deps, event)
    assert (refused.status, refused.json["code"]) == (403, "site_suspended")
    export = event_of("GET", "/v1/export", site_id=site.site_id)
    export["requestContext"]["authorizer"]["suspended"] = "true"
    assert send(deps, export).status == 200


def test_sign_up_of_the_same_host_keeps_the_suspension(
    deps: Dependencies, clock: FakeClock
) -> None:
    done = verify(deps, begin(deps, invited(deps)))
    suspend(deps, URL)
    again = verify(deps, begin(deps, invited(deps)))
    assert again.json["site_id"] == done.json["site_id"]
    owner = deps.api_keys.owner(deps.api_key_digest(again.json["api_key"]), clock.now())
    assert owner is not None
    assert owner.suspended


def suspended_in_the_eyes_of_the_authorizer(deps: Dependencies, done: Reply) -> bool:
    owner = deps.api_keys.owner(deps.api_key_digest(done.json["api_key"]), deps.clock.now())
    assert owner is not None
    return owner.suspended


def test_suspension_outlasts_site_deletion_until_lifted(
    deps: Dependencies,
) -> None:
    first = verify(deps, begin(deps, invited(deps)))
    suspend(deps, URL)
    site = Site(deps, first.json["site_id"], first.json["api_key"])
    assert site.delete("/v1/site", confirm="behind-a-wall.example").status == 202

    again = verify(deps, begin(deps, invited(deps)))
    assert again.json["site_id"] != first.json["site_id"]
    assert suspended_in_the_eyes_of_the_authorizer(deps, again)
    site = Site(deps, again.json["site_id"], again.json["api_key"])
    assert site.delete("/v1/site", confirm="behind-a-wall.example").status == 202

    done = resume(deps, URL)
    assert done["status"] == "pardoned"
    third = verify(deps, begin(deps, invited(deps)))
    assert not suspended_in_the_eyes_of_the_authorizer(deps, third)
    assert resume(deps, URL)["status"] == "resumed"


def test_reused_invite_does_not_affect_the_first_site(
    deps: Dependencies, amazon: FakeAmazon
) -> None:
    code = invited(deps)
    first, second = begin(deps, code), begin(deps, code)
    done = verify(deps, first).json
    site = Site(deps, done["site_id"], done["api_key"])
    assert site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200

    assert verify(deps, second).json["code"] == "invite_used"
    assert site.get("/v1/search", keywords="tea").status == 200


def test_admin_command_is_logged_for_audit(
    site: Site, deps: Dependencies, caplog: pytest.LogCaptureFixture
) -> None:
    run_admin_command(
        deps, order="suspend", site=site.site_id, by="support@example.com", reason="spam"
    )
    (audit,) = [vars(record) for record in caplog.records if record.message == "audit"]
    assert (audit["done"], audit["site_id"]) == ("suspended", site.site_id)
    assert (audit["by"], audit["reason"]) == ("support@example.com", "spam")


@pytest.mark.parametrize(
    "wish",
    [
        {}, {"order": "nonsense"}, {"order": "suspend", "site": "site_x"},
        {"order": "suspend", "site": "site_x", "by": "", "reason": "b"},
        {"order": "suspend", "site": "site_unknown", "by": "a", "reason": "b"},
        {"order": "resume", "site": "https://unknown.example", "by": "a", "reason": "b"},
        {"order": "invite", "site_url": "https://10.0.0.1", "by": "a"},
        {"order": "suspend", "site": "example.com", "by": "a", "reason": "b"},
    ],
)  # fmt: skip
def test_invalid_admin_command_is_refused_with_the_reason(
    deps: Dependencies, wish: dict[str, str]
) -> None:
    done = run_admin_command(deps, **wish)
    assert done["status"] == "refused"
    assert done["detail"]
    assert done["action"]
