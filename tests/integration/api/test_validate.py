"""`POST /v1/validate` with PA-API credentials: one test call, then they are stored or rejected."""

import json
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.accounts import AccountState
from infra.local.fake_amazon.control_bodies import AccountBody, ClockBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault
from tests.calls import Reply
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site

WRONG_SECRET = "wrong" * 8


@pytest.fixture
def site(deps: Dependencies) -> Site:
    """Sign up a site without credentials."""
    return Site.sign_up(deps)


def problem_of(reply: Reply, status: int, code: str) -> Any:
    """Return the problem of a reply; fail unless it has this status and code."""
    assert (reply.status, reply.json["code"]) == (status, code), reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["action"]
    return reply.json


def test_valid_credentials_are_trimmed_tested_once_and_stored(
    site: Site, amazon: FakeAmazon, aws: Config
) -> None:
    done = site.connect(f"  {ACCESS_KEY}\t", f"\n{SECRET_KEY} \u200b", f" {TAG} ", "\u200eus")
    assert done.status == 200, done.text
    assert done.json["status"] == "valid"
    assert done.json["connection"]["key_hint"] == "…TEST"
    assert [call.operation for call in amazon.control.calls()] == ["SearchItems"]
    name, content = aws_spy.secrets().popitem()
    assert name.startswith(f"amzlinkr/local/{site.site_id}/US/")
    assert json.loads(content)["secret_key"] == SECRET_KEY
    assert SECRET_KEY not in str(aws_spy.tables(aws))
    assert site.get("/v1/site").json["primary_marketplace"] == "US"


def test_new_credentials_replace_old_and_keep_the_primary_marketplace(
    site: Site, amazon: FakeAmazon
) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE")
    site.connect(ACCESS_KEY, SECRET_KEY, TAG)
    amazon.control.put_account(ACCESS_KEY, AccountBody(secret_key="new" * 13 + "n"))
    assert site.connect(ACCESS_KEY, "new" * 13 + "n", TAG).status == 200
    assert sorted(name.split("/")[3] for name in aws_spy.secrets()) == ["DE", "US"]
    assert site.get("/v1/site").json["primary_marketplace"] == "DE"
    assert site.get("/v1/search", keywords="tea", marketplace="US").status == 200


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [
        ("retired", 424, "amazon_paapi_retired"),
        ("access_denied", 424, "amazon_access_denied"),
        ("aws_user", 424, "amazon_access_denied"),
        ("invalid_associate", 422, "amazon_partner_tag_rejected"),
    ],
)
def test_account_without_access_stores_nothing(
    site: Site, amazon: FakeAmazon, aws: Config, state: AccountState, status: int, code: str
) -> None:
    amazon.control.put_account(ACCESS_KEY, AccountBody(state=state))
    before = aws_spy.tables(aws, quotas=False)
    problem = problem_of(site.connect(ACCESS_KEY, SECRET_KEY, TAG), status, code)
    assert problem["upstream"]["service"] == "paapi5"
    assert problem["upstream"]["status"] == 403
    assert aws_spy.tables(aws, quotas=False) == before
    assert all("expires" in row for row in aws_spy.table(aws.quotas_table).values())
    assert aws_spy.secrets() == {}
    if state == "retired":
        assert "Creators API" in problem["action"]


def test_wrong_credentials_and_tags_store_nothing(
    site: Site, amazon: FakeAmazon, aws: Config
) -> None:
    before = aws_spy.tables(aws, quotas=False)
    for access_key, secret_key, upstream in (
        (ACCESS_KEY, WRONG_SECRET, "InvalidSignature"),
        ("AKIAUNKNOWNUNKNOWN00", SECRET_KEY, "UnrecognizedClient"),
    ):
        reply = site.connect(access_key, secret_key, TAG)
        problem = problem_of(reply, 422, "amazon_keys_rejected")
        assert problem["upstream"] | {"request_id": None} == {
            "service": "paapi5", "status": 401, "code": upstream, "request_id": None,
        }  # fmt: skip
        assert secret_key not in reply.text
        assert access_key not in reply.text
    tag = problem_of(
        site.connect(ACCESS_KEY, SECRET_KEY, "test-22"), 422, "amazon_partner_tag_rejected"
    )
    assert "JP" in tag["action"]
    assert tag["upstream"]["code"] == "InvalidPartnerTag"
    other_tag = site.connect(ACCESS_KEY, SECRET_KEY, "other-20")
    assert (
        "another marketplace"
        not in problem_of(other_tag, 422, "amazon_partner_tag_rejected")["action"]
    )
    assert ACCESS_KEY not in other_tag.text
    assert aws_spy.tables(aws, quotas=False) == before
    assert aws_spy.secrets() == {}


