"""The six token services of the Creators API: three of Cognito, three of Login with Amazon."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import parse_qs

from tests.contract.creators_rules import Refusal
from tests.contract.creators_variants import Json, Variant

COGNITO = "creatorsapi.auth.{}.amazoncognito.com"
SERVICES = {
    (COGNITO.format("us-east-1"), "/oauth2/token"): "2.1",
    (COGNITO.format("eu-south-2"), "/oauth2/token"): "2.2",
    (COGNITO.format("us-west-2"), "/oauth2/token"): "2.3",
    ("api.amazon.com", "/auth/o2/token"): "3.1",
    ("api.amazon.co.uk", "/auth/o2/token"): "3.2",
    ("api.amazon.co.jp", "/auth/o2/token"): "3.3",
}
TOKEN_HOSTS = frozenset(host for host, _ in SERVICES)

OAuth: TypeAlias = tuple[int, Json]


@dataclass
class Account:
    """A credential, and its tag by marketplace domain."""

    credential_id: str
    secret: str
    version: str
    tags: Mapping[str, str]
    eligible: bool = True


@dataclass(frozen=True)
class Token:
    """An issued token."""

    account: Account
    expires_at: float


@dataclass
class TokenServices:
    """The token services, and the tokens that they issued."""

    accounts: list[Account]
    variant: Variant
    now: Callable[[], float]
    issued: dict[str, Token] = field(default_factory=dict)

    def respond(
        self, host: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Json]:
        """Return the OAuth 2.0 response of a token service: a token or an error."""
        version = SERVICES.get((host, path))
        if version is None:
            return 404, {"error": "not_found"}
        fields = _form(headers, body) if version[0] == "2" else _json(headers, body)
        if fields is None or fields.get("grant_type") is None:
            return 400, {"error": "invalid_request"}
        if fields["grant_type"] != "client_credentials":
            return 400, {"error": "unsupported_grant_type"}
        account = self._account(version, fields)
        if account is None:
            return _invalid_client(version)
        scope = "creatorsapi/default" if version[0] == "2" else "creatorsapi::default"
        if fields.get("scope") != scope:
            return 400, {"error": "invalid_scope"}
        return 200, self._issue(account, scope)

    def account_of(self, authorization: str | None) -> Account:
        """Return the account of a request.

        Raises:
            Refusal: The token is missing, unknown, expired, or malformed.
        """
        parts = (authorization or "").split(" ")
        if parts[0] != "Bearer" or len(parts) < 2:
            raise Refusal(401, "UnauthorizedException", "InvalidToken")
        is_cognito = parts[1].startswith("eyJ")
        token = self.issued.get(parts[1].removesuffix(",") if is_cognito else parts[1])
        if token is None:
            raise Refusal(401, "UnauthorizedException", "InvalidToken")
        expected = [parts[1]]
        if is_cognito:
            expected = [f"{parts[1].removesuffix(',')},", "Version", token.account.version]
        if parts[1:] != expected:
            raise Refusal(401, "UnauthorizedException", "InvalidIssuer")
        if token.expires_at <= self.now():
            raise Refusal(401, "UnauthorizedException", "TokenExpired")
        return token.account

    def _account(self, version: str, fields: Json) -> Account | None:
        for account in self.accounts:
            keys = (account.credential_id, account.secret)
            if keys == (fields.get("client_id"), fields.get("client_secret")):
                return account if account.version == version else None
        return None

    def _issue(self, account: Account, scope: str) -> Json:
        number = len(self.issued) + 1
        is_cognito = account.version[0] == "2"
        name = f"eyJraWQiOiJ{number}.e30.c2ln" if is_cognito else f"Atc|MQICI{number}+/=Zw"
        self.issued[name] = Token(account, self.now() + self.variant.expires_in)
        response: Json = {
            "access_token": name,
            "expires_in": self.variant.expires_in,
            "token_type": self.variant.token_type,
        }
        return response if is_cognito else {**response, "scope": scope}


def _invalid_client(version: str) -> OAuth:
    if version[0] == "2":
        return 400, {"error": "invalid_client"}
    description = "Client authentication failed"
    return 401, {"error": "invalid_client", "error_description": description}


def _form(headers: Mapping[str, str], body: bytes) -> Json | None:
    kind = headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/x-www-form-urlencoded":
        return None
    fields: Json = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    scheme, _, basic = headers.get("authorization", "").partition(" ")
    if scheme == "Basic":
        try:
            user, _, secret = base64.b64decode(basic).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        fields |= {"client_id": user, "client_secret": secret}
    return fields


def _json(headers: Mapping[str, str], body: bytes) -> Json | None:
    if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return None
    try:
        fields = json.loads(body)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None
