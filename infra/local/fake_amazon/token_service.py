"""The fake OAuth token services: Cognito for credential version 2.x, Login with Amazon for 3.x.

The Host header selects the region's service. A credential is valid at one of them only.
"""

import base64
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

import msgspec

from infra.local.fake_amazon.accounts import Account
from infra.local.fake_amazon.exchange import (
    HttpRequest,
    HttpResponse,
    ServiceError,
    Trace,
    apply_fault,
    response_delay,
)
from infra.local.fake_amazon.state import FakeAmazonState
from infra.local.fake_amazon.tokens import LIFETIME

OPERATION = "Token"
_GRANT_TYPE = "client_credentials"
_REQUIRED = ("grant_type", "client_id", "client_secret", "scope")
_FORM_MEDIA_TYPE = "application/x-www-form-urlencoded"
_TRUNCATED_BODY = b'{"access_token":"'
# A secret that was entered as the ID has another format and must not be logged.
_LOOKS_LIKE_ID = re.compile(r"amzn1\.application-oa2-client\.[0-9a-z]{1,64}|[0-9a-z]{20,32}")


@dataclass(frozen=True)
class TokenService:
    """The token service of one region."""

    version: str
    path: str
    scope: str

    @property
    def is_lwa(self) -> bool:
        """Return True if this is Login with Amazon, not Cognito."""
        return self.version.startswith("3")


def _cognito(version: str) -> TokenService:
    return TokenService(version, "/oauth2/token", "creatorsapi/default")


def _lwa(version: str) -> TokenService:
    return TokenService(version, "/auth/o2/token", "creatorsapi::default")


TOKEN_SERVICES = {
    "creatorsapi.auth.us-east-1.amazoncognito.com": _cognito("2.1"),
    "creatorsapi.auth.eu-south-2.amazoncognito.com": _cognito("2.2"),
    "creatorsapi.auth.us-west-2.amazoncognito.com": _cognito("2.3"),
    "api.amazon.com": _lwa("3.1"),
    "api.amazon.co.uk": _lwa("3.2"),
    "api.amazon.co.jp": _lwa("3.3"),
}
CREDENTIAL_VERSIONS = tuple(service.version for service in TOKEN_SERVICES.values())


@dataclass(eq=False)
class TokenError(ServiceError):
    """An OAuth 2.0 error response; only Login with Amazon includes a description."""

    status: int
    code: str
    description: str = ""

    def body(self) -> dict[str, object]:
        """Return the JSON body of the error."""
        description = {"error_description": self.description} if self.description else {}
        return {**description, "error": self.code}


def respond(
    request: HttpRequest, service: TokenService, state: FakeAmazonState, trace: Trace
) -> HttpResponse:
    """Return the response to a token request."""
    trace.operation = OPERATION
    if request.path != service.path:
        raise TokenError(404, "not_found")
    if request.method != "POST":
        raise TokenError(405, "invalid_request")
    fields = _parse_request(request, service)
    trace.access_key = _client_id_for_log(fields.get("client_id", ""), state)
    account = _authenticate(fields, service, state)
    if fields["scope"] != service.scope:
        raise _token_error(service, "invalid_scope", "The request has an invalid parameter : scope")
    fault = state.next_fault("token", OPERATION, account.access_key)
    if fault and fault.kind != "slow":
        return apply_fault(fault, _FAULT_ERRORS, _TRUNCATED_BODY)
    content: dict[str, object] = {
        "access_token": state.tokens.issue(account.access_key, service.version, state.now()),
        "expires_in": int(LIFETIME.total_seconds()),
        "token_type": "bearer" if service.is_lwa else "Bearer",
    }
    if service.is_lwa:
        content["scope"] = service.scope
    return HttpResponse(200, msgspec.json.encode(content), delay_seconds=response_delay(fault))


def _parse_request(request: HttpRequest, service: TokenService) -> dict[str, str]:
    media_type = request.header("content-type").partition(";")[0].strip().lower()
    if media_type == _FORM_MEDIA_TYPE:
        fields = _merge_basic_credentials(
            _parse_form(request.body, service), request.header("authorization"), service
        )
    elif media_type == "application/json" and service.is_lwa:
        fields = _parse_json(request.body, service)
    else:
        raise _token_error(service, "invalid_request", "The Content-Type is not supported")
    for name in _REQUIRED:
        if not fields.get(name):
            # The space before the colon is Amazon's.
            text = f"The request is missing a required parameter : {name}"
            raise _token_error(service, "invalid_request", text)
    if fields["grant_type"] != _GRANT_TYPE:
        text = "The authorization grant type is not supported by the authorization server"
        raise _token_error(service, "unsupported_grant_type", text)
    return fields


def _parse_form(body: bytes, service: TokenService) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("ascii"), strict_parsing=True, errors="strict")
    except ValueError as exc:
        raise _malformed_request(service) from exc
    # RFC 6749, section 3.2: a parameter must not be included twice.
    if len({name for name, _ in pairs}) < len(pairs):
        raise _malformed_request(service)
    return dict(pairs)


def _parse_json(body: bytes, service: TokenService) -> dict[str, str]:
    try:
        return msgspec.json.decode(body, type=dict[str, str])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise _malformed_request(service) from exc


def _merge_basic_credentials(
    fields: dict[str, str], authorization: str, service: TokenService
) -> dict[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    if not authorization:
        return fields
    try:
        pair = base64.b64decode(encoded, validate=True).decode("ascii")
    except ValueError as exc:
        raise _malformed_request(service) from exc
    client_id, colon, secret = pair.partition(":")
    # RFC 6749, section 2.3: one method of authentication per request.
    has_conflicting_credentials = (
        "client_secret" in fields or fields.get("client_id", client_id) != client_id
    )
    if scheme.lower() != "basic" or not colon or has_conflicting_credentials:
        raise _malformed_request(service)
    return {**fields, "client_id": client_id, "client_secret": secret}


def _authenticate(
    fields: Mapping[str, str], service: TokenService, state: FakeAmazonState
) -> Account:
    account = state.find_account("creators", fields["client_id"])
    secret = account.secret_key if account else ""
    # Compared for unknown IDs too, so that both take the same time.
    secret_matches = hmac.compare_digest(secret.encode(), fields["client_secret"].encode())
    if account is None or account.version != service.version or not secret_matches:
        # For the same failure, Login with Amazon returns 401 and Cognito 400.
        if service.is_lwa:
            raise TokenError(401, "invalid_client", "Client authentication failed")
        raise TokenError(400, "invalid_client")
    return account


def _client_id_for_log(client_id: str, state: FakeAmazonState) -> str:
    known = client_id in state.accounts or _LOOKS_LIKE_ID.fullmatch(client_id)
    return client_id if known else ""


def _malformed_request(service: TokenService) -> TokenError:
    return _token_error(service, "invalid_request", "The request is malformed")


def _token_error(service: TokenService, code: str, description: str) -> TokenError:
    return TokenError(400, code, description if service.is_lwa else "")


_FAULT_ERRORS = {
    "429": lambda: TokenError(429, "temporarily_unavailable"),
    "500": lambda: TokenError(500, "server_error"),
}
