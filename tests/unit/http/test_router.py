"""The edge: every malformed request is a problem that names the field, and nothing gets past."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.clock import SystemClock
from amzlinkr.domain.errors import RateLimited
from amzlinkr.domain.limits import Limit, LimitUsage
from amzlinkr.http.request import Request
from amzlinkr.http.responses import ApiResponse
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.requests import CredentialsInput, ImportRequest, SearchQuery
from amzlinkr.http.schemas.sites import MarketplaceList
from tests.calls import Context, event_of

GOOD = {"items": ["B000000001"]}


class Teapot(Exception):
    """A fault whose text must stay inside."""


class Uncounted:
    """Dependencies without limits."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.call_counter = self

    def count_call(self, site_id: str) -> None:
        """Every call is allowed."""


def import_story(request: Request, _: Uncounted) -> ApiResponse:
    request.body(ImportRequest)
    return ApiResponse()


def keys_story(request: Request, _: Uncounted) -> ApiResponse:
    request.body_union(CredentialsInput)
    return ApiResponse()


def search_story(request: Request, _: Uncounted) -> ApiResponse:
    request.query(SearchQuery)
    return ApiResponse()


def broken_story(request: Request, _: Uncounted) -> ApiResponse:
    raise Teapot("secret: AKIA")


def limited_story(request: Request, _: Uncounted) -> ApiResponse:
    raise RateLimited("", LimitUsage(Limit("calls", 5), 5, 7))


def list_story(request: Request, _: Uncounted) -> ApiResponse:
    return ApiResponse(200, MarketplaceList([]), cacheable=True)


EDGE: Router[Uncounted] = Router(Uncounted)
EDGE.route("POST", "/v1/import", import_story, public=True)
EDGE.route("POST", "/v1/validate", keys_story, public=True)
EDGE.route("GET", "/v1/search", search_story, public=True)
EDGE.route("GET", "/v1/broken", broken_story, public=True)
EDGE.route("GET", "/v1/limited", limited_story, public=True)
EDGE.route("GET", "/v1/list", list_story, public=True)


def headers_of(answer: dict[str, Any]) -> dict[str, str]:
    many = {name: values[0] for name, values in answer.get("multiValueHeaders", {}).items()}
    return {name.lower(): str(value) for name, value in (answer.get("headers") or many).items()}


def called(event: dict[str, Any]) -> dict[str, Any]:
    return EDGE.handler(event, Context())


def problem(event: dict[str, Any]) -> dict[str, Any]:
    answer = called(event)
    body: dict[str, Any] = json.loads(answer["body"])
    assert headers_of(answer)["content-type"] == "application/problem+json"
    assert body["status"] == answer["statusCode"]
    assert body["request_id"] == "test-request"
    return body


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "items"),
        (GOOD | {"surprise": 1}, "surprise"),
        ({"items": "B000000001"}, "items"),
        ({"items": []}, "items"),
        ({"items": ["ok", 7]}, "items[1]"),
        ({"items": ["ok", ""]}, "items[1]"),
        ({"items": ["x"] * 1001}, "items"),
        ({"items": ["x" * 2001]}, "items[0]"),
        (GOOD | {"marketplace": "USA"}, "marketplace"),
        (GOOD | {"marketplace": 1}, "marketplace"),
        ([], "body"),
        ("", "body"),
        ("null", "body"),
        ("{", "body"),
        ("not json", "body"),
        ("\ud800", "body"),
        ('{"items":["\\ud800"]}', "body"),
        ('{"items":' + "[" * 20_000 + "]" * 20_000 + "}", "items"),
        ("[" * 30_000, "body"),
        ('{"x":' * 10_000, "x"),
    ],
)
def test_a_malformed_body_is_a_422_that_names_the_field(body: object, field: str) -> None:
    refused = problem(event_of("POST", "/v1/import", body))

    assert refused["code"] == "invalid_request"
    assert refused["status"] == 422
    assert refused["field"].startswith(field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "api"),
        ({"api": "paapi4"}, "api"),
        ({"api": 5}, "api"),
        ({"api": "paapi5"}, "access_key"),
    ],
)
def test_a_form_of_several_kinds_is_told_by_its_tag(body: object, field: str) -> None:
    assert problem(event_of("POST", "/v1/validate", body))["field"] == field


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "keywords"),
        ({"keywords": ""}, "keywords"),
        ({"keywords": "x", "colour": "red"}, "colour"),
        ({"keywords": "x", "page": "0"}, "page"),
        ({"keywords": "x", "page": "11"}, "page"),
        ({"keywords": "x", "page": "one"}, "page"),
        ({"keywords": "x", "page": "1.5"}, "page"),
        ({"keywords": "x", "sort": "Cheapest"}, "sort"),
        ({"keywords": "x", "in_stock": "maybe"}, "in_stock"),
        ({"keywords": "x", "min_price": "-1"}, "min_price"),
        ({"keywords": "x", "category": "A B"}, "category"),
        ({"keywords": "x" * 1001}, "keywords"),
        ({"keywords": "\ud800"}, "query"),
    ],
)
def test_a_malformed_query_is_a_422_that_names_the_parameter(
    query: dict[str, str], field: str
) -> None:
    refused = problem(event_of("GET", "/v1/search", query=query))

    assert (refused["status"], refused["field"]) == (422, field)


