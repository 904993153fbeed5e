"""A Creators API client for tests: fetches tokens, sends with http.client."""

import base64
import json
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from infra.local.fake_amazon import accounts
from infra.local.fake_amazon.marketplaces import MARKETPLACES
from tests.integration.fake_amazon.signed_client import Answer, send

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
    """One credential; `version` is what the client believes its version to be."""

    url: str
    credential_id: str = accounts.DEMO_CREDENTIAL[0]
    secret: str = accounts.DEMO_CREDENTIAL[1]
    version: str = accounts.DEMO_CREDENTIAL[2]
    code: str = "US"
    tamper: dict[str, str | None] = field(default_factory=dict)
    token: str = ""

    def with_credential(self, credential_id: str, secret: str, version: str) -> "CreatorsClient":
        """The same client for another credential, without a token."""
        return replace(
            self, credential_id=credential_id, secret=secret, version=version, token="", tamper={}
        )

    @property
    def asked(self) -> dict[str, str]:
        """The fields of a good request for a token."""
        return {
            "grant_type": "client_credentials",
            "client_id": self.credential_id,
            "client_secret": self.secret,
            "scope": "creatorsapi" + ("::" if self.version.startswith("3") else "/") + "default",
        }

    def fetch_token(self, **changed: str | None) -> Answer:
        """Ask as the documentation shows: form for 2.x, JSON for 3.x. None leaves a field out."""
        fields = {k: v for k, v in (self.asked | changed).items() if v is not None}
        if self.version.startswith("3"):
            return self.post_token(json.dumps(fields), "application/json")
        return self.post_token(urlencode(fields), FORM)

    def fetch_token_with_basic(self, **fields: str) -> Answer:
        """Ask with HTTP Basic and a form."""
        pair = f"{self.credential_id}:{self.secret}".encode()
        known = {name: self.asked[name] for name in ("grant_type", "scope")}
        header = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        return self.post_token(urlencode(known | fields), FORM, header)

    def post_token(
        self, body: str, media_type: str, headers: dict[str, str] | None = None
    ) -> Answer:
        """Any body to the token service of this version."""
        host, path = TOKEN_SERVICES[self.version]
        headers = {"Host": host, "Content-Type": media_type, **(headers or {})}
        return send(self.url, "POST", path, body.encode(), headers)

    @property
    def authorization(self) -> str:
        """The Authorization header of this version."""
        if not self.token:
            self.token = self.fetch_token().json["access_token"]
        suffix = "" if self.version.startswith("3") else f", Version {self.version}"
        return f"Bearer {self.token}{suffix}"

    def call(self, operation: str, **fields: Any) -> Answer:
        """One request with the tag filled in; a field that is None is left out."""
        tag = accounts.DEMO_PARTNER_TAGS[self.code]
        known = {"partnerTag": tag, "marketplace": MARKETPLACES[self.code].name}
        body = {name: value for name, value in (known | fields).items() if value is not None}
        return self.send(operation, json.dumps(body, ensure_ascii=False).encode())

    def send(self, operation: str, body: bytes) -> Answer:
        """Any body to `/catalog/v1/<operation>`; `tamper` changes headers or, with None, drops."""
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
        """The items of a good answer, by ASIN, in the answer's order."""
        answer = self.call(operation, **fields)
        assert answer.status == 200, answer.json
        result = answer.json.get("itemsResult") or answer.json["searchResult"]
        return {item["asin"]: item for item in result["items"]}


def refusal(answer: Answer) -> tuple[int, str, str]:
    """What a refused call was refused with."""
    return answer.status, answer.json["type"], answer.json.get("reason", "")
