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
    """Readings of a wall clock and a monotonic clock, changed by tests."""

    wall: float = 1_795_000_000.0
    monotonic: float = 0.0


@dataclass
class Response:
    """A response with decoded JSON."""

    status: int
    headers: http.client.HTTPMessage
    json: Any

    @property
    def code(self) -> str:
        """Return the code of the first error."""
        code: str = self.json["Errors"][0]["Code"]
        return code

    @property
    def items(self) -> dict[str, Any]:
        """Return the items by ASIN."""
        result = self.json.get("ItemsResult") or self.json.get("SearchResult") or {}
        return {item["ASIN"]: item for item in result.get("Items", [])}


@dataclass
class Client:
    """A client that signs with botocore and sends to the fake."""

    url: str
    access_key: str = accounts.DEMO_ACCESS_KEY
    secret_key: str = accounts.DEMO_SECRET_KEY
    code: str = "US"
    tamper: dict[str, str] = field(default_factory=dict)
    region: str = ""
    service: str = "ProductAdvertisingAPI"

    def call(self, operation: str, **fields: Any) -> Response:
        """Call an operation with the common fields."""
        tag = accounts.DEMO_PARTNER_TAGS[self.code]
        fields = {"PartnerTag": tag, "PartnerType": "Associates", **fields}
        body = json.dumps(fields, ensure_ascii=False).encode()
        return self.send(operation, body)

    def send(self, operation: str, body: bytes, sent_body: bytes | None = None) -> Response:
        """Sign `body`, and send it or, for tests of the signature, `sent_body`."""
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
) -> Response:
    """Send an HTTP request."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return Response(response.status, response.headers, json.loads(response.read()))
    finally:
        connection.close()


def price_of(item: dict[str, Any]) -> Any:
    """Return the price of the first listing of an item."""
    return item["OffersV2"]["Listings"][0]["Price"]["Money"]
