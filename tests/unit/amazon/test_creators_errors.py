"""Every documented error of the Creators API and its token services, from response to problem."""

import json
from typing import Any

import pytest

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.amazon.errors import ERRORS_BY_CODE
from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import creators_credentials
from amzlinkr.http.response import problem
from tests.clock import FakeClock
from tests.unit.amazon.accounts import UnlimitedRateLimiter
from tests.unit.wire import Script, Wire, reply

SECRET = "amzn1.oa2-cs.v1.unit-secret"
TOKEN = reply(200, {"access_token": "Atc|unit-token", "expires_in": 3600, "token_type": "bearer"})
KEYS, TAG = (422, "amazon_keys_rejected"), (422, "amazon_partner_tag_rejected")
DENIED, ELIGIBLE = (424, "amazon_access_denied"), (424, "amazon_not_eligible")
SLOW, DOWN = (503, "amazon_throttled"), (503, "amazon_unavailable")
REFUSED = (422, "amazon_rejected_request")
Expected = tuple[int, str]

REASONS: list[tuple[int, str, str, Expected]] = [
    (400, "ValidationException", "UnknownOperation", REFUSED),
    (400, "ValidationException", "CannotParse", REFUSED),
    (400, "ValidationException", "FieldValidationFailed", REFUSED),
    (400, "ValidationException", "InvalidAssociate", TAG),
    (400, "ValidationException", "InvalidPartnerTag", TAG),
    (401, "UnauthorizedException", "TokenExpired", KEYS),
    (401, "UnauthorizedException", "InvalidToken", KEYS),
    (401, "UnauthorizedException", "InvalidIssuer", KEYS),
    (401, "UnauthorizedException", "MissingClaim", KEYS),
    (401, "UnauthorizedException", "MissingKeyId", KEYS),
    (401, "UnauthorizedException", "UnsupportedClient", KEYS),
    (401, "UnauthorizedException", "InvalidClient", KEYS),
    (401, "UnauthorizedException", "MissingCredential", KEYS),
    (403, "AccessDeniedException", "AssociateNotEligible", ELIGIBLE),
    (403, "AccessDeniedException", "AuthorizationFailed", DENIED),
]
BODIES: list[tuple[int, Any, Expected, str | None]] = [
    (400, {"type": "ValidationException", "reason": "Other"}, REFUSED, "ValidationException"),
    (401, {"type": "UnauthorizedException", "reason": "Other"}, KEYS, "UnauthorizedException"),
    (403, {"type": "AccessDeniedException", "reason": "Other"}, DENIED, "AccessDeniedException"),
    (403, {"type": "AccessDeniedException"}, DENIED, "AccessDeniedException"),
    (
        400,
        {"type": "ValidationException", "reason": "FieldValidationFailed",
         "fieldList": ["partnerTag"]},
        TAG,
        "FieldValidationFailed",
    ),
    (
        400,
        {"type": "ValidationException", "reason": "FieldValidationFailed",
         "fieldList": [{"name": "partnerTag", "message": "no"}]},
        TAG,
        "FieldValidationFailed",
    ),
    (500, {"type": "InternalServerException", "message": "oops"}, DOWN, "InternalServerException"),
    (502, b"<html>Bad gateway</html>", DOWN, None),
    (403, b"<html>Forbidden</html>", DOWN, None),
    (401, b"<html>Unauthorized</html>", DOWN, None),
    (429, b"<html>Slow down</html>", SLOW, None),
    (403, {"type": "AccessDeniedException", "reason": "AssociateNotEligible", "message": {}},
     ELIGIBLE, "AssociateNotEligible"),
    (400, {"type": "ValidationException", "reason": "InvalidPartnerTag", "fieldList": [1]}, TAG,
     "InvalidPartnerTag"),
    (401, {"Type": "UnauthorizedException", "Reason": "TokenExpired"}, KEYS, "TokenExpired"),
    (400, {"type": "BrandNewException", "reason": "BrandNew"}, REFUSED, "BrandNew"),
    (200, b"\x8f<<not json>>", DOWN, "Unreadable"),
]  # fmt: skip
TOKEN_BODIES: list[tuple[int, Any, Expected, str | None]] = [
    (400, {"error": "invalid_client"}, KEYS, "invalid_client"),
    (401, {"error": "invalid_client", "error_description": "no"}, KEYS, "invalid_client"),
    (400, {"error": "invalid_scope"}, KEYS, "invalid_scope"),
    (400, {"error": "unauthorized_client"}, KEYS, "unauthorized_client"),
    (400, {"error": "invalid_request"}, KEYS, "invalid_request"),
    (400, b"nonsense", DOWN, None),
    (400, {"error": "server_error"}, DOWN, "server_error"),
    (403, {"type": "AccessDeniedException", "reason": "AssociateNotEligible"}, ELIGIBLE,
     "AssociateNotEligible"),
    (429, {"error": "slow_down"}, SLOW, "slow_down"),
    (503, b"", DOWN, None),
    (200, {"token_type": "bearer"}, DOWN, "Unreadable"),
    (200, {"access_token": "", "expires_in": 1}, DOWN, "Unreadable"),
    (200, {"access_token": "a\r\nX-Evil: 1", "expires_in": 1}, DOWN, "Unreadable"),
    (200, {"access_token": "x", "expires_in": "soon"}, DOWN, "Unreadable"),
    (200, {"access_token": "x", "expires_in": 1e999}, DOWN, "Unreadable"),
]  # fmt: skip


