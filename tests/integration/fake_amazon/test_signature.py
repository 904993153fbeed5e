"""Tests of PA-API's checks of signature, clock, tag and limits, with botocore as the signer."""

from email.utils import parsedate_to_datetime

import pytest

from infra.local.fake_amazon import accounts
from infra.local.fake_amazon.control_bodies import AccountBody, ClockBody
from infra.local.fake_amazon.marketplaces import MARKETPLACES
from infra.local.fake_amazon.server import FakeAmazon
from tests.integration.fake_amazon.signed_client import (
    ASINS,
    RESOURCES,
    TARGET,
    Client,
    Clocks,
    price_of,
    send,
)


@pytest.mark.parametrize("code", MARKETPLACES)
@pytest.mark.parametrize("keywords", ["coffee mug", "Füllfederhalter für Übung", "珈琲 ☕ & 茶"])
def test_botocore_signatures_are_accepted_in_every_marketplace(
    client: Client, code: str, keywords: str
) -> None:
    client.code = code

    response = client.call("SearchItems", Keywords=keywords, ItemCount=3, Resources=RESOURCES)

    assert response.status == 200
    assert response.headers["x-amzn-RequestId"]
    for item in response.items.values():
        assert keywords.lower() in item["ItemInfo"]["Title"]["DisplayValue"].lower()
        assert price_of(item)["Currency"] == MARKETPLACES[code].style.currency


@pytest.mark.parametrize(
    "tamper",
    [
        {"X-Amz-Target": TARGET + "SearchItems"},
        {"Content-Type": "application/json; charset=UTF-8"},
        {"Host": "webservices.amazon.ca"},
        {"X-Amz-Date": "20260101T000000Z", "skip": "expired"},
    ],
)
def test_changed_signed_header_is_an_invalid_signature(
    client: Client, tamper: dict[str, str]
) -> None:
    expected = "RequestExpired" if tamper.pop("skip", "") else "InvalidSignature"
    client.tamper = tamper

    response = client.call("GetItems", ItemIds=ASINS)

    assert (response.status, response.code) == (401, expected)


def test_changed_body_is_an_invalid_signature(client: Client) -> None:
    body = b'{"ItemIds":["B08N5WRWNW"],"PartnerTag":"demo-20","PartnerType":"Associates"}'

    response = client.send("GetItems", body, body.replace(b"WNW", b"WNX"))

    assert (response.status, response.code) == (401, "InvalidSignature")
    assert response.json["__type"] == "com.amazon.paapi5#InvalidSignatureException"


@pytest.mark.parametrize("wrong", [{"region": "eu-west-1"}, {"service": "execute-api"}])
def test_wrong_region_or_service_is_an_invalid_signature(
    client: Client, wrong: dict[str, str]
) -> None:
    for name, value in wrong.items():
        setattr(client, name, value)

    assert client.call("GetItems", ItemIds=ASINS).code == "InvalidSignature"


def test_wrong_secret_and_unknown_key_have_different_errors(client: Client) -> None:
    client.secret_key = "x" * 40
    assert client.call("GetItems", ItemIds=ASINS).code == "InvalidSignature"

    client.access_key = "AKIANOBODY0000000000"
    response = client.call("GetItems", ItemIds=ASINS)

    assert (response.status, response.code) == (401, "UnrecognizedClient")


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer abc",
        "AWS4-HMAC-SHA256 Credential=AKIADEMO000000000001/20260101/us-east-1, Signature=00",
        "AWS4-HMAC-SHA256 Credential=AKIADEMO000000000001/20260101/us-east-1/"
        "ProductAdvertisingAPI/aws4_request, SignedHeaders=host, Signature=" + "0" * 64,
    ],
)
def test_missing_component_is_an_incomplete_signature(client: Client, authorization: str) -> None:
    client.tamper = {"Authorization": authorization}

    response = client.call("GetItems", ItemIds=ASINS)

    assert (response.status, response.code) == (400, "IncompleteSignature")


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (16, 401), (-14, 200), (-16, 401)])
def test_clock_may_differ_by_fifteen_minutes(
    fake: FakeAmazon, client: Client, minutes: int, status: int
) -> None:
    fake.control.set_clock(ClockBody(offset_seconds=minutes * 60))

    response = client.call("GetItems", ItemIds=ASINS)

    assert response.status == status
    assert status == 200 or response.code == "RequestExpired"
    date = parsedate_to_datetime(response.headers["Date"])
    assert abs(date - fake.state.now()).total_seconds() < 2


@pytest.mark.parametrize("tag", ["", "demo-21", "unknown-20", None])
def test_tag_must_belong_to_account_and_marketplace(client: Client, tag: str | None) -> None:
    response = client.call("GetItems", ItemIds=ASINS, PartnerTag=tag)

    assert (response.status, response.code) == (400, "InvalidPartnerTag")
    assert accounts.DEMO_ACCESS_KEY in response.json["Errors"][0]["Message"]


def test_target_must_match_the_path(client: Client) -> None:
    path = "/paapi5/nonsense"

    assert client.call("Nonsense").code == "UnknownOperation"
    assert send(client.url, "GET", path).status == 404


def test_accounts_are_throttled_separately(
    fake: FakeAmazon, client: Client, clocks: Clocks
) -> None:
    fake.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tps=1, tpd=3))

    statuses = []
    for step in (0.0, 0.5, 0.4, 0.1, 1.0, 1.0):
        clocks.monotonic += step
        statuses.append(client.call("GetItems", ItemIds=ASINS).status)

    assert statuses == [200, 429, 429, 200, 200, 429]
    fake.control.set_clock(ClockBody(offset_seconds=86_400))
    fake.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tpd=4))
    clocks.monotonic += 1
    assert fake.state.count_request(fake.state.accounts[accounts.DEMO_ACCESS_KEY])


def test_limit_applies_to_a_sliding_second(
    fake: FakeAmazon, client: Client, clocks: Clocks
) -> None:
    fake.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tps=2))

    statuses = []
    for moment in (0.0, 0.6, 0.9, 1.0, 1.1, 1.6):
        clocks.monotonic = moment
        statuses.append(client.call("GetItems", ItemIds=ASINS).status)

    assert statuses == [200, 200, 429, 200, 429, 200]


def test_invalid_signatures_do_not_count_against_the_limits(
    fake: FakeAmazon, client: Client
) -> None:
    fake.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tps=1))
    wrong = Client(client.url, secret_key="y" * 40)

    assert wrong.call("GetItems", ItemIds=ASINS).code == "InvalidSignature"
    assert client.call("GetItems", ItemIds=ASINS).status == 200
    assert client.call("GetItems", ItemIds=ASINS).code == "TooManyRequests"
