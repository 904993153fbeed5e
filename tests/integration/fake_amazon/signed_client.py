"""A PA-API client for tests: botocore signs, http.client sends."""

import http.client
import json
from dataclasses import dataclass, field
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from infra.local.fake_amazon import accounts
from infra.local.fake_amazon.marketplaces import MARKETPLACES

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


def price_of(item: dict[str, Any]) -> Any:
    """The price of an item's first listing."""
    return item["OffersV2"]["Listings"][0]["Price"]["Money"]
