"""HTTP responses: status, body and headers, the ETag, and domain errors as problem+json.

This module is the only place that maps a domain error to an HTTP status.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
from aws_lambda_powertools.event_handler import Response
from msgspec import UNSET

from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.errors import AmzlinkrError, InvalidRequest
from amzlinkr.domain.limits import LimitUsage
from amzlinkr.http.presenters.problems import problem_type
from amzlinkr.http.presenters.sites import upstream_out
from amzlinkr.http.schemas.problems import FieldErrorOut, ProblemOut

JSON, PROBLEM_JSON = "application/json", "application/problem+json"
UNAUTHORIZED = 401
TEXT = "text/plain; charset=utf-8"
SECURITY_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
ANY_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Request-Id, Retry-After",
}
"""The headers (CORS) by which scripts of all web pages may read a response."""


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """The response of an endpoint: a status and a schema, or a text that is sent as it is.

    `cacheable` adds an ETag. Any cache may keep a `public` response for an hour.
    """

    status: int = 200
    body: msgspec.Struct | str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cacheable: bool = False
    public: bool = False
    content_type: str = JSON

    def encoded(self) -> str:
        """Return the body as text, or an empty text if there is no body."""
        if self.body is None or isinstance(self.body, str):
            return self.body or ""
        return msgspec.json.encode(self.body).decode()


DOCUMENTED_API_URL = "https://api.example.com/v1"
"""The URL of the API in the OpenAPI document as it is stored."""


@lru_cache(maxsize=2)
def api_description(api_url: str) -> str:
    """Return the OpenAPI document of the API at a URL, without the whitespace of the file."""
    stored = Path(__file__).with_name("openapi.json").read_bytes()
    text = msgspec.json.format(stored, indent=-1).decode()
    return text.replace(DOCUMENTED_API_URL, api_url)


def problem(error: AmzlinkrError, request_id: str, api_url: str) -> ApiResponse:
    """Return the problem+json response for a domain error."""
    upstream = error.upstream if isinstance(error, AmazonError) else None
    body = ProblemOut(
        type=problem_type(error.code, api_url),
        title=error.title,
        status=error.status,
        detail=error.detail,
        code=error.code,
        action=error.action,
        retryable=error.retryable,
        request_id=request_id,
        # Only some error classes refer to a field of the request.
        field=getattr(error, "field", UNSET),
        retry_after=UNSET if error.retry_after is None else error.retry_after,
        upstream=upstream_out(upstream) if upstream else UNSET,
        errors=[FieldErrorOut(*one) for one in error.errors]
        if isinstance(error, InvalidRequest)
        else UNSET,
    )
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    if error.status == UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return ApiResponse(error.status, body, headers, content_type=PROBLEM_JSON)


def rate_limit_headers(usage: LimitUsage) -> dict[str, str]:
    """Return the fields of the IETF draft "RateLimit header fields for HTTP"."""
    limit = usage.limit
    window = f";w={int(limit.per.total_seconds())}" if limit.per else ""
    return {
        "RateLimit-Policy": f'"{limit.kind}";q={limit.maximum}{window}',
        "RateLimit": f'"{limit.kind}";r={usage.remaining};t={usage.resets_in}',
    }


def etag_of(text: str) -> str:
    """Return a strong validator of a body."""
    # Products carry `observed_at`, so a refresh changes the tag even if the price is the same.
    # Twelve bytes: short in a header, and two bodies with one tag are practically impossible.
    return f'"{blake2b(text.encode(), digest_size=12).hexdigest()}"'


def to_proxy_response(response: ApiResponse) -> dict[str, Any]:
    """Return the format of API Gateway's Lambda proxy integration, without Powertools."""
    return {
        "statusCode": response.status,
        "headers": {"Content-Type": response.content_type, **SECURITY_HEADERS},
        "body": response.encoded(),
        "isBase64Encoded": False,
    }


def located(api_url: str, path: str) -> dict[str, str]:
    """Return the header with the URL of what a request created, or of the state of its work."""
    return {"Location": f"{api_url}/{path}"}


def add_header(response: dict[str, Any], name: str, value: str) -> None:
    """Add a header to a response in the format of API Gateway, of this module or of Powertools."""
    if "multiValueHeaders" in response:
        response["multiValueHeaders"][name] = [value]
    else:
        response.setdefault("headers", {})[name] = value


def to_resolver_response(response: ApiResponse) -> Response[str]:
    """Return the response type of Powertools' resolver."""
    return Response(
        response.status,
        response.content_type if response.body is not None else None,
        response.encoded(),
        headers=SECURITY_HEADERS | response.headers,
    )


def conditional(response: ApiResponse, if_none_match: str | None) -> Response[str]:
    """Return the response with an ETag if it is cacheable, or a 304 if the ETag matches."""
    full = to_resolver_response(response)
    if not response.cacheable:
        return full
    tag = etag_of(full.body or "")
    # `no-cache` lets a client store the response, but requires a check with the ETag before reuse.
    cache_control = "public, max-age=3600" if response.public else "private, no-cache"
    full.headers.update({"ETag": tag, "Cache-Control": cache_control})
    # If-None-Match uses weak comparison (RFC 9110, section 13.1.2): the W/ prefix is ignored.
    tags = {text.strip().removeprefix("W/") for text in (if_none_match or "").split(",")}
    if tag in tags or "*" in tags:
        return Response(304, None, "", headers=dict(full.headers))
    return full
