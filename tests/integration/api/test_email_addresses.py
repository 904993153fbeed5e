"""E-mail addresses in requests: hostile ones are refused, and nothing is counted or stored."""

import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from tests.calls import event_of, send
from tests.integration import aws_spy
from tests.site_client import Site

HOSTILE = (
    '"><script>alert(1)</script>@b.co',
    "owner@example.com\r\nBcc: victim@example.com",
    "owner@example.com, victim@example.com",
    "own er@example.com",
    "owner@@example.com",
    "owner@example",
    "owner@xn--a.example",
)


@pytest.mark.parametrize("email", HOSTILE)
def test_hostile_address_is_refused_at_sign_up(deps: Dependencies, aws: Config, email: str) -> None:
    deps.service_state.recent_switches()  # read at most every five seconds
    with aws_spy.record_calls() as made:
        body = {"site_url": "https://example.com", "email": email}
        reply = send(deps, event_of("POST", "/v1/signup", body))

    assert (reply.status, reply.json["code"], reply.json["field"]) == (
        422, "invalid_request", "email",
    )  # fmt: skip
    assert "script" not in reply.text
    assert made == []


@pytest.mark.parametrize("email", HOSTILE)
def test_hostile_address_is_refused_as_a_setting(site: Site, email: str) -> None:
    reply = site.patch("/v1/site", {"email": email})

    assert (reply.status, reply.json["field"]) == (422, "email")
    assert site.get("/v1/site").json["email"] == "owner@example.com"


def test_address_is_stored_in_its_normalized_form(site: Site) -> None:
    reply = site.patch("/v1/site", {"email": " Owner@XN--BCHER-KVA.example "})

    assert reply.json["email"] == "Owner@bücher.example"
