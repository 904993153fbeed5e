"""Requests as endpoints receive them: decoded input, the caller, and the deadline."""

import base64
import json
from typing import Any

import pytest

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import ApiKeyMissing, BodyTooLarge, InvalidRequest
from amzlinkr.domain.sites import Caller
from amzlinkr.http.request import MAX_BODY_BYTES, Request, parse_command
from amzlinkr.http.schemas.commands import AdminCommand, ResumeCommand
from amzlinkr.http.schemas.requests import (
    ApiKeyRequest,
    CredentialsInput,
    ImportRequest,
    PaapiCredentialsInput,
    SiteSettings,
)
from amzlinkr.http.schemas.search_requests import BrowseNodesQuery, SearchQuery
from tests.calls import event_of
from tests.clock import FakeClock

ITEMS = {"items": ["B000000001"]}


def request_of(
    body: object = None, query: dict[str, str] | None = None, seconds: float = 3, **context: Any
) -> Request:
    """Return a request with additional members of the event's context."""
    event = event_of("POST", "/v1/site", body, query)
    event["requestContext"] |= context
    return Request(event, "r1", Deadline.after(FakeClock(), seconds), {})


def refused_field(request: Request, read: str, *args: Any) -> str:
    """Return the field that a method of the request refuses."""
    with pytest.raises(InvalidRequest) as error:
        getattr(request, read)(*args)
    return error.value.field


def test_request_without_input_is_accepted_where_none_is_expected() -> None:
    request_of().expect_no_input()
    request_of(body="").expect_no_input()
    request_of(body={}).expect_no_input()


@pytest.mark.parametrize("value", ["1", ""])
def test_unexpected_parameter_is_refused_by_its_name(value: str) -> None:
    assert refused_field(request_of(query={"x": value}), "expect_no_input") == "x"


def test_representation_contains_no_input() -> None:
    assert repr(request_of(ITEMS, {"cursor": "x"})) == "Request(request_id='r1', path={})"


def test_unexpected_body_is_refused_by_its_field() -> None:
    assert refused_field(request_of({"y": 1}), "expect_no_input") == "y"
    assert refused_field(request_of("[]"), "expect_no_input") == "body"


@pytest.mark.parametrize(
    ("request_", "read", "schema", "action"),
    [
        (request_of({"api": "paapi"}), "body_union", CredentialsInput, "Use creators or paapi5."),
        (request_of({"scope": "write"}), "body", ApiKeyRequest, "Use full or read."),
        (request_of({"mode": "x"}), "optional_body", ApiKeyRequest, "Use live or test."),
        (
            request_of(query={"condition": "old"}),
            "query",
            SearchQuery,
            "Use Any, Collectible, New, Refurbished or Used.",
        ),
    ],
)
def test_refused_value_of_an_enumeration_comes_with_the_allowed_ones(
    request_: Request, read: str, schema: Any, action: str
) -> None:
    with pytest.raises(InvalidRequest) as error:
        getattr(request_, read)(schema)

    assert error.value.detail == "This value is not allowed."
    assert error.value.action == action


@pytest.mark.parametrize(
    ("read", "schema"),
    [
        ("body", ImportRequest),
        ("optional_body", ImportRequest),
        ("body_union", CredentialsInput),
    ],
)
def test_endpoint_with_a_body_refuses_a_query(read: str, schema: Any) -> None:
    assert refused_field(request_of(ITEMS, {"x": "1"}), read, schema) == "x"


def test_optional_body_is_the_default_if_it_is_absent() -> None:
    assert request_of().optional_body(ApiKeyRequest) == ApiKeyRequest()
    sent = request_of({"mode": "test", "overlap_hours": 0}).optional_body(ApiKeyRequest)
    assert sent == ApiKeyRequest(mode="test", overlap_hours=0)
    assert refused_field(request_of(query={"x": "1"}), "optional_body", ApiKeyRequest) == "x"
    assert refused_field(request_of({"mode": "demo"}), "optional_body", ApiKeyRequest) == "mode"


def test_required_body_cannot_be_absent() -> None:
    assert refused_field(request_of(), "body", SiteSettings) == "body"
    with pytest.raises(InvalidRequest, match="no body"):
        request_of().body(SiteSettings)


