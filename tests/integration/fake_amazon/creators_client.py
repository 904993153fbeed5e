"""A Creators API client for tests: fetches tokens, sends with http.client."""

import base64
import json
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from infra.local.fake_amazon import accounts
from infra.local.fake_amazon.marketplaces import MARKETPLACES
from tests.integration.fake_amazon.signed_client import Response, send

TOKEN_SERVICES = {
    "2.1": ("creatorsapi.auth.us-east-1.amazoncognito.com", "/oauth2/token"),
    "2.2": ("creatorsapi.auth.eu-south-2.amazoncognito.com", "/oauth2/token"),
    "2.3": ("creatorsapi.auth.us-west-2.amazoncognito.com", "/oauth2/token"),
    "3.1": ("api.amazon.com", "/auth/o2/token"),
    "3.2": ("api.amazon.co.uk", "/auth/o2/token"),
    "3.3": ("api.amazon.co.jp", "/auth/o2/token"),
}
HOST = "creatorsapi.amazon"
FORM = "application/x-www-form-urlencoded"
RESOURCES = [
    "images.primary.large",
    "itemInfo.byLineInfo",
    "itemInfo.title",
    "offersV2.listings.availability",
    "offersV2.listings.condition",
    "offersV2.listings.dealDetails",
    "offersV2.listings.isBuyBoxWinner",
    "offersV2.listings.loyaltyPoints",
    "offersV2.listings.merchantInfo",
    "offersV2.listings.price",
    "offersV2.listings.type",
    "parentASIN",
]


@dataclass
class CreatorsClient:
    """A client for one credential; `version` selects token service and header format."""

    url: str
    credential_id: str = accounts.DEMO_CREDENTIAL[0]
    secret: str = accounts.DEMO_CREDENTIAL[1]
    version: str = accounts.DEMO_CREDENTIAL[2]
    code: str = "US"
    tamper: dict[str, str | None] = field(default_factory=dict)
    token: str = ""

    def with_credential(self, credential_id: str, secret: str, version: str) -> "CreatorsClient":
        """Return a copy of the client for another credential, without a token."""
        return replace(
            self, credential_id=credential_id, secret=secret, version=version, token="", tamper={}
        )

    @property
    def token_fields(self) -> dict[str, str]:
        """Return the fields of a valid token request."""
        return {
            "grant_type": "client_credentials",
            "client_id": self.credential_id,
            "client_secret": self.secret,
            "scope": "creatorsapi" + ("::" if self.version.startswith("3") else "/") + "default",
        }

    def fetch_token(self, **changed: str | None) -> Response:
        """Request a token with a form (2.x) or JSON (3.x); None omits a field."""
        fields = {k: v for k, v in (self.token_fields | changed).items() if v is not None}
        if self.version.startswith("3"):
            return self.post_token(json.dumps(fields), "application/json")
        return self.post_token(urlencode(fields), FORM)

    def fetch_token_with_basic(self, **fields: str) -> Response:
        """Request a token with HTTP Basic and a form."""
        pair = f"{self.credential_id}:{self.secret}".encode()
        known = {name: self.token_fields[name] for name in ("grant_type", "scope")}
        header = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        return self.post_token(urlencode(known | fields), FORM, header)

    def post_token(
        self, body: str, media_type: str, headers: dict[str, str] | None = None
    ) -> Response:
        """Send a body to the token service of this version."""
        host, path = TOKEN_SERVICES[self.version]
        headers = {"Host": host, "Content-Type": media_type, **(headers or {})}
        return send(self.url, "POST", path, body.encode(), headers)

    @property
    def authorization(self) -> str:
        """Return the Authorization header of this version."""
        if not self.token:
            self.token = self.fetch_token().json["access_token"]
        suffix = "" if self.version.startswith("3") else f", Version {self.version}"
        return f"Bearer {self.token}{suffix}"

    def call(self, operation: str, **fields: Any) -> Response:
        """Call an operation with tag and marketplace; None omits a field."""
        tag = accounts.DEMO_PARTNER_TAGS[self.code]
        known = {"partnerTag": tag, "marketplace": MARKETPLACES[self.code].name}
        body = {name: value for name, value in (known | fields).items() if value is not None}
        return self.send(operation, json.dumps(body, ensure_ascii=False).encode())

    def send(self, operation: str, body: bytes) -> Response:
        """Send a body to `/catalog/v1/<operation>`; `tamper` replaces or removes headers."""
        headers: dict[str, str | None] = {
            "Host": HOST,
            "Authorization": self.authorization,
            "Content-Type": "application/json; charset=utf-8",
            "x-marketplace": MARKETPLACES[self.code].name,
            **self.tamper,
        }
        kept = {name: value for name, value in headers.items() if value is not None}
        return send(self.url, "POST", f"/catalog/v1/{operation}", body, kept)

    def items(self, operation: str, **fields: Any) -> dict[str, dict[str, Any]]:
        """Return the items of a successful response by ASIN, in the order of the response."""
        response = self.call(operation, **fields)
        assert response.status == 200, response.json
        result = response.json.get("itemsResult") or response.json["searchResult"]
        return {item["asin"]: item for item in result["items"]}


def error_of(response: Response) -> tuple[int, str, str]:
    """Return status, type and reason of an error response."""
    return response.status, response.json["type"], response.json.get("reason", "")
