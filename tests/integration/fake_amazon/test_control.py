"""Tests of the control API, faults, the call log, and the fake as a program."""

import http.client
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.local.fake_amazon import accounts
from infra.local.fake_amazon.control import InvalidControlRequest
from infra.local.fake_amazon.control_bodies import AccountBody, GoneBody, PriceBody, StockBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault
from tests.integration.fake_amazon.signed_client import (
    ASINS,
    PRICE,
    RESOURCES,
    Client,
    price_of,
    send,
)

ROOT = Path(__file__).parents[3]


def test_price_can_be_changed_and_reset(fake: FakeAmazon, client: Client) -> None:
    def money() -> Any:
        return price_of(client.call("GetItems", ItemIds=[asin], Resources=[PRICE]).items[asin])

    asin = ASINS[0]
    first = money()
    fake.control.set_price(PriceBody(asin=asin, marketplace="US", amount=3241))
    assert money() == {"Amount": 32.41, "Currency": "USD", "DisplayAmount": "$32.41"}
    assert fake.control.set_price(PriceBody(asin=asin, marketplace="US", percent=-10)) == 2917
    assert money()["Amount"] == 29.17
    fake.control.set_price(PriceBody(asin=asin, marketplace="US", reset=True))
    assert money() == first
    with pytest.raises(InvalidControlRequest):
        fake.control.set_price(PriceBody(asin=asin, marketplace="US"))


def test_stock_and_removal_can_be_changed(fake: FakeAmazon, client: Client) -> None:
    asin = ASINS[0]
    fake.control.set_stock(StockBody(asin=asin, available=False, marketplace="US"))
    listing = client.call("GetItems", ItemIds=[asin], Resources=RESOURCES).items[asin]["OffersV2"]
    assert listing["Listings"][0]["Availability"]["Type"] == "OUT_OF_STOCK"

    fake.control.set_gone(GoneBody(asin=asin))
    fake.control.set_gone(GoneBody(asin="B0GONE0001", gone=False))
    response = client.call("GetItems", ItemIds=[asin, "B0GONE0001"])
    assert set(response.items) == {"B0GONE0001"}
    assert asin in response.json["Errors"][0]["Message"]

    fake.control.set_gone(GoneBody(asin=asin, silently=True))
    response = client.call("GetItems", ItemIds=[asin, "B0GONE0001"])
    assert (set(response.items), "Errors" in response.json) == ({"B0GONE0001"}, False)
    fake.control.set_gone(GoneBody(asin=asin, gone=False))
    assert set(client.call("GetItems", ItemIds=[asin]).items) == {asin}


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [
        ("not_eligible", 403, "AssociateNotEligible"),
        ("retired", 403, "AccessDenied"),
        ("access_denied", 403, "AccessDenied"),
        ("aws_user", 403, "AccessDeniedAwsUsers"),
        ("invalid_associate", 403, "InvalidAssociate"),
    ],
)
def test_account_state_determines_the_error(
    client: Client, state: str, status: int, code: str
) -> None:
    body = json.dumps({"state": state}).encode()
    path = f"/_fake/accounts/{accounts.DEMO_ACCESS_KEY}"
    assert send(client.url, "PUT", path, body).status == 200

    response = client.call("GetItems", ItemIds=ASINS)

    assert (response.status, response.code) == (status, code)
    is_deprecated = "deprecated" in response.json["Errors"][0]["Message"]
    assert is_deprecated == (state == "retired")


def test_other_demo_accounts_have_no_access(client: Client) -> None:
    second = Client(client.url, accounts.NOT_ELIGIBLE_ACCESS_KEY, accounts.NOT_ELIGIBLE_SECRET_KEY)
    third = Client(client.url, accounts.RETIRED_ACCESS_KEY, accounts.RETIRED_SECRET_KEY)

    assert second.call("GetItems", ItemIds=ASINS).code == "AssociateNotEligible"
    assert third.call("GetItems", ItemIds=ASINS).code == "AccessDenied"


def test_faults_occur_the_requested_number_of_times(fake: FakeAmazon, client: Client) -> None:
    fake.control.add_fault(Fault(kind="500", times=2, operation="GetItems"))
    fake.control.add_fault(Fault(kind="429"))
    fake.control.add_fault(Fault(kind="slow", seconds=0.05))

    assert client.call("SearchItems", Keywords="mug").status == 429
    statuses = [client.call("GetItems", ItemIds=ASINS).status for _ in range(4)]

    assert statuses == [500, 500, 200, 200]


