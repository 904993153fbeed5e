"""Items that Amazon refuses beside others, in all known spellings of the error."""

import json
from typing import Any

import pytest

from amzlinkr.amazon.creators import parser as creators
from amzlinkr.amazon.paapi5 import parser as paapi5
from amzlinkr.amazon.transport import AmazonResponse
from amzlinkr.domain.import_outcomes import outcomes_of
from amzlinkr.domain.imports import Chunk
from tests.clock import START
from tests.unit.amazon.responses import COMPLETE_ITEM, renamed

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
