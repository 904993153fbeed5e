"""Authorization of requests: malformed API keys are rejected without a call to AWS."""

from typing import Any

import pytest

from amzlinkr import telemetry
from amzlinkr.security.api_keys import new_api_key
from amzlinkr.wiring import Dependencies
from tests.calls import METHOD_ARN, authorize, authorize_key
from tests.clock import FakeClock
from tests.iam.enforcer import PolicyEnforcer
from tests.integration import aws_spy
from tests.site_client import Site


def test_valid_api_key_is_allowed(site: Site) -> None:
    for header in ("Authorization", "authorization", "AUTHORIZATION"):
        for scheme in ("Bearer ", "bearer ", "Bearer  "):
            with aws_spy.record_calls() as made:
                policy = authorize(site.deps, {header: scheme + site.api_key})
            assert policy["context"]["site_id"] == policy["principalId"] == site.site_id
            assert policy["policyDocument"]["Statement"] == [
                {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": METHOD_ARN}
            ]
            # The last use is recorded once per hour.
            assert made in (["GetItem", "UpdateItem"], ["GetItem"])
            assert site.api_key not in str(policy)


def test_api_key_is_allowed_although_its_use_cannot_be_recorded(
    site: Site, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_update(arguments: aws_spy.Arguments) -> bool:
        return "UpdateExpression" in arguments

    metrics: list[str] = []
    monkeypatch.setattr(telemetry, "count", metrics.append)
    clock.advance(hours=2)
    with aws_spy.fail_calls(is_update, "InternalServerError"):
        context = authorize_key(site.deps, site.api_key)

    assert context is not None
    assert context["site_id"] == site.site_id
    assert metrics == ["ApiKeyUseNotRecorded"]


def malformed_headers(key: str) -> list[dict[str, Any] | None]:
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


def unknown_key_header() -> dict[str, Any]:
    return {"Authorization": f"Bearer {new_api_key().text.reveal()}"}


def test_malformed_api_key_is_rejected_without_a_read(site: Site) -> None:
    for headers in malformed_headers(site.api_key):
        with aws_spy.record_calls() as made:
            policy = authorize(site.deps, headers)
        assert policy["policyDocument"]["Statement"] == [
            {"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": METHOD_ARN}
        ]
        assert (policy["principalId"], policy["context"]["site_id"]) == ("unknown", "")
        assert made == [], headers


def test_denied_api_key_is_not_logged(
    site: Site, caplog: pytest.LogCaptureFixture, guard: PolicyEnforcer
) -> None:
    caplog.clear()
    guard.printed.clear()
    for headers in (*malformed_headers(site.api_key), unknown_key_header()):
        authorize(site.deps, headers)

    assert (caplog.records, guard.printed) == ([], [])


def test_unknown_api_key_is_denied(deps: Dependencies) -> None:
    with aws_spy.record_calls() as made:
        policy = authorize(deps, unknown_key_header())
    assert policy["policyDocument"]["Statement"][0]["Effect"] == "Deny"
    assert policy["context"]["site_id"] == ""
    assert made == ["GetItem"]


def test_api_keys_of_two_sites_have_their_own_site_ids(deps: Dependencies) -> None:
    first, second = Site.sign_up(deps), Site.sign_up(deps)
    contexts = [authorize_key(deps, site.api_key) for site in (first, second)]
    assert [context and context["site_id"] for context in contexts] == [
        first.site_id,
        second.site_id,
    ]
    assert first.site_id != second.site_id
