"""Calls of the Creators API backend that recover: stale tokens, and requests without results."""

from typing import Any

import pytest

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.domain.amazon_errors import AmazonKeysRejected
from amzlinkr.domain.catalog import LookupResult, Search, SearchPage
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.credentials import creators_credentials
from amzlinkr.domain.ports import Catalog
from tests.clock import FakeClock
from tests.unit.amazon.accounts import UnlimitedRateLimiter, catalog_at
from tests.unit.wire import Script, Wire, reply

ASIN = "B000000001"
FOUND = reply(200, {"itemsResult": {"items": [{"asin": ASIN}]}})
STALE: list[tuple[int, Any]] = [
    (401, {"errors": [{"code": "InvalidToken"}]}),
    (401, {"Errors": [{"Code": "TokenExpired", "Message": "x"}]}),
    (401, {"type": "UnauthorizedException", "reason": "INVALID_TOKEN"}),
    (401, {"__type": "com.amazon.coral#ExpiredTokenException"}),
    (403, {"code": "tokenexpired"}),
    (400, {"error": "invalid_token", "error_description": "x"}),
    (401, {"errors": [{"code": "AuthError", "type": "InvalidToken"}]}),
    (401, {"errors": [{"code": "NotAuthenticated"}], "reason": "InvalidToken"}),
    (401, {"errors": [{"code": "Invalid Token"}]}),
    (401, {"errorCode": "InvalidToken"}),
    (401, {"errors": {"code": "InvalidToken"}}),
]
EMPTY: list[tuple[int, Any]] = [
    (404, {"errors": [{"code": "NoResults", "message": "x"}]}),
    (404, {"type": "ResourceNotFoundException", "resourceType": "Item", "resourceId": ASIN}),
    (404, {"__type": "com.amazon.creators#ResourceNotFoundException", "errors": "none"}),
    (404, {"errors": [{"code": "ITEM_NOT_FOUND", "message": 3}]}),
    (404, {"errors": [{"code": "InvalidParameterValue", "message": f"The ItemIds {ASIN} is x"}]}),
    (400, {"Errors": [{"Code": "NoResults"}]}),
    (200, {"errors": [{"code": "NoResults", "message": "x"}]}),
]


def token(number: int) -> Script:
    return reply(200, {"access_token": f"Atc|unit-token-{number}", "expires_in": 3600})


def creators_at(url: str, clock: FakeClock) -> Catalog:
    keys = creators_credentials("amzn1.application-oa2-client.u", "secret", "3.1", "t-20", "US")
    return open_catalog(keys, UnlimitedRateLimiter(), clock, url)


@pytest.mark.parametrize(("status", "body"), STALE, ids=str)
def test_stale_token_is_replaced_and_the_call_repeated_once(
    status: int, body: Any, clock: FakeClock
) -> None:
    with Wire([token(1), reply(status, body), token(2), FOUND]) as wire:
        lookup = creators_at(wire.url, clock).items([ASIN], Deadline.after(clock, 3))

    assert set(lookup.found) == {ASIN}
    sent = [request.headers.get("authorization") for request in wire.sent]
    assert sent == [None, "Bearer Atc|unit-token-1", None, "Bearer Atc|unit-token-2"]


@pytest.mark.parametrize(("status", "body"), STALE, ids=str)
def test_token_that_stays_stale_ends_the_call(status: int, body: Any, clock: FakeClock) -> None:
    refused = reply(status, body)
    with Wire([token(1), refused, token(2), refused]) as wire, pytest.raises(AmazonKeysRejected):
        creators_at(wire.url, clock).items([ASIN], Deadline.after(clock, 3))

    assert len(wire.sent) == 4


@pytest.mark.parametrize(("status", "body"), EMPTY, ids=str)
def test_response_without_results_is_empty_and_names_the_missing_item(
    status: int, body: Any, clock: FakeClock
) -> None:
    with Wire([token(1), reply(status, body)]) as wire:
        catalog = creators_at(wire.url, clock)
        page = catalog.search(Search("nothing"), Deadline.after(clock, 3))
        lookup = catalog.items([ASIN], Deadline.after(clock, 3))
        nodes = catalog.browse_nodes(["1"], Deadline.after(clock, 3))

    assert (page.items, page.total) == ((), 0)
    assert nodes == ()
    assert not lookup.found
    assert set(lookup.refused) == ({ASIN} if status != 200 else set())
    assert isinstance(page, SearchPage)
    assert isinstance(lookup, LookupResult)


@pytest.mark.parametrize(
    "error",
    [
        {"code": "ItemNotAccessible", "message": f"The ItemId {ASIN} is not accessible."},
        {"Code": "ItemNotAccessible", "Message": f"The ItemId {ASIN} is not accessible."},
        {"code": "ItemNotAccessible", "resourceId": ASIN},
        {"Code": "ItemNotAccessible", "ResourceId": ASIN},
    ],
)
@pytest.mark.parametrize("name", ["errors", "Errors"])
def test_item_errors_are_read_in_either_letter_case_from_both_apis(
    error: dict[str, str], name: str, clock: FakeClock
) -> None:
    body = {name: [error], "itemsResult": {"items": []}}
    with Wire([token(1), reply(200, body)]) as wire:
        lookups = [creators_at(wire.url, clock).items([ASIN], Deadline.after(clock, 3))]
    with Wire([reply(200, {name: [error], "ItemsResult": {"Items": []}})]) as wire:
        lookups.append(catalog_at(wire.url, clock).items([ASIN], Deadline.after(clock, 3)))

    assert [dict(lookup.refused) for lookup in lookups] == [{ASIN: "ItemNotAccessible"}] * 2