def test_rejected_credentials_keep_the_stored_ones(site: Site, aws: Config) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, TAG)
    before = (aws_spy.tables(aws, quotas=False), aws_spy.secrets())
    problem_of(site.connect(ACCESS_KEY, WRONG_SECRET, TAG), 422, "amazon_keys_rejected")
    assert (aws_spy.tables(aws, quotas=False), aws_spy.secrets()) == before


def is_write_of_a_secret(arguments: aws_spy.Arguments) -> bool:
    return "SecretString" in arguments


def test_unchanged_credentials_are_valid_when_aws_accepts_no_more_versions(site: Site) -> None:
    site.connect(ACCESS_KEY, SECRET_KEY, TAG)
    stored = aws_spy.secrets()
    with aws_spy.fail_calls(is_write_of_a_secret, "LimitExceededException"):
        replies = [site.connect(ACCESS_KEY, SECRET_KEY, TAG) for _ in range(3)]
        changed = site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "US")
        other = site.connect(ACCESS_KEY, SECRET_KEY, "test-21", "DE")

    assert [reply.json.get("status") for reply in replies] == ["valid"] * 3
    assert changed.json["code"] == "amazon_partner_tag_rejected"
    problem = problem_of(other, 503, "store_unavailable")
    assert (problem["retry_after"], other.headers["retry-after"]) == (600, "600")
    assert "remain in use" in problem["action"]
    assert aws_spy.secrets() == stored


def test_valid_credentials_of_an_account_that_is_not_ready_are_stored(
    site: Site, amazon: FakeAmazon
) -> None:
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="not_eligible"))
    ineligible = site.connect(ACCESS_KEY, SECRET_KEY, TAG)
    assert (ineligible.status, ineligible.json["status"]) == (200, "not_eligible")
    assert "10 qualified sales" in ineligible.json["message"]
    problem = ineligible.json["connection"]["problem"]
    assert problem["code"] == "amazon_not_eligible"
    assert problem["upstream"]["code"] == "AssociateNotEligible"
    assert problem["upstream"]["request_id"]
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="ok"))
    amazon.control.add_fault(Fault("429"))
    throttled = site.connect(ACCESS_KEY, SECRET_KEY, TAG)
    assert (throttled.status, throttled.json["status"]) == (200, "throttled")
    assert "48 hours" in throttled.json["message"]
    assert len(aws_spy.secrets()) == 1


WRONG_SHAPES: list[tuple[dict[str, Any], str]] = [
    ({"access_key": "AKIATEST"}, "access_key"),
    ({"access_key": ACCESS_KEY[:-1] + "é"}, "access_key"),
    ({"access_key": SECRET_KEY, "secret_key": ACCESS_KEY}, "access_key"),
    ({"access_key": "amzn1.application-oa2-client.1"}, "access_key"),
    ({"secret_key": SECRET_KEY[:-1]}, "secret_key"),
    ({"secret_key": SECRET_KEY[:-2] + " x"}, "secret_key"),
    ({"partner_tag": "no tag!"}, "partner_tag"),
    ({"marketplace": "XX"}, "marketplace"),
    ({"marketplace": 7}, "marketplace"),
    ({"secret_key": None}, "secret_key"),
    ({"api": "paapi4"}, "api"),
    ({"color": "red"}, "color"),
]


def test_malformed_credentials_are_rejected_without_a_call(site: Site, amazon: FakeAmazon) -> None:
    body = {
        "api": "paapi5", "access_key": ACCESS_KEY, "secret_key": SECRET_KEY,
        "partner_tag": TAG, "marketplace": "US",
    }  # fmt: skip
    for changed, field in WRONG_SHAPES:
        with aws_spy.record_calls() as made:
            reply = site.post("/v1/validate", body | changed)
        assert problem_of(reply, 422, "invalid_request")["field"] == field, changed
        assert SECRET_KEY not in reply.text
        assert amazon.control.calls() == []
        assert aws_spy.writes(made) == []


def test_amazon_clock_is_adopted_after_one_expired_request(site: Site, amazon: FakeAmazon) -> None:
    amazon.control.set_clock(ClockBody(offset_seconds=20 * 60))
    assert site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
    assert [call.code for call in amazon.control.calls()] == ["RequestExpired", ""]


def test_clock_skew_that_persists_is_reported(
    site: Site, amazon: FakeAmazon, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The Date header does not show the clock that Amazon compares requests with.
    amazon.control.set_clock(ClockBody(offset_seconds=20 * 60))
    monkeypatch.setattr(
        "infra.local.fake_amazon.server.format_datetime",
        lambda *_, **__: "Mon, 23 Nov 2026 11:00:00 GMT",
    )
    problem = problem_of(site.connect(ACCESS_KEY, SECRET_KEY, TAG), 503, "amazon_clock_skew")
    assert problem["retryable"]
    assert [call.code for call in amazon.control.calls()] == ["RequestExpired"] * 2
    assert aws_spy.secrets() == {}
