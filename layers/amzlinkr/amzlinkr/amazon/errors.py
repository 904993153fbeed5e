"""Mapping of Amazon's error responses to `AmazonError`s.

Codes decide, whatever the status; without a known code the status decides. The spellings of codes
are read in `error_bodies`.
"""

from __future__ import annotations

import re
from datetime import datetime
from math import ceil

from amzlinkr.amazon.error_bodies import ErrorBody, code_name, read_error_body
from amzlinkr.amazon.refused_items import has_item_codes_only, is_about_items, is_nothing_found
from amzlinkr.amazon.retirement import is_retired
from amzlinkr.amazon.transport import AmazonResponse, Headers, parse_http_date
from amzlinkr.domain.amazon_errors import (
    CREATORS_ACCESS_ACTION,
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

OK, TOO_MANY_REQUESTS, SERVER_ERROR = 200, 429, 500
PAAPI5 = "paapi5"
DEFAULT_RETRY_AFTER_SECONDS, MAX_RETRY_AFTER_SECONDS = 5, 3600
"""The wait after a 429 without a hint, which PA-API 5.0 never sends, and the longest wait."""
MAX_ERROR_BYTES = 8_192
"""A larger response with status 200 is not searched for errors: it contains products."""
ERRORS_BY_CODE: dict[str, type[AmazonError]] = {
    code: kind for kind in AmazonError.__subclasses__() for code in kind.amazon_codes
}
_ERRORS_BY_NAME = {code_name(code): kind for code, kind in ERRORS_BY_CODE.items()}
_DOCUMENTED_SPELLINGS = {code_name(code): code for code in ERRORS_BY_CODE}
_ERRORS_BY_STATUS: dict[int, type[AmazonError]] = {
    400: AmazonRejectedRequest,
    401: AmazonKeysRejected,
    403: AmazonAccessDenied,
    404: AmazonRejectedRequest,
    429: AmazonThrottled,
}
_ABOUT_THE_REQUEST = (AmazonRejectedRequest, AmazonUnavailable)
_ABOUT_THE_ACCOUNT = (401, 403, TOO_MANY_REQUESTS)
"""Statuses that no code about items explains."""
_CREATORS_ACTIONS = {
    AmazonKeysRejected: CREATORS_KEYS_ACTION,
    AmazonAccessDenied: CREATORS_ACCESS_ACTION,
}
# PA-API 5.0 names an invalid tag only in the message of a general error.
_TAG_IN_TEXT = re.compile(r"(?:request for|parameter) PartnerTag\b", re.IGNORECASE)
_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
# Access keys, Creators credentials, tokens of both kinds, and secret keys.
_KEY = re.compile(
    r"\b[A-Z0-9]{16,40}\b|\bamzn1\.[\w.-]+|\bAtc\|\S+|\beyJ[\w.-]+|[A-Za-z0-9/+=_-]{40,}"
)


def error_from_response(
    response: AmazonResponse, service: str, now: datetime
) -> AmazonError | None:
    """Return the error of a response, or None for a success and for a response without results.

    Args:
        response: The response, of any status.
        service: The service that sent it.
        now: The time for a `Retry-After` date in a response that has no `Date` header.
    """
    if response.status == OK and len(response.body) > MAX_ERROR_BYTES:
        return None
    body = read_error_body(response)
    kind = _error_class(response.status, body, service)
    if kind is None:
        return None
    hint = _retry_after(response, body, now)
    return kind(
        _detail(body) if kind is AmazonRejectedRequest else "",
        action=None if service == PAAPI5 else _CREATORS_ACTIONS.get(kind),
        retry_after=hint or (DEFAULT_RETRY_AFTER_SECONDS if kind is AmazonThrottled else None),
        upstream=Upstream(
            service, response.status, _upstream_code(body, response.status, service),
            response.request_id,
        ),
    )  # fmt: skip


def _error_class(status: int, body: ErrorBody, service: str) -> type[AmazonError] | None:
    by_code = next((_ERRORS_BY_NAME[name] for name in body.names if name in _ERRORS_BY_NAME), None)
    if status == OK and (body.has_items or service == TOKEN_SERVICE):
        # Errors beside items are about other items. A token service has no items.
        is_refusal = by_code not in (None, *_ABOUT_THE_REQUEST) and not body.has_items
        return by_code if is_refusal else None
    if (
        service == PAAPI5
        and not is_about_items(body, service)
        and is_retired(status, body, by_code)
    ):
        return AmazonPaapiRetired
    if status == OK:
        return None if _is_empty_result(body, service) else _refusal(status, body, by_code, service)
    is_about_account = status >= SERVER_ERROR or status in _ABOUT_THE_ACCOUNT
    is_refusal = by_code not in (None, AmazonRejectedRequest) or service == TOKEN_SERVICE
    if is_about_account or is_refusal or not is_nothing_found(status, body, service):
        return _refusal(status, body, by_code, service)
    return None


def _is_empty_result(body: ErrorBody, service: str) -> bool:
    """Return True if a response with status 200 and without items reports that there are none."""
    # A body of another format is left to the reader, which reports it as unreadable.
    if not body.is_readable and not body.codes:
        return True
    if not body.codes and not body.texts:
        return body.has_result
    return has_item_codes_only(body, service)


def _refusal(
    status: int, body: ErrorBody, by_code: type[AmazonError] | None, service: str
) -> type[AmazonError]:
    if status == TOO_MANY_REQUESTS and by_code in (None, *_ABOUT_THE_REQUEST):
        return AmazonThrottled
    # Without a code, a body that is not JSON usually comes from a proxy, and its status does not
    # describe the account.
    by_status = _ERRORS_BY_STATUS.get(status) if body.is_readable else None
    kind = by_code or by_status or AmazonUnavailable
    if kind is AmazonRejectedRequest and _names_the_tag(body):
        return AmazonPartnerTagRejected
    # A token request contains nothing but the credential, so the credential must be wrong.
    if service == TOKEN_SERVICE and kind is AmazonRejectedRequest:
        return AmazonKeysRejected
    return kind


def _names_the_tag(body: ErrorBody) -> bool:
    names = {code_name(name) for name in body.field_names}
    return names == {"partnertag"} or any(map(_TAG_IN_TEXT.search, body.texts))


def _upstream_code(body: ErrorBody, status: int, service: str) -> str | None:
    """Return the code that decided, otherwise the first one, as its API documents it."""
    known = [code for code in body.codes if code_name(code) in _ERRORS_BY_NAME]
    for sent in [*known, *body.codes]:
        code = _safe_identifier(sent) or _DOCUMENTED_SPELLINGS.get(code_name(sent))
        if code is not None:
            # The codes of PA-API 5.0 end without "Exception".
            is_documented = service != PAAPI5 or code in ERRORS_BY_CODE
            return code if is_documented else code.removesuffix("Exception")
    return "Unreadable" if status == OK else None


def _detail(body: ErrorBody) -> str:
    """Return Amazon's message and the invalid fields, without anything that could be a key."""
    names = ", ".join(name for name in map(_safe_identifier, body.field_names) if name)
    printable = "".join(char for char in body.text if char.isprintable())
    return _KEY.sub("…", f"{printable} ({names})" if names else printable)[:300]


def _retry_after(response: AmazonResponse, body: ErrorBody, now: datetime) -> int | None:
    """Return the seconds that Amazon asks to wait, at most one hour, or None without a hint."""
    seconds = _header_seconds(response.headers, now)
    if seconds is None:
        seconds = body.retry_after
    return None if seconds is None else max(1, ceil(min(seconds, MAX_RETRY_AFTER_SECONDS)))


def _header_seconds(headers: Headers, now: datetime) -> float | None:
    """Return the wait in the header `Retry-After`, a number or a date (RFC 9110), if positive."""
    value = headers.get("retry-after", "")
    if _SECONDS.fullmatch(value):
        return float(value) or None
    until = parse_http_date(value)
    if until is None:
        return None
    # Relative to the clock that wrote the date: ours may differ from Amazon's.
    wait = until - (parse_http_date(headers.get("date", "")) or now)
    return wait.total_seconds() if wait.total_seconds() > 0 else None


def _safe_identifier(text: str | None) -> str | None:
    """Return a code or field name that has the form of an identifier, otherwise None."""
    return text if text and re.fullmatch(r"[\w.-]{1,80}", text, re.ASCII) else None
