"""The fake Amazon against requests that botocore signed."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from infra.local.fake_amazon import accounts
from infra.local.fake_amazon.control import (
    AccountBody,
    ClockBody,
    GoneBody,
    PriceBody,
    StockBody,
    Wrong,
)
from infra.local.fake_amazon.marketplaces import MARKETPLACES, display_amount
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.world import Fault, World

ROOT = Path(__file__).parents[2]
TARGET = "com.amazon.paapi5.v1.ProductAdvertisingAPIv1."
PRICE = "OffersV2.Listings.Price"
RESOURCES = ["ItemInfo.Title", PRICE, "OffersV2.Listings.Availability", "ItemInfo.ByLineInfo"]
ASINS = ["B08N5WRWNW", "B0C1234567", "0805210318", "B07XJ8C8F5"]


@dataclass
class Clocks:
    """Clocks that move only when told."""

    wall: float = 1_795_000_000.0
    ticks: float = 0.0


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    json: Any

    @property
    def code(self) -> str:
        """The first error's code."""
        code: str = self.json["Errors"][0]["Code"]
        return code

    @property
    def items(self) -> dict[str, Any]:
        """The items by ASIN."""
        result = self.json.get("ItemsResult") or self.json.get("SearchResult") or {}
        return {item["ASIN"]: item for item in result.get("Items", [])}


@dataclass
class Client:
    """Signs with botocore, sends to the fake."""

    url: str
    access_key: str = accounts.DEMO_ACCESS_KEY
    secret_key: str = accounts.DEMO_SECRET_KEY
    code: str = "US"
    tamper: dict[str, str] = field(default_factory=dict)
    region: str = ""
    service: str = "ProductAdvertisingAPI"

    def call(self, operation: str, **fields: Any) -> Answer:
        """One request with the common fields filled in."""
        tag = accounts.DEMO_PARTNER_TAGS[self.code]
        fields = {"PartnerTag": tag, "PartnerType": "Associates", **fields}
        body = json.dumps(fields, ensure_ascii=False).encode()
        return self.send(operation, body)

    def send(self, operation: str, body: bytes, sent_body: bytes | None = None) -> Answer:
        """Signs `body`; sends it, or something else in its place."""
        marketplace = MARKETPLACES[self.code]
        path = f"/paapi5/{operation.lower()}"
        request = AWSRequest(
            "POST",
            f"https://{marketplace.host}{path}",
            data=body,
            headers={
                "Host": marketplace.host,
                "Content-Type": "application/json; charset=utf-8",
                "Content-Encoding": "amz-1.0",
                "X-Amz-Target": TARGET + operation,
            },
        )
        credentials = Credentials(self.access_key, self.secret_key)
        SigV4Auth(credentials, self.service, self.region or marketplace.region).add_auth(request)
        headers = {**dict(request.headers), **self.tamper}
        return send(self.url, "POST", path, body if sent_body is None else sent_body, headers)


