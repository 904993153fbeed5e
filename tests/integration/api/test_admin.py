"""The operator's desk: invites, suspending and resuming, each with a line for the audit."""

from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import Reply, Site, event_of, order, run_sync, send
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy

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
    done = order(deps, order="invite", site_url=url, by="support")
    assert done["status"] == "invited"
    return str(done["invite"])


def test_an_invited_site_needs_no_proof_and_the_invite_works_once(deps: Dependencies) -> None:
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
def test_an_invite_is_for_its_host_only(deps: Dependencies, url: str) -> None:
    refused = begin(deps, invited(deps), url)
    assert (refused.status, refused.json["field"]) == (422, "invite")


def test_an_invite_ends_after_a_week(deps: Dependencies, clock: FakeClock) -> None:
    code = invited(deps)
    clock.advance(days=7)
    assert begin(deps, code).status == 422


def test_an_invite_is_not_stored_in_the_clear(deps: Dependencies, aws: Config) -> None:
    assert invited(deps) not in str(aws_spy.tables(aws))


def test_a_suspended_site_is_refused_and_its_account_left_alone(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    site.post("/v1/import", {"items": ["B0TEST0001"]})
    done = order(
        deps, order="suspend", site=site.get("/v1/site").json["site_url"], by="a", reason="b"
    )
    assert done["site_id"] == site.site_id
    asked = len(amazon.control.calls())
    clock.advance(hours=2)
    assert run_sync(deps) == 0
    assert len(amazon.control.calls()) == asked

    order(deps, order="resume", site=site.site_id, by="a", reason="b")
    clock.advance(hours=2)
    assert run_sync(deps) == 1


def test_a_message_that_was_under_way_is_no_call_for_a_suspended_site(
    site: Site, deps: Dependencies
) -> None:
    order(deps, order="suspend", site=site.site_id, by="a", reason="b")
    assert site.get("/v1/search", keywords="tea").json["code"] == "site_suspended"


def test_suspended_calls_say_why_and_leaving_still_works(site: Site, deps: Dependencies) -> None:
    event = event_of("GET", "/v1/products", site_id=site.site_id)
    event["requestContext"]["authorizer"]["suspended"] = "true"
    refused = send(deps, event)
    assert (refused.status, refused.json["code"]) == (403, "site_suspended")
    export = event_of("GET", "/v1/export", site_id=site.site_id)
    export["requestContext"]["authorizer"]["suspended"] = "true"
    assert send(deps, export).status == 200


def test_who_signs_up_again_is_still_suspended(deps: Dependencies, clock: FakeClock) -> None:
    done = verify(deps, begin(deps, invited(deps)))
    order(deps, order="suspend", site=URL, by="a", reason="b")
    again = verify(deps, begin(deps, invited(deps)))
    assert again.json["site_id"] == done.json["site_id"]
    owner = deps.api_keys.owner(deps.digest_of(again.json["api_key"]), clock.now())
    assert owner is not None
    assert owner.suspended


def suspended_in_the_eyes_of_the_authorizer(deps: Dependencies, done: Reply) -> bool:
    owner = deps.api_keys.owner(deps.digest_of(done.json["api_key"]), deps.clock.now())
    assert owner is not None
    return owner.suspended


def test_who_leaves_and_comes_back_is_still_suspended_until_the_operator_pardons(
    deps: Dependencies,
) -> None:
    first = verify(deps, begin(deps, invited(deps)))
    order(deps, order="suspend", site=URL, by="a", reason="spam")
    site = Site(deps, first.json["site_id"], first.json["api_key"])
    assert site.delete("/v1/site", confirm="behind-a-wall.example").status == 202

    again = verify(deps, begin(deps, invited(deps)))
    assert again.json["site_id"] != first.json["site_id"]
    assert suspended_in_the_eyes_of_the_authorizer(deps, again)
    site = Site(deps, again.json["site_id"], again.json["api_key"])
    assert site.delete("/v1/site", confirm="behind-a-wall.example").status == 202

    done = order(deps, order="resume", site=URL, by="a", reason="talked")
    assert done["status"] == "pardoned"
    third = verify(deps, begin(deps, invited(deps)))
    assert not suspended_in_the_eyes_of_the_authorizer(deps, third)
    assert order(deps, order="resume", site=URL, by="a", reason="b")["status"] == "resumed"


def test_a_used_invite_costs_the_site_it_let_in_nothing(
    deps: Dependencies, amazon: FakeAmazon
) -> None:
    code = invited(deps)
    first, second = begin(deps, code), begin(deps, code)
    done = verify(deps, first).json
    site = Site(deps, done["site_id"], done["api_key"])
    assert site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200

    assert verify(deps, second).json["code"] == "invite_used"
    assert site.get("/v1/search", keywords="tea").status == 200


def test_every_order_leaves_a_line_for_the_audit(
    site: Site, deps: Dependencies, caplog: pytest.LogCaptureFixture
) -> None:
    order(deps, order="suspend", site=site.site_id, by="support@example.com", reason="spam")
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
def test_a_wrong_order_is_refused_with_the_reason(deps: Dependencies, wish: dict[str, str]) -> None:
    done = order(deps, **wish)
    assert done["status"] == "refused"
    assert done["detail"]
    assert done["action"]
