"""Tests of the fake Amazon with Amazon's PA-API 5.0 SDK from PyPI."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3

from infra.local.fake_amazon import accounts
from infra.local.fake_amazon.control_bodies import AccountBody, ClockBody
from infra.local.fake_amazon.marketplaces import MARKETPLACES
from infra.local.fake_amazon.server import FakeAmazon

sdk = pytest.importorskip("paapi5_python_sdk.api.default_api")
models = pytest.importorskip("paapi5_python_sdk.models")
rest = pytest.importorskip("paapi5_python_sdk.rest")

# The SDK was written for older versions of Python and urllib3.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

ASINS = ["B08N5WRWNW", "0805210318"]
RESOURCES = ["ItemInfo.Title", "ItemInfo.Features", "Images.Primary.Large"]


class ReroutedPool:
    """A connection pool for the SDK that connects to the fake Amazon."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool = urllib3.PoolManager(retries=False)

    def request(self, method: str, url: str, **options: Any) -> urllib3.BaseHTTPResponse:
        """Send a request for Amazon to the fake, with unchanged headers and body."""
        path = url.split("/", 3)[3]
        return self._pool.request(method, f"{self._url}/{path}", **options)

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()


class SdkClient:
    """An SDK client for one account and marketplace."""

    def __init__(self, url: str, code: str, secret_key: str = accounts.DEMO_SECRET_KEY) -> None:
        marketplace = MARKETPLACES[code]
        self._tag = accounts.DEMO_PARTNER_TAGS[code]
        self._host = marketplace.name
        self.pool = ReroutedPool(url)
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
        """Call GetItems with the SDK."""
        fields = {**self._common(), "item_ids": asins, "resources": RESOURCES, **fields}
        request = models.get_items_request.GetItemsRequest(**fields)
        return self.api.get_items(request)

    def search(self, keywords: str, **fields: Any) -> Any:
        """Call SearchItems with the SDK."""
        fields = {**self._common(), "keywords": keywords, "resources": RESOURCES, **fields}
        request = models.search_items_request.SearchItemsRequest(**fields)
        return self.api.search_items(request)


@pytest.fixture
def sdk_client(fake: FakeAmazon) -> Iterator[Callable[..., SdkClient]]:
    opened: list[SdkClient] = []

    def client(code: str, **keys: str) -> SdkClient:
        opened.append(SdkClient(fake.url, code, **keys))
        return opened[-1]

    yield client
    for each in opened:
        each.pool.close()


@pytest.fixture
def fake() -> Iterator[FakeAmazon]:
    with FakeAmazon() as running:
        running.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tps=100))
        yield running


def error_of(caught: Any) -> tuple[int, str]:
    """Return the status and code that the SDK reports."""
    body = json.loads(caught.value.body)
    return caught.value.status, body["Errors"][0]["Code"]


@pytest.mark.parametrize("code", ["US", "DE", "JP"])
def test_gets_items(sdk_client: Callable[..., SdkClient], code: str) -> None:
    response = sdk_client(code).get(
        [*ASINS, "B0NONE0001"], resources=[*RESOURCES, "OffersV2.Listings.Price"]
    )

    assert {item.asin for item in response.items_result.items} == set(ASINS)
    assert all(item.item_info.title.display_value for item in response.items_result.items)
    assert all(item.images.primary.large.url for item in response.items_result.items)
    assert [error.code for error in response.errors] == ["InvalidParameterValue"]


@pytest.mark.parametrize(("code", "keywords"), [("UK", "teapot"), ("FR", "théière d'été")])
def test_searches(sdk_client: Callable[..., SdkClient], code: str, keywords: str) -> None:
    response = sdk_client(code).search(keywords, item_count=5)

    items = response.search_result.items
    assert len(items) == 5
    assert all(keywords in item.item_info.title.display_value.lower() for item in items)
    assert response.search_result.total_result_count >= 5


def test_a_search_without_results(sdk_client: Callable[..., SdkClient]) -> None:
    response = sdk_client("US").search("zzznothing")

    assert response.search_result is None
    assert response.errors[0].code == "NoResults"


def test_documented_errors(fake: FakeAmazon, sdk_client: Callable[..., SdkClient]) -> None:
    client = sdk_client("US")
    with pytest.raises(rest.ApiException) as caught:
        client.get(ASINS, partner_tag="unknown-20")
    assert error_of(caught) == (400, "InvalidPartnerTag")

    with pytest.raises(rest.ApiException) as caught:
        sdk_client("US", secret_key="w" * 40).get(ASINS)
    assert error_of(caught) == (401, "InvalidSignature")

    fake.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tps=0))
    with pytest.raises(rest.ApiException) as caught:
        client.get(ASINS)
    assert error_of(caught) == (429, "TooManyRequests")

    fake.control.set_clock(ClockBody(offset_seconds=3600))
    with pytest.raises(rest.ApiException) as caught:
        client.get(ASINS)
    assert error_of(caught) == (401, "RequestExpired")

    fake.control.set_clock(ClockBody(offset_seconds=0))
    fake.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(state="retired"))
    with pytest.raises(rest.ApiException) as caught:
        client.get(ASINS)
    assert error_of(caught) == (403, "AccessDenied")
