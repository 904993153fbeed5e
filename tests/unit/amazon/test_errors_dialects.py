"""Error responses in all known spellings: places and letter case of codes, `Retry-After`."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.error_bodies import code_name
from amzlinkr.amazon.errors import ERRORS_BY_CODE
from amzlinkr.amazon.transport import parse_http_date
from amzlinkr.domain.amazon_errors import (
    AmazonAccessDenied,
    AmazonError,
    AmazonKeysRejected,
    AmazonNotEligible,
    AmazonPartnerTagRejected,
    AmazonRejectedRequest,
    AmazonThrottled,
    AmazonUnavailable,
)
from tests.clock import START
from tests.unit.amazon.responses import error_of as read

SERVICES = ("paapi5", "creators", "creators_token")
STATUSES = (400, 401, 403, 404, 409, 410, 422, 429, 500, 503)
ABOUT_THE_REQUEST = (AmazonRejectedRequest, AmazonUnavailable)
Place = Callable[[str], Any]
PLACES: dict[str, Place] = {
    "errors[].code": lambda code: {"errors": [{"code": code, "message": "x"}]},
    "Errors[].Code": lambda code: {"Errors": [{"Code": code, "Message": "x"}]},
    "ERRORS[].CODE": lambda code: {"ERRORS": [{"CODE": code}]},
    "second entry": lambda code: {"errors": [{"message": "x"}, {"code": code}]},
    "errors[].reason": lambda code: {"errors": [{"code": "AccessDenied", "reason": code}]},
    "errors[].type": lambda code: {"errors": [{"type": code}]},
    "details[].reason": lambda code: {"error": {"code": 403, "details": [{"reason": code}]}},
    "list": lambda code: [{"code": code}],
    "code": lambda code: {"code": code, "message": "x"},
    "Code": lambda code: {"Code": code, "Message": "x"},
    "reason": lambda code: {"reason": code, "type": "AccessDeniedException"},
    "type": lambda code: {"type": code},
    "__type": lambda code: {"__type": f"com.amazon.paapi5#{code}"},
    "__TYPE": lambda code: {"__TYPE": code},
    "error": lambda code: {"error": code},
    "error.code": lambda code: {"error": {"code": code, "message": "x"}},
    "Output.__type": lambda code: {"Output": {"__type": f"com.amazon.paapi5#{code}"}},
    "errors.code": lambda code: {"errors": {"code": code}},
    "errors[] as text": lambda code: {"errors": [code.replace(" ", "")]},
    "Error[].Code": lambda code: {"Error": [{"Code": code}]},
    "data.errors": lambda code: {"data": {"errors": [{"code": code}]}},
    "body.reason": lambda code: {"body": {"reason": code}},
    "errorCode": lambda code: {"errorCode": code},
    "type beside another code": lambda code: {"errors": [{"code": "AuthError", "type": code}]},
    "reason beside errors": lambda code: {"errors": [{"code": "NotAuthentic"}], "reason": code},
    "half an emoji": lambda code: {"errors": [{"code": code, "message": "\ud83d"}]},
    "beside malformed members": lambda code: {"errors": [3, None, {"code": code}], "message": []},
}
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as documented": lambda code: code,
    "small": str.lower,
    "capital": str.upper,
    "snake": lambda code: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", code).upper(),
    "words": lambda code: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", code),
    "exception": lambda code: f"{code.removesuffix('Exception')}Exception",
}
GENERIC = {"AccessDenied", "ValidationException"}


def expected_kind(code: str, status: int, service: str) -> type[AmazonError] | None:
    """Return the class of error for a code, whatever its place and spelling."""
    kind = ERRORS_BY_CODE[code]
    if status == 429 and kind in ABOUT_THE_REQUEST:
        return AmazonThrottled
    rejects_the_request = service == "creators_token" and kind is AmazonRejectedRequest
    return AmazonKeysRejected if rejects_the_request else kind


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=list(SPELLINGS))
@pytest.mark.parametrize("place", PLACES.values(), ids=list(PLACES))
@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.slow, id="every case")])
def test_code_decides_in_any_place_and_letter_case_on_any_status(
    place: Place, spell: Callable[[str], str], step: int
) -> None:
    cases = list(product(sorted(set(ERRORS_BY_CODE) - GENERIC), STATUSES, SERVICES))
    # Neither the number of statuses nor that of services is a multiple of the step.
    for code, status, service in cases[::step]:
        error = read(status, place(spell(code)), service)
        kind = None if error is None else type(error)
        assert error is not None
        assert error.upstream is not None
        # The code that decided, not another one beside it.
        assert code_name(error.upstream.code or "") == code_name(code)
        assert kind is expected_kind(code, status, service), (code, status, service)


@pytest.mark.parametrize("header", ["{}", "{}:http://internal.amazon.com/coral/x/", "a.b#{}"])
@pytest.mark.parametrize("body", [b"", b"<html></html>", b'{"message":"x"}'])
def test_code_in_the_header_decides_if_the_body_has_none(header: str, body: bytes) -> None:
    name = {"x_amzn_errortype": header.format("UnrecognizedClientException")}
    assert isinstance(read(400, body, **name), AmazonKeysRejected)
    in_body = {"errors": [{"code": "AssociateNotEligible"}]}
    assert isinstance(read(400, in_body, **name), AmazonNotEligible)


@pytest.mark.parametrize("code", sorted(ERRORS_BY_CODE))
def test_refusal_with_status_200_is_an_error(code: str) -> None:
    errors = {"errors": [{"code": code}]}
    no_items: list[dict[str, object]] = [
        {}, {"itemsResult": None}, {"items": []}, {"ItemsResult": {"Items": []}},
        {"browseNodesResult": {"browseNodes": []}}, {"searchResult": {"totalResultCount": 0}},
        {"items": {"total": 1}}, {"items": "none"},
    ]  # fmt: skip
    for service in ("paapi5", "creators"):
        for nothing in no_items:
            assert type(read(200, errors | nothing, service)) is ERRORS_BY_CODE[code]
        found: list[dict[str, object]] = [{"items": [{}]}, {"ItemsResult": {"Items": [{}]}}]
        for items in found:
            assert read(200, errors | items, service) is None


@pytest.mark.parametrize(
    "body",
    [
        {"type": "AccessDeniedException", "errors": [{"code": "AssociateNotEligible"}]},
        {"errors": [{"code": "AccessDenied"}], "reason": "AssociateNotEligible"},
        {"errors": [{"code": "AccessDenied"}, {"code": "AssociateNotEligible"}]},
        {"__type": "com.amazon.paapi5#AssociateNotEligibleException", "code": "AccessDenied"},
    ],
)
def test_specific_code_wins_over_a_general_one(body: object) -> None:
    for service in ("paapi5", "creators"):
        error = read(403, body, service)
        assert isinstance(error, AmazonNotEligible)
        assert error.upstream is not None
        assert code_name(error.upstream.code or "") == "associatenoteligible"


NO_RESULTS = ("NoResults", "ResourceNotFoundException", "ItemNotFound", "ItemsNotFound",
              "ItemNotAccessible", "InvalidItemId", "NO_RESULTS", "itemnotfound")  # fmt: skip


@pytest.mark.parametrize("place", PLACES.values(), ids=list(PLACES))
def test_missing_results_are_no_error(place: Place) -> None:
    is_general = "AccessDenied" in json.dumps(place("x"))
    for code in NO_RESULTS:
        for status in (400, 404, 410):
            for service in ("paapi5", "creators"):
                error = read(status, place(code), service)
                is_of_creators = service == "paapi5" and code.startswith("ResourceNotFound")
                # A refusal beside it is more important.
                expected = is_general or is_of_creators
                assert (error is not None) is expected, (code, status, service)


@pytest.mark.parametrize(
    "fields", [["partnerTag"], ["PartnerTag"], [{"Name": "partner_tag"}], [{"name": "partnerTag"}]]
)
def test_invalid_tag_field_is_recognized_in_any_spelling(fields: object) -> None:
    body = {"type": "ValidationException", "reason": "FieldValidationFailed", "FieldList": fields}
    assert isinstance(read(400, body, "creators"), AmazonPartnerTagRejected)


@pytest.mark.parametrize(
    "message",
    [
        "The value [demo_20] provided in the request for PartnerTag is invalid.",
        "The request must contain the parameter PartnerTag.",
    ],
)
def test_invalid_tag_in_the_message_of_paapi_is_recognized(message: str) -> None:
    body = {"Errors": [{"Code": "InvalidParameterValue", "Message": message}]}
    assert isinstance(read(400, body), AmazonPartnerTagRejected)


def test_creators_access_problem_has_its_own_advice() -> None:
    body = {"type": "AccessDeniedException", "reason": "AuthorizationFailed"}
    of_creators, of_paapi = read(403, body, "creators"), read(403, body)
    assert isinstance(of_creators, AmazonAccessDenied)
    assert isinstance(of_paapi, AmazonAccessDenied)
    assert "Tools → Creators API" in of_creators.action
    assert "IAM" not in of_creators.action
    assert "IAM" in of_paapi.action


def test_invalid_tag_field_is_recognized_inside_an_error() -> None:
    body = {"errors": [{"code": "FieldValidationFailed", "fieldList": ["partnerTag"]}]}
    assert isinstance(read(400, body, "creators"), AmazonPartnerTagRejected)


def test_wait_is_read_inside_an_error() -> None:
    error = read(429, {"errors": [{"code": "X"}, {"retryAfterSeconds": 60}]}, "creators")
    assert error is not None
    assert error.retry_after == 60


def test_byte_order_mark_does_not_hide_the_code() -> None:
    body = b"\xef\xbb\xbf" + json.dumps({"reason": "AssociateNotEligible"}).encode()
    assert isinstance(read(403, body, "creators"), AmazonNotEligible)


@pytest.mark.parametrize("status", [400, 404, 410])
@pytest.mark.parametrize("code", NO_RESULTS)
def test_token_service_has_no_items(status: int, code: str) -> None:
    error = read(status, {"errors": [{"code": code}]}, "creators_token")
    assert isinstance(error, AmazonKeysRejected if status != 410 else AmazonUnavailable)


def dated(seconds: float, template: str = "") -> str:
    moment = START + timedelta(seconds=seconds)
    return moment.strftime(template) if template else format_datetime(moment, usegmt=True)


@pytest.mark.parametrize("template", ["", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"])
@pytest.mark.parametrize(
    ("until", "sent", "wait"),
    [
        (30, None, 30),
        (90, 60, 30),
        (30, -3600, 3600),
        (10**6, None, 3600),
        (10**6, 10**6 - 7, 7),
        (-30, None, 5),
        (30, 60, 5),
        (0, None, 5),
    ],
)
def test_retry_after_date_is_relative_to_the_clock_that_wrote_it(
    until: int, sent: int | None, wait: int, template: str
) -> None:
    headers = {"retry_after": dated(until, template)}
    if sent is not None:
        headers["date"] = dated(sent)
    error = read(429, b"", "creators", **headers)
    assert error is not None
    assert error.retry_after == wait


def test_retry_after_date_counts_for_unavailability_too() -> None:
    for body in (b"<html></html>", b"{}"):
        error = read(503, body, "creators", retry_after=dated(40))
        assert isinstance(error, AmazonUnavailable)
        assert error.retry_after == 40


@given(st.text() | st.builds(lambda n: dated(n)[:n], st.integers(0, 40)))
def test_any_header_text_is_a_date_or_none(text: str) -> None:
    moment = parse_http_date(text)
    assert moment is None or moment.tzinfo is not None


@given(
    st.sampled_from(STATUSES),
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=6),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["errors", "Errors", "error", "code", "type", "reason", "fieldList",
                             "retryAfterSeconds", "message", "__type", "Output", "details"]),
            inner,
        ),
        max_leaves=12,
    ).map(lambda document: json.dumps(document).encode()),
)  # fmt: skip
def test_every_failed_response_has_an_error(status: int, body: bytes) -> None:
    for service in SERVICES:
        error = read(status, body, service)
        assert error is not None
        assert error.retry_after is None or 1 <= error.retry_after <= 3600
