"""The six token services of the Creators API: three of Cognito, three of Login with Amazon."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import parse_qs

from tests.contract.creators_rules import Refused
from tests.contract.creators_variants import Dialect, Json

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
    """A credential, and the tag of its store in each marketplace."""

    credential_id: str
    secret: str
    version: str
    tags: Mapping[str, str]
    eligible: bool = True


@dataclass(frozen=True)
class Token:
    """A token that was given out."""

    account: Account
    ends_at: float


@dataclass
class TokenServices:
    """Gives tokens out and knows them again."""

    accounts: list[Account]
    dialect: Dialect
    now: Callable[[], float]
    given: dict[str, Token] = field(default_factory=dict)

    def give(
        self, host: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Json]:
        """The answer of a token service: an OAuth2 one, whether good or bad."""
        version = SERVICES.get((host, path))
        if version is None:
            return 404, {"error": "not_found"}
        asked = _form(headers, body) if version[0] == "2" else _json(headers, body)
        if asked is None or asked.get("grant_type") is None:
            return 400, {"error": "invalid_request"}
        if asked["grant_type"] != "client_credentials":
            return 400, {"error": "unsupported_grant_type"}
        account = self._account(version, asked)
        if account is None:
            return _invalid_client(version)
        scope = "creatorsapi/default" if version[0] == "2" else "creatorsapi::default"
        if asked.get("scope") != scope:
            return 400, {"error": "invalid_scope"}
        return 200, self._issue(account, scope)

    def account_of(self, authorization: str | None) -> Account:
        """Whose request this is. Raises `Refused` like the catalogue."""
        words = (authorization or "").split(" ")
        if words[0] != "Bearer" or len(words) < 2:
            raise Refused(401, "UnauthorizedException", "InvalidToken")
        is_cognito = words[1].startswith("eyJ")
        token = self.given.get(words[1].removesuffix(",") if is_cognito else words[1])
        if token is None:
            raise Refused(401, "UnauthorizedException", "InvalidToken")
        expected = [words[1]]
        if is_cognito:
            expected = [f"{words[1].removesuffix(',')},", "Version", token.account.version]
        if words[1:] != expected:
            raise Refused(401, "UnauthorizedException", "InvalidIssuer")
        if token.ends_at <= self.now():
            raise Refused(401, "UnauthorizedException", "TokenExpired")
        return token.account

    def _account(self, version: str, asked: Json) -> Account | None:
        for account in self.accounts:
            keys = (account.credential_id, account.secret)
            if keys == (asked.get("client_id"), asked.get("client_secret")):
                return account if account.version == version else None
        return None

    def _issue(self, account: Account, scope: str) -> Json:
        number = len(self.given) + 1
        is_cognito = account.version[0] == "2"
        name = f"eyJraWQiOiJ{number}.e30.c2ln" if is_cognito else f"Atc|MQICI{number}+/=Zw"
        self.given[name] = Token(account, self.now() + self.dialect.expires_in)
        answer: Json = {
            "access_token": name,
            "expires_in": self.dialect.expires_in,
            "token_type": self.dialect.token_type,
        }
        return answer if is_cognito else {**answer, "scope": scope}


def _invalid_client(version: str) -> OAuth:
    if version[0] == "2":
        return 400, {"error": "invalid_client"}
    description = "Client authentication failed"
    return 401, {"error": "invalid_client", "error_description": description}


def _form(headers: Mapping[str, str], body: bytes) -> Json | None:
    kind = headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/x-www-form-urlencoded":
        return None
    asked: Json = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    scheme, _, basic = headers.get("authorization", "").partition(" ")
    if scheme == "Basic":
        try:
            user, _, secret = base64.b64decode(basic).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        asked |= {"client_id": user, "client_secret": secret}
    return asked


def _json(headers: Mapping[str, str], body: bytes) -> Json | None:
    if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return None
    try:
        asked = json.loads(body)
    except ValueError:
        return None
    return asked if isinstance(asked, dict) else None
