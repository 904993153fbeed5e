"""Sign-up: no site, API key, or secret is created before the site has served the token."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.clock import Deadline
from amzlinkr.security.site_verification import SiteVerifier
from amzlinkr.wiring import Dependencies
from infra.local.stack.wordpress import WordPress
from tests.calls import Reply, authorize_key, run_purge
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site, start_sign_up, verify_sign_up

MAX_VERIFICATION_SECONDS = 20
"""The maximum of the template parameter `VerificationSeconds`."""


@pytest.fixture
def wordpress() -> Iterator[WordPress]:
    with WordPress() as running:
        yield running


def sign_up(
    deps: Dependencies, wordpress: WordPress, url: str | None = None, place: str = "path"
) -> Any:
    """Sign up a site that serves the token; return the fields of both responses."""
    started = start_sign_up(deps, url or wordpress.url).json
    wordpress.serve_challenge(started["challenge"], place)
    verified = verify_sign_up(deps, started)
    assert verified.status == 201, verified.text
    return {**started, **verified.json}


def is_allowed(deps: Dependencies, api_key: str) -> bool:
    return authorize_key(deps, api_key) is not None


@pytest.mark.parametrize("place", ["path", "query"])
def test_site_is_verified_at_either_challenge_url(deps: Dependencies, place: str) -> None:
    with WordPress() as wordpress:
        done = sign_up(deps, wordpress, place=place)
        served = [path in wordpress.responses for path in wordpress.requested_paths]
    assert re.fullmatch(r"amzl_live_[0-9A-Za-z]{57}", done["api_key"])
    assert re.fullmatch(r"site_[0-9a-z]{26}", done["site_id"])
    assert done["site_url"] == wordpress.url
    assert served == ([True] if place == "path" else [False, True])


def test_challenge_has_both_urls_and_the_expiry(deps: Dependencies, wordpress: WordPress) -> None:
    started = start_sign_up(deps, wordpress.url)
    signup_id = started.json["signup_id"]
    assert started.status == 202
    assert started.json["challenge"]["path"] == f"/.well-known/amzlinkr/{signup_id}"
    assert started.json["challenge"]["query"] == f"?amzlinkr_challenge={signup_id}"
    assert started.json["expires_at"] == "2026-11-23T13:00:00Z"


def test_failed_verification_creates_no_site_or_secret(
    deps: Dependencies, aws: Config, wordpress: WordPress
) -> None:
    started = start_sign_up(deps, wordpress.url).json
    wordpress.responses["/token"] = (200, started["challenge"]["token"])
    before = aws_spy.tables(aws)
    for wrong in ((200, "another token"), (404, "no"), (302, "/token"), (500, "oops"), (200, "")):
        wordpress.responses[started["challenge"]["path"]] = wrong
        refused = verify_sign_up(deps, started)
        assert (refused.status, refused.json["code"]) == (422, "site_not_proven"), wrong
        assert refused.json["retryable"]
        assert started["challenge"]["token"] not in refused.text
    assert aws_spy.tables(aws) == before
    assert [item["type"] for item in aws_spy.table(aws.sites_table).values()] == ["signup"]
    assert aws_spy.secrets() == {}


def test_token_of_another_sign_up_is_rejected(deps: Dependencies, wordpress: WordPress) -> None:
    mine, theirs = (start_sign_up(deps, wordpress.url).json for _ in range(2))
    wordpress.responses[theirs["challenge"]["path"]] = (200, mine["challenge"]["token"])
    assert verify_sign_up(deps, theirs).status == 422


def test_expired_or_unknown_sign_up_is_not_found(
    deps: Dependencies, clock: FakeClock, wordpress: WordPress
) -> None:
    started = start_sign_up(deps, wordpress.url).json
    wordpress.serve_challenge(started["challenge"])
    clock.advance(hours=1)
    expired = verify_sign_up(deps, started)
    unknown = verify_sign_up(deps, started | {"signup_id": "su_" + "0" * 32})
    assert (expired.status, expired.json["code"]) == (404, "signup_not_found")
    assert expired.text == unknown.text
    assert wordpress.requested_paths == []


def test_site_may_take_longer_than_other_calls_to_serve_its_token(
    deps: Dependencies, wordpress: WordPress, monkeypatch: pytest.MonkeyPatch
) -> None:
    remaining: list[float] = []

    def record(_: object, site: object, signup_id: str, token: str, deadline: Deadline) -> None:
        remaining.append(deadline.remaining())

    monkeypatch.setattr(SiteVerifier, "verify", record)
    sign_up(deps, wordpress)

    assert remaining[0] > MAX_VERIFICATION_SECONDS


def test_repeated_verification_replaces_the_api_key(
    deps: Dependencies, wordpress: WordPress
) -> None:
    lost = sign_up(deps, wordpress)
    site = Site(deps, lost["site_id"], lost["api_key"])
    site.connect(ACCESS_KEY, SECRET_KEY, TAG)
    again = verify_sign_up(deps, lost).json
    assert again["site_id"] == lost["site_id"]
    assert again["api_key"] != lost["api_key"]
    assert not is_allowed(deps, lost["api_key"])
    assert is_allowed(deps, again["api_key"])
    assert [c["marketplace"] for c in site.get("/v1/connections").json["connections"]] == ["US"]
    assert len(aws_spy.secrets()) == 1


def test_repeated_verification_fetches_the_token_again(
    deps: Dependencies, wordpress: WordPress
) -> None:
    done = sign_up(deps, wordpress)
    wordpress.responses.clear()
    assert verify_sign_up(deps, done).status == 422


def test_sign_up_does_not_reveal_known_hosts(deps: Dependencies, wordpress: WordPress) -> None:
    deps.service_state.recent_switches()  # read at most every five seconds
    with aws_spy.record_calls() as for_unknown:
        unknown = start_sign_up(deps, wordpress.url)
    sign_up(deps, wordpress)
    with aws_spy.record_calls() as for_known:
        known = start_sign_up(deps, wordpress.url)

    def shape(reply: Reply) -> str:
        text = reply.text.replace(reply.json["challenge"]["token"], "TOKEN")
        return text.replace(reply.json["signup_secret"], "S").replace(reply.json["signup_id"], "ID")

    assert (known.status, shape(known)) == (unknown.status, shape(unknown))
    assert {n: len(v) for n, v in known.headers.items()} == {
        n: len(v) for n, v in unknown.headers.items()
    }
    assert for_known == for_unknown


def test_url_spellings_of_one_host_are_one_site(deps: Dependencies, wordpress: WordPress) -> None:
    first = sign_up(deps, wordpress)
    second = sign_up(deps, wordpress, wordpress.url.replace("http", "HTTP") + "//")
    other = sign_up(deps, wordpress, wordpress.url + "/shop")
    assert second["site_id"] == first["site_id"]
    assert other["site_id"] != first["site_id"]


def test_new_owner_gets_the_site_without_old_keys_or_connections(
    deps: Dependencies, aws: Config, wordpress: WordPress
) -> None:
    before = sign_up(deps, wordpress)
    old = Site(deps, before["site_id"], before["api_key"])
    assert old.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
    assert old.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE").status == 200
    assert len(aws_spy.secrets()) == 2

    after = sign_up(deps, wordpress)

    assert after["site_id"] == before["site_id"]
    assert not is_allowed(deps, before["api_key"])
    assert is_allowed(deps, after["api_key"])
    shown = old.get("/v1/site").json
    assert (shown["connections"], "primary_marketplace" in shown) == ([], False)
    assert aws_spy.secrets() == {}
    kinds = [item["type"] for item in aws_spy.table(aws.sites_table).values()]
    assert (kinds.count("api_key"), kinds.count("site_api_key"), kinds.count("site")) == (1, 1, 1)


def test_new_owner_gets_an_empty_sandbox(deps: Dependencies, wordpress: WordPress) -> None:
    def sandbox(owner: Any) -> Site:
        return Site(deps, owner["site_id"], owner["api_key"]).open_sandbox()

    former = sandbox(sign_up(deps, wordpress))
    assert former.connect("AKIAMADEUPMADEUPMADE", "m" * 40, "made-up-20").status == 200

    present = sandbox(sign_up(deps, wordpress))

    assert present.get("/v1/connections").json == {"connections": []}
    assert "primary_marketplace" not in present.get("/v1/site").json


def test_repeated_sign_up_of_a_former_owner_clears_connections(
    deps: Dependencies, wordpress: WordPress
) -> None:
    former = sign_up(deps, wordpress)
    present = sign_up(deps, wordpress)
    owner = Site(deps, present["site_id"], present["api_key"])
    assert owner.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200

    again = verify_sign_up(deps, former)

    assert again.status == 201
    assert owner.get("/v1/connections").json == {"connections": []}
    assert aws_spy.secrets() == {}


@pytest.mark.parametrize("committed", [False, True])
def test_host_transfer_leaves_no_secret_after_a_crash(
    deps: Dependencies, clock: FakeClock, *, committed: bool
) -> None:
    crashes = 0
    for kill_at in range(1, 30):
        clock.advance(seconds=5)
        with WordPress() as host:
            owner = sign_up(deps, host)
            former = Site(deps, owner["site_id"], owner["api_key"])
            assert former.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
            started = start_sign_up(deps, host.url).json
            host.serve_challenge(started["challenge"])
            try:
                with aws_spy.record_calls(kill_at, committed=committed):
                    verify_sign_up(deps, started)
            except aws_spy.ProcessKilled:
                crashes += 1

            repeated = verify_sign_up(deps, started)

        run_purge(deps)
        assert (repeated.status, aws_spy.secrets()) == (201, {})
        if crashes < kill_at:
            break
    assert crashes > 3


def test_credentials_of_a_new_owner_get_a_new_secret(
    deps: Dependencies, wordpress: WordPress
) -> None:
    for _ in range(2):
        done = sign_up(deps, wordpress)
        site = Site(deps, done["site_id"], done["api_key"])
        assert site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
    assert site.get("/v1/search", keywords="tea").status == 200
    assert [name.rpartition("/")[0] for name in aws_spy.secrets()] == [
        f"amzlinkr/local/{site.site_id}/US"
    ]


def test_usage_counters_contain_no_personal_data(deps: Dependencies, aws: Config) -> None:
    start_sign_up(deps, "http://127.0.0.1:4000", source_ip="203.0.113.9")
    items = aws_spy.dynamodb().scan(TableName=aws.quotas_table)["Items"]
    counters = [item["pk"]["S"] for item in items if item["pk"]["S"].startswith("count#")]
    assert len(counters) == len(("domain and address", "address", "network"))
    for personal in ("203.0.113.9", "owner@example.com", "127.0.0.1"):
        assert personal not in str(counters)


def test_production_accepts_public_https_sites_only(deps: Dependencies, clock: FakeClock) -> None:
    production = Dependencies(replace(deps.config, stage="prod", allow_local_sites=False), clock)
    for url in (
        "http://example.com", "https://example.com:8443", "https://127.0.0.1", "https://localhost",
        "https://[::1]", "https://10.0.0.1", "https://2130706433", "https://user@example.com",
    ):  # fmt: skip
        refused = start_sign_up(production, url)
        assert (refused.status, refused.json["field"]) == (422, "site_url"), url
    assert start_sign_up(production, "https://example.com").status == 202


def test_production_does_not_fetch_from_loopback(
    deps: Dependencies, clock: FakeClock, wordpress: WordPress
) -> None:
    started = start_sign_up(deps, wordpress.url).json
    wordpress.serve_challenge(started["challenge"])
    production = Dependencies(replace(deps.config, stage="prod", allow_local_sites=False), clock)
    assert verify_sign_up(production, started).status == 422
    assert wordpress.requested_paths == []
