"""Events of API Gateway: accepted shapes, and values that are safe in a log."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.errors import BadRequest
from amzlinkr.http.events import (
    api_url_of,
    check_shape,
    header_of,
    printable_text,
    request_id_of,
    site_id_of,
)
from tests.calls import event_of

LONGEST = "a" * 100
"""The longest text that is logged or returned, and the longest name in a path."""
MAX_LOGGED_CHARS = 20_000
ASCII = st.characters(max_codepoint=127)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_event_of_api_gateway_is_accepted(method: str) -> None:
    check_shape(event_of(method, "/v1/search", "{}", {"keywords": "tea"}, {"Accept": "*/*"}, "s"))
    check_shape({"httpMethod": method, "path": "/v1/site", "requestContext": {}})


@pytest.mark.parametrize(
    "changes",
    [
        {"path": None},
        {"httpMethod": 5},
        {"requestContext": None},
        {"requestContext": {"authorizer": {"site_id": ["s"]}}},
        {"requestContext": {"identity": {"sourceIp": 7}}},
        {"headers": {"accept": ["*/*"]}},
        {"multiValueQueryStringParameters": {"page": "1"}},
        {"body": {"items": []}},
        {"isBase64Encoded": "true"},
        {"path": "/v1/\ud800"},
    ],
)
def test_other_shape_is_a_bad_request(changes: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        check_shape(event_of("GET", "/v1/site") | changes)


@pytest.mark.parametrize("event", [None, [], "event", 5, {}])
def test_other_value_is_a_bad_request(event: object) -> None:
    with pytest.raises(BadRequest):
        check_shape(event)


@pytest.mark.parametrize("name", ["path", "httpMethod", "requestId"])
def test_length_of_logged_texts_is_limited(name: str) -> None:
    for length in (MAX_LOGGED_CHARS, MAX_LOGGED_CHARS + 1):
        event = event_of("GET", "/v1/site")
        target = event["requestContext"] if name == "requestId" else event
        target[name] = "x" * length
        if length <= MAX_LOGGED_CHARS:
            check_shape(event)
            continue
        with pytest.raises(BadRequest):
            check_shape(event)


@given(st.text(ASCII, max_size=100))
def test_short_ascii_text_is_kept(text: str) -> None:
    assert printable_text(text) == text


def test_text_of_the_maximum_length_is_kept_and_a_longer_one_is_not() -> None:
    assert printable_text(LONGEST) == LONGEST
    assert printable_text(LONGEST + "a") is None


@pytest.mark.parametrize("value", [None, 5, b"abc", ["a"], "é", "\ud800"])
def test_other_value_is_not_printable(value: object) -> None:
    assert printable_text(value) is None


@pytest.mark.parametrize("name", ["Idempotency-Key", "idempotency-key", "IDEMPOTENCY-KEY"])
def test_header_is_found_in_any_letter_case(name: str) -> None:
    event = event_of("POST", "/v1/import", headers={"Accept": "*/*", name: "k1"})

    assert header_of(event, "idempotency-key") == "k1"
    assert header_of(event, "idempotency") is None


@pytest.mark.parametrize("headers", [None, {}, {"accept": None}])
def test_absent_header_is_none(headers: dict[str, Any] | None) -> None:
    assert header_of({"headers": headers}, "accept") is None


@pytest.mark.parametrize(
    ("context", "request_id"),
    [
        ({"requestId": "r1"}, "r1"),
        ({"requestId": LONGEST}, LONGEST),
        ({"requestId": LONGEST + "a"}, "unknown"),
        ({"requestId": ""}, "unknown"),
        ({"requestId": 5}, "unknown"),
        ({}, "unknown"),
        (None, "unknown"),
        ("r1", "unknown"),
    ],
)
def test_request_id_is_printable_or_unknown(context: object, request_id: str) -> None:
    assert request_id_of({"requestContext": context}) == request_id


@pytest.mark.parametrize(
    ("context", "site_id"),
    [
        ({"authorizer": {"site_id": "site_1"}}, "site_1"),
        ({"authorizer": {"site_id": "é"}}, None),
        ({"authorizer": {}}, None),
        ({"authorizer": None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_site_id_is_read_from_the_authorizer(context: object, site_id: str | None) -> None:
    assert site_id_of({"requestContext": context, "headers": {"site_id": "forged"}}) == site_id


@pytest.mark.parametrize(
    ("domain", "path", "url"),
    [
        ("abc.execute-api.us-east-1.amazonaws.com", "/api/v1/site", "/api/v1"),
        ("amzlinkr.example.com", "/v1/lists/v1", "/v1"),
        ("amzlinkr.example.com", "/v1", "/v1"),
    ],
)
def test_url_of_the_api_is_that_of_the_request(domain: str, path: str, url: str) -> None:
    context = {"domainName": domain, "path": path}

    assert api_url_of({"requestContext": context}) == f"https://{domain}{url}"


@pytest.mark.parametrize(
    "context",
    [
        None, {}, {"domainName": 5, "path": []}, {"domainName": "localhost", "path": "/v1/site"},
        {"domainName": "api.example.com", "path": "/v12/site"},
        {"domainName": "api.example.com\nX: y", "path": "/v1/site"},
    ],
)  # fmt: skip
def test_url_of_the_api_is_relative_if_the_host_is_unknown(context: object) -> None:
    event = {"requestContext": context, "headers": {"Host": "evil.example"}}

    assert api_url_of(event) == "/v1"


@pytest.mark.parametrize("variables", [None, {}, [], {"api_url": 5}, {"api_url": "é"}])
def test_stage_variable_states_the_url_of_the_api(variables: object) -> None:
    context = {"domainName": "api.example.com", "path": "/v1/site"}
    url = "http://127.0.0.1:4566/x/v1"

    stated = api_url_of({"requestContext": context, "stageVariables": {"api_url": url}})
    assert stated == url
    other = api_url_of({"requestContext": context, "stageVariables": variables})
    assert other == "https://api.example.com/v1"
