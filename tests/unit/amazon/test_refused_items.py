"""Items that Amazon refuses beside others, in all known spellings of the error."""

import json
from typing import Any

import pytest

from amzlinkr.amazon.creators import parser as creators
from amzlinkr.amazon.paapi5 import parser as paapi5
from amzlinkr.amazon.refused_items import refused_items
from amzlinkr.amazon.transport import AmazonResponse
from amzlinkr.domain.amazon_errors import AmazonRejectedRequest, Upstream
from amzlinkr.domain.import_outcomes import outcomes_of
from amzlinkr.domain.imports import Chunk
from tests.clock import START
from tests.unit.amazon.responses import COMPLETE_ITEM, error_of, renamed

BAD = "B000000003"

NAMED: list[tuple[Any, str]] = [
    ([{"code": "ItemNotAccessible", "message": BAD}], "ItemNotAccessible"),
    ([{"Code": "ItemNotAccessible", "Message": BAD}], "ItemNotAccessible"),
    ([{"code": "ITEM_NOT_ACCESSIBLE", "message": BAD}], "ItemNotAccessible"),
    ([{"code": "ItemNotAccessibleException", "message": BAD}], "ItemNotAccessible"),
    ([{"type": "ItemNotAccessibleException", "message": BAD}], "ItemNotAccessible"),
    ([{"type": "ValidationException", "reason": "ItemNotAccessible", "message": BAD}],
     "ItemNotAccessible"),
    ([{"code": "ResourceNotFoundException", "resourceId": BAD}], "ResourceNotFound"),
    ([{"code": "ItemNotFound", "asin": BAD}], "ItemNotFound"),
    ([{"code": "ItemNotFound", "resourceId": [BAD]}], "ItemNotFound"),
    ({"code": "ItemNotFound", "message": BAD}, "ItemNotFound"),
    ([None, 3, {"code": "InvalidParameterValue", "message": BAD}], "InvalidParameterValue"),
    ([{"code": "Broken", "message": BAD}, {"code": "ItemNotFound", "message": BAD}],
     "ItemNotFound"),
    ([f"{BAD} not found"], "Unknown"),
    ([{"code": "BrandNew", "message": BAD}], "BrandNew"),
]  # fmt: skip


@pytest.mark.parametrize("service", ["paapi5", "creators"])
@pytest.mark.parametrize("name", ["errors", "Errors", "ERRORS"])
@pytest.mark.parametrize(("errors", "code"), NAMED, ids=str)
def test_item_is_named_in_any_spelling_beside_complete_items(
    service: str, name: str, errors: Any, code: str
) -> None:
    item = COMPLETE_ITEM
    reader = creators.reader(marketplace_code="US")
    result: Any = {"itemsResult": {"items": [item]}}
    if service == "paapi5":
        reader = paapi5.reader(marketplace_code="US")
        upper = {"asin": "ASIN", "url": "URL", "detailPageURL": "DetailPageURL"}
        result = renamed(result, lambda one: upper.get(one) or one[0].upper() + one[1:])
    content = json.dumps(result | {name: errors}).encode()

    lookup = reader.lookup(AmazonResponse(200, {}, content), ["B0GOOD0001", BAD], START)

    assert set(lookup.found) == {"B0GOOD0001"}
    assert lookup.refused == {BAD: code}
    known = code not in {"Unknown", "BrandNew"}
    assert lookup.is_inaccessible(BAD) is known
    problem = outcomes_of(Chunk(0, "US", (BAD,)), lookup)[BAD]
    assert problem is not None
    assert (problem.code == "not_accessible") is (code == "ItemNotAccessible")


A, B = "B0AAAA0001", "B0BBBB0002"
GONE = "ItemNotFound"


def refused(status: int, body: Any, *asins: str) -> dict[str, str]:
    """Return the refused items of a response to a request for these ASINs."""
    headers = {"x-amzn-requestid": "request-1"}
    response = AmazonResponse(status, headers, json.dumps(body).encode())
    return refused_items(response, asins, "creators")


def error(code: str, *asins: str) -> dict[str, Any]:
    return {"code": code, "message": " ".join(asins)}