def error_of(*scripts: Script) -> tuple[AmazonError, int]:
    """Return the error of a call with these responses, and the number of requests sent."""
    clock = FakeClock()
    keys = creators_credentials("amzn1.application-oa2-client.u", SECRET, "3.1", "t-20", "US")
    with Wire(scripts) as wire:
        catalog = open_catalog(keys, UnlimitedRateLimiter(), clock, wire.url, max_attempts=1)
        with pytest.raises(AmazonError) as caught:
            catalog.items(["B000000001"], Deadline.after(clock, 3))
    return caught.value, len(wire.sent)


def check(error: AmazonError, expected: Expected, service: str, code: str | None) -> None:
    body = json.loads(problem(error, "r").encoded())
    assert (body["status"], body["code"]) == expected
    assert (body["upstream"]["service"], body["upstream"]["code"]) == (service, code)
    assert body["action"]
    assert SECRET not in str(body)
    if expected == KEYS:
        assert "version" in body["action"]


@pytest.mark.parametrize(("status", "kind", "reason", "expected"), REASONS)
@pytest.mark.parametrize("name", ["type", "__type"])
def test_each_documented_reason_becomes_its_problem(
    status: int, kind: str, reason: str, expected: Expected, name: str
) -> None:
    body = {name: kind if name == "type" else f"com.amazon.creators#{kind}", "reason": reason}
    error, _ = error_of(TOKEN, reply(status, body))
    check(error, expected, "creators", reason)


def test_every_documented_reason_is_mapped() -> None:
    assert {reason for _, _, reason, _ in REASONS} <= set(ERRORS_BY_CODE)


@pytest.mark.parametrize(("status", "body", "expected", "code"), BODIES)
def test_other_bodies_are_classified_by_type_or_status(
    status: int, body: Any, expected: Expected, code: str | None
) -> None:
    error, _ = error_of(TOKEN, reply(status, body))
    check(error, expected, "creators", code)


@pytest.mark.parametrize(("status", "body", "expected", "code"), TOKEN_BODIES)
def test_each_token_service_error_becomes_its_problem(
    status: int, body: Any, expected: Expected, code: str | None
) -> None:
    error, sent = error_of(reply(status, body))
    check(error, expected, "creators_token", code)
    assert sent == 1


@pytest.mark.parametrize(
    ("body", "headers", "seconds"),
    [
        ({"type": "ThrottleException", "retryAfterSeconds": 60}, {}, 60),
        ({"type": "ThrottleException", "retryAfterSeconds": "7"}, {}, 7),
        ({"type": "ThrottleException", "retryAfterSeconds": 10**9}, {}, 3600),
        ({"type": "ThrottleException", "retryAfterSeconds": -1}, {}, 1),
        ({"type": "ThrottleException", "serviceCode": "x", "quotaCode": "y"}, {}, 5),
        ({"type": "ThrottleException"}, {"Retry_After": "30"}, 30),
    ],
)
def test_retry_after_of_throttling(body: Any, headers: dict[str, str], seconds: int) -> None:
    error, _ = error_of(TOKEN, reply(429, body, **headers))
    check(error, SLOW, "creators", "ThrottleException")
    assert error.retry_after == seconds
