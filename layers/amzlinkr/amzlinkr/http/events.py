"""Events of API Gateway: shape checks, and values for the log."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from amzlinkr.domain.errors import BadRequest

Event = dict[str, Any]
"""A Lambda proxy event of API Gateway. It is not passed below `http`."""
_UNROUTABLE = re.compile(r"[^-._~()'!*:@,;=+&$%<> \[\]{}|^\w/]")
MAX_PATH_PARAMETER_CHARS = 100
MAX_LOGGED_CHARS = 20_000
"""API Gateway accepts 10 KB of headers, and as much for a path and its query."""
API_PATH = "/v1"
_API_URL = re.compile(rf"https://[a-z0-9-]+(\.[a-z0-9-]+)+(/[\w.-]+)*?{API_PATH}(?=/|\Z)", re.I)


class _Identity(msgspec.Struct):
    sourceIp: str | None = None  # noqa: N815 - API Gateway's name


class _Context(msgspec.Struct):
    requestId: str = ""  # noqa: N815 - as above
    stage: str | None = None
    path: str | None = None
    identity: _Identity | None = None
    authorizer: dict[str, str | int | float | bool | None] | None = None


class _ProxyEvent(msgspec.Struct):
    httpMethod: str  # noqa: N815 - as above
    path: str
    requestContext: _Context  # noqa: N815 - as above
    stageVariables: dict[str, str] | None = None  # noqa: N815 - as above
    resource: str | None = None
    headers: dict[str, str | None] | None = None
    multiValueHeaders: dict[str, list[str]] | None = None  # noqa: N815 - as above
    queryStringParameters: dict[str, str] | None = None  # noqa: N815 - as above
    multiValueQueryStringParameters: dict[str, list[str]] | None = None  # noqa: N815 - as above
    body: str | None = None
    isBase64Encoded: bool = False  # noqa: N815 - as above


def check_shape(event: Any) -> None:
    """Raise `BadRequest` for an event that API Gateway does not send."""
    try:
        known = msgspec.convert(event, _ProxyEvent)
        texts = (known.path, known.httpMethod, known.requestContext.requestId)
        if any(len(text) > MAX_LOGGED_CHARS for text in texts):
            raise BadRequest
        # JSON can contain lone surrogates, which UTF-8, and with it the log, cannot.
        "".join(texts).encode()
    except (msgspec.ValidationError, UnicodeEncodeError):
        raise BadRequest from None


def routable_path(path: str) -> str:
    """Return the path with a letter in place of characters that Powertools matches in no route.

    The letter is not ASCII, as no ID and no name of a path is.
    """
    return _UNROUTABLE.sub("\N{FEMININE ORDINAL INDICATOR}", path)


def header_of(event: Event, name: str) -> str | None:
    """Return a header's value. `name` is in lower case; the case in the event does not matter."""
    headers = event.get("headers") or {}
    return next((v for k, v in headers.items() if k.lower() == name and v is not None), None)


def request_id_of(event: Event) -> str:
    """Return API Gateway's request ID, or `unknown`."""
    context = event.get("requestContext")
    value = context.get("requestId") if isinstance(context, dict) else None
    return printable_text(value) or "unknown"


def api_url_of(event: Event) -> str:
    """Return the URL of the API at which a request arrived: it ends in `/v1`.

    API Gateway states its host and its path; the header `Host` is not read, because a client may
    choose it. Where API Gateway is reached by another URL, as in the local stack, the stage
    variable `api_url` states it. Without either, the URL is relative.
    """
    variables, context = event.get("stageVariables"), event.get("requestContext")
    stated = variables.get("api_url") if isinstance(variables, dict) else None
    if isinstance(stated, str) and stated.isascii():
        return stated
    context = context if isinstance(context, dict) else {}
    found = _API_URL.match(f"https://{context.get('domainName')}{context.get('path')}")
    return found[0] if found else API_PATH


def site_id_of(event: Event) -> str | None:
    """Return the site ID of the API key, for the log."""
    context = event.get("requestContext")
    authorizer = context.get("authorizer") if isinstance(context, dict) else None
    return printable_text(authorizer.get("site_id")) if isinstance(authorizer, dict) else None


def printable_text(value: object) -> str | None:
    """Return a short ASCII text, which is safe in a log or a response, or None."""
    fits = isinstance(value, str) and len(value) <= MAX_PATH_PARAMETER_CHARS and value.isascii()
    return str(value) if fits else None