@pytest.mark.parametrize(
    ("status", "body", "asins", "expected"),
    [
        (200, {"errors": [error(GONE, A, B)]}, (A, B), {A: GONE, B: GONE}),
        (200, {"errors": [error(GONE, "B0CCCC0003")]}, (A,), {}),
        (200, {"items": [], "message": A}, (A,), {}),
        (200, {"type": "ItemNotAccessible", "errors": [error("Broken", A)]}, (A,), {A: "Broken"}),
        (400, {"errors": [error(GONE, A)]}, (A, B), {A: GONE}),
        (400, {"errors": [error(GONE, A), error("Broken", A)]}, (A, B), {A: GONE}),
        (400, {"errors": [error("Broken", A), error("Other9", A)]}, (A, B), {A: "Broken"}),
        (400, {"errors": [error("Broken", A), error(GONE, A)]}, (A, B), {A: GONE}),
        (400, {"errors": [error("x" * 100, A)]}, (A, B), {A: "x" * 80}),
        (400, {"type": "ItemNotAccessible", "errors": [{"message": A}]}, (A, B),
         {A: "ItemNotAccessible"}),
        (400, {"errors": [error(GONE, A)]}, (A,), {A: GONE}),
        (400, {"errors": [error("ItemNotAccessible", A)]}, (A,), {A: "ItemNotAccessible"}),
        (400, error(GONE), (A,), {A: GONE}),
        (404, error(GONE), (A, B), {A: GONE, B: GONE}),
        (410, error(GONE), (A, B), {A: GONE, B: GONE}),
        (404, {"code": "ItemNotAccessible", "resourceId": A}, (A, B), {A: GONE, B: GONE}),
        (404, {"errors": [{"code": "ItemNotAccessible", "resourceId": A}]}, (A, B),
         {A: "ItemNotAccessible"}),
        (404, {"errors": [error("ItemNotAccessible", A, B)]}, (A, B),
         {A: "ItemNotAccessible", B: "ItemNotAccessible"}),
        (400, {"code": "ItemNotAccessible", "resourceId": A}, (A, B), {A: "ItemNotAccessible"}),
    ],
)  # fmt: skip
def test_refused_items_by_status_and_place(
    status: int, body: Any, asins: tuple[str, ...], expected: dict[str, str]
) -> None:
    assert refused(status, body, *asins) == expected


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [error(GONE)]},
        {"errors": [error(GONE, A, B)]},
        {"errors": [error(GONE, A, B, "B0CCCC0003")]},
        {"errors": [error(GONE, "B0CCCC0003")]},
    ],
)
def test_error_that_names_none_or_all_of_several_items_refuses_the_request(body: Any) -> None:
    with pytest.raises(AmazonRejectedRequest) as failed:
        refused(400, body, A, B)

    assert failed.value.upstream == Upstream("creators", 400, GONE, "request-1")


def test_error_that_names_only_another_item_refuses_the_request() -> None:
    for status in (400, 404):
        with pytest.raises(AmazonRejectedRequest):
            refused(status, {"errors": [error(GONE, "B0CCCC0003")]}, A)


@pytest.mark.parametrize(
    ("members", "on_400", "on_404"),
    [
        ({"message": f"The ItemIds {A} are invalid."}, True, True),
        ({"message": "The value for ItemIds is invalid."}, False, True),
        ({"message": "The value is invalid."}, False, False),
        ({"message": "The ASIN is odd.", "fieldList": ["partnerType"]}, False, False),
        ({"fieldList": ["itemIds"]}, False, True),
        ({"fieldList": [{"name": "itemIds"}, {"name": "browseNodeId"}]}, False, True),
        ({"fieldList": ["itemIds", "keywords"]}, False, False),
        ({"message": f"The value {A} provided in the request for Keywords is odd."}, False, False),
        ({"message": f"The value {A} provided in the request for ItemIds is odd."}, True, True),
        ({"resourceId": A}, True, True),
    ],
)
def test_invalid_value_is_about_items_only_if_it_names_them(
    members: dict[str, Any], on_400: bool, on_404: bool
) -> None:
    body = {"errors": [{"code": "InvalidParameterValue"} | members]}

    assert (error_of(400, body, "creators") is None) is on_400
    assert (error_of(404, body, "creators") is None) is on_404
    assert (error_of(200, body, "creators") is None) is on_404


def test_unknown_code_is_not_about_the_item_that_it_names() -> None:
    body = {"errors": [{"code": "BrandNewCode", "message": f"The ItemId {A} is odd."}]}

    for status in (400, 404):
        assert isinstance(error_of(status, body, "creators"), AmazonRejectedRequest)
