"""The published clients of the Creators API, unaltered, against the fake Amazon.

Each runs in the environment that make has made for it; only its connections lead elsewhere.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.local.fake_amazon import accounts
from infra.local.fake_amazon.control import AccountBody, ClockBody
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


class Client:
    """One of the clients, in its own process."""

    def __init__(self, name: str, process: subprocess.Popen[str]) -> None:
        self.name = name
        self._process = process
        self.port = 0

    def ask(
        self,
        operation: str,
        code: str = "US",
        keys: tuple[str, str, str] = accounts.DEMO_CREDENTIAL,
        tag: str = "",
        **fields: Any,
    ) -> dict[str, Any]:
        """The answer in Amazon's words, or under `error` what the client raised."""
        account = {
            "keys": keys,
            "tag": tag or accounts.DEMO_PARTNER_TAGS[code],
            "marketplace": MARKETPLACES[code].name,
        }
        asked = {"port": self.port, "account": account, "operation": operation, "fields": fields}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told.get("answer") or {"error": told["error"]}

    def refusal(self, operation: str, *words: str, **asked: Any) -> str:
        """The kind of error that the client raises; its text has to have the words in it."""
        error = self.ask(operation, **asked)["error"]
        assert all(word in error["text"] for word in words), error
        return str(error["kind"])

    def either(self, amazons: str, others: str) -> str:
        """What is expected of Amazon's client, and of the other one."""
        return amazons if self.name == "amazon-creatorsapi-python-sdk" else others


