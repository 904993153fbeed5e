"""Mapping of Amazon's error responses to `AmazonError`s; no other module reads Amazon's codes."""

from __future__ import annotations

import re
from contextlib import suppress
from math import ceil, isfinite
from typing import Any

import msgspec
from msgspec import structs

from amzlinkr.amazon.json_depth import is_too_deep
from amzlinkr.amazon.transport import AmazonResponse
from amzlinkr.domain.amazon_errors import (
    CREATORS_KEYS_ACTION,
    TOKEN_SERVICE,
    AmazonAccessDenied,
    AmazonError,
    AmazonKeysRejected,
    AmazonPaapiRetired,
    AmazonPartnerTagRejected,
    AmazonRejectedRequest,
    AmazonThrottled,
    AmazonUnavailable,
    Upstream,
)

OK, FORBIDDEN, NOT_FOUND, TOO_MANY_REQUESTS = 200, 403, 404, 429
PAAPI5 = "paapi5"
DEFAULT_RETRY_AFTER_SECONDS, MAX_RETRY_AFTER_SECONDS = 5, 3600
"""The wait after a 429 without a hint, which PA-API 5.0 never sends, and the longest wait."""
ERRORS_BY_CODE: dict[str, type[AmazonError]] = {
    code: kind for kind in AmazonError.__subclasses__() for code in kind.amazon_codes
}
_ERRORS_BY_STATUS: dict[int, type[AmazonError]] = {
    400: AmazonRejectedRequest,
    401: AmazonKeysRejected,
    403: AmazonAccessDenied,
    404: AmazonRejectedRequest,
    429: AmazonThrottled,
}
_NO_RESULT_CODES = {"NoResults", "ResourceNotFoundException"}
_SECONDS = re.compile(r"[0-9]{1,9}")
# Access keys, Creators credentials, tokens of both kinds, and secret keys.
_KEY = re.compile(
    r"\b[A-Z0-9]{16,40}\b|\bamzn1\.[\w.-]+|\bAtc\|\S+|\beyJ[\w.-]+|[A-Za-z0-9/+=_-]{40,}"
)


class _Entry(msgspec.Struct):
    code: str | None = msgspec.field(default=None, name="Code")
    message: str | None = msgspec.field(default=None, name="Message")


class _Field(msgspec.Struct):
    name: str | None = None


class _Body(msgspec.Struct):
    """An error of PA-API 5.0, the Creators API, or a token service; each sets its own fields."""

    paapi_type: str | None = msgspec.field(default=None, name="__type")
    errors: list[_Entry] | None = msgspec.field(default=None, name="Errors")
    creators_type: str | None = msgspec.field(default=None, name="type")
    reason: str | None = None
    fields: list[str | _Field] | None = msgspec.field(default=None, name="fieldList")
    retry_after: float | None = msgspec.field(default=None, name="retryAfterSeconds")
    oauth_error: str | None = msgspec.field(default=None, name="error")
    message: str | None = None

    @property
    def codes(self) -> list[str]:
        """Return the error codes in the body, the most specific first."""
        kind = (self.creators_type or self.paapi_type or "").rpartition("#")[2]
        bare = kind.removesuffix("Exception")
        is_creators = self.creators_type or "creators" in (self.paapi_type or "")
        # PA-API documents its codes without "Exception", the Creators API with it.
        kinds = [kind, bare] if is_creators or kind in ERRORS_BY_CODE else [bare, kind]
        listed = [entry.code for entry in self.errors or () if entry.code][:1]
        reason = None if self.reason == "Other" else self.reason
        return [code for code in (*listed, reason, self.oauth_error, *kinds) if code]

    @property
    def text(self) -> str:
        """Return Amazon's message."""
        listed = next((entry.message for entry in self.errors or () if entry.message), None)
        return listed or self.message or ""

    @property
    def field_names(self) -> list[str]:
        """Return the names of the invalid request fields.

        The Creators API documentation shows names in one place and objects with a name in another.
        """
        names = [entry if isinstance(entry, str) else entry.name for entry in self.fields or ()]
        return [name for name in names if name]


