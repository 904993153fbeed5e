"""The JSON of PA-API 5.0: PascalCase names, and otherwise the same as the Creators API."""

import json
from typing import Any

import msgspec
import pytest
from msgspec import structs

from amzlinkr.amazon.creators import parser as creators
from amzlinkr.amazon.offer_shapes import Listing
from amzlinkr.amazon.paapi5 import parser as paapi5
from amzlinkr.amazon.paapi5.parser import in_pascal_case
from amzlinkr.amazon.shapes import Body, Item
from amzlinkr.amazon.transport import AmazonResponse
from tests.clock import START
from tests.unit.amazon.responses import COMPLETE_ITEM, renamed

ASIN = "B0GOOD0001"
BODIES: dict[str, Any] = {
    "items": {
        "itemsResult": {"items": [COMPLETE_ITEM]},
        "errors": [{"code": "ItemNotAccessible", "message": "The item B0GONE0001 is not."}],
    },
    "search": {
        "searchResult": {
            "items": [COMPLETE_ITEM],
            "totalResultCount": 146,
            "searchURL": "https://www.amazon.com/s?k=tea",
        }
    },
    "variations": {
        "variationsResult": {
            "items": [COMPLETE_ITEM],
            "variationSummary": {
                "variationCount": 12,
                "variationDimensions": [
                    {"name": "size", "displayName": "Size", "values": ["S", "L"]}
                ],
            },
        }
    },
    "browse_nodes": {
        "browseNodesResult": {
            "browseNodes": [
                {
                    "id": "17",
                    "displayName": "Literature",
                    "ancestor": {"id": "1000", "contextFreeName": "Subjects"},
                    "children": [{"id": "18", "displayName": "Poetry"}],
                }
            ]
        }
    },
}


def pascal(name: str) -> str:
    return {"asin": "ASIN", "url": "URL"}.get(name, name[0].upper() + name[1:])


def results_of(module: Any, body: Any) -> list[Any]:
    """Return what the reader of an API makes of a body, for every operation."""
    reader = module.reader(marketplace_code="US")
    response = AmazonResponse(200, {}, json.dumps(body).encode())
    return [
        reader.lookup(response, [ASIN, "B0GONE0001"], START),
        reader.search_page(response, START),
        reader.variation_page(response, START),
        reader.browse_nodes(response),
    ]


@pytest.mark.parametrize("operation", BODIES)
def test_response_of_either_api_has_the_same_result(operation: str) -> None:
    body = BODIES[operation]
    ours, other = results_of(paapi5, renamed(body, pascal)), results_of(creators, body)

    assert ours == other
    empty = results_of(creators, {})[list(BODIES).index(operation)]
    assert ours[list(BODIES).index(operation)] != empty


def test_documented_spellings_are_used() -> None:
    names = {
        field.encode_name
        for shape in (Item, Listing, Body)
        for field in structs.fields(in_pascal_case(shape))
        if not field.name.startswith("odd_")  # the names of the Creators API
    }

    assert {"ASIN", "DetailPageURL", "ItemInfo", "OffersV2", "ViolatesMAP", "ItemsResult"} <= names
    assert all(name[0].isupper() for name in names)


def test_derived_shape_reads_members_of_every_kind() -> None:
    body = msgspec.json.decode(
        json.dumps(renamed(BODIES["items"], pascal)), type=in_pascal_case(Body), strict=False
    )

    assert body.result.items
    (item,) = body.result.items
    assert item.asin == ASIN
    assert item.item_info is not None
    assert item.item_info.title is not None
    assert item.item_info.title.display_value == "Kettle"
