"""Responses for domain errors: one complete problem for each error class."""

import json
from datetime import timedelta

import pytest

from amzlinkr.domain.amazon_errors import AmazonNotEligible, Upstream
from amzlinkr.domain.errors import AmzlinkrError, InvalidRequest, RateLimited
from amzlinkr.domain.limits import Limit, LimitUsage
from amzlinkr.domain.product_errors import ShortLink
from amzlinkr.http.presenters.problems import error_classes
from amzlinkr.http.response import (
    ApiResponse,
    conditional,
    etag_of,
    problem,
    rate_limit_headers,
    to_proxy_response,
)
from tests.calls import API_URL

ERRORS = [error for error in error_classes() if error is not AmzlinkrError]


def new_error(kind: type[AmzlinkrError]) -> AmzlinkrError:
    if kind is ShortLink:
        return ShortLink("field")
    return InvalidRequest("field", "Detail.") if kind is InvalidRequest else kind()


@pytest.mark.parametrize("kind", ERRORS)
def test_error_becomes_a_complete_problem(kind: type[AmzlinkrError]) -> None:
    error = new_error(kind)
    response = problem(error, "r1", API_URL)

    body = json.loads(response.encoded())
    seconds = error.retry_after
    assert response.headers.get("Retry-After") == (None if seconds is None else str(seconds))
    assert body.get("retry_after", "absent") == ("absent" if seconds is None else seconds)
    assert "upstream" not in body
    assert response.content_type == "application/problem+json"
    assert 400 <= body["status"] == kind.status < 600
    assert body["type"] == f"{API_URL}/problems/{body['code']}"
    assert len(body["title"]) > 5
    assert len(body["action"]) > 15
    assert body["detail"]
    assert body["request_id"] == "r1"
    assert kind.status != 503 or body["retryable"]
    assert (response.headers.get("WWW-Authenticate") == "Bearer") == (kind.status == 401)


def test_problem_has_the_error_of_amazon() -> None:
    upstream = Upstream("creators", 403, "Word", "id")

    body = json.loads(problem(AmazonNotEligible(upstream=upstream), "r1", API_URL).encoded())

    assert body["upstream"].items() >= {"service": "creators", "status": 403}.items()


def test_retry_after_is_in_header_and_body() -> None:
    response = problem(RateLimited("", LimitUsage(Limit("calls", 5), 5, 30)), "r1", API_URL)

    assert response.headers == {"Retry-After": "30"}
    assert json.loads(response.encoded())["retry_after"] == 30


@pytest.mark.parametrize(("per", "window"), [(timedelta(hours=1), ";w=3600"), (timedelta(), "")])
def test_rate_limit_is_in_the_form_of_the_draft(per: timedelta, window: str) -> None:
    headers = rate_limit_headers(LimitUsage(Limit("calls", 5, per), 3, 30))

    assert headers == {"RateLimit-Policy": f'"calls";q=5{window}', "RateLimit": '"calls";r=2;t=30'}


def test_cacheable_response_is_repeated_only_if_the_tag_does_not_match() -> None:
    response = ApiResponse(200, "text", {"X-More": "1"}, cacheable=True)
    tag = etag_of("text")

    for wanted in (tag, f"W/{tag}", f'"a", {tag}', "*"):
        repeated = conditional(response, wanted)
        assert (repeated.status_code, repeated.body, repeated.content_type) == (304, "", None)
        assert repeated.headers.items() >= {"ETag": tag, "X-More": "1"}.items()
    for other in (None, "", '"a"', etag_of("other"), tag.strip('"')):
        full = conditional(response, other)
        assert (full.status_code, full.body, full.headers["ETag"]) == (200, "text", tag)


@pytest.mark.parametrize(
    ("response", "cache_control"),
    [
        (ApiResponse(200, "text"), "no-store"),
        (ApiResponse(200, "text", public=True), "no-store"),
        (ApiResponse(200, "text", cacheable=True), "private, no-cache"),
        (ApiResponse(200, "text", cacheable=True, public=True), "public, max-age=3600"),
    ],
)
def test_only_a_public_response_is_kept_by_caches(
    response: ApiResponse, cache_control: str
) -> None:
    headers = conditional(response, None).headers

    assert headers["Cache-Control"] == cache_control
    assert ("ETag" in headers) == response.cacheable


def test_response_without_a_body_has_no_content_type() -> None:
    empty, text = conditional(ApiResponse(204), None), conditional(ApiResponse(200, ""), None)

    assert (empty.status_code, empty.body, empty.content_type) == (204, "", None)
    assert (text.body, text.content_type) == ("", "application/json")


def test_proxy_format_of_api_gateway() -> None:
    response = to_proxy_response(ApiResponse(418, '{"a": "ü"}'))

    assert response.pop("headers").items() >= {"Content-Type": "application/json"}.items()
    assert json.loads(response.pop("body")) == {"a": "ü"}
    assert response == {"statusCode": 418, "isBase64Encoded": False}
