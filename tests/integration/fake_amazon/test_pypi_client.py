"""Amazon's own PA-API 5.0 SDK, as published on PyPI, against the fake Amazon."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3

from infra.local.fake_amazon import accounts
from infra.local.fake_amazon.control import AccountBody, ClockBody
from infra.local.fake_amazon.marketplaces import MARKETPLACES
from infra.local.fake_amazon.server import FakeAmazon

sdk = pytest.importorskip("paapi5_python_sdk.api.default_api")
models = pytest.importorskip("paapi5_python_sdk.models")
rest = pytest.importorskip("paapi5_python_sdk.rest")

# The SDK was written for older versions of Python and urllib3.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

ASINS = ["B08N5WRWNW", "0805210318"]
RESOURCES = ["ItemInfo.Title", "ItemInfo.Features", "Images.Primary.Large"]


class Rerouted:
    """The SDK's connection pool; only the place to connect to differs."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool = urllib3.PoolManager(retries=False)

    def request(self, method: str, url: str, **options: Any) -> urllib3.BaseHTTPResponse:
        """Send to the fake what was meant for Amazon, headers and body untouched."""
        path = url.split("/", 3)[3]
        return self._pool.request(method, f"{self._url}/{path}", **options)

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.clear()


class Shop:
    """One account's SDK client in one marketplace."""

    def __init__(self, url: str, code: str, secret_key: str = accounts.DEMO_SECRET_KEY) -> None:
        marketplace = MARKETPLACES[code]
        self._tag = accounts.DEMO_PARTNER_TAGS[code]
        self._host = marketplace.name
        self.pool = Rerouted(url)
        self.api = sdk.DefaultApi(
            accounts.DEMO_ACCESS_KEY, secret_key, marketplace.host, marketplace.region
        )
        self.api.api_client.rest_client.pool_manager = self.pool

    def _common(self) -> dict[str, Any]:
        return {
            "partner_tag": self._tag,
            "partner_type": models.partner_type.PartnerType.ASSOCIATES,
            "marketplace": self._host,
        }

    def get(self, asins: list[str], **fields: Any) -> Any:
        """GetItems as the SDK does it."""
        fields = {**self._common(), "item_ids": asins, "resources": RESOURCES, **fields}
        request = models.get_items_request.GetItemsRequest(**fields)
        return self.api.get_items(request)

    def search(self, keywords: str, **fields: Any) -> Any:
        """SearchItems as the SDK does it."""
        fields = {**self._common(), "keywords": keywords, "resources": RESOURCES, **fields}
        request = models.search_items_request.SearchItemsRequest(**fields)
        return self.api.search_items(request)


@pytest.fixture
def open_shop(fake: FakeAmazon) -> Iterator[Callable[..., Shop]]:
    opened: list[Shop] = []

    def shop(code: str, **keys: str) -> Shop:
        opened.append(Shop(fake.url, code, **keys))
        return opened[-1]

    yield shop
    for each in opened:
        each.pool.close()


@pytest.fixture
def fake() -> Iterator[FakeAmazon]:
    with FakeAmazon() as running:
        running.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tps=100))
        yield running


def refused(caught: Any) -> tuple[int, str]:
    """Status and code that the SDK reports."""
    body = json.loads(caught.value.body)
    return caught.value.status, body["Errors"][0]["Code"]


@pytest.mark.parametrize("code", ["US", "DE", "JP"])
def test_gets_items(open_shop: Callable[..., Shop], code: str) -> None:
    answer = open_shop(code).get(
        [*ASINS, "B0NONE0001"], resources=[*RESOURCES, "OffersV2.Listings.Price"]
    )

    assert {item.asin for item in answer.items_result.items} == set(ASINS)
    assert all(item.item_info.title.display_value for item in answer.items_result.items)
    assert all(item.images.primary.large.url for item in answer.items_result.items)
    assert [error.code for error in answer.errors] == ["InvalidParameterValue"]


@pytest.mark.parametrize(("code", "keywords"), [("UK", "teapot"), ("FR", "théière d'été")])
def test_searches(open_shop: Callable[..., Shop], code: str, keywords: str) -> None:
    answer = open_shop(code).search(keywords, item_count=5)

    items = answer.search_result.items
    assert len(items) == 5
    assert all(keywords in item.item_info.title.display_value.lower() for item in items)
    assert answer.search_result.total_result_count >= 5


def test_a_search_without_results(open_shop: Callable[..., Shop]) -> None:
    answer = open_shop("US").search("zzznothing")

    assert answer.search_result is None
    assert answer.errors[0].code == "NoResults"


def test_documented_errors(fake: FakeAmazon, open_shop: Callable[..., Shop]) -> None:
    shop = open_shop("US")
    with pytest.raises(rest.ApiException) as caught:
        shop.get(ASINS, partner_tag="somebody-20")
    assert refused(caught) == (400, "InvalidPartnerTag")

    with pytest.raises(rest.ApiException) as caught:
        open_shop("US", secret_key="w" * 40).get(ASINS)
    assert refused(caught) == (401, "InvalidSignature")

    fake.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tps=0))
    with pytest.raises(rest.ApiException) as caught:
        shop.get(ASINS)
    assert refused(caught) == (429, "TooManyRequests")

    fake.control.set_clock(ClockBody(offset_seconds=3600))
    with pytest.raises(rest.ApiException) as caught:
        shop.get(ASINS)
    assert refused(caught) == (401, "RequestExpired")

    fake.control.set_clock(ClockBody(offset_seconds=0))
    fake.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(state="retired"))
    with pytest.raises(rest.ApiException) as caught:
        shop.get(ASINS)
    assert refused(caught) == (403, "AccessDenied")