@pytest.mark.parametrize(
    "body",
    [
        '{"email": "a@b.co", "email": "a@b.co"}',
        '{"email": "a@b.co", "refresh_hours": 2, "\\u0065mail": "a@b.co"}',
        '{"email": 7, "email": "a@b.co"}',
    ],
)
def test_name_that_occurs_twice_is_refused(body: str) -> None:
    assert refused_field(request_of(body), "body", SiteSettings) == "email"


@pytest.mark.parametrize("body", ['{"x": {"y": 1, "y": 2}}', '{"items": [{"y": 1, "y": 2}]}'])
def test_name_that_occurs_twice_in_an_inner_object_is_refused(body: str) -> None:
    assert refused_field(request_of(body), "body", ImportRequest) in {"x", "items[0]"}
    assert refused_field(request_of(body), "body_union", dict[str, object]) == "y"


def test_name_may_occur_in_two_objects() -> None:
    body = [{"name": "a"}, {"name": "a", "inner": {"name": "a"}}]

    assert request_of(body).body_union(list[dict[str, object]]) == body


def test_body_in_base64_equals_a_plain_one() -> None:
    event = event_of("POST", "/v1/import", base64.b64encode(json.dumps(ITEMS).encode()).decode())
    event["isBase64Encoded"] = True
    encoded = Request(event, "r1", Deadline.after(FakeClock(), 3), {})

    assert encoded.body(ImportRequest) == request_of(ITEMS).body(ImportRequest)


@pytest.mark.parametrize("encoded", [False, True])
def test_body_has_a_maximum_size_after_its_decoding(encoded: bool) -> None:
    def size_of_read(size: int) -> int:
        text = base64.b64encode(b" " * size).decode() if encoded else " " * size
        event = event_of("POST", "/v1/import", text)
        event["isBase64Encoded"] = encoded
        return len(Request(event, "r1", Deadline.after(FakeClock(), 3), {}).body_bytes())

    assert size_of_read(MAX_BODY_BYTES) == MAX_BODY_BYTES
    for size in (MAX_BODY_BYTES + 1, 2 * MAX_BODY_BYTES, 3 * MAX_BODY_BYTES):
        with pytest.raises(BodyTooLarge):
            size_of_read(size)


def test_missing_body_is_named_in_place_of_null() -> None:
    def detail_of(body: object) -> str:
        with pytest.raises(InvalidRequest) as error:
            request_of(body).body(ImportRequest)
        return error.value.detail

    assert detail_of(None) == "The request has no body."
    assert len({detail_of(None), detail_of("null"), detail_of("{")}) == 3


def test_union_is_decoded_by_its_tag() -> None:
    fields = dict.fromkeys(("access_key", "secret_key", "partner_tag", "marketplace"), "x")

    decoded = request_of(fields | {"api": "paapi5"}).body_union(CredentialsInput)

    assert decoded == PaapiCredentialsInput(**fields)


def test_query_is_converted_to_the_types_of_its_schema() -> None:
    query = request_of(query={"keywords": "7", "page": "2", "in_stock": "false"})

    assert query.query(SearchQuery) == SearchQuery(keywords="7", page=2, in_stock=False)


def test_empty_parameter_is_absent_only_if_it_is_known() -> None:
    request = request_of(query={"keywords": "tea", "page": "", "brand": ""})

    assert request.query(SearchQuery) == SearchQuery(keywords="tea")
    assert request_of(query={"keywords": ""}).query(SearchQuery) == SearchQuery()
    assert refused_field(request_of(query={"ids": ""}), "query", BrowseNodesQuery) == "ids"
    unknown = request_of(query={"keywords": "tea", "color": ""})
    assert refused_field(unknown, "query", SearchQuery) == "color"


@pytest.mark.parametrize("name", ["page\ud800", "page"])
def test_query_that_utf8_cannot_encode_is_refused(name: str) -> None:
    request = request_of(query={"keywords": "tea", name: "1\udfff"})

    assert refused_field(request, "query", SearchQuery) == "query"


@pytest.mark.parametrize("name", ["x", "x" * 61])
def test_repeated_parameter_is_refused_by_the_start_of_its_name(name: str) -> None:
    event = event_of("GET", "/v1/search", query={"keywords": "tea"})
    event["multiValueQueryStringParameters"][name] = ["1", "1"]
    request = Request(event, "r1", Deadline.after(FakeClock(), 3), {})

    assert refused_field(request, "query", SearchQuery) == name[:60]


