"""Tests of the Creators API's access checks: tokens, account states and limits."""

import pytest

from infra.local.fake_amazon import accounts
from infra.local.fake_amazon.control_bodies import AccountBody, ClockBody
from infra.local.fake_amazon.marketplaces import MARKETPLACES
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault
from tests.integration.fake_amazon.creators_client import CreatorsClient, error_of
from tests.integration.fake_amazon.signed_client import ASINS, Client, Clocks

DEMO_ID = accounts.DEMO_CREDENTIAL[0]
UNAUTHORIZED = "UnauthorizedException"


@pytest.mark.parametrize("code", MARKETPLACES)
def test_tokens_of_both_services_work_in_every_marketplace(
    creators: CreatorsClient, cognito: CreatorsClient, code: str
) -> None:
    for client in (creators, cognito):
        client.code = code
        response = client.call("searchItems", keywords="Füller ☕ 茶", itemCount=2)

        assert response.status == 200
        assert response.headers["x-amzn-RequestId"]


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer nobody", "Basic {}", "bearer {}", "Bearer  {}", "{}"],
)
def test_unknown_token_is_an_invalid_token(
    creators: CreatorsClient, authorization: str | None
) -> None:
    token = creators.fetch_token().json["access_token"]
    creators.tamper = {"Authorization": authorization and authorization.format(token)}

    response = creators.call("getItems", itemIds=ASINS)

    assert error_of(response) == (401, UNAUTHORIZED, "InvalidToken")
    assert set(response.json) == {"message", "reason", "type"}


@pytest.mark.parametrize(
    "suffix", ["", ", Version 2.2", ", Version 3.1", ",Version 2.1", ", version 2.1", ", 2.1"]
)
def test_cognito_token_requires_its_version(cognito: CreatorsClient, suffix: str) -> None:
    token = cognito.fetch_token().json["access_token"]
    cognito.tamper = {"Authorization": f"Bearer {token}{suffix}"}

    assert error_of(cognito.call("getItems", itemIds=ASINS)) == (401, UNAUTHORIZED, "InvalidIssuer")


@pytest.mark.parametrize("suffix", [", Version 3.1", ", Version 2.1", ","])
def test_login_with_amazon_token_requires_no_version(creators: CreatorsClient, suffix: str) -> None:
    creators.tamper = {"Authorization": creators.authorization + suffix}

    assert error_of(creators.call("getItems", itemIds=ASINS)) == (
        401,
        UNAUTHORIZED,
        "InvalidIssuer",
    )


@pytest.mark.parametrize(("seconds", "status"), [(3599, 200), (3600, 401), (86_400, 401)])
def test_token_expires_after_one_hour_of_amazons_clock(
    fake: FakeAmazon, creators: CreatorsClient, seconds: int, status: int
) -> None:
    assert creators.authorization
    fake.control.set_clock(ClockBody(offset_seconds=seconds))

    response = creators.call("getItems", itemIds=ASINS)

    assert response.status == status
    assert status == 200 or response.json["reason"] == "TokenExpired"
    creators.token = ""
    assert creators.call("getItems", itemIds=ASINS).status == 200


def test_token_lifetime_begins_at_issue(creators: CreatorsClient, clocks: Clocks) -> None:
    clocks.wall += 3000
    assert creators.call("getItems", itemIds=ASINS).status == 200
    clocks.wall += 3000
    assert creators.call("getItems", itemIds=ASINS).status == 200
    clocks.wall += 601
    assert creators.call("getItems", itemIds=ASINS).status == 401


def test_token_belongs_to_one_credential_and_version(
    fake: FakeAmazon, creators: CreatorsClient, cognito: CreatorsClient
) -> None:
    assert creators.call("getItems", itemIds=ASINS).status == 200
    assert cognito.call("getItems", itemIds=ASINS).status == 200
    fake.control.put_account(DEMO_ID, AccountBody(partner_tags={"US": "other-20"}))
    fake.control.put_account(cognito.credential_id, AccountBody(credential_version="2.2"))

    assert creators.call("getItems", itemIds=ASINS).json["reason"] == "InvalidPartnerTag"
    assert cognito.call("getItems", itemIds=ASINS).json["reason"] == "InvalidIssuer"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("not_eligible", (403, "AccessDeniedException", "AssociateNotEligible")),
        ("access_denied", (403, "AccessDeniedException", "AuthorizationFailed")),
        ("invalid_associate", (400, "ValidationException", "InvalidAssociate")),
    ],
)
def test_account_without_access_gets_a_token_but_no_items(
    fake: FakeAmazon, creators: CreatorsClient, state: accounts.AccountState, expected: object
) -> None:
    fake.control.put_account(DEMO_ID, AccountBody(state=state))

    assert error_of(creators.call("getItems", itemIds=ASINS)) == expected