def send(
    url: str, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> Answer:
    """One plain HTTP request."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return Answer(response.status, response.headers, json.loads(response.read()))
    finally:
        connection.close()


@pytest.fixture
def clocks() -> Clocks:
    return Clocks(wall=time.time())


@pytest.fixture
def fake(clocks: Clocks) -> Iterator[FakeAmazon]:
    world = World(lambda: clocks.wall, lambda: clocks.ticks)
    with FakeAmazon(world=world) as running:
        running.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tps=1000))
        yield running


@pytest.fixture
def client(fake: FakeAmazon) -> Client:
    return Client(fake.url)


def price_of(item: dict[str, Any]) -> Any:
    return item["OffersV2"]["Listings"][0]["Price"]["Money"]


@pytest.mark.parametrize("code", MARKETPLACES)
@pytest.mark.parametrize("keywords", ["coffee mug", "Füllfederhalter für Übung", "珈琲 ☕ & 茶"])
def test_accepts_what_botocore_signed_in_every_marketplace(
    client: Client, code: str, keywords: str
) -> None:
    client.code = code

    answer = client.call("SearchItems", Keywords=keywords, ItemCount=3, Resources=RESOURCES)

    assert answer.status == 200
    assert answer.headers["x-amzn-RequestId"]
    for item in answer.items.values():
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
def test_a_changed_signed_header_is_an_invalid_signature(
    client: Client, tamper: dict[str, str]
) -> None:
    expected = "RequestExpired" if tamper.pop("skip", "") else "InvalidSignature"
    client.tamper = tamper

    answer = client.call("GetItems", ItemIds=ASINS)

    assert (answer.status, answer.code) == (401, expected)


def test_one_changed_byte_of_the_body_is_an_invalid_signature(client: Client) -> None:
    body = b'{"ItemIds":["B08N5WRWNW"],"PartnerTag":"demo-20","PartnerType":"Associates"}'

    answer = client.send("GetItems", body, body.replace(b"WNW", b"WNX"))

    assert (answer.status, answer.code) == (401, "InvalidSignature")
    assert answer.json["__type"] == "com.amazon.paapi5#InvalidSignatureException"


@pytest.mark.parametrize("wrong", [{"region": "eu-west-1"}, {"service": "execute-api"}])
def test_another_region_or_service_is_an_invalid_signature(
    client: Client, wrong: dict[str, str]
) -> None:
    for name, value in wrong.items():
        setattr(client, name, value)

    assert client.call("GetItems", ItemIds=ASINS).code == "InvalidSignature"


def test_a_wrong_secret_and_an_unknown_key_are_told_apart(client: Client) -> None:
    client.secret_key = "x" * 40
    assert client.call("GetItems", ItemIds=ASINS).code == "InvalidSignature"

    client.access_key = "AKIANOBODY0000000000"
    answer = client.call("GetItems", ItemIds=ASINS)

    assert (answer.status, answer.code) == (401, "UnrecognizedClient")


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
def test_a_missing_piece_is_an_incomplete_signature(client: Client, authorization: str) -> None:
    client.tamper = {"Authorization": authorization}

    answer = client.call("GetItems", ItemIds=ASINS)

    assert (answer.status, answer.code) == (400, "IncompleteSignature")


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (16, 401), (-14, 200), (-16, 401)])
def test_the_clock_may_be_fifteen_minutes_off(
    fake: FakeAmazon, client: Client, minutes: int, status: int
) -> None:
    fake.control.set_clock(ClockBody(offset_seconds=minutes * 60))

    answer = client.call("GetItems", ItemIds=ASINS)

    assert answer.status == status
    assert status == 200 or answer.code == "RequestExpired"
    told = parsedate_to_datetime(answer.headers["Date"])
    assert abs(told - fake.world.now()).total_seconds() < 2


@pytest.mark.parametrize("tag", ["", "demo-21", "somebody-20", None])
def test_the_tag_must_belong_to_account_and_marketplace(client: Client, tag: str | None) -> None:
    answer = client.call("GetItems", ItemIds=ASINS, PartnerTag=tag)

    assert (answer.status, answer.code) == (400, "InvalidPartnerTag")
    assert accounts.DEMO_ACCESS_KEY in answer.json["Errors"][0]["Message"]


@pytest.mark.parametrize(
    "fields",
    [
        {"ItemIds": [f"B0000000{count:02d}" for count in range(11)]},
        {"ItemIds": []},
        {"ItemIds": "B08N5WRWNW"},
        {"ItemIds": [7]},
        {"Resources": ["Offers.Listings.Availability"]},
        {"Resources": ["itemInfo.title"]},
        {"Marketplace": "www.amazon.de"},
        {"PartnerType": "Friends"},
        {"LanguagesOfPreference": ["xx_XX"]},
        {"Condition": "Broken"},
    ],
)
def test_wrong_parameters_are_a_validation_error(client: Client, fields: dict[str, Any]) -> None:
    answer = client.call("GetItems", **{"ItemIds": ASINS, **fields})

    assert answer.status == 400
    assert answer.json["__type"].endswith("#ValidationException")


@pytest.mark.parametrize(
    "fields",
    [
        {"Keywords": ""},
        {"ItemCount": 11},
        {"ItemPage": 0},
        {"ItemPage": "1"},
        {"MinPrice": -1},
        {"SearchIndex": "Nonsense"},
        {"MinReviewsRating": 5},
        {"MinSavingPercent": 100},
    ],
)
def test_wrong_searches_are_a_validation_error(client: Client, fields: dict[str, Any]) -> None:
    answer = client.call("SearchItems", **{"Keywords": "mug", **fields})

    assert answer.status == 400
    assert answer.json["__type"].endswith("#ValidationException")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"\xff\xfe", b"[" * 5000])
def test_a_body_that_is_no_json_object_is_refused(client: Client, body: bytes) -> None:
    assert client.send("GetItems", body).status == 400


def test_target_and_path_must_fit(client: Client) -> None:
    path = "/paapi5/nonsense"

    assert client.call("Nonsense").code == "UnknownOperation"
    assert send(client.url, "GET", path).status == 404


def test_throttles_strictly_per_account(fake: FakeAmazon, client: Client, clocks: Clocks) -> None:
    fake.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tps=1, tpd=3))

    statuses = []
    for step in (0.0, 0.5, 0.4, 0.1, 1.0, 1.0):
        clocks.ticks += step
        statuses.append(client.call("GetItems", ItemIds=ASINS).status)

    assert statuses == [200, 429, 429, 200, 200, 429]
    fake.control.set_clock(ClockBody(offset_seconds=86_400))
    fake.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tpd=4))
    clocks.ticks += 1
    assert fake.world.admits(fake.world.accounts[accounts.DEMO_ACCESS_KEY])


def test_the_second_slides(fake: FakeAmazon, client: Client, clocks: Clocks) -> None:
    fake.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tps=2))

    statuses = []
    for moment in (0.0, 0.6, 0.9, 1.0, 1.1, 1.6):
        clocks.ticks = moment
        statuses.append(client.call("GetItems", ItemIds=ASINS).status)

    assert statuses == [200, 200, 429, 200, 429, 200]


def test_wrong_signatures_do_not_use_up_the_quota(fake: FakeAmazon, client: Client) -> None:
    fake.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tps=1))
    wrong = Client(client.url, secret_key="y" * 40)

    assert wrong.call("GetItems", ItemIds=ASINS).code == "InvalidSignature"
    assert client.call("GetItems", ItemIds=ASINS).status == 200
    assert client.call("GetItems", ItemIds=ASINS).code == "TooManyRequests"


def test_what_is_wrong_with_one_id_is_said_inside_the_answer(client: Client) -> None:
    wrong = ["B0NONE0001", "B0DENY0001", "B0GONE0001", "dummy", "0805210319"]

    answer = client.call("GetItems", ItemIds=[*ASINS, *wrong])

    assert answer.status == 200
    assert set(answer.items) == set(ASINS)
    assert list(answer.items) != ASINS
    told = {error["Message"].split()[2]: error["Code"] for error in answer.json["Errors"]}
    assert told == {asin: "InvalidParameterValue" for asin in wrong} | {
        "B0DENY0001": "ItemNotAccessible"
    }


def test_only_bad_ids_make_an_answer_of_errors_alone(client: Client) -> None:
    answer = client.call("GetItems", ItemIds=["dummy", "B001AWBYRAA"])

    assert answer.status == 200
    assert list(answer.json) == ["Errors"]


def test_a_search_that_finds_nothing_says_no_results(client: Client) -> None:
    answer = client.call("SearchItems", Keywords="zzznothing at all")

    assert answer.status == 200
    assert list(answer.json) == ["Errors"]
    assert answer.code == "NoResults"


def test_search_and_get_agree(client: Client) -> None:
    found = client.call("SearchItems", Keywords="garden hose", Resources=RESOURCES).items

    got = client.call("GetItems", ItemIds=list(found), Resources=RESOURCES).items

    assert len(found) == 10
    for asin, item in found.items():
        assert "linkCode=osi" in item.pop("DetailPageURL")
        assert "linkCode=ogi" in got[asin].pop("DetailPageURL")
        assert got[asin] == item


def test_the_same_question_has_the_same_answer_in_another_run(client: Client) -> None:
    with FakeAmazon() as other:
        other.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tps=100))
        questions: list[tuple[str, dict[str, Any]]] = [
            ("GetItems", {"ItemIds": ASINS, "Resources": RESOURCES}),
            ("SearchItems", {"Keywords": "Lamp", "Resources": RESOURCES, "ItemPage": 2}),
        ]
        for operation, fields in questions:
            there = Client(other.url).call(operation, **fields)
            assert there.json == client.call(operation, **fields).json


def test_search_filters_and_sorts(client: Client) -> None:
    common: dict[str, Any] = {"Keywords": "tent", "Resources": RESOURCES}
    cheap = client.call("SearchItems", MaxPrice=5000, SortBy="Price:LowToHigh", **common).items
    amounts = [price_of(item)["Amount"] for item in cheap.values()]
    assert amounts == sorted(amounts)
    assert max(amounts) <= 50

    dear = client.call("SearchItems", MinPrice=5000, SortBy="Price:HighToLow", **common).items
    amounts = [price_of(item)["Amount"] for item in dear.values()]
    assert amounts == sorted(amounts, reverse=True)
    assert min(amounts) >= 50

    branded = client.call("SearchItems", Brand="Sony", **common).items
    names = {item["ItemInfo"]["ByLineInfo"]["Brand"]["DisplayValue"] for item in branded.values()}
    assert names == {"Sony"}


def test_search_turns_pages_without_repeating(client: Client) -> None:
    pages = [client.call("SearchItems", Keywords="kite", ItemPage=page) for page in range(1, 11)]

    asins = [asin for page in pages for asin in page.items]

    assert len(asins) == len(set(asins))
    assert len(asins) == min(100, pages[0].json["SearchResult"]["TotalResultCount"])


def test_resources_choose_what_is_told(client: Client) -> None:
    item = client.call("GetItems", ItemIds=ASINS[:1]).items[ASINS[0]]
    assert set(item) == {"ASIN", "DetailPageURL", "ItemInfo"}
    assert set(item["ItemInfo"]) == {"Title"}

    wanted = ["Images.Primary.Medium", "BrowseNodeInfo.BrowseNodes", "Offers.Listings.Price"]
    item = client.call("GetItems", ItemIds=ASINS[:1], Resources=wanted).items[ASINS[0]]
    assert set(item["Images"]["Primary"]) == {"Medium"}
    assert "Ancestor" not in item["BrowseNodeInfo"]["BrowseNodes"][0]
    assert "OffersV2" not in item
    assert item["Offers"]["Listings"][0]["Price"]["Currency"] == "USD"


def test_the_link_carries_the_tag(client: Client) -> None:
    item = client.call("GetItems", ItemIds=ASINS[:1]).items[ASINS[0]]

    assert item["DetailPageURL"] == (
        "https://www.amazon.com/dp/B08N5WRWNW?tag=demo-20&linkCode=ogi&th=1&psc=1"
    )


def test_a_changed_price_shows_and_can_be_reset(fake: FakeAmazon, client: Client) -> None:
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
    with pytest.raises(Wrong):
        fake.control.set_price(PriceBody(asin=asin, marketplace="US"))


def test_stock_and_disappearance_can_be_changed(fake: FakeAmazon, client: Client) -> None:
    asin = ASINS[0]
    fake.control.set_stock(StockBody(asin=asin, available=False, marketplace="US"))
    listing = client.call("GetItems", ItemIds=[asin], Resources=RESOURCES).items[asin]["OffersV2"]
    assert listing["Listings"][0]["Availability"]["Type"] == "OUT_OF_STOCK"

    fake.control.set_gone(GoneBody(asin=asin))
    fake.control.set_gone(GoneBody(asin="B0GONE0001", gone=False))
    answer = client.call("GetItems", ItemIds=[asin, "B0GONE0001"])
    assert set(answer.items) == {"B0GONE0001"}
    assert asin in answer.json["Errors"][0]["Message"]


def test_every_flavour_of_offer_occurs(fake: FakeAmazon, client: Client) -> None:
    examples = fake.control.examples()
    resources = [
        f"OffersV2.Listings.{leaf}"
        for leaf in ("Availability", "Condition", "Price", "DealDetails", "Type")
    ]

    items = client.call("GetItems", ItemIds=list(examples.values()), Resources=resources).items

    offers = {
        flavour: items[asin].get("OffersV2", {}).get("Listings", [None])[0]
        for flavour, asin in examples.items()
    }
    assert offers["no_offer"] is None
    assert "Price" not in offers["out_of_stock"]
    assert offers["used"]["Condition"]["Value"] == "Used"
    assert offers["map"]["ViolatesMAP"] is True
    assert offers["deal"]["DealDetails"]["EndTime"].endswith("Z")
    assert offers["ordinary"]["Availability"]["Type"].startswith("IN_STOCK")


@pytest.mark.parametrize(
    ("code", "minor", "shown"),
    [
        ("US", 123456, "$1,234.56"),
        ("DE", 123456, "1.234,56\u00a0€"),
        ("FR", 3241, "32,41\u00a0€"),
        ("UK", 3241, "£32.41"),
        ("JP", 3241, "￥3,241"),
        ("IN", 12345600, "₹1,23,456.00"),
        ("BR", 5, "R$\u00a00,05"),
        ("SE", 123456, "1\u00a0234,56\u00a0kr"),
    ],
)
def test_prices_are_written_as_the_marketplace_does(code: str, minor: int, shown: str) -> None:
    assert display_amount(minor, MARKETPLACES[code].style) == shown


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
def test_an_account_can_be_in_disfavour(client: Client, state: str, status: int, code: str) -> None:
    body = json.dumps({"state": state}).encode()
    path = f"/_fake/accounts/{accounts.DEMO_ACCESS_KEY}"
    assert send(client.url, "PUT", path, body).status == 200

    answer = client.call("GetItems", ItemIds=ASINS)

    assert (answer.status, answer.code) == (status, code)
    is_deprecated = "deprecated" in answer.json["Errors"][0]["Message"]
    assert is_deprecated == (state == "retired")


def test_the_other_demo_accounts_are_in_disfavour(client: Client) -> None:
    second = Client(client.url, accounts.NOT_ELIGIBLE_ACCESS_KEY, accounts.NOT_ELIGIBLE_SECRET_KEY)
    third = Client(client.url, accounts.RETIRED_ACCESS_KEY, accounts.RETIRED_SECRET_KEY)

    assert second.call("GetItems", ItemIds=ASINS).code == "AssociateNotEligible"
    assert third.call("GetItems", ItemIds=ASINS).code == "AccessDenied"


def test_faults_happen_as_often_as_ordered(fake: FakeAmazon, client: Client) -> None:
    fake.control.add_fault(Fault(kind="500", times=2, operation="GetItems"))
    fake.control.add_fault(Fault(kind="429"))
    fake.control.add_fault(Fault(kind="slow", seconds=0.05))

    assert client.call("SearchItems", Keywords="mug").status == 429
    statuses = [client.call("GetItems", ItemIds=ASINS).status for _ in range(4)]

    assert statuses == [500, 500, 200, 200]


def test_answers_can_be_unreadable(fake: FakeAmazon, client: Client) -> None:
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


def test_variations_and_browse_nodes(client: Client) -> None:
    for asin in client.call("SearchItems", Keywords="scarf").items:
        answer = client.call("GetVariations", ASIN=asin, Resources=["ParentASIN"])
        if "VariationsResult" in answer.json:
            break
    parents = {item["ParentASIN"] for item in answer.json["VariationsResult"]["Items"]}
    assert len(parents) == 1
    assert answer.json["VariationsResult"]["VariationSummary"]["VariationCount"] >= 3

    wanted = {"BrowseNodeIds": ["283155", "no"], "Resources": ["BrowseNodes.Children"]}
    answer = client.call("GetBrowseNodes", **wanted)
    (node,) = answer.json["BrowseNodesResult"]["BrowseNodes"]
    assert node["IsRoot"]
    assert answer.code == "InvalidParameterValue"


def test_the_log_tells_calls_but_no_secrets(client: Client) -> None:
    client.call("GetItems", ItemIds=ASINS)
    Client(client.url, secret_key="z" * 40).call("GetItems", ItemIds=ASINS[:1])

    answer = send(client.url, "GET", "/_fake/calls")

    first, second = answer.json["calls"]
    assert (first["operation"], first["item_ids"], first["status"]) == ("GetItems", ASINS, 200)
    assert (second["code"], second["access_key"]) == ("InvalidSignature", client.access_key)
    assert accounts.DEMO_SECRET_KEY not in json.dumps(answer.json)
    assert "Signature=" not in json.dumps(answer.json)


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
def test_the_control_api_over_http(
    client: Client, method: str, path: str, body: bytes, status: int
) -> None:
    assert send(client.url, method, f"/_fake/{path}", body).status == status


def test_a_new_account_with_its_own_tags(fake: FakeAmazon) -> None:
    tags: dict[str, str | list[str]] = {"US": ["one-20", "two-20"]}
    body = AccountBody(secret_key="n" * 40, partner_tags=tags, tps=10)
    fake.control.put_account("AKIANEW0000000000000", body)
    newcomer = Client(fake.url, "AKIANEW0000000000000", "n" * 40)

    assert newcomer.call("GetItems", ItemIds=ASINS, PartnerTag="two-20").status == 200
    assert newcomer.call("GetItems", ItemIds=ASINS).code == "InvalidPartnerTag"


def test_connections_are_kept_alive(client: Client) -> None:
    connection = http.client.HTTPConnection(client.url.removeprefix("http://"), timeout=10)
    for _ in range(3):
        connection.request("GET", "/_fake/examples")
        connection.getresponse().read()
        assert connection.sock is not None
    connection.close()


def test_runs_as_a_program_and_keeps_its_state(tmp_path: Path) -> None:
    state = tmp_path / "kept" / "state.json"
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
            _, complaints = process.communicate(timeout=10)
        assert (process.returncode, complaints) == (0, "")
    first, second = ({asin: item["ItemInfo"] for asin, item in run.items()} for run in titles)
    assert first == second
    assert state.stat().st_mode & 0o077 == 0