def test_responses_can_be_unreadable(fake: FakeAmazon, client: Client) -> None:
    fake.control.add_fault(Fault(kind="garbage"))
    with pytest.raises(UnicodeDecodeError):
        client.call("GetItems", ItemIds=ASINS)
    fake.control.add_fault(Fault(kind="truncated"))
    with pytest.raises(http.client.IncompleteRead):
        client.call("GetItems", ItemIds=ASINS)
    fake.control.add_fault(Fault(kind="html"))
    with pytest.raises(json.JSONDecodeError):
        client.call("GetItems", ItemIds=ASINS)
    fake.control.add_fault(Fault(kind="timeout", seconds=0.05))
    with pytest.raises(http.client.RemoteDisconnected):
        client.call("GetItems", ItemIds=ASINS)


def test_call_log_contains_calls_without_secrets(client: Client) -> None:
    client.call("GetItems", ItemIds=ASINS)
    Client(client.url, secret_key="z" * 40).call("GetItems", ItemIds=ASINS[:1])

    response = send(client.url, "GET", "/_fake/calls")

    first, second = response.json["calls"]
    assert (first["operation"], first["item_ids"], first["status"]) == ("GetItems", ASINS, 200)
    assert (second["code"], second["access_key"]) == ("InvalidSignature", client.access_key)
    assert accounts.DEMO_SECRET_KEY not in json.dumps(response.json)
    assert "Signature=" not in json.dumps(response.json)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "accounts/AKIANEW0000000000000", b'{"partner_tags":{"US":"new-20"}}', 400),
        ("PUT", "accounts/AKIANEW0000000000000", b'{"secret_key":"s","tps":-1}', 400),
        ("POST", "prices", b'{"asin":"B08N5WRWNW","marketplace":"ZZ","amount":5}', 400),
        ("POST", "prices", b'{"asin":"B08N5WRWNW","marketplace":"US","amount":5}', 200),
        ("POST", "stock", b'{"asin":"B08N5WRWNW","available":false}', 200),
        ("POST", "gone", b'{"asin":"nonsense"}', 400),
        ("POST", "faults", b'{"kind":"earthquake"}', 400),
        ("POST", "faults", b'{"kind":"500","times":2}', 200),
        ("PUT", "clock", b'{"offset_seconds":1200}', 200),
        ("GET", "examples", b"", 200),
        ("DELETE", "calls", b"", 200),
        ("POST", "reset", b"", 200),
        ("GET", "nonsense", b"", 404),
    ],
)
def test_control_api_over_http(
    client: Client, method: str, path: str, body: bytes, status: int
) -> None:
    assert send(client.url, method, f"/_fake/{path}", body).status == status


def test_new_account_with_its_own_tags(fake: FakeAmazon) -> None:
    tags: dict[str, str | list[str]] = {"US": ["one-20", "two-20"]}
    body = AccountBody(secret_key="n" * 40, partner_tags=tags, tps=10)
    fake.control.put_account("AKIANEW0000000000000", body)
    new_client = Client(fake.url, "AKIANEW0000000000000", "n" * 40)

    assert new_client.call("GetItems", ItemIds=ASINS, PartnerTag="two-20").status == 200
    assert new_client.call("GetItems", ItemIds=ASINS).code == "InvalidPartnerTag"


def test_connections_are_kept_alive(client: Client) -> None:
    connection = http.client.HTTPConnection(client.url.removeprefix("http://"), timeout=10)
    for _ in range(3):
        connection.request("GET", "/_fake/examples")
        connection.getresponse().read()
        assert connection.sock is not None
    connection.close()


def test_program_keeps_its_state_between_runs(tmp_path: Path) -> None:
    state = tmp_path / "state" / "state.json"
    command = [sys.executable, "-m", "infra.local.fake_amazon", "--state-file", str(state)]
    titles = []
    for asin in (None, "found"):
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            if asin is None:
                found = Client(url).call("SearchItems", Keywords="teapot", ItemCount=1).items
                titles.append(found)
            else:
                titles.append(Client(url).call("GetItems", ItemIds=list(titles[0])).items)
            process.send_signal(signal.SIGTERM)
            _, stderr = process.communicate(timeout=10)
        assert (process.returncode, stderr) == (0, "")
    first, second = ({asin: item["ItemInfo"] for asin, item in run.items()} for run in titles)
    assert first == second
    assert state.stat().st_mode & 0o077 == 0