def test_a_repeated_parameter_is_refused() -> None:
    event = event_of("GET", "/v1/search", query={"keywords": "x"})
    event["multiValueQueryStringParameters"]["page"] = ["1", "2"]

    assert problem(event)["field"] == "page"


@given(st.binary(max_size=300))
def test_any_bytes_are_accepted_or_refused_but_never_a_fault(body: bytes) -> None:
    event = event_of("POST", "/v1/import", base64.b64encode(body).decode())
    event["isBase64Encoded"] = True

    assert 400 <= problem(event)["status"] < 500


@pytest.mark.parametrize("text", ["%%%", "é", "AAA", "A" * 5])
def test_broken_base64_is_refused(text: str) -> None:
    event = event_of("POST", "/v1/import", text)
    event["isBase64Encoded"] = True

    assert (problem(event)["status"], problem(event)["field"]) == (422, "body")


@pytest.mark.parametrize("encoded", [True, False])
def test_64_kilobytes_are_read_and_one_byte_more_is_too_large(encoded: bool) -> None:
    head, tail = b'{"items":["', b'"]}'
    for size, status in ((65536, 422), (65537, 413), (200_000, 413)):
        body = head + b"x" * (size - len(head + tail)) + tail
        event = event_of(
            "POST", "/v1/import", (base64.b64encode(body) if encoded else body).decode()
        )
        event["isBase64Encoded"] = encoded

        assert problem(event)["status"] == status


def test_a_fault_is_a_500_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    body = problem(event_of("GET", "/v1/broken"))

    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert (body["status"], body["code"], body["retryable"]) == (500, "internal_error", True)
    assert "AKIA" not in json.dumps(body) + logged
    assert "Teapot" in logged


def test_our_own_limit_says_how_long_to_wait() -> None:
    answer = called(event_of("GET", "/v1/limited"))

    assert answer["statusCode"] == 429
    assert headers_of(answer)["retry-after"] == "7"


@pytest.mark.parametrize("path", ["/v1/nothing", "/", "/v1/import/../x", "/v1/list/x"])
def test_an_unknown_path_is_a_404_problem(path: str) -> None:
    assert problem(event_of("GET", path))["code"] == "not_found"


@pytest.mark.parametrize("event", [{}, {"httpMethod": "GET"}, {"path": "/v1/list"}])
def test_an_event_that_is_none_is_still_a_problem(event: dict[str, Any]) -> None:
    answer = called(event)

    assert answer["statusCode"] >= 400
    assert json.loads(answer["body"])["code"]


def test_a_cacheable_answer_has_an_etag_and_is_a_304_for_who_has_it() -> None:
    tag = headers_of(called(event_of("GET", "/v1/list")))["etag"]

    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = called(event_of("GET", "/v1/list", headers={"If-None-Match": known}))
        assert (answer["statusCode"], answer["body"] or "") == (304, "")
        assert headers_of(answer)["etag"] == tag
    other = called(event_of("GET", "/v1/list", headers={"If-None-Match": '"other"'}))
    assert other["statusCode"] == 200


def test_what_is_not_cacheable_is_not_stored() -> None:
    headers = headers_of(called(event_of("GET", "/v1/limited")))

    assert headers["cache-control"] == "no-store"
    assert "etag" not in headers


def test_the_dependencies_are_asked_for_only_when_a_request_comes() -> None:
    built: list[bool] = []

    def provide() -> Uncounted:
        built.append(True)
        return Uncounted()

    edge: Router[Uncounted] = Router(provide)
    edge.route("GET", "/v1/list", list_story, public=True)

    assert built == []
    edge.handler(event_of("GET", "/v1/list"), Context())
    assert built == [True]
