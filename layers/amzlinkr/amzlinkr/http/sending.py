"""How an answer leaves: its headers, and 304 for who has it already."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.event_handler import Response

from amzlinkr.http.responses import ApiResponse, etag_of

SECURITY_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def to_proxy_response(answer: ApiResponse) -> dict[str, Any]:
    """The form API Gateway wants, for when the resolver itself failed."""
    return {
        "statusCode": answer.status,
        "headers": {"Content-Type": answer.content_type, **SECURITY_HEADERS},
        "body": answer.encoded(),
        "isBase64Encoded": False,
    }


def response(answer: ApiResponse) -> Response[str]:
    """The form the resolver wants."""
    return Response(
        answer.status,
        answer.content_type if answer.body is not None else None,
        answer.encoded(),
        headers=SECURITY_HEADERS | answer.headers,
    )


def conditional(answer: ApiResponse, if_none_match: str | None) -> Response[str]:
    """Add the ETag of a cacheable answer; 304 if the caller has it."""
    whole = response(answer)
    if not answer.cacheable:
        return whole
    tag = etag_of(whole.body or "")
    kept = "public, max-age=3600" if answer.public else "private, no-cache"
    whole.headers.update({"ETag": tag, "Cache-Control": kept})
    known = {text.strip().removeprefix("W/") for text in (if_none_match or "").split(",")}
    if tag in known or "*" in known:
        return Response(304, None, "", headers=dict(whole.headers))
    return whole