@pytest.fixture(scope="module", params=CLIENTS)
def started(request: pytest.FixtureRequest) -> Iterator[Client]:
    name = request.param
    process = subprocess.Popen(
        [
            ROOT / ".venv-bench" / name / "bin" / "python",
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
        yield Client(name, process)


@pytest.fixture
def fake() -> Iterator[FakeAmazon]:
    with FakeAmazon() as running:
        running.control.put_account(DEMO_ID, AccountBody(tps=100))
        yield running


@pytest.fixture
def client(started: Client, fake: FakeAmazon) -> Client:
    started.port = urlsplit(fake.url).port or 0
    return started


@pytest.mark.parametrize("code", ["US", "DE", "JP"])
@pytest.mark.parametrize("keys", [accounts.DEMO_CREDENTIAL, accounts.COGNITO_CREDENTIAL])
def test_gets_items_and_hears_of_a_bad_one(
    client: Client, code: str, keys: tuple[str, str, str]
) -> None:
    answer = client.ask("getItems", code, keys, itemIds=[*ASINS, "B0NONE0001"])

    items = {item["asin"]: item for item in answer["itemsResult"]["items"]}
    assert set(items) == set(ASINS)
    for item in items.values():
        assert item["itemInfo"]["title"]["displayValue"]
        assert item["images"]["primary"]["large"]["url"]
        assert accounts.DEMO_PARTNER_TAGS[code] in item["detailPageURL"]
    (error,) = answer["errors"]
    assert error["code"] == "InvalidParameterValue"
    assert "B0NONE0001" in error["message"]


def test_reads_every_kind_of_product(client: Client, fake: FakeAmazon) -> None:
    asins = [*fake.control.examples().values(), *MANY]
    listings: list[dict[str, Any]] = []
    for start in range(0, len(asins), 10):
        answer = client.ask("getItems", itemIds=asins[start : start + 10])
        for item in answer["itemsResult"]["items"]:
            listings += (item.get("offersV2") or {}).get("listings") or []

    assert any(listing["price"]["money"]["amount"] for listing in listings if "price" in listing)
    assert {listing["condition"]["value"] for listing in listings} >= {"New", "Used"}
    assert any(listing.get("dealDetails") for listing in listings)
    assert any(listing.get("violatesMAP") for listing in listings)


@pytest.mark.parametrize(("code", "keywords"), [("UK", "teapot"), ("FR", "théière d'été")])
def test_searches(client: Client, code: str, keywords: str) -> None:
    result = client.ask("searchItems", code, keywords=keywords, itemCount=5)["searchResult"]

    titles = [item["itemInfo"]["title"]["displayValue"] for item in result["items"]]
    assert len(titles) == 5
    assert all(keywords in title.lower() for title in titles)
    assert result["totalResultCount"] >= 5


def test_gets_variations(client: Client) -> None:
    answers = [client.ask("getVariations", asin=asin) for asin in MANY[:20]]

    families = [answer["variationsResult"] for answer in answers if "variationsResult" in answer]
    assert families
    for family in families:
        assert len({item["parentASIN"] for item in family["items"]}) == 1
        assert family["variationSummary"]["variationCount"] >= len(family["items"])
    assert len(families) < len(answers)


def test_gets_browse_nodes(client: Client) -> None:
    answer = client.ask("getBrowseNodes", browseNodeIds=["283155", "0"])

    (node,) = answer["browseNodesResult"]["browseNodes"]
    assert (node["id"], node["isRoot"]) == ("283155", True)
    assert node["children"]
    assert [error["code"] for error in answer["errors"]] == ["InvalidParameterValue"]


@pytest.mark.parametrize(
    ("operation", "fields"),
    [
        ("getItems", {"itemIds": ["B0NONE0001"]}),
        ("searchItems", {"keywords": "zzznothing"}),
        ("getBrowseNodes", {"browseNodeIds": ["0"]}),
    ],
)
def test_nothing_found_is_not_found(client: Client, operation: str, fields: Any) -> None:
    kind = client.refusal(operation, **fields)

    assert kind == client.either("NotFoundException", "ItemsNotFoundError")


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
def test_wrong_keys_get_no_token(client: Client, keys: tuple[str, str, str], status: str) -> None:
    kind = client.refusal("getItems", status, "invalid_client", keys=keys, itemIds=ASINS)

    assert kind == client.either("Exception", "AuthenticationError")


def test_a_strange_tag(client: Client) -> None:
    kind = client.refusal("getItems", "InvalidPartnerTag", tag="somebody-20", itemIds=ASINS)

    assert kind == client.either("BadRequestException", "InvalidArgumentError")


def test_an_account_that_is_not_eligible(client: Client) -> None:
    keys = accounts.NOT_ELIGIBLE_CREDENTIAL

    kind = client.refusal("getItems", "AssociateNotEligible", keys=keys, itemIds=ASINS)

    assert kind == client.either("ForbiddenException", "AccessDeniedError")


def test_an_associate_without_a_store_here(client: Client, fake: FakeAmazon) -> None:
    fake.control.put_account(DEMO_ID, AccountBody(state="invalid_associate"))

    kind = client.refusal("getItems", "InvalidAssociate", itemIds=ASINS)

    assert kind == client.either("BadRequestException", "AssociateValidationError")


def test_throttling(client: Client, fake: FakeAmazon) -> None:
    fake.control.put_account(DEMO_ID, AccountBody(tps=0))

    kind = client.refusal("getItems", itemIds=ASINS)

    assert kind == client.either("ApiException", "TooManyRequestsError")


def test_a_server_error(client: Client, fake: FakeAmazon) -> None:
    fake.control.add_fault(Fault(kind="500"))

    kind = client.refusal("getItems", "500", itemIds=ASINS)

    assert kind == client.either("ServiceException", "RequestError")


def test_an_expired_token(client: Client, fake: FakeAmazon) -> None:
    """Amazon's client passes the error on; the other one asks for a new token by itself."""
    assert "itemsResult" in client.ask("getItems", itemIds=ASINS)
    fake.control.set_clock(ClockBody(offset_seconds=3601))

    told = client.ask("getItems", itemIds=ASINS)

    assert next(iter(told)) == client.either("error", "itemsResult")
    codes = [(call.operation, call.code) for call in fake.control.calls() if call.status != 200]
    assert codes == [("GetItems", "TokenExpired")]
