"""Responses for domain errors: one complete problem for each error class."""

import json

import pytest

from amzlinkr.domain.errors import AmzlinkrError, InvalidRequest, RateLimited
from amzlinkr.domain.limits import Limit, LimitUsage
from amzlinkr.domain.product_errors import ShortLink
from amzlinkr.http.presenters.problems import error_classes
from amzlinkr.http.response import ApiResponse, problem, to_proxy_response

ERRORS = [error for error in error_classes() if error is not AmzlinkrError]


def new_error(kind: type[AmzlinkrError]) -> AmzlinkrError:
    if kind is ShortLink:
        return ShortLink("field")
    return InvalidRequest("field", "Detail.") if kind is InvalidRequest else kind()


@pytest.mark.parametrize("kind", ERRORS)
def test_error_becomes_a_complete_problem(kind: type[AmzlinkrError]) -> None:
    response = problem(new_error(kind), "r1")

    body = json.loads(response.encoded())
    assert response.content_type == "application/problem+json"
    assert 400 <= body["status"] == kind.status < 600
    assert body["type"].endswith(body["code"])
    assert len(body["title"]) > 5
    assert len(body["action"]) > 15
    assert body["detail"]
    assert body["request_id"] == "r1"
    assert kind.status != 503 or body["retryable"]
    assert (response.headers.get("WWW-Authenticate") == "Bearer") == (kind.status == 401)


def test_retry_after_is_in_header_and_body() -> None:
    response = problem(RateLimited("", LimitUsage(Limit("calls", 5), 5, 30)), "r1")

    assert response.headers == {"Retry-After": "30"}
    assert json.loads(response.encoded())["retry_after"] == 30


def test_proxy_format_of_api_gateway() -> None:
    response = to_proxy_response(ApiResponse(418, '{"a": "ü"}'))

    assert response.pop("headers").items() >= {"Content-Type": "application/json"}.items()
    assert json.loads(response.pop("body")) == {"a": "ü"}
    assert response == {"statusCode": 418, "isBase64Encoded": False}
