"""`POST /v1/validate` with Creators API credentials."""

import json
from typing import Any

import pytest

from amzlinkr.config import Config
from functions.validate.app import CREDENTIALS_REPLACED
from infra.local.fake_amazon.accounts import COGNITO_CREDENTIAL
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault
from tests.calls import Reply
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site

V2_ID, V2_SECRET, V2_VERSION = COGNITO_CREDENTIAL


@pytest.fixture
def site(deps: Any) -> Site:
    """Sign up a site without credentials."""
    return Site.sign_up(deps)


def problem_of(reply: Reply, status: int, code: str, field: str | None = None) -> Any:
    """Return the problem of a reply; fail unless it matches and contains no secret."""
    assert (reply.status, reply.json["code"]) == (status, code), reply.text
    assert reply.json.get("field") == field
    assert reply.json["action"]
    assert CREDENTIAL[1] not in reply.text
    return reply.json


def test_valid_credentials_are_trimmed_tested_and_stored(
    site: Site, amazon: FakeAmazon, aws: Config
) -> None:
    done = site.connect_creators(
        (f" {CREDENTIAL[0]}\n", f"\u200b{CREDENTIAL[1]} ", " v3.1 "), f" {TAG} "
    )
    assert (done.status, done.json["status"]) == (200, "valid"), done.text
    assert [call.operation for call in amazon.control.calls()] == ["Token", "SearchItems"]
    ((name, content),) = aws_spy.secrets().items()
    assert name.startswith(f"amzlinkr/local/{site.site_id}/US/")
    stored = json.loads(content)
    assert stored == {
        "api": "creators",
        "credential_id": CREDENTIAL[0],
        "credential_secret": CREDENTIAL[1],
        "credential_version": "3.1",
        "partner_tag": TAG,
        "marketplace": "US",
    }
    connection = site.connection()
    assert (connection["api"], connection["key_hint"]) == ("creators", f"…{CREDENTIAL[0][-4:]}")
    items = str(aws_spy.tables(aws))
    assert CREDENTIAL[1] not in items
    assert "Atc|" not in items


WRONG_FORMS = [
    ({"credential_id": ACCESS_KEY}, "credential_id", "PA-API access key"),
    ({"credential_id": CREDENTIAL[1], "credential_secret": CREDENTIAL[0]}, "credential_id",
     "swapped"),
    ({"credential_version": "2.1"}, "credential_version", "version 3"),
    ({"credential_id": V2_ID, "credential_version": "3.1"}, "credential_version", "version 2"),
    ({"credential_version": "4.1"}, "credential_version", "not a version"),
    ({"credential_version": "NA"}, "credential_version", "not a version"),
    ({"credential_id": "two words"}, "credential_id", "no spaces"),
    ({"credential_secret": "  "}, "credential_secret", "not empty"),
    ({"partner_tag": "my tag"}, "partner_tag", "Associate tag"),
    ({"marketplace": "XX"}, "marketplace", "marketplace"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "field", "word"), WRONG_FORMS)
def test_malformed_credentials_are_explained_without_a_call(
    site: Site, amazon: FakeAmazon, changed: dict[str, str], field: str, word: str
) -> None:
    problem = problem_of(
        site.connect_creators(CREDENTIAL, TAG, **changed), 422, "invalid_request", field
    )
    assert word in problem["detail"]
    assert amazon.control.calls() == []
    assert aws_spy.secrets() == {}


@pytest.mark.parametrize("key", [CREDENTIAL[0], V2_ID])
def test_creators_id_as_access_key_is_explained(site: Site, amazon: FakeAmazon, key: str) -> None:
    problem = problem_of(site.connect(key, SECRET_KEY, TAG), 422, "invalid_request", "access_key")
    assert "Creators API credential" in problem["detail"]
    assert amazon.control.calls() == []


