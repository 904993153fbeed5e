"""The token endpoints of both generations of Creators API credentials."""

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

from tests.second_amazon.accounts import Account, find_creators_account
from tests.second_amazon.faults import TOKEN_FAULTS, Fault

ENDPOINTS = {
    ("creatorsapi.auth.us-east-1.amazoncognito.com", "/oauth2/token"): "2.1",
    ("creatorsapi.auth.eu-south-2.amazoncognito.com", "/oauth2/token"): "2.2",
    ("creatorsapi.auth.us-west-2.amazoncognito.com", "/oauth2/token"): "2.3",
    ("api.amazon.com", "/auth/o2/token"): "3.1",
    ("api.amazon.co.uk", "/auth/o2/token"): "3.2",
    ("api.amazon.co.jp", "/auth/o2/token"): "3.3",
}
LIFETIME_SECONDS = 3600


@dataclass
class Tokens:
    """The access tokens issued so far, and which of them have expired."""

    accounts: dict[str, Account] = field(default_factory=dict)
    expired: set[str] = field(default_factory=set)

    def issue(self, version: str, headers: Mapping[str, str], body: bytes) -> Fault:
        """Return the answer of the token endpoint of a version."""
        fields = _fields(version, headers, body)
        account = find_creators_account(fields.get("client_id", ""))
        if fields.get("grant_type") != "client_credentials":
            return Fault(400, {"error": "unsupported_grant_type"})
        if account and account.behavior in TOKEN_FAULTS:
            return TOKEN_FAULTS[account.behavior]
        is_v2 = version.startswith("2")
        known = account and account.version == version
        if not account or not known or account.secret != fields.get("client_secret"):
            return Fault(400 if is_v2 else 401, {"error": "invalid_client"})
        scope = "creatorsapi/default" if is_v2 else "creatorsapi::default"
        if fields.get("scope") != scope:
            return Fault(400, {"error": "invalid_scope"})
        return Fault(200, self._new_token(account, scope))

    def _new_token(self, account: Account, scope: str) -> dict[str, Any]:
        is_v2 = account.version.startswith("2")
        token = ("eyJraWQiOiJ" if is_v2 else "Atc|") + secrets.token_urlsafe(40)
        if account.behavior == "stale" and account not in self.accounts.values():
            self.expired.add(token)
        self.accounts[token] = account
        reply: dict[str, Any] = {"access_token": token, "expires_in": LIFETIME_SECONDS}
        # Cognito and Login with Amazon differ in the case of the type, and in the scope.
        return reply | (
            {"token_type": "Bearer"} if is_v2 else {"token_type": "bearer", "scope": scope}
        )

    def check(self, authorization: str) -> Account | str:
        """Return the account of a bearer token, or the reason why Amazon rejects it."""
        value = authorization.removeprefix("Bearer ")
        token, separator, version = value.partition(", Version ")
        if not authorization.startswith("Bearer ") or not token:
            return "InvalidToken"
        account = self.accounts.get(token)
        if not account:
            return "InvalidToken"
        # Version 2 credentials must name their version, those of version 3 must not.
        if (version if separator else None) != (
            account.version if account.version.startswith("2") else None
        ):
            return "InvalidIssuer"
        return "TokenExpired" if token in self.expired else account


def _fields(version: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    """Return the parameters of a token request: a form, or JSON for version 3."""
    kind = headers.get("content-type", "").partition(";")[0].strip()
    text = body.decode(errors="replace")
    if kind == "application/json" and version.startswith("3"):
        try:
            parsed = json.loads(text)
        except ValueError:
            return {}
        fields = parsed if isinstance(parsed, dict) else {}
    elif kind == "application/x-www-form-urlencoded":
        fields = {name: values[0] for name, values in parse_qs(text).items()}
    else:
        return {}
    return fields | _basic(headers.get("authorization", ""))


def _basic(authorization: str) -> dict[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        identifier, _, secret = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {}
    return {"client_id": unquote(identifier), "client_secret": unquote(secret)}