def error_from_response(response: AmazonResponse, service: str) -> AmazonError | None:
    """Return the error of a response, or None for a 200 and for a 404 without results.

    Sources: PA-API 5.0 documentation and Creators API documentation, error pages; for the token
    services, OAuth 2.0 (RFC 6749, section 5.2).
    """
    if response.status == OK:
        return None
    body = _decode(response.body)
    if body is None:
        return _undecodable(response, service)
    if response.status == NOT_FOUND and _NO_RESULT_CODES.intersection(body.codes):
        return None
    kind = _error_class(response.status, body, service)
    return kind(
        _detail(body) if kind is AmazonRejectedRequest else "",
        action=CREATORS_KEYS_ACTION if kind is AmazonKeysRejected and service != PAAPI5 else None,
        retry_after=_retry_after(response, body)
        or (DEFAULT_RETRY_AFTER_SECONDS if kind is AmazonThrottled else None),
        upstream=Upstream(
            service,
            response.status,
            next((code for code in body.codes if _safe_identifier(code)), None),
            response.request_id,
        ),
    )


def _undecodable(response: AmazonResponse, service: str) -> AmazonError:
    """Return the error of a body that is not JSON, which usually comes from a proxy.

    Its status does not describe the account, except that a 429 always requires a pause.
    """
    upstream = Upstream(service, response.status, None, response.request_id)
    wait = _retry_after(response, _Body())
    if response.status == TOO_MANY_REQUESTS:
        return AmazonThrottled(retry_after=wait or DEFAULT_RETRY_AFTER_SECONDS, upstream=upstream)
    return AmazonUnavailable(retry_after=wait, upstream=upstream)


def _error_class(status: int, body: _Body, service: str) -> type[AmazonError]:
    # The deprecation shares the code AccessDenied: only the message identifies it.
    if status == FORBIDDEN and service == PAAPI5 and "deprecated" in body.text.lower():
        return AmazonPaapiRetired
    if status == TOO_MANY_REQUESTS:
        return AmazonThrottled
    if body.field_names == ["partnerTag"]:
        return AmazonPartnerTagRejected
    known = (ERRORS_BY_CODE[code] for code in body.codes if code in ERRORS_BY_CODE)
    kind = next(known, _ERRORS_BY_STATUS.get(status, AmazonUnavailable))
    # A token request contains nothing but the credential, so the credential must be wrong.
    if service == TOKEN_SERVICE and kind is AmazonRejectedRequest:
        return AmazonKeysRejected
    return kind


def _decode(body: bytes) -> _Body | None:
    """Return the readable fields of an error body, or None if it is not a JSON object.

    Fields are decoded one by one, in any letter case: a malformed field must not hide the code.
    """
    if is_too_deep(body):
        return None
    try:
        raw = msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    by_name = {name.lower(): value for name, value in raw.items()}
    decoded: dict[str, Any] = {}
    for field in structs.fields(_Body):
        with suppress(msgspec.ValidationError):
            value = by_name.get(field.encode_name.lower())
            decoded[field.name] = msgspec.convert(value, type=field.type, strict=False)
    return _Body(**decoded)


def _detail(body: _Body) -> str:
    """Return Amazon's message and the invalid fields, without anything that could be a key."""
    names = ", ".join(name for name in map(_safe_identifier, body.field_names) if name)
    printable = "".join(char for char in body.text if char.isprintable())
    return _KEY.sub("…", f"{printable} ({names})" if names else printable)[:300]


def _retry_after(response: AmazonResponse, body: _Body) -> int | None:
    """Return the seconds that Amazon asks to wait, at most one hour, or None without a hint."""
    value = response.headers.get("retry-after", "")
    if _SECONDS.fullmatch(value):
        return min(int(value), MAX_RETRY_AFTER_SECONDS)
    if body.retry_after is None or not isfinite(body.retry_after):
        return None
    return max(1, ceil(min(body.retry_after, MAX_RETRY_AFTER_SECONDS)))


def _safe_identifier(text: str | None) -> str | None:
    """Return a code or field name that has the form of an identifier, otherwise None."""
    return text if text and re.fullmatch(r"[\w.-]{1,80}", text, re.ASCII) else None
