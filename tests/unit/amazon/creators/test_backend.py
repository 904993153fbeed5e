"""The Creators backend: requests, stale tokens, and every documented error as a problem."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.amazon.errors import ERRORS_BY_CODE
from amzlinkr.domain.amazon_errors import AmazonError, AmazonKeysRejected
from amzlinkr.domain.catalog import BrowseNode, Dimension, NodeName, Search
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.ports import Catalog
from tests.clock import START, FakeClock
from tests.unit.amazon.accounts import UnlimitedRateLimiter, creators_account
from tests.unit.amazon.creators.problems import (
    DENIED,
    DOWN,
    ELIGIBLE,
    KEYS,
    REFUSED,
    SLOW,
    TAG,
    TOKEN,
    Expected,
    check,
    error_of,
)
from tests.unit.amazon.responses import COMPLETE_ITEM
from tests.unit.wire import Wire, reply

ASIN = "B0GOOD0001"
ITEMS = {"items": [COMPLETE_ITEM]}
Call = Callable[[Catalog, Deadline], Any]
CALLS: list[tuple[str, Any, Call]] = [
    ("getItems", {"itemsResult": ITEMS}, lambda catalog, end: catalog.items([ASIN], end).found),
    (
        "searchItems",
        {"searchResult": ITEMS | {"totalResultCount": 1}},
        lambda catalog, end: {each.asin: each for each in catalog.search(Search("tea"), end).items},
    ),
    (
        "getVariations",
        {"variationsResult": ITEMS},
        lambda catalog, end: {each.asin: each for each in catalog.variations(ASIN, 1, end).items},
    ),
]

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


@pytest.mark.parametrize(("operation", "body", "call"), CALLS)
def test_operation_has_its_path_and_the_documented_headers(
    clock: FakeClock, operation: str, body: Any, call: Call
) -> None:
    keys = creators_account("3.2", marketplace_code="DE")
    with Wire([TOKEN, reply(200, body)]) as wire:
        catalog = open_catalog(keys, UnlimitedRateLimiter(), clock, wire.url)
        found = call(catalog, Deadline.after(clock, 3))

    sent = wire.sent[1]
    assert (sent.method, sent.path) == ("POST", f"/catalog/v1/{operation}")
    names = ("host", "authorization", "content-type", "accept", "x-marketplace")
    assert [sent.headers[name] for name in names] == [
        "creatorsapi.amazon",
        "Bearer Atc|unit-token",
        "application/json",
        "application/json",
        "www.amazon.de",
    ]
    assert json.loads(sent.body)["marketplace"] == "www.amazon.de"
    assert found[ASIN].details.title == "Kettle"
    assert (found[ASIN].marketplace, found[ASIN].observed_at) == ("DE", START)


def test_browse_nodes_and_dimensions_are_read(clock: FakeClock) -> None:
    nodes = {
        "browseNodesResult": {
            "browseNodes": [
                {
                    "id": "17",
                    "displayName": "Literature",
                    "ancestor": {"id": "1000", "displayName": "Subjects"},
                    "children": [{"id": "18", "displayName": "Poetry"}],
                }
            ]
        }
    }
    summary = {
        "variationCount": 3,
        "variationDimensions": [{"name": "size", "displayName": "Size", "values": ["S", "L"]}],
    }
    with Wire(
        [TOKEN, reply(200, nodes), reply(200, {"variationsResult": {"variationSummary": summary}})]
    ) as wire:
        catalog = open_catalog(creators_account(), UnlimitedRateLimiter(), clock, wire.url)
        found = catalog.browse_nodes(["17"], Deadline.after(clock, 3))
        page = catalog.variations(ASIN, 1, Deadline.after(clock, 3))

    ancestors, children = (NodeName("1000", "Subjects"),), (NodeName("18", "Poetry"),)
    assert wire.sent[1].path == "/catalog/v1/getBrowseNodes"
    assert found == (BrowseNode("17", "Literature", ancestors, children),)
    assert (page.dimensions, page.total) == ((Dimension("size", "Size", ("S", "L")),), 3)


@pytest.mark.parametrize("reason", ["TokenExpired", "InvalidToken"])
@pytest.mark.parametrize(("attempts", "requests"), [(1, 2), (3, 4)])
def test_stale_token_is_replaced_only_if_a_second_attempt_is_allowed(
    clock: FakeClock, attempts: int, requests: int, reason: str
) -> None:
    stale = reply(401, {"type": "UnauthorizedException", "reason": reason})
    with Wire([TOKEN, stale, TOKEN, stale]) as wire:
        catalog = open_catalog(
            creators_account(), UnlimitedRateLimiter(), clock, wire.url, max_attempts=attempts
        )
        with pytest.raises(AmazonKeysRejected):
            catalog.items([ASIN], Deadline.after(clock, 3))

    assert len(wire.sent) == requests


def test_failed_token_fetch_uses_no_reservation(clock: FakeClock) -> None:
    limiter = UnlimitedRateLimiter()
    with Wire([reply(401, {"error": "invalid_client"})]) as wire, pytest.raises(AmazonError):
        open_catalog(creators_account(), limiter, clock, wire.url).items(
            [ASIN], Deadline.after(clock, 3)
        )

    assert limiter.reservations == 0


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


def test_refused_keys_without_a_code_are_reported() -> None:
    error, sent = error_of(TOKEN, reply(401, {}))

    assert isinstance(error, AmazonKeysRejected)
    assert (error.upstream.code if error.upstream else "", sent) == (None, 2)
