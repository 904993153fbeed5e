"""The class, detail, code, and wait of single error responses, one for each rule."""

import json
from datetime import timedelta
from email.utils import format_datetime

import pytest

from amzlinkr.amazon.errors import MAX_ERROR_BYTES
from amzlinkr.domain.amazon_errors import (
    AmazonAccessDenied,
    AmazonError,
    AmazonKeysRejected,
    AmazonPartnerTagRejected,
    AmazonRejectedRequest,
    AmazonThrottled,
    AmazonUnavailable,
)
from tests.clock import START
from tests.unit.amazon.responses import error_of

TOKEN = "creators_token"
GONE = {"errors": [{"code": "ItemNotAccessible", "message": "The item B0GONE0001 is gone."}]}
DENIED = {"errors": [{"code": "AccessDenied"}]}


def text_of(body: object, size: int) -> bytes:
    """Return a body as JSON with spaces behind it, so that it has this size."""
    return json.dumps(body).encode().ljust(size)


@pytest.mark.parametrize(
    ("size", "expected"), [(MAX_ERROR_BYTES, AmazonAccessDenied), (MAX_ERROR_BYTES + 1, type(None))]
)
def test_large_response_with_status_200_has_products(
    size: int, expected: type[AmazonError | None]
) -> None:
    assert type(error_of(200, text_of(DENIED, size), "creators")) is expected
    assert type(error_of(403, text_of(DENIED, size), "creators")) is AmazonAccessDenied


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"access_token": "x", "error": None}, type(None)),
        ({"error": "invalid_client"}, AmazonKeysRejected),
        ({"error": "AccessDenied", "items": []}, AmazonAccessDenied),
        ({"error": "AccessDenied", "items": [1]}, type(None)),
        ({"error": "InvalidParameterValue"}, type(None)),
        ({"error": "InternalFailure"}, type(None)),
        ({"error": "BrandNewCode"}, type(None)),
    ],
)
def test_token_response_with_status_200_is_refused_by_a_code_about_the_account(
    body: object, expected: type[AmazonError | None]
) -> None:
    assert type(error_of(200, body, TOKEN)) is expected


@pytest.mark.parametrize("service", ["paapi5", "creators"])
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, type(None)),
        (404, type(None)),
        (401, AmazonKeysRejected),
        (403, AmazonAccessDenied),
        (429, AmazonThrottled),
        (499, type(None)),
        (500, AmazonUnavailable),
        (503, AmazonUnavailable),
    ],
)
def test_status_about_the_account_is_an_error_whatever_the_code_about_items(
    status: int, expected: type[AmazonError | None], service: str
) -> None:
    assert type(error_of(status, GONE, service)) is expected


@pytest.mark.parametrize(
    ("body", "header", "expected"),
    [
        (b"<html></html>", "", type(None)),
        (b"<html></html>", "AccessDeniedException", AmazonAccessDenied),
        (b"{}", "", AmazonUnavailable),
        (b"{}", "AccessDeniedException", AmazonAccessDenied),
        (b'{"message":"x"}', "", AmazonUnavailable),
        (b'{"itemsResult":{}}', "", type(None)),
        (b'{"itemsResult":{},"message":"x"}', "", AmazonUnavailable),
        (b'{"errors":[{"type":"Validation"}]}', "", AmazonRejectedRequest),
        (json.dumps(GONE).encode(), "", type(None)),
    ],
)
def test_response_with_status_200_and_without_items(
    body: bytes, header: str, expected: type[AmazonError | None]
) -> None:
    assert type(error_of(200, body, "creators", x_amzn_errortype=header)) is expected


def test_field_of_the_tag_decides_only_about_a_rejected_request() -> None:
    def kind(status: int, code: str) -> type[AmazonError | None]:
        body = {"errors": [{"code": code, "fieldList": ["partnerTag"]}]}
        return type(error_of(status, body, "creators"))

    assert kind(400, "BrandNewCode") is AmazonPartnerTagRejected
    assert kind(400, "AccessDenied") is AmazonAccessDenied
    assert kind(500, "BrandNewCode") is AmazonUnavailable


def test_only_a_rejected_request_has_amazons_message() -> None:
    body = {"errors": [{"message": "The value is odd.", "fieldList": ["a", "b c", "d" * 81]}]}
    rejected, denied = error_of(400, body, "creators"), error_of(403, body, "creators")

    assert isinstance(rejected, AmazonRejectedRequest)
    assert isinstance(denied, AmazonAccessDenied)
    assert rejected.detail == "The value is odd. (a)"
    assert "odd" not in denied.detail


def test_message_has_at_most_300_characters() -> None:
    body = {"message": "ab " * 200}
    error = error_of(400, body, "creators")

    assert error is not None
    assert error.detail == ("ab " * 100)


@pytest.mark.parametrize(
    ("codes", "service", "shown"),
    [
        (["BrandNewCode", "InvalidSignature"], "paapi5", "InvalidSignature"),
        (["BrandNewCode", "OtherNewCode"], "paapi5", "BrandNewCode"),
        (["not a code", "BrandNewCode"], "paapi5", "BrandNewCode"),
        (["not a code"], "paapi5", None),
        (["x" * 80], "paapi5", "x" * 80),
        (["x" * 81], "paapi5", None),
        (["größe"], "paapi5", None),
        ([], "paapi5", None),
        (["BrandNewException"], "paapi5", "BrandNew"),
        (["BrandNewException"], "creators", "BrandNewException"),
        (["Invalid Signature"], "paapi5", "InvalidSignature"),
    ],
)
def test_code_that_decided_is_shown(codes: list[str], service: str, shown: str | None) -> None:
    error = error_of(400, {"errors": [{"code": code} for code in codes]}, service)

    assert error is not None
    assert error.upstream is not None
    assert error.upstream.code == shown


@pytest.mark.parametrize(
    ("header", "seconds"), [("0.5", 1), ("1", 1), ("1.5", 2), ("3600", 3600), ("3600.5", 3600)]
)
def test_wait_is_rounded_up(header: str, seconds: int) -> None:
    error = error_of(503, b"{}", retry_after=header)

    assert error is not None
    assert error.retry_after == seconds


def test_wait_of_a_second_until_a_date_counts() -> None:
    date = format_datetime(START + timedelta(seconds=1), usegmt=True)
    error = error_of(503, b"{}", retry_after=date)

    assert error is not None
    assert error.retry_after == 1
