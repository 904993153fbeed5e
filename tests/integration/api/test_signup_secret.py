"""The secret of a sign-up: without it, the sign-up's ID, which is in the site's log, is useless."""

import json
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from infra.local.stack.wordpress import WordPress
from tests.calls import Reply, authorize_key, event_of, run_admin_command, send
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site, start_sign_up, verify_sign_up

UNKNOWN = "su_" + "0" * 32


def verify_with(deps: Dependencies, signup_id: str, body: object) -> Reply:
    return send(deps, event_of("POST", f"/v1/signup/{signup_id}/verify", body), seconds=15)


@pytest.mark.parametrize(
    "wrong",
    [
        "", " ", "x", "é" * 40, "\x00", "null", "{secret} ", "{secret}x", " {secret}",
        "{upper}", "{shorter}", "{token}", "{id}", "y" * 60_000,
    ],
)  # fmt: skip
def test_reader_of_the_sites_log_gets_no_key(deps: Dependencies, wrong: str) -> None:
    with WordPress() as wordpress:
        started = start_sign_up(deps, wordpress.url).json
        wordpress.serve_challenge(started["challenge"])
        done = verify_sign_up(deps, started).json
        site = Site(deps, done["site_id"], done["api_key"])
        assert site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
        wordpress.requested_paths.clear()

        guess = wrong.format(
            secret=started["signup_secret"], upper=started["signup_secret"].swapcase(),
            shorter=started["signup_secret"][:-1], token=started["challenge"]["token"],
            id=started["signup_id"],
        )  # fmt: skip
        stolen = verify_with(deps, started["signup_id"], {"signup_secret": guess})
        unknown = verify_with(deps, UNKNOWN, {"signup_secret": guess})

    assert (stolen.status, stolen.json["code"]) == (404, "signup_not_found")
    assert (stolen.text, stolen.headers) == (unknown.text, unknown.headers)
    assert wordpress.requested_paths == []
    assert authorize_key(deps, site.api_key) is not None
    assert site.get("/v1/search", keywords="tea").status == 200


@pytest.mark.parametrize("value", [None, 1, True, [], {}, ["secret"], "absent"])
@pytest.mark.parametrize("signup_id", ["known", UNKNOWN])
def test_missing_secret_or_another_type_is_rejected_with_the_field(
    deps: Dependencies, aws: Config, value: Any, signup_id: str
) -> None:
    with WordPress() as wordpress:
        started = start_sign_up(deps, wordpress.url).json
        wordpress.serve_challenge(started["challenge"])
        before = aws_spy.tables(aws)
        body = {} if value == "absent" else {"signup_secret": value}
        name = started["signup_id"] if signup_id == "known" else signup_id

        refused = verify_with(deps, name, body)

    assert (refused.status, refused.json["field"]) == (422, "signup_secret")
    assert wordpress.requested_paths == []
    assert aws_spy.tables(aws) == before


@pytest.mark.parametrize("body", [None, "", "null", "[]", "{", '{"signup_secret": "\\ud800"}'])
def test_verify_without_an_object_is_rejected(deps: Dependencies, body: str | None) -> None:
    started = start_sign_up(deps, "http://127.0.0.1:1").json
    refused = verify_with(deps, started["signup_id"], body)
    assert (refused.status, refused.json["field"]) == (422, "body")


def test_only_the_hash_of_the_secret_is_stored(deps: Dependencies, aws: Config) -> None:
    first, second = (start_sign_up(deps, "http://127.0.0.1:1").json for _ in range(2))
    stored = json.dumps(aws_spy.tables(aws), default=str)
    for started in (first, second):
        assert started["challenge"]["token"] in stored
        assert started["signup_secret"] not in stored
    assert len({first["signup_secret"], second["signup_secret"]}) == 2
    assert len(first["signup_secret"]) >= 43


def test_secret_of_another_sign_up_of_the_host_is_useless(deps: Dependencies) -> None:
    with WordPress() as wordpress:
        owner, stranger = (start_sign_up(deps, wordpress.url).json for _ in range(2))
        wordpress.serve_challenge(owner["challenge"])
        mixed = owner | {"signup_secret": stranger["signup_secret"]}
        assert verify_sign_up(deps, mixed).status == 404
        assert verify_sign_up(deps, stranger).status == 422
        assert verify_sign_up(deps, owner).status == 201


def test_invite_replaces_the_fetch_but_not_the_secret(deps: Dependencies) -> None:
    url = "https://behind-a-wall.example"
    code = run_admin_command(deps, order="invite", site_url=url, by="support")["invite"]
    started = start_sign_up(deps, url, invite=code).json
    assert verify_sign_up(deps, started | {"signup_secret": code}).status == 404
    assert verify_sign_up(deps, started).status == 201
