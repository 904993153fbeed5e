"""Tests of the second Creators endpoint: it refuses what the documentation does not allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest

from tests.contract.creators_endpoint import API_HOST, CreatorsEndpoint
from tests.contract.creators_products import FakeProduct, State, listing
from tests.contract.creators_tokens import SERVICES, Account
from tests.contract.creators_variants import Json, Variant

V2 = Account("7clientclientclientclient0", "secret-two", "2.2", {"www.amazon.de": "two-21"})
V3 = Account("amzn1.application-oa2-client.1", "secret-three", "3.1", {"www.amazon.com": "x-20"})
STATE = State((FakeProduct("B0TEST0001", listings=(listing(),)),))
BODY: Json = {"itemIds": ["B0TEST0001"], "partnerTag": "x-20", "marketplace": "www.amazon.com"}


@pytest.fixture
def endpoint() -> Iterator[CreatorsEndpoint]:
    with CreatorsEndpoint([V2, V3], STATE) as running:
        yield running


def post(
    endpoint: CreatorsEndpoint, host: str, path: str, body: str, **headers: str
) -> tuple[int, Json]:
    port = int(endpoint.url.rpartition(":")[2])
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request("POST", path, body.encode(), {"host": host, **named})
        response = connection.getresponse()
        response_body: Json = json.loads(response.read())
        return response.status, response_body
    finally:
        connection.close()


def token(endpoint: CreatorsEndpoint, owner: Account, **changed: str) -> tuple[int, Json]:
    version = changed.pop("version", owner.version)
    host, path = next(address for address, served in SERVICES.items() if served == version)
    is_v2 = version[0] == "2"
    fields = {
        "grant_type": "client_credentials",
        "client_id": owner.credential_id,
        "client_secret": owner.secret,
        "scope": "creatorsapi/default" if is_v2 else "creatorsapi::default",
        **changed,
    }
    if is_v2:
        kind = "application/x-www-form-urlencoded"
        return post(endpoint, host, path, urlencode(fields), content_type=kind)
    return post(endpoint, host, path, json.dumps(fields), content_type="application/json")


def call_operation(
    endpoint: CreatorsEndpoint, body: Json, operation: str = "getItems", **headers: str
) -> tuple[int, Json]:
    bearer = f"Bearer {token(endpoint, V3)[1]['access_token']}"
    sent = {
        "authorization": bearer,
        "x_marketplace": "www.amazon.com",
        "content_type": "application/json",
        **headers,
    }
    return post(endpoint, API_HOST, f"/catalog/v1/{operation}", json.dumps(body), **sent)


@pytest.mark.parametrize("owner", [V2, V3])
def test_each_version_gets_its_token_format(endpoint: CreatorsEndpoint, owner: Account) -> None:
    status, response_body = token(endpoint, owner)

    assert status == 200
    assert response_body["access_token"].startswith("eyJ" if owner is V2 else "Atc|")
    assert response_body["expires_in"] == 3600
    assert ("scope" in response_body) == (owner is V3)


@pytest.mark.parametrize(
    ("owner", "changed", "status", "error"),
    [
        (V2, {"client_secret": "wrong"}, 400, "invalid_client"),
        (V3, {"client_secret": "wrong"}, 401, "invalid_client"),
        (V2, {"version": "2.1"}, 400, "invalid_client"),
        (V3, {"version": "3.2"}, 401, "invalid_client"),
        (V3, {"version": "2.1"}, 400, "invalid_client"),
        (V2, {"scope": "creatorsapi::default"}, 400, "invalid_scope"),
        (V3, {"scope": "creatorsapi/default"}, 400, "invalid_scope"),
        (V3, {"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_invalid_token_request_is_refused(
    endpoint: CreatorsEndpoint, owner: Account, changed: dict[str, str], status: int, error: str
) -> None:
    actual, body = token(endpoint, owner, **changed)

    assert (actual, body["error"]) == (status, error)


def test_v2_token_requires_its_version_in_the_header(endpoint: CreatorsEndpoint) -> None:
    name = token(endpoint, V2)[1]["access_token"]
    body = {**BODY, "partnerTag": "two-21", "marketplace": "www.amazon.de"}

    def status(authorization: str) -> int:
        domain = "www.amazon.de"
        return call_operation(endpoint, body, authorization=authorization, x_marketplace=domain)[0]

    assert status(f"Bearer {name}, Version 2.2") == 200
    assert status(f"Bearer {name}, Version 2.1") == 401
    assert status(f"Bearer {name}") == 401


def test_v3_token_requires_a_plain_bearer_header(endpoint: CreatorsEndpoint) -> None:
    name = token(endpoint, V3)[1]["access_token"]

    assert call_operation(endpoint, BODY, authorization=f"Bearer {name}")[0] == 200
    assert call_operation(endpoint, BODY, authorization=f"Bearer {name}, Version 3.1")[0] == 401
    assert call_operation(endpoint, BODY, authorization=f"bearer {name}")[0] == 401
    assert (
        call_operation(endpoint, BODY, authorization="Bearer made-up")[1]["reason"]
        == "InvalidToken"
    )


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"resources": ["ItemInfo.Title"]}, "resources"),
        ({"resources": ["offersV2.listings.availability.type"]}, "resources"),
        ({"resources": ["offers.listings.price"]}, "resources"),
        ({"itemIds": [f"B0TEST00{n:02}" for n in range(11)]}, "itemIds"),
        ({"itemIds": []}, "itemIds"),
        ({"merchant": "All"}, "merchant"),
        ({"condition": "Used"}, "condition"),
        ({"marketplace": "www.amazon.de"}, "marketplace"),
        ({"ItemIds": ["B0TEST0001"]}, "ItemIds"),
    ],
)
def test_invalid_member_is_named(endpoint: CreatorsEndpoint, changed: Json, wrong: str) -> None:
    status, response_body = call_operation(endpoint, BODY | changed)

    assert (status, response_body["reason"]) == (400, "FieldValidationFailed")
    assert response_body["fieldList"] == [wrong]


def test_tag_operation_and_headers_are_checked(endpoint: CreatorsEndpoint) -> None:
    tagless = {name: value for name, value in BODY.items() if name != "partnerTag"}

    assert call_operation(endpoint, tagless)[1]["fieldList"] == ["partnerTag"]
    assert (
        call_operation(endpoint, BODY | {"partnerTag": "y-20"})[1]["reason"] == "InvalidPartnerTag"
    )
    assert call_operation(endpoint, BODY, x_marketplace="amazon.com")[1]["fieldList"] == [
        "x-marketplace"
    ]
    assert call_operation(endpoint, BODY, "GetItems")[1]["reason"] == "UnknownOperation"
    assert call_operation(endpoint, BODY, content_type="text/plain")[1]["reason"] == "CannotParse"


def test_only_requested_resources_are_returned(endpoint: CreatorsEndpoint) -> None:
    plain = call_operation(endpoint, BODY)[1]["itemsResult"]["items"][0]
    priced = call_operation(endpoint, BODY | {"resources": ["offersV2.listings.price"]})[1]
    offer = priced["itemsResult"]["items"][0]["offersV2"]["listings"][0]

    assert set(plain) == {"asin", "detailPageURL", "itemInfo"}
    assert set(plain["itemInfo"]) == {"title"}
    assert set(offer) == {"price", "violatesMAP"}


def test_variants_change_the_response() -> None:
    odd = Variant(items_key="itemResults", absent="null", numbers="float", capitals=True)
    resources = ["itemInfo.title", "offersV2.listings.price", "images.primary.large"]
    with CreatorsEndpoint([V3], STATE, odd) as endpoint:
        response_body = call_operation(endpoint, BODY | {"resources": resources})[1]

    item = response_body["itemResults"]["items"][0]
    assert response_body["errors"] is None
    assert item["parentASIN"] is None
    assert item["images"]["primary"]["small"] is None
    assert repr(item["images"]["primary"]["large"]["width"]) == "500.0"
    assert item["offersV2"]["listings"][0]["Price"]["money"]["amount"] == 59.49


def test_token_expires_by_the_clock() -> None:
    now = [0.0]
    with CreatorsEndpoint([V3], STATE, Variant(expires_in=60), lambda: now[0]) as endpoint:
        bearer = f"Bearer {token(endpoint, V3)[1]['access_token']}"
        before = call_operation(endpoint, BODY, authorization=bearer)[0]
        now[0] = 60.0
        after = call_operation(endpoint, BODY, authorization=bearer)

    assert before == 200
    assert (after[0], after[1]["reason"]) == (401, "TokenExpired")
