"""Router: problems for malformed requests and failures, ETags, and lazy dependencies."""

import base64
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.clock import SystemClock
from amzlinkr.domain.errors import InvalidRequest, RateLimited
from amzlinkr.domain.limits import Limit, LimitUsage
from amzlinkr.domain.service_switches import ServiceSwitches, SwitchedOn
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.router import CLIENT_TIMEOUT_SECONDS, Router
from amzlinkr.http.schemas.requests import CredentialsInput, ImportRequest
from amzlinkr.http.schemas.search_requests import SearchQuery
from amzlinkr.http.schemas.sites import MarketplaceList
from tests.calls import Context, event_of

VALID_BODY = {"items": ["B000000001"]}


class UnexpectedError(Exception):
    """Error with a message that must not be sent or logged."""


class NoLimits:
    """Dependencies without limits."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.call_counter = self
        self.service_state = self

    def recent_switches(self) -> ServiceSwitches:
        """Return switches that are off."""
        return ServiceSwitches()

    def count_call(self, name: str, *, is_account_setup: bool = False) -> None:
        """Allow every call."""


def import_endpoint(request: Request, _: NoLimits) -> ApiResponse:
    request.body(ImportRequest)
    return ApiResponse()


def validate_endpoint(request: Request, _: NoLimits) -> ApiResponse:
    request.body_union(CredentialsInput)
    return ApiResponse()


def search_endpoint(request: Request, _: NoLimits) -> ApiResponse:
    request.query(SearchQuery)
    return ApiResponse()


def failing_endpoint(request: Request, _: NoLimits) -> ApiResponse:
    raise UnexpectedError("secret: AKIA")


def limited_endpoint(request: Request, _: NoLimits) -> ApiResponse:
    raise RateLimited("", LimitUsage(Limit("calls", 5), 5, 7))


def list_endpoint(request: Request, _: NoLimits) -> ApiResponse:
    return ApiResponse(200, MarketplaceList([]), cacheable=True)


ROUTER: Router[NoLimits] = Router(NoLimits)
ROUTER.route("POST", "/v1/import", import_endpoint, public=True)
ROUTER.route("POST", "/v1/validate", validate_endpoint, public=True)
ROUTER.route("GET", "/v1/search", search_endpoint, public=True)
ROUTER.route("GET", "/v1/failing", failing_endpoint, public=True)
ROUTER.route("GET", "/v1/limited", limited_endpoint, public=True)
ROUTER.route("GET", "/v1/list", list_endpoint, public=True)


def headers_of(response: dict[str, Any]) -> dict[str, str]:
    multi = {name: values[0] for name, values in response.get("multiValueHeaders", {}).items()}
    return {name.lower(): str(value) for name, value in (response.get("headers") or multi).items()}


def call(event: dict[str, Any]) -> dict[str, Any]:
    return ROUTER.handler(event, Context())


def problem_of(event: dict[str, Any]) -> dict[str, Any]:
    response = call(event)
    body: dict[str, Any] = json.loads(response["body"])
    assert headers_of(response)["content-type"] == "application/problem+json"
    assert body["status"] == response["statusCode"]
    assert body["request_id"] == "test-request"
    return body


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "items"),
        (VALID_BODY | {"surprise": 1}, "surprise"),
        ({"items": "B000000001"}, "items"),
        ({"items": []}, "items"),
        ({"items": ["ok", 7]}, "items[1]"),
        ({"items": ["x"] * 1001}, "items"),
        (VALID_BODY | {"marketplace": "USA"}, "marketplace"),
        (VALID_BODY | {"marketplace": 1}, "marketplace"),
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
def test_malformed_body_is_a_422_with_the_field(body: object, field: str) -> None:
    problem = problem_of(event_of("POST", "/v1/import", body))

    assert problem["code"] == "invalid_request"
    assert problem["status"] == 422
    assert problem["field"].startswith(field)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "api"),
        ({"api": "paapi4"}, "api"),
        ({"api": 5}, "api"),
        ({"api": "paapi5"}, "access_key"),
    ],
)
def test_body_union_is_selected_by_its_tag(body: object, field: str) -> None:
    assert problem_of(event_of("POST", "/v1/validate", body))["field"] == field


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"keywords": "x", "colour": "red"}, "colour"),
        ({"keywords": "x", "page": "0"}, "page"),
        ({"keywords": "x", "page": "11"}, "page"),
        ({"keywords": "x", "page": "one"}, "page"),
        ({"keywords": "x", "page": "1.5"}, "page"),
        ({"keywords": "x", "sort": "Cheapest"}, "sort"),
        ({"keywords": "x", "in_stock": "maybe"}, "in_stock"),
        ({"keywords": "x", "min_price": "-1"}, "min_price"),
        ({"keywords": "x", "category": "A B"}, "category"),
        ({"keywords": "x" * 2001}, "keywords"),
        ({"keywords": "\ud800"}, "query"),
    ],
)
def test_malformed_query_is_a_422_with_the_parameter(query: dict[str, str], field: str) -> None:
    problem = problem_of(event_of("GET", "/v1/search", query=query))

    assert (problem["status"], problem["field"]) == (422, field)


def test_repeated_parameter_is_rejected() -> None:
    event = event_of("GET", "/v1/search", query={"keywords": "x"})
    event["multiValueQueryStringParameters"]["page"] = ["1", "2"]

    assert problem_of(event)["field"] == "page"


@given(st.binary(max_size=300))
def test_arbitrary_bytes_never_cause_a_server_error(body: bytes) -> None:
    event = event_of("POST", "/v1/import", base64.b64encode(body).decode())
    event["isBase64Encoded"] = True

    assert 400 <= problem_of(event)["status"] < 500


@pytest.mark.parametrize("text", ["%%%", "é", "AAA", "A" * 5])
def test_malformed_base64_is_rejected(text: str) -> None:
    event = event_of("POST", "/v1/import", text)
    event["isBase64Encoded"] = True

    assert (problem_of(event)["status"], problem_of(event)["field"]) == (422, "body")


@pytest.mark.parametrize("encoded", [True, False])
def test_body_is_limited_to_64_kilobytes(encoded: bool) -> None:
    prefix, suffix = b'{"items":[7,"', b'"]}'
    for size, status in ((65536, 422), (65537, 413), (200_000, 413)):
        body = prefix + b"x" * (size - len(prefix + suffix)) + suffix
        event = event_of(
            "POST", "/v1/import", (base64.b64encode(body) if encoded else body).decode()
        )
        event["isBase64Encoded"] = encoded

        assert problem_of(event)["status"] == status


def test_unexpected_error_is_a_500_without_its_message(caplog: pytest.LogCaptureFixture) -> None:
    body = problem_of(event_of("GET", "/v1/failing"))

    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert (body["status"], body["code"], body["retryable"]) == (500, "internal_error", True)
    assert "AKIA" not in json.dumps(body) + logged
    assert "UnexpectedError" in logged


def test_rate_limited_response_has_retry_after() -> None:
    response = call(event_of("GET", "/v1/limited"))

    assert response["statusCode"] == 429
    assert headers_of(response)["retry-after"] == "7"


@pytest.mark.parametrize("path", ["/v1/nothing", "/", "/v1/import/../x", "/v1/list/x"])
def test_unknown_path_is_a_404_problem(path: str) -> None:
    assert problem_of(event_of("GET", path))["code"] == "not_found"


@pytest.mark.parametrize("event", [{}, {"httpMethod": "GET"}, {"path": "/v1/list"}])
def test_malformed_event_is_answered_with_a_problem(event: dict[str, Any]) -> None:
    response = call(event)

    assert response["statusCode"] >= 400
    assert json.loads(response["body"])["code"]


def test_matching_etag_of_a_cacheable_response_is_a_304() -> None:
    tag = headers_of(call(event_of("GET", "/v1/list")))["etag"]

    for header in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        response = call(event_of("GET", "/v1/list", headers={"If-None-Match": header}))
        assert (response["statusCode"], response["body"] or "") == (304, "")
        assert headers_of(response)["etag"] == tag
    other = call(event_of("GET", "/v1/list", headers={"If-None-Match": '"other"'}))
    assert other["statusCode"] == 200


def test_other_responses_have_no_store_and_no_etag() -> None:
    headers = headers_of(call(event_of("GET", "/v1/limited")))

    assert headers["cache-control"] == "no-store"
    assert "etag" not in headers


def test_dependencies_are_created_at_the_first_request() -> None:
    built: list[bool] = []

    def provide() -> NoLimits:
        built.append(True)
        return NoLimits()

    router: Router[NoLimits] = Router(provide)
    router.route("GET", "/v1/list", list_endpoint, public=True)

    assert built == []
    router.handler(event_of("GET", "/v1/list"), Context())
    assert built == [True]


def test_function_can_have_a_longer_timeout() -> None:
    remaining: list[float] = []

    def endpoint(request: Request, _: NoLimits) -> ApiResponse:
        remaining.append(request.deadline.remaining())
        return ApiResponse()

    router: Router[NoLimits] = Router(NoLimits, timeout_seconds=50)
    router.route("GET", "/v1/list", endpoint, public=True)
    for lambda_seconds in (60, 20):
        router.handler(event_of("GET", "/v1/list"), Context(lambda_seconds))

    assert 20 < remaining[0] <= 50
    assert CLIENT_TIMEOUT_SECONDS < remaining[1] <= 20


def test_time_of_a_cold_start_counts_against_the_deadline() -> None:
    remaining: list[float] = []

    def provide() -> NoLimits:
        time.sleep(0.2)
        return NoLimits()

    def endpoint(request: Request, _: NoLimits) -> ApiResponse:
        remaining.append(request.deadline.remaining())
        return ApiResponse()

    router: Router[NoLimits] = Router(provide)
    router.route("GET", "/v1/list", endpoint, public=True)
    router.handler(event_of("GET", "/v1/list"), Context())

    assert remaining[0] <= CLIENT_TIMEOUT_SECONDS - 0.2


@pytest.mark.parametrize(
    ("lambda_seconds", "maximum"), [(60, CLIENT_TIMEOUT_SECONDS), (2, 2.0), (0, 0.0)]
)
def test_deadline_is_the_earlier_end_of_client_and_lambda(
    lambda_seconds: float, maximum: float
) -> None:
    remaining: list[float] = []

    def endpoint(request: Request, _: NoLimits) -> ApiResponse:
        remaining.append(request.deadline.remaining())
        return ApiResponse()

    router: Router[NoLimits] = Router(NoLimits)
    router.route("GET", "/v1/list", endpoint, public=True)
    router.handler(event_of("GET", "/v1/list"), Context(lambda_seconds))

    assert CLIENT_TIMEOUT_SECONDS == 3.8
    assert 0 < remaining[0] <= maximum or remaining == [maximum]


def test_path_parameter_of_the_maximum_length_reaches_the_endpoint() -> None:
    received: list[str] = []

    def endpoint(request: Request, _: NoLimits) -> ApiResponse:
        received.append(request.path["id"])
        return ApiResponse()

    router: Router[NoLimits] = Router(NoLimits)
    router.route("GET", "/v1/import/<id>", endpoint, public=True)
    longest = "a" * 100
    statuses = [
        router.handler(event_of("GET", f"/v1/import/{name}"), Context())["statusCode"]
        for name in (longest, longest + "a")
    ]

    assert (statuses, received) == ([200, 404], [longest])


@pytest.mark.parametrize(
    ("name", "status"), [("best grinders!", 200), ("größe", 404), ("١٢٣", 404), ("a\x00", 404)]
)
def test_path_parameter_is_printable_ascii(name: str, status: int) -> None:
    router: Router[NoLimits] = Router(NoLimits)
    router.route("GET", "/v1/import/<id>", lambda *_: ApiResponse(), public=True)

    assert router.handler(event_of("GET", f"/v1/import/{name}"), Context())["statusCode"] == status


@pytest.mark.parametrize("value", ["größe", "a\x00", "tea☕", 'a"b', "a" * 101])
def test_name_that_a_client_chooses_reaches_its_endpoint(value: str) -> None:
    received: list[str] = []

    def endpoint(request: Request, _: NoLimits) -> ApiResponse:
        received.append(request.path["name"])
        raise InvalidRequest("name", "A name has other characters.")

    router: Router[NoLimits] = Router(NoLimits)
    router.route("PUT", "/v1/lists/<name>", endpoint, public=True)

    assert router.handler(event_of("PUT", f"/v1/lists/{value}"), Context())["statusCode"] == 422
    assert len(received) == 1


class ReadOnly(NoLimits):
    """Dependencies of a service that is read-only."""

    def recent_switches(self) -> ServiceSwitches:
        return ServiceSwitches(read_only=SwitchedOn(self.clock.now(), "ops", "maintenance"))

    def count_call(self, name: str, *, is_account_setup: bool = False) -> None:
        raise AssertionError("a refused call is not counted")


def read_only_router() -> Router[ReadOnly]:
    router: Router[ReadOnly] = Router(ReadOnly)
    for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
        router.route(method, "/v1/public", lambda *_: ApiResponse(204), public=True)
        router.route(method, "/v1/private", lambda *_: ApiResponse(204), public=False)
    return router


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/v1/public", "/v1/private"])
def test_call_that_changes_data_is_refused_in_read_only_mode(method: str, path: str) -> None:
    response = read_only_router().handler(event_of(method, path, site_id="site_a"), Context())

    assert (response["statusCode"], headers_of(response)["retry-after"]) == (503, "300")
    assert json.loads(response["body"])["code"] == "service_read_only"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_call_is_accepted_in_read_only_mode(method: str) -> None:
    response = read_only_router().handler(event_of(method, "/v1/public"), Context())

    assert response["statusCode"] == 204


@pytest.mark.parametrize("path", ["/v1/list", "/v1/failing", "/v1/nothing"])
def test_head_is_a_get_without_its_body(path: str) -> None:
    shown, head = call(event_of("GET", path)), call(event_of("HEAD", path))

    assert (head["statusCode"], head["body"]) == (shown["statusCode"], "")
    assert headers_of(head) == headers_of(shown)
    assert shown["body"]


def test_public_reads_are_open_to_all_origins_and_other_calls_are_not() -> None:
    def headers(method: str, path: str) -> set[str]:
        return set(headers_of(call(event_of(method, path))))

    assert "access-control-allow-origin" in headers("GET", "/v1/list")
    assert "access-control-allow-origin" in headers("GET", "/v1/failing")
    assert "access-control-allow-origin" not in headers("POST", "/v1/import")


@pytest.mark.parametrize("event", [event_of("GET", "/v1/list"), event_of("GET", "/v1/nothing")])
def test_every_response_has_the_id_of_its_request(event: dict[str, Any]) -> None:
    assert headers_of(call(event))["request-id"] == "test-request"
    malformed = call(event | {"headers": 5})
    assert (malformed["statusCode"], headers_of(malformed)["request-id"]) == (400, "test-request")
