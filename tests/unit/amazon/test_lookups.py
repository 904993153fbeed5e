"""Lookups by both APIs: refused items, errors for the whole call, and empty answers."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from amzlinkr.amazon.catalog import open_catalog
from amzlinkr.domain.amazon_errors import (
    AmazonAccessDenied,
    AmazonError,
    AmazonKeysRejected,
    AmazonPartnerTagRejected,
    AmazonRejectedRequest,
    AmazonThrottled,
    AmazonUnavailable,
)
from amzlinkr.domain.catalog import LookupResult, Search
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.import_outcomes import outcomes_of
from amzlinkr.domain.imports import Chunk
from amzlinkr.domain.ports import Catalog
from tests.clock import FakeClock
from tests.unit.amazon.accounts import UnlimitedRateLimiter, creators_account, credentials
from tests.unit.wire import Script, Wire, reply

ASINS = [f"B00000000{number}" for number in range(10)]
BAD = ASINS[3]
REST = [asin for asin in ASINS if asin != BAD]
TOKEN = reply(200, {"access_token": "Atc|unit-token", "expires_in": 3600})
MESSAGE = f"The ItemId {BAD} provided in the request is invalid."
Call = Callable[..., tuple[LookupResult | AmazonError, list[list[str]]]]


def items_with(*asins: str) -> dict[str, Any]:
    """Return a result that both APIs read."""
    items = [{"asin": asin, "ASIN": asin} for asin in asins]
    return {"itemsResult": {"items": items}, "ItemsResult": {"Items": items}}


@pytest.fixture(params=["paapi5", "creators"])
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def limiter() -> UnlimitedRateLimiter:
    return UnlimitedRateLimiter()


@pytest.fixture
def call(service: str, limiter: UnlimitedRateLimiter, clock: FakeClock) -> Call:
    """Return a lookup that receives these responses, and the ASINs of each of its requests."""

    def run(
        *replies: Script, asins: list[str] = ASINS
    ) -> tuple[LookupResult | AmazonError, list[list[str]]]:
        with Wire([TOKEN, *replies] if service == "creators" else replies) as wire:
            catalog = catalog_of(service, wire.url, limiter, clock)
            try:
                result: LookupResult | AmazonError = catalog.items(asins, Deadline.after(clock, 9))
            except AmazonError as error:
                result = error
        bodies = [json.loads(sent.body) for sent in wire.sent if b"temIds" in sent.body]
        return result, [body.get("itemIds") or body["ItemIds"] for body in bodies]

    return run


def catalog_of(service: str, url: str, limiter: UnlimitedRateLimiter, clock: FakeClock) -> Catalog:
    keys = creators_account() if service == "creators" else credentials()
    return open_catalog(keys, limiter, clock, url)


NAMING = [
    {"Errors": [{"Code": "InvalidParameterValue", "Message": MESSAGE}]},
    {"errors": [{"code": "InvalidItemId", "message": f"{BAD} is invalid"}]},
    {"reason": "ItemNotAccessible", "message": BAD},
    {"errors": [{"code": "ITEM_NOT_FOUND", "asin": BAD}]},
    {"errors": {"code": "ItemNotFoundException", "resourceId": [BAD]}},
    {"reason": "FieldValidationFailed", "fieldList": [{"name": "itemIds", "message": BAD}]},
]  # fmt: skip


@pytest.mark.parametrize("status", [400, 404, 422])
@pytest.mark.parametrize("body", NAMING, ids=str)
def test_refused_item_does_not_spoil_the_others(
    call: Call, limiter: UnlimitedRateLimiter, status: int, body: Any
) -> None:
    if status == 404 and "message" in body:
        body = {"errors": [body]}
    result, requested = call(reply(status, body), reply(200, items_with(*REST)))

    assert isinstance(result, LookupResult)
    assert requested == [ASINS, REST]
    assert set(result.found) == set(REST)
    assert result.is_inaccessible(BAD)
    assert set(result.refused) == {BAD}
    assert limiter.reservations == limiter.successes == 2


def test_items_refused_one_after_another_are_all_refused(call: Call) -> None:
    others = [asin for asin in REST if asin != ASINS[0]]
    second = {"Errors": [{"Code": "InvalidParameterValue", "Message": f"ItemId {ASINS[0]}"}]}
    result, requested = call(
        reply(400, NAMING[0]), reply(400, second), reply(200, items_with(*others))
    )
    assert isinstance(result, LookupResult)
    assert requested == [ASINS, REST, others]
    assert set(result.refused) == {BAD, ASINS[0]}


def test_only_item_of_an_import_is_not_found(call: Call) -> None:
    for body in (*NAMING, {"errors": [{"code": "NoResults", "message": "x"}]}):
        result, requested = call(reply(400, body), asins=[BAD])
        assert isinstance(result, LookupResult)
        assert requested == [[BAD]]
        problem = outcomes_of(Chunk(0, "US", (BAD,)), result)[BAD]
        assert problem is not None
        assert problem.code in {"not_found", "not_accessible"}


@pytest.mark.parametrize(
    "body",
    [
        {"type": "ResourceNotFoundException", "resourceType": "Item", "resourceId": ASINS[0],
         "errors": [{"code": "NoResults"}]},
        {"errors": [{"code": "NoResults", "message": "x"}]},
        {"Errors": [{"Code": "InvalidParameterValue", "Message": "The ItemIds are invalid."}]},
    ],
)  # fmt: skip
def test_404_that_names_no_item_is_about_all(call: Call, body: Any) -> None:
    result, requested = call(reply(404, body))
    assert isinstance(result, LookupResult)
    assert requested == [ASINS]
    assert all(map(result.is_inaccessible, ASINS))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"errors": [{"code": "NoResults", "message": "x"}]}),
        (400, {"errors": [{"code": "InvalidItemId"}]}),
        (400, {"Errors": [{"Code": "InvalidParameterValue", "Message": "The ItemIds are bad."}]}),
        (400, {"Errors": [{"Code": "InvalidParameterValue", "Message": f"ItemIds {ASINS}"}]}),
        (400, {"errors": [{"code": "InvalidItemId", "message": "B0OTHER001 is invalid"}]}),
        (404, {"errors": [{"code": "InvalidParameterValue", "message": "The value [x] provided in "
         "the request for Resources is invalid."}]}),
        (404, {"errors": [{"code": "InvalidParameterValue", "message": "The value [B000000001] "
         "provided in the request for SearchIndex is invalid."}]}),
        (404, {"errors": [{"code": "InvalidParameterValue", "message": "x"}]}),
        (200, {"errors": [{"code": "InvalidParameterValue", "message": "The value [x] provided in "
         "the request for Resources is invalid."}]}),
    ],
    ids=str,
)  # fmt: skip
def test_error_that_names_no_requested_item_refuses_none(
    call: Call, status: int, body: Any
) -> None:
    result, _ = call(reply(status, body))
    assert isinstance(result, AmazonRejectedRequest)


@pytest.mark.parametrize("status", [200, 400, 404])
def test_invalid_tag_is_no_missing_item(call: Call, status: int) -> None:
    text = "The value [x-20] provided in the request for PartnerTag is invalid."
    result, _ = call(
        reply(status, {"Errors": [{"Code": "InvalidParameterValue", "Message": text}]})
    )
    assert isinstance(result, AmazonPartnerTagRejected)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(401, AmazonKeysRejected), (403, AmazonAccessDenied), (429, AmazonThrottled),
     (500, AmazonUnavailable), (503, AmazonUnavailable)],
)  # fmt: skip
@pytest.mark.parametrize(
    "code", ["NoResults", "ItemNotAccessible", "InvalidItemId", "ItemNotFound", "ResourceNotFound"]
)
def test_no_code_about_items_explains_a_status_about_the_account(
    call: Call, limiter: UnlimitedRateLimiter, status: int, expected: type[AmazonError], code: str
) -> None:
    result, _ = call(*[reply(status, {"errors": [{"code": code, "message": MESSAGE}]})] * 3)
    assert type(result) is expected
    assert (limiter.successes, limiter.throttled) == (0, int(status == 429))


NO_ANSWERS: list[tuple[Any, type[AmazonError]]] = [
    ({}, AmazonUnavailable),
    ({"itemsResult": None, "errors": []}, AmazonUnavailable),
    ({"message": "x"}, AmazonUnavailable),
    ({"Errors": [{"Code": "InternalFailure"}]}, AmazonUnavailable),
    ({"items": [], "errors": [{"code": "BrandNew"}]}, AmazonUnavailable),
    ({"items": [], "errors": [{"message": "x"}]}, AmazonUnavailable),
    ({"items": [], "errors": [{"code": "NoResults"}, {"code": "InternalError"}]},
     AmazonUnavailable),
    ({"ItemsResult": {"Items": []}, "Errors": [{"Code": "TooManyRequests"}]}, AmazonThrottled),
    ({"items": [], "errors": [{"code": "AccessDenied"}]}, AmazonAccessDenied),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), NO_ANSWERS, ids=str)
def test_success_without_items_and_with_another_error_is_no_answer(
    call: Call, body: Any, expected: type[AmazonError]
) -> None:
    result, _ = call(*[reply(200, body)] * 3)
    assert type(result) is expected


EMPTY_ANSWERS: list[Any] = [
    {"itemsResult": {"items": []}, "ItemsResult": {"Items": []}},
    {"items": []},
    {"Errors": [{"__type": "com.amazon.paapi5#ErrorData", "Code": "NoResults", "Message": "x"}]},
    {"Errors": [{"Code": "NoResults", "Message": "The item is no longer available."}]},
    {"errors": [{"code": "InvalidParameterValue", "message": MESSAGE}]},
    {"type": "ValidationException", "errors": [{"code": "InvalidParameterValue",
     "message": MESSAGE}]},
    {"searchResult": {"totalResultCount": 0}},
]  # fmt: skip


@pytest.mark.parametrize("body", EMPTY_ANSWERS, ids=str)
def test_documented_empty_answers_are_successes(
    service: str, call: Call, limiter: UnlimitedRateLimiter, clock: FakeClock, body: Any
) -> None:
    result, _ = call(reply(200, body))
    assert isinstance(result, LookupResult)
    assert not result.found
    replies = [TOKEN, reply(200, body)] if service == "creators" else [reply(200, body)]
    with Wire(replies) as wire:
        catalog = catalog_of(service, wire.url, limiter, clock)
        assert catalog.search(Search("tea"), Deadline.after(clock, 9)).items == ()


@pytest.mark.parametrize("errors", [[None], [3], "x", 3, {}, [[]], [{"message": None}]], ids=str)
def test_odd_errors_do_not_hide_the_items(call: Call, errors: Any) -> None:
    result, _ = call(reply(200, items_with(*ASINS) | {"errors": errors, "Errors": errors}))
    assert isinstance(result, LookupResult)
    assert set(result.found) == set(ASINS)


def test_byte_order_mark_does_not_hide_the_items(call: Call) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(items_with(*ASINS)).encode()
    result, _ = call(reply(200, body))
    assert isinstance(result, LookupResult)
    assert set(result.found) == set(ASINS)