def test_caller_is_read_from_the_authorizer() -> None:
    request = request_of(authorizer={"site_id": "site_1", "kid": "k1", "suspended": "true"})

    assert (request.site_id, request.kid, request.is_suspended) == ("site_1", "k1", True)
    assert request.caller == Caller("site_1", "k1")


@pytest.mark.parametrize(
    "authorizer", [None, {}, "site_1", {"site_id": ""}, {"site_id": None}, {"site_id": "é"},
                   {"site_id": 7}, {"kid": "k1"}],
)  # fmt: skip
def test_request_without_a_site_is_unauthorized(authorizer: object) -> None:
    request = request_of({"site_id": "site_1"}, {"site_id": "site_1"}, authorizer=authorizer)

    for read in ("site_id", "caller"):
        with pytest.raises(ApiKeyMissing):
            getattr(request, read)


@pytest.mark.parametrize(
    ("stated", "scope"),
    [("full", "full"), ("read", "read"), (None, "read"), ("", "read"), ("FULL", "read")],
)
def test_scope_is_full_only_if_the_authorizer_states_it(stated: object, scope: str) -> None:
    assert request_of(authorizer={"site_id": "s", "scope": stated}).scope == scope
    assert request_of({"scope": "full"}, authorizer={"site_id": "s"}).scope == "read"


@pytest.mark.parametrize("suspended", [None, "false", "", True, "TRUE"])
def test_site_is_suspended_only_if_the_authorizer_states_it(suspended: object) -> None:
    assert not request_of(authorizer={"site_id": "s", "suspended": suspended}).is_suspended


@pytest.mark.parametrize(
    ("identity", "address"),
    [
        ({"sourceIp": "192.0.2.1"}, "192.0.2.1"),
        ({"sourceIp": None}, "unknown"),
        ({}, "unknown"),
        (None, "unknown"),
        ([], "unknown"),
        ("x", "unknown"),
    ],
)
def test_source_address_is_known_or_unknown(identity: object, address: str) -> None:
    assert request_of(identity=identity).source_ip == address


@pytest.mark.parametrize(
    ("domain", "path", "url"),
    [
        ("api.example.com", "/v1/site", "https://api.example.com/v1/site"),
        ("A1.execute-api.example", "/api/v1/site", "https://A1.execute-api.example/api/v1/site"),
        (None, "/v1/site", None),
        ("", "/v1/site", None),
        ("localhost", "/v1/site", None),
        ("evil .example", "/v1/site", None),
        ("a.example\n", "/v1/site", None),
        ("a.example", "/v1/s\nite", None),
        ("a.example", None, None),
    ],
)
def test_public_url_is_read_from_the_gateway(domain: object, path: object, url: str | None) -> None:
    request = request_of(domainName=domain, path=path)

    assert request.url == url


@pytest.mark.parametrize(("seconds", "upstream_seconds"), [(3.8, 3.3), (1.0, 0.5), (0.2, 0.0)])
def test_calls_to_amazon_leave_half_a_second_for_the_response(
    seconds: float, upstream_seconds: float
) -> None:
    request = request_of(seconds=seconds)

    assert request.deadline.remaining() == seconds
    assert request.upstream_deadline.remaining() == pytest.approx(upstream_seconds)


def test_command_is_decoded_by_its_order() -> None:
    fields = {"site": "site_1", "by": "support", "reason": "resolved"}

    assert parse_command(fields | {"order": "resume"}, AdminCommand) == ResumeCommand(**fields)


@pytest.mark.parametrize(
    ("command", "field"),
    [
        ({"order": "delete"}, "order"),
        ({}, "order"),
        ({"order": "resume", "site": "s", "by": "support"}, "reason"),
        ({"order": "resume", "site": "s", "by": "a", "reason": "b", "force": True}, "force"),
        ([], "order"),
        (None, "order"),
    ],
)
def test_malformed_command_is_refused_by_its_field(command: object, field: str) -> None:
    with pytest.raises(InvalidRequest) as error:
        parse_command(command, AdminCommand)

    assert error.value.field == field
