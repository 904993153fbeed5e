"""Tests of the fake Amazon with published clients of the Creators API.

Each client runs unmodified in an environment that make created; only its connections differ.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.environments import Environment
from infra.local.fake_amazon import accounts
from infra.local.fake_amazon.control_bodies import AccountBody, ClockBody
from infra.local.fake_amazon.marketplaces import MARKETPLACES
from infra.local.fake_amazon.products import stable_asin
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault

ROOT = Path(__file__).parents[3]
CLIENTS = {
    "amazon-creatorsapi-python-sdk": "amazon_sdk",
    "python-amazon-paapi": "python_amazon_paapi",
}
ASINS = ["B08N5WRWNW", "0805210318"]
MANY = [stable_asin("many", str(place)) for place in range(120)]
DEMO_ID, DEMO_SECRET, DEMO_VERSION = accounts.DEMO_CREDENTIAL


class PublishedClient:
    """A published client in its own process and environment."""

    def __init__(self, name: str, process: subprocess.Popen[str]) -> None:
        self.name = name
        self._process = process
        self.port = 0

    def call(
        self,
        operation: str,
        code: str = "US",
        keys: tuple[str, str, str] = accounts.DEMO_CREDENTIAL,
        tag: str = "",
        **fields: Any,
    ) -> dict[str, Any]:
        """Return the response in Amazon's format, or the client's exception in `error`."""
        account = {
            "keys": keys,
            "tag": tag or accounts.DEMO_PARTNER_TAGS[code],
            "marketplace": MARKETPLACES[code].name,
        }
        request = {"port": self.port, "account": account, "operation": operation, "fields": fields}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(request), file=self._process.stdin, flush=True)
        reply: dict[str, Any] = json.loads(self._process.stdout.readline())
        return reply.get("result") or {"error": reply["error"]}

    def error_name(self, operation: str, *words: str, **request: Any) -> str:
        """Return the class name of the client's exception, which must contain the words."""
        error = self.call(operation, **request)["error"]
        assert all(word in error["text"] for word in words), error
        return str(error["kind"])

    def expected(self, amazons: str, others: str) -> str:
        """Return the expectation for this client: Amazon's or the other one."""
        return amazons if self.name == "amazon-creatorsapi-python-sdk" else others


