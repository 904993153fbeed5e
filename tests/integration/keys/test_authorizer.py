"""Whose key is this? Garbage is told from keys without asking AWS anything."""

from typing import Any

import pytest

from amzlinkr.security.api_keys import new_api_key
from amzlinkr.wiring import Dependencies
from functions.authorizer import app as authorize
from tests.calls import Site
from tests.integration import aws_spy

ARN = "arn:aws:execute-api:us-east-1:123456789012:api/api/GET/v1/site"


@pytest.fixture(autouse=True)
def _given(deps: Dependencies, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authorize, "dependencies", lambda: deps)


def ask(headers: dict[str, Any] | None) -> dict[str, Any]:
    return authorize.handler({"type": "REQUEST", "methodArn": ARN, "headers": headers}, None)


def test_valid_api_key_is_allowed(site: Site) -> None:
    for header in ("Authorization", "authorization", "AUTHORIZATION"):
        for scheme in ("Bearer ", "bearer ", "Bearer  "):
            with aws_spy.record_calls() as made:
                answer = ask({header: scheme + site.api_key})
            assert answer["context"]["site_id"] == answer["principalId"] == site.site_id
            assert answer["policyDocument"]["Statement"] == [
                {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": ARN}
            ]
            # Its last use is noted once an hour.
            assert made in (["GetItem", "UpdateItem"], ["GetItem"])
            assert site.api_key not in str(answer)


def broken(key: str) -> list[dict[str, Any] | None]:
    other = "A" if key[-1] != "A" else "B"
    keys = [
        "",
        "garbage",
        key[:-1],
        key + "x",
        key[:-1] + other,
        key[:20] + ("A" if key[20] != "A" else "B") + key[21:],
        key.replace("live", "test"),
        key.upper(),
        key[:-1] + "\u00e9",
        key + "\n" + key,
        "amzl_live_" + "0" * 57,
    ]
    no_bearer: list[dict[str, Any] | None] = [None, {}, {"Authorization": None}]
    wrong_scheme = [{"Authorization": key}, {"Authorization": f"Basic {key}"}, {"X-Api-Key": key}]
    return [*no_bearer, *wrong_scheme, *({"Authorization": f"Bearer {text}"} for text in keys)]


def test_malformed_api_key_is_rejected_without_a_read(site: Site) -> None:
    for headers in broken(site.api_key):
        with (
            aws_spy.record_calls() as made,
            pytest.raises(Exception, match=r"\AUnauthorized\Z") as caught,
        ):
            ask(headers)
        assert made == [], headers
        assert caught.value.__cause__ is None


def test_unknown_api_key_is_denied(deps: Dependencies) -> None:
    with aws_spy.record_calls() as made:
        answer = ask({"Authorization": f"Bearer {new_api_key().text.reveal()}"})
    assert answer["policyDocument"]["Statement"][0]["Effect"] == "Deny"
    assert answer["context"]["site_id"] == ""
    assert made == ["GetItem"]


def test_api_keys_of_two_sites_have_their_own_site_ids(deps: Dependencies) -> None:
    first, second = Site.sign_up(deps), Site.sign_up(deps)
    ids = [
        ask({"Authorization": f"Bearer {one.api_key}"})["context"]["site_id"]
        for one in (first, second)
    ]
    assert ids == [first.site_id, second.site_id]
    assert first.site_id != second.site_id
