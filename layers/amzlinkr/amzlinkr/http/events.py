"""What API Gateway sends: its form is checked before anything of it is used."""

from __future__ import annotations

from typing import Any

import msgspec

from amzlinkr.domain.errors import BadRequest

Event = dict[str, Any]
"""A proxy event, whose JSON nobody has checked; it never leaves the edge."""
MAX_PATH_PARAMETER_CHARS = 100
MAX_LOGGED_CHARS = 20_000
"""API Gateway takes 10 KB of headers and as much of a path with its query."""


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
    resource: str | None = None
    headers: dict[str, str | None] | None = None
    multiValueHeaders: dict[str, list[str]] | None = None  # noqa: N815 - as above
    queryStringParameters: dict[str, str] | None = None  # noqa: N815 - as above
    multiValueQueryStringParameters: dict[str, list[str]] | None = None  # noqa: N815 - as above
    body: str | None = None
    isBase64Encoded: bool = False  # noqa: N815 - as above


def check_shape(event: Any) -> None:
    """Raises `BadRequest` for what API Gateway could never have sent."""
    try:
        known = msgspec.convert(event, _ProxyEvent)
        texts = (known.path, known.httpMethod, known.requestContext.requestId)
        if any(len(text) > MAX_LOGGED_CHARS for text in texts):
            raise BadRequest
        "".join(texts).encode()
    except (msgspec.ValidationError, UnicodeEncodeError):
        raise BadRequest from None


def request_id_of(event: Event) -> str:
    """API Gateway's id of the request."""
    context = event.get("requestContext")
    found = context.get("requestId") if isinstance(context, dict) else None
    return printable_text(found) or "unknown"


def site_id_of(event: Event) -> str | None:
    """The site of the key that was used, for the log."""
    context = event.get("requestContext")
    authorizer = context.get("authorizer") if isinstance(context, dict) else None
    return printable_text(authorizer.get("site_id")) if isinstance(authorizer, dict) else None


def printable_text(value: object) -> str | None:
    """A short text that may stand in a log or an answer; None for anything else."""
    fits = isinstance(value, str) and len(value) <= MAX_PATH_PARAMETER_CHARS and value.isascii()
    return str(value) if fits else None