def test_credentials_rejected_by_amazon_store_nothing(
    site: Site, amazon: FakeAmazon, clock: FakeClock, aws: Config
) -> None:
    before = aws_spy.tables(aws, quotas=False)
    wrong = (CREDENTIAL[0], CREDENTIAL[1] + "x", "3.1")
    other_region = (CREDENTIAL[0], CREDENTIAL[1], "3.2")
    for keys in (wrong, other_region):
        problem = problem_of(site.connect_creators(keys, TAG), 422, "amazon_keys_rejected")
        assert problem["upstream"]["service"] == "creators_token"
        assert problem["upstream"]["code"] == "invalid_client"
        assert "version" in problem["action"]
    clock.advance(seconds=2)
    tag = problem_of(
        site.connect_creators(CREDENTIAL, "test-22"), 422, "amazon_partner_tag_rejected"
    )
    assert "JP" in tag["action"]
    for state, code in (("access_denied", "amazon_access_denied"),
                        ("invalid_associate", "amazon_partner_tag_rejected")):  # fmt: skip
        clock.advance(seconds=2)
        amazon.control.put_account(CREDENTIAL[0], AccountBody(state=state))  # type: ignore[arg-type] # a literal
        reply = site.connect_creators(CREDENTIAL, TAG)
        assert reply.json["code"] == code
    assert aws_spy.tables(aws, quotas=False) == before
    assert aws_spy.secrets() == {}


def test_credentials_of_an_account_that_is_not_ready_are_stored(
    site: Site, amazon: FakeAmazon, clock: FakeClock
) -> None:
    amazon.control.put_account(CREDENTIAL[0], AccountBody(state="not_eligible"))
    ineligible = site.connect_creators(CREDENTIAL, TAG)
    assert (ineligible.status, ineligible.json["status"]) == (200, "not_eligible")
    assert ineligible.json["connection"]["next_probe_at"]
    clock.advance(seconds=2)
    amazon.control.put_account(CREDENTIAL[0], AccountBody(state="ok"))
    amazon.control.add_fault(Fault("429"))
    throttled = site.connect_creators(CREDENTIAL, TAG)
    assert (throttled.status, throttled.json["status"]) == (200, "throttled")
    assert len(aws_spy.secrets()) == 1


@pytest.mark.parametrize(
    ("kind", "code"),
    [("429", "amazon_throttled"), ("500", "amazon_unavailable"), ("garbage", "amazon_unavailable")],
)
def test_token_service_failure_does_not_reject_credentials(
    site: Site, amazon: FakeAmazon, kind: Any, code: str
) -> None:
    amazon.control.add_fault(Fault(kind, times=5, operation="Token"))
    problem_of(site.connect_creators(CREDENTIAL, TAG), 503, code)
    assert aws_spy.secrets() == {}


def test_credential_of_another_region_is_accepted_with_a_note(
    site: Site, amazon: FakeAmazon
) -> None:
    done = site.connect_creators(CREDENTIAL, "test-21", "DE")
    assert done.json["status"] == "valid"
    assert "another region than Germany's" in done.json["message"]
    assert "another region" not in site.connect_creators(CREDENTIAL, TAG).json["message"]


def test_version_2_credential_is_accepted(site: Site, amazon: FakeAmazon) -> None:
    done = site.connect_creators((V2_ID, V2_SECRET, V2_VERSION), "demo-20")
    assert done.json["status"] == "valid", done.text
    assert site.get("/v1/search", keywords="tea").status == 200


def test_rejected_token_is_replaced_within_the_request(
    site: Site, amazon: FakeAmazon, clock: FakeClock
) -> None:
    site.connect_creators(CREDENTIAL, TAG)
    for kind in ("token_expired", "invalid_token"):
        clock.advance(seconds=3)
        amazon.control.add_fault(Fault(kind))
        amazon.control.clear_calls()
        assert site.get("/v1/search", keywords="tea").status == 200
        operations = [call.operation for call in amazon.control.calls()]
        assert operations[-3:] == ["SearchItems", "Token", "SearchItems"]
    assert site.connection()["state"] == "valid"


def test_owner_is_told_that_credentials_of_another_api_were_replaced(site: Site) -> None:
    first = site.connect_creators(CREDENTIAL, TAG)
    again = site.connect_creators(CREDENTIAL, TAG)
    other = site.connect(ACCESS_KEY, SECRET_KEY, TAG)

    notes = [CREDENTIALS_REPLACED in reply.json["message"] for reply in (first, again, other)]
    assert notes == [False, False, True]


def test_owner_is_not_told_of_replaced_credentials_if_there_were_none(site: Site) -> None:
    assert site.put("/v1/connections/US", {"partner_tag": TAG}).status == 201

    assert CREDENTIALS_REPLACED not in site.connect_creators(CREDENTIAL, TAG).json["message"]