@pytest.fixture(scope="module", params=CLIENTS)
def started(request: pytest.FixtureRequest) -> Iterator[PublishedClient]:
    name = request.param
    process = subprocess.Popen(
        [
            Environment(name).python,
            "-m",
            f"tests.integration.creators_clients.{CLIENTS[name]}",
        ],
        cwd=ROOT,
        env={},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield PublishedClient(name, process)


@pytest.fixture
def fake() -> Iterator[FakeAmazon]:
    with FakeAmazon() as running:
        running.control.put_account(DEMO_ID, AccountBody(tps=100))
        yield running


@pytest.fixture
def client(started: PublishedClient, fake: FakeAmazon) -> PublishedClient:
    started.port = urlsplit(fake.url).port or 0
    return started


@pytest.mark.parametrize("code", ["US", "DE", "JP"])
@pytest.mark.parametrize("keys", [accounts.DEMO_CREDENTIAL, accounts.COGNITO_CREDENTIAL])
def test_gets_items_and_the_error_of_an_invalid_id(
    client: PublishedClient, code: str, keys: tuple[str, str, str]
) -> None:
    response = client.call("getItems", code, keys, itemIds=[*ASINS, "B0NONE0001"])

    items = {item["asin"]: item for item in response["itemsResult"]["items"]}
    assert set(items) == set(ASINS)
    for item in items.values():
        assert item["itemInfo"]["title"]["displayValue"]
        assert item["images"]["primary"]["large"]["url"]
        assert accounts.DEMO_PARTNER_TAGS[code] in item["detailPageURL"]
    (error,) = response["errors"]
    assert error["code"] == "InvalidParameterValue"
    assert "B0NONE0001" in error["message"]


def test_reads_every_kind_of_product(client: PublishedClient, fake: FakeAmazon) -> None:
    asins = [*fake.control.examples().values(), *MANY]
    listings: list[dict[str, Any]] = []
    for start in range(0, len(asins), 10):
        response = client.call("getItems", itemIds=asins[start : start + 10])
        for item in response["itemsResult"]["items"]:
            listings += (item.get("offersV2") or {}).get("listings") or []

    assert any(listing["price"]["money"]["amount"] for listing in listings if "price" in listing)
    assert {listing["condition"]["value"] for listing in listings} >= {"New", "Used"}
    assert any(listing.get("dealDetails") for listing in listings)
    assert any(listing.get("violatesMAP") for listing in listings)


@pytest.mark.parametrize(("code", "keywords"), [("UK", "teapot"), ("FR", "théière d'été")])
def test_searches(client: PublishedClient, code: str, keywords: str) -> None:
    result = client.call("searchItems", code, keywords=keywords, itemCount=5)["searchResult"]

    titles = [item["itemInfo"]["title"]["displayValue"] for item in result["items"]]
    assert len(titles) == 5
    assert all(keywords in title.lower() for title in titles)
    assert result["totalResultCount"] >= 5


def test_gets_variations(client: PublishedClient) -> None:
    responses = [client.call("getVariations", asin=asin) for asin in MANY[:20]]

    pages = [
        response["variationsResult"] for response in responses if "variationsResult" in response
    ]
    assert pages
    for page in pages:
        assert len({item["parentASIN"] for item in page["items"]}) == 1
        assert page["variationSummary"]["variationCount"] >= len(page["items"])
    assert len(pages) < len(responses)


def test_gets_browse_nodes(client: PublishedClient) -> None:
    response = client.call("getBrowseNodes", browseNodeIds=["283155", "0"])

    (node,) = response["browseNodesResult"]["browseNodes"]
    assert (node["id"], node["isRoot"]) == ("283155", True)
    assert node["children"]
    assert [error["code"] for error in response["errors"]] == ["InvalidParameterValue"]


@pytest.mark.parametrize(
    ("operation", "fields"),
    [
        ("getItems", {"itemIds": ["B0NONE0001"]}),
        ("searchItems", {"keywords": "zzznothing"}),
        ("getBrowseNodes", {"browseNodeIds": ["0"]}),
    ],
)
def test_no_results_is_a_not_found_error(
    client: PublishedClient, operation: str, fields: Any
) -> None:
    kind = client.error_name(operation, **fields)

    assert kind == client.expected("NotFoundException", "ItemsNotFoundError")


@pytest.mark.parametrize(
    ("keys", "status"),
    [
        ((DEMO_ID, "amzn1.oa2-cs.v1.wrong", DEMO_VERSION), "401"),
        ((DEMO_ID, DEMO_SECRET, "3.2"), "401"),
        ((DEMO_ID, DEMO_SECRET, "2.1"), "400"),
        ((*accounts.COGNITO_CREDENTIAL[:2], "2.2"), "400"),
    ],
    ids=["wrong secret", "wrong region", "wrong generation", "wrong region of the older one"],
)
def test_wrong_credentials_get_no_token(
    client: PublishedClient, keys: tuple[str, str, str], status: str
) -> None:
    kind = client.error_name("getItems", status, "invalid_client", keys=keys, itemIds=ASINS)

    assert kind == client.expected("Exception", "AuthenticationError")


def test_unknown_partner_tag(client: PublishedClient) -> None:
    kind = client.error_name("getItems", "InvalidPartnerTag", tag="unknown-20", itemIds=ASINS)

    assert kind == client.expected("BadRequestException", "InvalidArgumentError")


def test_account_that_is_not_eligible(client: PublishedClient) -> None:
    keys = accounts.NOT_ELIGIBLE_CREDENTIAL

    kind = client.error_name("getItems", "AssociateNotEligible", keys=keys, itemIds=ASINS)

    assert kind == client.expected("ForbiddenException", "AccessDeniedError")


def test_associate_without_a_store_in_the_marketplace(
    client: PublishedClient, fake: FakeAmazon
) -> None:
    fake.control.put_account(DEMO_ID, AccountBody(state="invalid_associate"))

    kind = client.error_name("getItems", "InvalidAssociate", itemIds=ASINS)

    assert kind == client.expected("BadRequestException", "AssociateValidationError")


def test_throttling(client: PublishedClient, fake: FakeAmazon) -> None:
    fake.control.put_account(DEMO_ID, AccountBody(tps=0))

    kind = client.error_name("getItems", itemIds=ASINS)

    assert kind == client.expected("ApiException", "TooManyRequestsError")


def test_a_server_error(client: PublishedClient, fake: FakeAmazon) -> None:
    fake.control.add_fault(Fault(kind="500"))

    kind = client.error_name("getItems", "500", itemIds=ASINS)

    assert kind == client.expected("ServiceException", "RequestError")


def test_an_expired_token(client: PublishedClient, fake: FakeAmazon) -> None:
    """Amazon's client raises the error; the other one fetches a new token."""
    assert "itemsResult" in client.call("getItems", itemIds=ASINS)
    fake.control.set_clock(ClockBody(offset_seconds=3601))

    result = client.call("getItems", itemIds=ASINS)

    assert next(iter(result)) == client.expected("error", "itemsResult")
    codes = [(call.operation, call.code) for call in fake.control.calls() if call.status != 200]
    assert codes == [("GetItems", "TokenExpired")]
