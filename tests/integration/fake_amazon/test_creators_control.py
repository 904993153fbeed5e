"""Tests of Creators API credentials in the control API, the call log and the state file."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from infra.local.fake_amazon import accounts
from infra.local.fake_amazon.control_bodies import AccountBody, PriceBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.integration.fake_amazon.creators_client import CreatorsClient
from tests.integration.fake_amazon.signed_client import ASINS, Client, send

NEW_ID = "amzn1.application-oa2-client.new/1"
NEW = {
    "api": "creators",
    "credential_secret": "amzn1.oa2-cs.v1.new",
    "credential_version": "3.2",
    "partner_tags": {"DE": "new-21"},
    "tps": 5,
}


def put(url: str, name: str, body: object) -> int:
    path = f"/_fake/accounts/{quote(name, safe='')}"
    return send(url, "PUT", path, json.dumps(body).encode()).status


def test_new_credential_over_http(creators: CreatorsClient) -> None:
    assert put(creators.url, NEW_ID, NEW) == 200
    new = creators.with_credential(NEW_ID, "amzn1.oa2-cs.v1.new", "3.2")
    new.code = "DE"

    assert new.call("getItems", itemIds=ASINS, partnerTag="new-21").status == 200
    assert put(creators.url, NEW_ID, {"credential_secret": "rotated"}) == 200
    assert new.fetch_token().status == 401
    new.secret = "rotated"
    assert new.fetch_token().status == 200


@pytest.mark.parametrize(
    ("name", "body"),
    [
        (NEW_ID, NEW | {"credential_secret": ""}),
        (NEW_ID, NEW | {"credential_version": None}),
        (NEW_ID, NEW | {"credential_version": "4.1"}),
        (NEW_ID, NEW | {"secret_key": "s"}),
        (NEW_ID, NEW | {"state": "retired"}),
        (NEW_ID, NEW | {"tpd": -1}),
        (NEW_ID, NEW | {"partner_tags": {"ZZ": "x"}}),
        (NEW_ID, {"credential_secret": "s", "credential_version": "3.1"}),
        (accounts.DEMO_ACCESS_KEY, {"api": "creators"}),
        (accounts.DEMO_ACCESS_KEY, {"credential_secret": "s"}),
        (accounts.DEMO_CREDENTIAL[0], {"api": "paapi5"}),
        (accounts.DEMO_CREDENTIAL[0], {"secret_key": "s"}),
    ],
)
def test_invalid_accounts_are_rejected(
    fake: FakeAmazon, name: str, body: dict[str, object]
) -> None:
    before = dict(fake.state.accounts)

    assert put(fake.url, name, body) == 400
    assert fake.state.accounts == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"kind":"token_expired","api":"creators"}', 200),
        (b'{"kind":"invalid_token","operation":"GetItems"}', 200),
        (b'{"kind":"slow","operation":"Token","seconds":0.1}', 200),
        (b'{"kind":"token_expired","api":"paapi5"}', 400),
        (b'{"kind":"expired","api":"token"}', 400),
        (b'{"kind":"500","api":"elsewhere"}', 400),
    ],
)
def test_faults_over_http(fake: FakeAmazon, body: bytes, status: int) -> None:
    assert send(fake.url, "POST", "/_fake/faults", body).status == status


def test_accounts_of_one_owner_have_the_same_limits(fake: FakeAmazon) -> None:
    fake.control.put_account("one", AccountBody(secret_key="s", owner="both", tps=7))
    body = AccountBody(
        api="creators", credential_secret="s", credential_version="3.1", owner="both", tpd=9
    )
    fake.control.put_account("two", body)

    limits = {name: (fake.state.accounts[name].tps, fake.state.accounts[name].tpd) for name in
              ("one", "two")}  # fmt: skip
    assert limits == {"one": (7, 9), "two": (7, 9)}


def test_cleared_tokens_are_invalid(creators: CreatorsClient) -> None:
    assert creators.call("getItems", itemIds=ASINS).status == 200
    assert send(creators.url, "DELETE", "/_fake/tokens").status == 200

    assert creators.call("getItems", itemIds=ASINS).json["reason"] == "InvalidToken"
    creators.token = ""
    assert creators.call("getItems", itemIds=ASINS).status == 200


def test_call_log_names_the_services_without_secrets(
    client: Client, creators: CreatorsClient
) -> None:
    client.call("GetItems", ItemIds=ASINS)
    creators.call("getItems", itemIds=ASINS)
    creators.call("searchItems", keywords="zzznothing")
    creators.fetch_token(client_secret="wrong-secret")
    # ID and secret exchanged: the log must not contain the secret that was sent as the ID.
    creators.fetch_token(client_id=creators.secret, client_secret=creators.credential_id)
    creators.call("getItems", itemIds=ASINS, resources=["x"])

    response = send(client.url, "GET", "/_fake/calls")

    demo = creators.credential_id
    assert [
        (call["api"], call["operation"], call["access_key"], call["status"], call["code"])
        for call in response.json["calls"]
    ] == [
        ("paapi5", "GetItems", client.access_key, 200, ""),
        ("token", "Token", demo, 200, ""),
        ("creators", "GetItems", demo, 200, ""),
        ("creators", "SearchItems", demo, 404, "ResourceNotFoundException"),
        ("token", "Token", demo, 401, "invalid_client"),
        ("token", "Token", "", 401, "invalid_client"),
        ("creators", "GetItems", demo, 400, "FieldValidationFailed"),
    ]
    got, found = response.json["calls"][2:4]
    assert (got["item_ids"], got["marketplace"]) == (ASINS, "US")
    assert found["keywords"] == "zzznothing"
    text = json.dumps(response.json)
    assert not any(secret in text for secret in (creators.secret, creators.token, "wrong-secret"))


def test_state_file_contains_credentials_but_no_tokens(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with FakeAmazon(state_file=path) as first:
        assert put(first.url, NEW_ID, NEW) == 200
        client = CreatorsClient(first.url, NEW_ID, "amzn1.oa2-cs.v1.new", "3.2", "DE")
        assert client.call("getItems", itemIds=ASINS, partnerTag="new-21").status == 200

    assert client.token not in path.read_text()
    with FakeAmazon(state_file=path) as second:
        client.url = second.url
        refused = client.call("getItems", itemIds=ASINS, partnerTag="new-21")
        assert refused.json["reason"] == "InvalidToken"
        client.token = ""
        assert client.call("getItems", itemIds=ASINS, partnerTag="new-21").status == 200


def test_state_file_without_creators_credentials_loads(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with FakeAmazon(state_file=path) as first:
        first.control.set_price(PriceBody(asin=ASINS[0], marketplace="US", amount=4242))
    state = json.loads(path.read_bytes())
    state["accounts"] = {
        name: {k: v for k, v in account.items() if k not in ("api", "version", "owner")}
        for name, account in state["accounts"].items()
        if account["api"] == "paapi5"
    }
    path.write_text(json.dumps(state))

    with FakeAmazon(state_file=path) as second:
        assert second.state.accounts == accounts.demo_accounts()
        creators = CreatorsClient(second.url)
        wanted = ["offersV2.listings.price"]
        item = creators.items("getItems", itemIds=ASINS[:1], resources=wanted)[ASINS[0]]
        assert item["offersV2"]["listings"][0]["price"]["money"]["amount"] == 42.42


def test_reset_deletes_credentials_and_tokens(creators: CreatorsClient) -> None:
    assert put(creators.url, NEW_ID, NEW) == 200
    assert creators.authorization
    assert send(creators.url, "POST", "/_fake/reset").status == 200

    new = creators.with_credential(NEW_ID, "amzn1.oa2-cs.v1.new", "3.2")
    assert new.fetch_token().status == 401
    assert creators.call("getItems", itemIds=ASINS).json["reason"] == "InvalidToken"