def test_second_demo_credential_is_not_eligible(creators: CreatorsClient) -> None:
    new_client = creators.with_credential(*accounts.NOT_ELIGIBLE_CREDENTIAL)

    assert new_client.call("getItems", itemIds=ASINS).json["reason"] == "AssociateNotEligible"


def test_calls_over_the_limit_are_throttled(
    fake: FakeAmazon, creators: CreatorsClient, clocks: Clocks
) -> None:
    fake.control.put_account(DEMO_ID, AccountBody(tps=1, tpd=2))

    responses = []
    for step in (0.0, 0.5, 0.5, 1.0):
        clocks.monotonic += step
        responses.append(creators.call("getItems", itemIds=ASINS))

    assert [response.status for response in responses] == [200, 429, 200, 429]
    assert error_of(responses[1]) == (429, "ThrottleException", "")
    assert [responses[place].json["retryAfterSeconds"] for place in (1, 3)] == [1, 60]


def test_credentials_of_one_owner_share_the_limits(
    fake: FakeAmazon, client: Client, creators: CreatorsClient, cognito: CreatorsClient
) -> None:
    fake.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tps=2))

    statuses = [
        creators.call("getItems", itemIds=ASINS).status,
        client.call("GetItems", ItemIds=ASINS).status,
        cognito.call("getItems", itemIds=ASINS).status,
        client.call("GetItems", ItemIds=ASINS).status,
    ]

    assert statuses == [200, 200, 429, 429]


def test_credentials_of_another_owner_have_their_own_limits(
    fake: FakeAmazon, creators: CreatorsClient
) -> None:
    fake.control.put_account(DEMO_ID, AccountBody(tps=1))
    body = AccountBody(
        api="creators",
        credential_secret="s",
        credential_version="3.2",
        partner_tags={"US": "demo-20"},
    )
    fake.control.put_account("someone", body)
    someone = creators.with_credential("someone", "s", "3.2")

    assert creators.call("getItems", itemIds=ASINS).status == 200
    assert someone.call("getItems", itemIds=ASINS).status == 200
    assert someone.call("getItems", itemIds=ASINS).status == 429


def test_rejected_tokens_do_not_count_against_the_limits(
    fake: FakeAmazon, creators: CreatorsClient
) -> None:
    fake.control.put_account(DEMO_ID, AccountBody(tps=1))
    creators.tamper = {"Authorization": "Bearer nobody"}
    assert creators.call("getItems", itemIds=ASINS).status == 401
    creators.tamper = {}

    assert creators.call("getItems", itemIds=ASINS).status == 200


def test_credentials_are_valid_for_one_api_only(client: Client) -> None:
    client.access_key, client.secret_key, _ = accounts.DEMO_CREDENTIAL

    response = client.call("GetItems", ItemIds=ASINS)

    assert (response.status, response.code) == (401, "UnrecognizedClient")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("token_expired", (401, UNAUTHORIZED, "TokenExpired")),
        ("invalid_token", (401, UNAUTHORIZED, "InvalidToken")),
        ("429", (429, "ThrottleException", "")),
        ("500", (500, "InternalServerException", "")),
    ],
)
def test_faults_have_the_error_format_of_the_creators_api(
    fake: FakeAmazon, creators: CreatorsClient, kind: str, expected: object
) -> None:
    fake.control.add_fault(Fault(kind=kind, operation="GetItems", access_key=DEMO_ID))  # type: ignore[arg-type]

    assert error_of(creators.call("getItems", itemIds=ASINS)) == expected
    assert creators.call("getItems", itemIds=ASINS).status == 200


def test_fault_can_be_limited_to_one_service(
    fake: FakeAmazon, client: Client, creators: CreatorsClient
) -> None:
    fake.control.add_fault(Fault(kind="500", api="creators"))
    fake.control.add_fault(Fault(kind="500", operation="Token"))
    fake.control.add_fault(Fault(kind="429", api="token"))
    fake.control.add_fault(Fault(kind="token_expired"))

    assert client.call("GetItems", ItemIds=ASINS).status == 200
    assert [creators.fetch_token().status for _ in range(3)] == [500, 429, 200]
    statuses = [creators.call("getItems", itemIds=ASINS).status for _ in range(3)]
    assert statuses == [500, 401, 200]


def test_fault_without_service_does_not_affect_token_services(
    fake: FakeAmazon, creators: CreatorsClient
) -> None:
    fake.control.add_fault(Fault(kind="500"))

    assert creators.fetch_token().status == 200
    assert creators.call("getItems", itemIds=ASINS).status == 500
