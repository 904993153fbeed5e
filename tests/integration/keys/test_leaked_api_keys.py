"""Reports of leaked API keys: the key ends, and nothing else shows what the report was about."""

from collections.abc import Callable

import pytest

from amzlinkr.config import Config
from amzlinkr.security.api_keys import new_api_key
from amzlinkr.wiring import Dependencies
from tests.calls import Reply, authorize, event_of, find_owner, send, suspend
from tests.clock import FakeClock
from tests.integration import aws_spy
from tests.integration.interleaving import Interleaving, at_every_aws_call
from tests.limits import with_limits
from tests.site_client import Site

AWS_CALL_SECONDS = 0.04


def report(deps: Dependencies, api_key: object, source_ip: str = "192.0.2.1") -> Reply:
    event = event_of("POST", "/v1/keys/leaked", {"api_key": api_key})
    event["requestContext"]["identity"]["sourceIp"] = source_ip
    return send(deps, event)


def test_reported_key_ends(site: Site, deps: Dependencies) -> None:
    other = site.post("/v1/keys").json["api_key"]
    found = report(deps, other)

    assert (found.status, found.text) == (204, "")
    assert find_owner(deps, other) is None
    assert find_owner(deps, site.api_key) is not None
    events = site.get("/v1/audit").json["events"]
    kid = other[10:18]
    assert {
        "event": "key_revoked",
        "actor": kid,
        "detail": f"API key {kid} was reported as leaked and revoked.",
    }.items() <= next(event for event in events if event["event"] == "key_revoked").items()


@pytest.mark.parametrize("pasted", ["{} ", " {}", "{}\n", "\r\n\t{}\u00a0"])
def test_key_that_was_copied_with_spaces_ends(site: Site, deps: Dependencies, pasted: str) -> None:
    text = pasted.format(site.api_key)
    policy = authorize(deps, {"Authorization": f"Bearer {text}"})
    assert policy["principalId"] == site.site_id, "the API key is valid with the spaces"

    assert report(deps, text).status == 204

    assert find_owner(deps, site.api_key) is None


def test_report_of_the_new_key_ends_its_rotation(site: Site, deps: Dependencies) -> None:
    report(deps, site.post("/v1/keys").json["api_key"])

    (key,) = site.get("/v1/keys").json["keys"]
    assert (key["kid"], "expires_at" in key) == (site.kid, False)


def test_sandbox_key_and_key_of_a_suspended_site_end(site: Site, deps: Dependencies) -> None:
    sandbox = site.open_sandbox()
    suspend(deps, site.site_id)
    for key in (sandbox.api_key, site.api_key):
        assert report(deps, key).status == 204
        assert find_owner(deps, key) is None


TEXTS: dict[str, Callable[[Site], str]] = {
    "active": lambda site: site.post("/v1/keys").json["api_key"],
    "unknown": lambda _: new_api_key().text.reveal(),
    "unknown of the sandbox": lambda _: new_api_key("test").text.reveal(),
    "empty": lambda _: "",
    "malformed": lambda site: site.api_key[:-1],
    "long": lambda _: "amzl_live_" + "0" * 50_000,
    "not ASCII": lambda _: "amzl_live_é😀",
    "public ID": lambda site: site.kid,
}


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_has_the_same_response_and_duration(
    site: Site, deps: Dependencies, clock: FakeClock, text: str
) -> None:
    key = TEXTS[text](site)
    started = clock.monotonic()
    with aws_spy.run_before_each_call(lambda: clock.advance(seconds=AWS_CALL_SECONDS)):
        reply = report(deps, key)

    assert (reply.status, reply.text) == (204, "")
    assert clock.monotonic() - started == pytest.approx(0.5)
    expected = report(deps, "garbage").headers
    assert reply.headers == expected


def test_revoked_key_is_answered_like_an_unknown_one(site: Site, deps: Dependencies) -> None:
    key = site.post("/v1/keys").json["api_key"]
    before = len(site.get("/v1/audit").json["events"])

    assert [report(deps, key).status for _ in range(3)] == [204, 204, 204]
    assert len(site.get("/v1/audit").json["events"]) == before + 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (None, "body"), ("", "body"), ("{", "body"), ([], "body"), ({}, "api_key"),
        ({"api_key": None}, "api_key"), ({"api_key": 1}, "api_key"),
        ({"api_key": ["x"]}, "api_key"), ({"api_key": "x", "more": 1}, "more"),
    ],
)  # fmt: skip
def test_other_bodies_are_rejected(
    deps: Dependencies, aws: Config, body: object, field: str
) -> None:
    deps.service_state.recent_switches()  # read at most every five seconds
    with aws_spy.record_calls() as made:
        refused = send(deps, event_of("POST", "/v1/keys/leaked", body))

    assert (refused.status, refused.json["field"]) == (422, field)
    assert made == []


def test_reports_of_a_network_are_limited_whatever_the_text(site: Site, deps: Dependencies) -> None:
    limited = with_limits(deps, leak_reports=2)
    for _ in range(2):
        assert report(limited, "garbage").status == 204

    for text in (site.api_key, "garbage", new_api_key().text.reveal()):
        refused = report(limited, text)
        assert (refused.status, refused.json["code"]) == (429, "rate_limited")
    assert find_owner(deps, site.api_key) is not None
    assert report(limited, site.api_key, "198.51.100.2").status == 204
    assert find_owner(deps, site.api_key) is None


def test_key_that_ends_during_the_report_is_no_fault(site: Site, deps: Dependencies) -> None:
    def new_interleaving() -> Interleaving:
        key = site.post("/v1/keys").json["api_key"]
        replies: list[Reply] = []

        def check() -> None:
            assert [reply.status for reply in replies] == [204]
            assert find_owner(deps, key) is None
            assert find_owner(deps, site.api_key) is not None
            assert "expires_at" not in site.get("/v1/keys").json["keys"][0]

        def revoke() -> None:
            site.delete(f"/v1/keys/{key[10:18]}")

        return Interleaving(lambda: replies.append(report(deps, key)), revoke, check)

    assert at_every_aws_call(new_interleaving) >= 4
