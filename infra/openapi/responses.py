"""Responses of the OpenAPI document, with their headers, and the problems of all operations."""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec

from amzlinkr.http.presenters.problems import error_classes
from amzlinkr.http.response import UNAUTHORIZED
from amzlinkr.http.schemas.problems import ProblemOut
from infra.openapi.examples import SECURITY_TXT
from infra.openapi.operation import Operation
from infra.openapi.operations import OPERATIONS
from infra.openapi.problems import problems_of
from infra.openapi.response_examples import EXAMPLES
from infra.openapi.schemas import schema_of

_TEXT, _NUMBER = {"type": "string"}, {"type": "integer"}
HEADERS: dict[str, dict[str, Any]] = {
    "Request-Id": {
        "description": "ID of the request, for the operator of the service.",
        "schema": _TEXT,
        "example": "5a3b3c1e-0d6f-4f55-9c39-7d3a1f0e2b11",
    },
    "RateLimit-Policy": {
        "description": "Limit that applies to this call: its name, the maximum number of calls "
        "(`q`), and the window in seconds (`w`). Absent from calls that are not counted.",
        "schema": _TEXT,
        "example": '"calls";q=5000;w=3600',
    },
    "RateLimit": {
        "description": "Remaining calls (`r`), and the seconds until the window resets (`t`). "
        "Absent from calls that are not counted.",
        "schema": _TEXT,
        "example": '"calls";r=4821;t=1260',
    },
    "Retry-After": {
        "description": "Seconds to wait before the next attempt. Absent if they are unknown.",
        "schema": {**_NUMBER, "minimum": 0},
        "example": 60,
    },
    "ETag": {
        "description": "Validator of the response, for `If-None-Match`.",
        "schema": _TEXT,
        "example": '"5d41402abc4b2a76b9719d91"',
    },
    "Cache-Control": {
        "description": "`private, no-cache` if a client may keep the response and must check it "
        "with `If-None-Match` before each use; `public, max-age=3600` if any cache may keep it "
        "for an hour.",
        "schema": _TEXT,
        "example": "private, no-cache",
    },
    "Location": {
        "description": "Absolute URL of the resource that was created, or of the state of the "
        "work.",
        "schema": {**_TEXT, "format": "uri"},
    },
    "WWW-Authenticate": {
        "description": "Authentication scheme: `Bearer`.",
        "schema": _TEXT,
        "example": "Bearer",
    },
    "Access-Control-Allow-Origin": {
        "description": "`*`: scripts of all web pages may read the response.",
        "schema": _TEXT,
        "example": "*",
    },
}
STATUS_NAMES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    410: "Gone",
    413: "ContentTooLarge",
    422: "UnprocessableContent",
    424: "FailedDependency",
    429: "TooManyRequests",
    500: "InternalServerError",
    503: "ServiceUnavailable",
}
RATE_LIMIT_HEADERS = ("RateLimit-Policy", "RateLimit")


def response_objects(operation: Operation) -> dict[str, Any]:
    """Return responses and problems by status."""
    result: dict[str, Any] = {}
    for status, kind in operation.responses.items():
        result[str(status)] = {
            "description": operation.text_of(status),
            "headers": header_references(*_header_names(operation, status)),
        }
        if kind is not None:
            result[str(status)]["content"] = _content(kind)
    if operation.cacheable:
        names = _header_names(operation, HTTPStatus.OK)
        result["304"] = {
            "description": "Not changed since the response with this ETag. There is no body.",
            "headers": header_references(*names),
        }
    for status, codes in sorted(_codes_by_status(operation).items()):
        name = problem_response_names()[status, tuple(codes)]
        result[str(status)] = {"$ref": f"#/components/responses/{name}"}
    return dict(sorted(result.items()))


def problem_responses() -> dict[str, Any]:
    """Return the problem responses of all operations by name."""
    titles = {error.code: error.title for error in error_classes()}
    return {
        name: _problem_response(status, {code: titles[code] for code in codes})
        for (status, codes), name in sorted(problem_response_names().items(), key=lambda x: x[1])
    }


def problem_codes() -> set[str]:
    """Return the codes of the problems that are responses, not only results of import entries."""
    return {code for _, codes in problem_response_names() for code in codes}


@cache
def problem_response_names() -> dict[tuple[int, tuple[str, ...]], str]:
    """Return the names of the problem responses by status and codes.

    The most frequent one of a status has its name, such as `NotFound`, and each other one also that
    of the first operation with it: `NotFoundOfVerifySignup`.
    """
    users: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    for operation in OPERATIONS:
        for status, codes in _codes_by_status(operation).items():
            users.setdefault((status, tuple(codes)), []).append(operation.id)
    names: dict[tuple[int, tuple[str, ...]], str] = {}
    for key, ids in sorted(users.items(), key=lambda item: -len(item[1])):
        name = STATUS_NAMES[key[0]]
        is_taken = name in names.values()
        names[key] = f"{name}Of{ids[0][0].upper()}{ids[0][1:]}" if is_taken else name
    return names


def header_references(*names: str) -> dict[str, Any]:
    """Return references to headers."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _header_names(operation: Operation, status: int) -> list[str]:
    names = ["Request-Id"]
    if operation.public:
        names += ["Access-Control-Allow-Origin"] if operation.method == "GET" else []
    else:
        names += RATE_LIMIT_HEADERS
    names += ["ETag", "Cache-Control"] if operation.cacheable else []
    names += ["Location"] if status in operation.located else []
    return names


def _codes_by_status(operation: Operation) -> dict[int, dict[str, str]]:
    """Return the titles of the problems by status and code."""
    found: dict[int, dict[str, str]] = {}
    for error in sorted(problems_of(operation), key=lambda one: one.code):
        found.setdefault(error.status, {})[error.code] = error.title
    return found


def _problem_response(status: int, codes: Mapping[str, str]) -> dict[str, Any]:
    names = ["Request-Id", *RATE_LIMIT_HEADERS]
    names += ["WWW-Authenticate"] if status == UNAUTHORIZED else []
    names += ["Retry-After"] if status in (429, 503) else []
    content = {
        "schema": schema_of(ProblemOut),
        "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in codes},
    }
    return {
        "description": " ".join(f"`{code}`: {title}." for code, title in codes.items()),
        "headers": header_references(*names),
        "content": {"application/problem+json": content},
    }


def _content(kind: Any) -> dict[str, Any]:
    """Return the media type of a response, with its schema and an example."""
    if kind is dict:
        text = "OpenAPI 3.1 document."
        return {"application/json": {"schema": {"type": "object", "description": text}}}
    if kind is str:
        schema = {"type": "string", "description": "File in the format of RFC 9116."}
        return {"text/plain": {"schema": schema, "example": SECURITY_TXT}}
    example = msgspec.to_builtins(EXAMPLES[kind])
    return {"application/json": {"schema": schema_of(kind), "example": example}}
