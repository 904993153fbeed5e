"""Every error of PA-API 5.0, from the response to our problem+json."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import pytest

from amzlinkr.amazon.errors import ERRORS_BY_CODE
from amzlinkr.amazon.json_depth import MAX_JSON_DEPTH
from amzlinkr.domain import amazon_errors
from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.clock import Deadline
from amzlinkr.http.response import problem
from tests.calls import API_URL
from tests.clock import FakeClock
from tests.unit.amazon.accounts import ACCESS_KEY, SECRET_KEY, catalog_at
from tests.unit.wire import Script, Wire, reply

DOCUMENTED = {
    "AccessDenied", "AccessDeniedAwsUsers", "InvalidAssociate", "AssociateNotEligible",
    "IncompleteSignature", "InvalidPartnerTag", "InvalidSignature", "RequestExpired",
    "UnrecognizedClient", "TooManyRequests", "UnknownOperation", "MissingParameter",
    "InvalidParameterValue", "InternalFailure", "SignatureDoesNotMatch", "InvalidAccessKeyId",
    "RequestThrottled",
}  # fmt: skip
DEPRECATED = (
    "Product Advertising API is deprecated. Please migrate to Creators API using the migration "
    "guide at https://affiliate-program.amazon.com/creatorsapi/docs/en-us/migrating."
)
TAG_MESSAGE = (
    f"The partner tag is not mapped to a valid associate store with your access key {ACCESS_KEY}. "
    "Please visit associates central at https://partnernet.amazon.de/assoc_credentials/home"
)


@dataclass(frozen=True)
class Expected:
    """The expected problem for a response: status, code, retryable, and a part of the action."""

    status: int
    code: str
    retryable: bool
    action: str


KEYS = Expected(422, "amazon_keys_rejected", False, "without spaces")
TAG = Expected(422, "amazon_partner_tag_rejected", False, "same marketplace")
SLOW = Expected(503, "amazon_throttled", True, "48 hours")
SKEW = Expected(503, "amazon_clock_skew", True, "Nothing is wrong with your keys")
DENIED = Expected(424, "amazon_access_denied", False, "apply for API access")
ELIGIBLE = Expected(424, "amazon_not_eligible", False, "10 qualified sales in the last 30 days")
RETIRED = Expected(424, "amazon_paapi_retired", False, "Creators API credentials")
REFUSED = Expected(422, "amazon_rejected_request", False, "category")
DOWN = Expected(503, "amazon_unavailable", True, "No data was lost")

WIRE = [
    (401, "InvalidSignatureException", "InvalidSignature", "", KEYS),
    (403, "SignatureDoesNotMatchException", "SignatureDoesNotMatch", "", KEYS),
    (400, "IncompleteSignatureException", "IncompleteSignature", "", KEYS),
    (401, "UnrecognizedClientException", "UnrecognizedClient", "", KEYS),
    (403, "InvalidAccessKeyIdException", "InvalidAccessKeyId", "", KEYS),
    (400, "InvalidPartnerTagException", "InvalidPartnerTag", TAG_MESSAGE, TAG),
    (403, "AssociateValidationException", "InvalidAssociate", TAG_MESSAGE, TAG),
    (429, "TooManyRequestsException", "TooManyRequests", "", SLOW),
    (429, "ThrottleException", "ThrottleException", "", SLOW),
    (503, "RequestThrottledException", "RequestThrottled", "", SLOW),
    (401, "RequestExpiredException", "RequestExpired", "", SKEW),
    (403, "AccessDeniedException", "AccessDenied", f"{ACCESS_KEY} is not enabled", DENIED),
    (403, "AccessDeniedException", "AccessDeniedAwsUsers", f"{ACCESS_KEY} is not", DENIED),
    (403, "AccessDeniedException", "UnauthorizedAccess", "", DENIED),
    (403, "AssociateEligibilityException", "AssociateNotEligible", "", ELIGIBLE),
    (403, "AccessDeniedException", "AccessDenied", DEPRECATED, RETIRED),
    (400, "ValidationException", "InvalidParameterValue", "The value [x] is invalid.", REFUSED),
    (400, "ValidationException", "MissingParameter", "", REFUSED),
    (404, "UnknownOperationException", "UnknownOperation", "", REFUSED),
    (500, "InternalFailure", "InternalFailure", "", DOWN),
    (503, "ServiceUnavailableException", "ServiceUnavailable", "", DOWN),
]
BARE = [
    (401, b'{"__type":"com.amazon.paapi5#InvalidSignatureException"}', KEYS, "InvalidSignature"),
    (403, b'{"__type":"AccessDeniedException","message":"no"}', DENIED, "AccessDenied"),
    (
        403,
        json.dumps({"__type": "AccessDeniedException", "message": DEPRECATED}).encode(),
        RETIRED,
        "AccessDenied",
    ),
    (500, b'{"message":"oops"}', DOWN, None),
    (400, b'{"Errors":[{"Code":"BrandNewCode"}]}', REFUSED, "BrandNewCode"),
    (401, b'{"Errors":[{"Code":"BrandNewCode"}]}', KEYS, "BrandNewCode"),
    (403, b'{"Errors":[{"Code":"BrandNewCode"}]}', DENIED, "BrandNewCode"),
    (404, b'{"Errors":[{"Code":"BrandNewCode"}]}', RETIRED, "BrandNewCode"),
    (429, b"", SLOW, None),
    (429, b"<html>Too many</html>", SLOW, None),
    (502, b"<html>Bad gateway</html>", DOWN, None),
    (418, b"", DOWN, None),
    (301, b"", DOWN, None),
    (403, b'{"Errors":{"Code":"NotAList"}}', DENIED, "NotAList"),
    (403, b'{"x":' + b"[" * 5000 + b"]" * 5000 + b"}", DOWN, None),
    (500, b"\xff\xfe", DOWN, None),
    (200, b"\x8f<<not json>>", DOWN, "Unreadable"),
    (200, b'{"ItemsResult":{"Items":[{"ASIN":"B0', DOWN, "Unreadable"),
    (200, b'{"ItemsResult":[]}', DOWN, "Unreadable"),
    (200, b'{"x":' + b"[" * 5000 + b"]" * 5000 + b"}", DOWN, "Unreadable"),
]


def error_of(script: Script) -> AmazonError:
    """Return the error of a call with the script as its response."""
    clock = FakeClock()
    with Wire([script]) as wire, pytest.raises(AmazonError) as caught:
        catalog_at(wire.url, clock, "DE").items(["B000000001"], Deadline.after(clock, 3))
    return caught.value


def problem_of(error: AmazonError) -> tuple[dict[str, str], dict[str, Any]]:
    response = problem(error, "our-request", API_URL)
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = json.loads(response.encoded())
    assert body["status"] == response.status
    return response.headers, body


def check(body: dict[str, Any], expected: Expected, upstream_code: str | None) -> None:
    assert (body["status"], body["code"], body["retryable"]) == (
        expected.status,
        expected.code,
        expected.retryable,
    )
    assert expected.action in body["action"]
    assert body["upstream"]["service"] == "paapi5"
    assert body["upstream"].get("code") == upstream_code
    assert body["request_id"] == "our-request"


@pytest.mark.parametrize(("status", "kind", "code", "message", "expected"), WIRE)
def test_each_documented_error_becomes_its_problem(
    status: int, kind: str, code: str, message: str, expected: Expected
) -> None:
    body_sent = {
        "__type": f"com.amazon.paapi5#{kind}",
        "Errors": [{"Code": code, "Message": message or f"About {ACCESS_KEY} {SECRET_KEY}"}],
    }

    headers, body = problem_of(error_of(reply(status, body_sent, x_amzn_RequestId="amazon-1")))

    check(body, expected, code)
    assert body["upstream"]["status"] == status
    assert body["upstream"]["request_id"] == "amazon-1"
    assert ("Retry-After" in headers) is (expected is SLOW)
    assert ACCESS_KEY not in json.dumps(body)
    assert SECRET_KEY not in json.dumps(body)


@pytest.mark.parametrize(("status", "content", "expected", "code"), BARE)
def test_other_bodies_are_classified_by_type_or_status(
    status: int, content: bytes, expected: Expected, code: str | None
) -> None:
    _, body = problem_of(error_of(reply(status, content)))

    check(body, expected, code)


@pytest.mark.parametrize("items", [b'"Items":[],', b'"ItemsResult":{"Items":[]},'])
def test_answers_are_read_up_to_the_depth_limit(items: bytes) -> None:
    def nested(levels: int) -> bytes:
        return b"{" + items + b'"x":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"

    too_deep = nested(MAX_JSON_DEPTH + 1)
    clock = FakeClock()
    with Wire([reply(200, nested(MAX_JSON_DEPTH))]) as wire:
        assert not catalog_at(wire.url, clock).items(["B000000001"], Deadline.after(clock, 3)).found

    check(problem_of(error_of(reply(200, too_deep)))[1], DOWN, "Unreadable")
    check(problem_of(error_of(reply(403, nested(MAX_JSON_DEPTH))))[1], DENIED, None)
    check(problem_of(error_of(reply(403, too_deep)))[1], DOWN, None)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("99999999", 3600), ("soon", 5), ("-1", 5), ("0", 5), ("٣", 5), ("", 5)],
)
def test_throttling_always_has_a_retry_after(header: str, seconds: int) -> None:
    headers, body = problem_of(error_of(reply(429, b"", Retry_After=header)))

    assert headers["Retry-After"] == str(seconds)
    assert body["retry_after"] == seconds


def test_rejected_request_detail_has_no_keys_or_control_characters() -> None:
    message = f"SearchIndex\x00 [Toyz] of {ACCESS_KEY} and amzn1.abc-def.0 is invalid.\u202e"
    body_sent = {"Errors": [{"Code": "InvalidParameterValue", "Message": message}]}

    error = error_of(reply(400, body_sent))

    assert error.detail == "SearchIndex [Toyz] of … and … is invalid."


def test_no_results_are_not_an_error() -> None:
    clock = FakeClock()
    nothing = {"Errors": [{"Code": "NoResults", "Message": "No results found."}]}
    with Wire([reply(404, nothing), reply(200, nothing)]) as wire:
        catalog = catalog_at(wire.url, clock)
        found = [catalog.items(["B000000001"], Deadline.after(clock, 3)).found for _ in range(2)]

    assert found == [{}, {}]


@pytest.mark.parametrize(
    ("message", "is_error"),
    [
        ("The ItemIds 12 provided in the request is invalid.", False),
        ("The value abc provided in the request for PartnerTag is invalid.", True),
    ],
)
def test_no_results_beside_another_error(message: str, is_error: bool) -> None:
    errors = [
        {"Code": "NoResults", "Message": "No results found."},
        {"Code": "InvalidParameterValue", "Message": message},
    ]
    clock = FakeClock()
    with Wire([reply(200, {"Errors": errors})]) as wire:
        catalog = catalog_at(wire.url, clock)
        with pytest.raises(AmazonError) if is_error else nullcontext():
            catalog.items(["B000000001"], Deadline.after(clock, 3))


def test_every_documented_code_is_mapped_and_tested() -> None:
    tested = {code for _, _, code, _, _ in WIRE}

    assert set(ERRORS_BY_CODE) >= DOCUMENTED
    assert tested >= DOCUMENTED


def test_every_error_class_is_tested() -> None:
    reached = {expected.code for *_, expected in WIRE}
    declared = {kind.code for kind in AmazonError.__subclasses__()}
    in_module: Callable[[object], bool] = lambda value: (  # noqa: E731 - a predicate
        isinstance(value, type) and issubclass(value, AmazonError) and value is not AmazonError
    )

    assert reached == declared
    assert {kind.code for kind in vars(amazon_errors).values() if in_module(kind)} == declared


def test_no_amazon_error_has_status_401_403_or_429() -> None:
    assert not {kind.status for kind in AmazonError.__subclasses__()} & {401, 403, 429}
    assert sum(len(kind.amazon_codes) for kind in AmazonError.__subclasses__()) == len(
        ERRORS_BY_CODE
    )
