"""Tests of the token services: which credentials get a token, and the errors of others."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from infra.local.fake_amazon import accounts
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.integration.fake_amazon.creators_client import FORM, TOKEN_SERVICES, CreatorsClient
from tests.integration.fake_amazon.signed_client import ASINS, send


@pytest.mark.parametrize("version", TOKEN_SERVICES)
def test_each_version_gets_tokens_from_its_own_service_only(
    fake: FakeAmazon, creators: CreatorsClient, version: str
) -> None:
    body = AccountBody(api="creators", credential_secret="s3cret", credential_version=version)
    fake.control.put_account("new", body)

    statuses = {
        at: creators.with_credential("new", "s3cret", at).fetch_token().status
        for at in TOKEN_SERVICES
    }

    refused = {at: 401 if at.startswith("3") else 400 for at in TOKEN_SERVICES}
    assert statuses == refused | {version: 200}


def test_token_responses_have_the_documented_format(
    creators: CreatorsClient, cognito: CreatorsClient
) -> None:
    lwa, old = creators.fetch_token(), cognito.fetch_token()

    assert lwa.json.pop("access_token").startswith("Atc|")
    assert lwa.json == {"expires_in": 3600, "scope": "creatorsapi::default", "token_type": "bearer"}
    assert old.json.pop("access_token").startswith("eyJ")
    assert old.json == {"expires_in": 3600, "token_type": "Bearer"}


def test_both_services_accept_form_and_http_basic(
    creators: CreatorsClient, cognito: CreatorsClient
) -> None:
    for client in (creators, cognito):
        assert client.post_token(urlencode(client.token_fields), FORM).status == 200
        assert client.fetch_token_with_basic().status == 200
        assert client.fetch_token_with_basic(client_id=client.credential_id).status == 200


def test_only_login_with_amazon_accepts_json(cognito: CreatorsClient) -> None:
    response = cognito.post_token(json.dumps(cognito.token_fields), "application/json")

    assert (response.status, response.json) == (400, {"error": "invalid_request"})


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"client_id": accounts.DEMO_ACCESS_KEY}, "invalid_client"),
        ({"scope": "creatorsapi"}, "invalid_scope"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"grant_type": None}, "invalid_request"),
        ({"client_id": None}, "invalid_request"),
        ({"client_secret": ""}, "invalid_request"),
        ({"scope": None}, "invalid_request"),
    ],
)
def test_invalid_field_returns_the_error_of_the_service(
    creators: CreatorsClient, cognito: CreatorsClient, changed: dict[str, str | None], error: str
) -> None:
    lwa, old = creators.fetch_token(**changed), cognito.fetch_token(**changed)

    assert (lwa.status, lwa.json["error"]) == (401 if error == "invalid_client" else 400, error)
    assert lwa.json["error_description"]
    assert (old.status, old.json) == (400, {"error": error})


def test_each_service_requires_its_own_scope(
    creators: CreatorsClient, cognito: CreatorsClient
) -> None:
    for client, scope in ((creators, "creatorsapi/default"), (cognito, "creatorsapi::default")):
        assert client.fetch_token(scope=scope).json["error"] == "invalid_scope"
        form = urlencode(client.token_fields | {"scope": scope})
        assert client.post_token(form, FORM).json["error"] == "invalid_scope"


def test_credentials_are_valid_at_one_service_only(
    creators: CreatorsClient, cognito: CreatorsClient
) -> None:
    mixed = replace(creators, version="2.1"), replace(cognito, version="3.1")

    assert [client.fetch_token().status for client in mixed] == [400, 401]


@pytest.mark.parametrize(
    ("body", "media_type", "headers"),
    [
        ("{", "application/json", {}),
        ('["grant_type"]', "application/json", {}),
        ('{"grant_type":7}', "application/json", {}),
        ("grant_type", FORM, {}),
        ("grant_type=client_credentials", FORM, {"Authorization": "Basic ???"}),
        ("grant_type=client_credentials", FORM, {"Authorization": "Basic bm9jb2xvbg=="}),
        ("grant_type=client_credentials&client_secret=x", FORM, {"Authorization": "Basic YTpi"}),
        ("grant_type=client_credentials&client_id=x", FORM, {"Authorization": "Basic YTpi"}),
        ("grant_type=client_credentials", "text/plain", {}),
    ],
)
def test_malformed_request_is_an_invalid_request(
    creators: CreatorsClient, body: str, media_type: str, headers: dict[str, str]
) -> None:
    response = creators.post_token(body, media_type, headers)

    assert (response.status, response.json["error"]) == (400, "invalid_request")


def test_repeated_field_is_an_invalid_request(creators: CreatorsClient) -> None:
    form = urlencode([*creators.token_fields.items(), ("scope", creators.token_fields["scope"])])

    assert creators.post_token(form, FORM).json["error"] == "invalid_request"


def test_other_paths_and_methods_are_rejected(creators: CreatorsClient) -> None:
    body = json.dumps(creators.token_fields).encode()
    headers = {"Host": "api.amazon.com", "Content-Type": "application/json"}

    assert send(creators.url, "POST", "/oauth2/token", body, headers).status == 404
    assert send(creators.url, "GET", "/auth/o2/token", body, headers).status == 405


def test_concurrent_requests_get_different_valid_tokens(
    creators: CreatorsClient, cognito: CreatorsClient
) -> None:
    def cold_start(place: int) -> tuple[str, int]:
        client = replace((creators, cognito)[place % 2], token="")
        status = client.call("getItems", itemIds=ASINS).status
        return client.token, status

    with ThreadPoolExecutor(16) as pool:
        started = list(pool.map(cold_start, range(64)))

    assert len({token for token, _ in started}) == 64
    assert {status for _, status in started} == {200}
