"""The Creators API is strict about names, bounds, marketplace and tag."""

from typing import Any

import pytest

from tests.integration.fake_amazon.creators_client import HOST, CreatorsClient, refusal
from tests.integration.fake_amazon.signed_client import ASINS, send

INVALID = (400, "ValidationException", "FieldValidationFailed")
GOOD: dict[str, dict[str, Any]] = {
    "searchItems": {"keywords": "mug"},
    "getItems": {"itemIds": ASINS},
    "getVariations": {"asin": ASINS[0]},
    "getBrowseNodes": {"browseNodeIds": ["283155"]},
}


@pytest.mark.parametrize(
    ("operation", "fields", "wrong"),
    [
        ("getItems", {"itemIds": [f"B0000000{place:02d}" for place in range(11)]}, "itemIds"),
        ("getItems", {"itemIds": []}, "itemIds"),
        ("getItems", {"itemIds": None}, "itemIds"),
        ("getItems", {"itemIds": "B08N5WRWNW"}, "itemIds"),
        ("getItems", {"itemIds": [7]}, "itemIds"),
        ("getItems", {"itemIds": None, "ItemIds": ASINS}, "itemIds"),
        ("getItems", {"itemIdType": "SKU"}, "itemIdType"),
        ("getItems", {"condition": "Used"}, "condition"),
        ("getItems", {"condition": "new"}, "condition"),
        ("getItems", {"currencyOfPreference": " "}, "currencyOfPreference"),
        ("getItems", {"languagesOfPreference": ["xx_XX"]}, "languagesOfPreference"),
        ("getItems", {"languagesOfPreference": ["en_US", "de_DE"]}, "languagesOfPreference"),
        ("getItems", {"properties": {"a": 1}}, "properties"),
        ("searchItems", {"keywords": None}, "keywords"),
        ("searchItems", {"keywords": None, "Keywords": "mug"}, "keywords"),
        ("searchItems", {"keywords": "x" * 1001}, "keywords"),
        ("searchItems", {"itemCount": 11}, "itemCount"),
        ("searchItems", {"itemCount": "5"}, "itemCount"),
        ("searchItems", {"ItemCount": 5}, "itemCount"),
        ("searchItems", {"itemPage": 11}, "itemPage"),
        ("searchItems", {"minPrice": 0}, "minPrice"),
        ("searchItems", {"maxPrice": 9.5}, "maxPrice"),
        ("searchItems", {"minReviewsRating": 5}, "minReviewsRating"),
        ("searchItems", {"minSavingPercent": 100}, "minSavingPercent"),
        ("searchItems", {"browseNodeId": "1" * 20}, "browseNodeId"),
        ("searchItems", {"searchIndex": "Nonsense"}, "searchIndex"),
        ("searchItems", {"sortBy": "price:lowToHigh"}, "sortBy"),
        ("searchItems", {"availability": "available"}, "availability"),
        ("searchItems", {"deliveryFlags": ["prime"]}, "deliveryFlags"),
        ("getVariations", {"asin": None}, "asin"),
        ("getVariations", {"asin": "B08N5WRWN"}, "asin"),
        ("getVariations", {"asin": "b08n5wrwnw"}, "asin"),
        ("getVariations", {"variationCount": 11}, "variationCount"),
        ("getVariations", {"variationPage": 0}, "variationPage"),
        ("getBrowseNodes", {"browseNodeIds": []}, "browseNodeIds"),
        ("getBrowseNodes", {"browseNodeIds": [str(n) for n in range(11)]}, "browseNodeIds"),
    ],
)
def test_a_wrong_field_is_named(
    creators: CreatorsClient, operation: str, fields: dict[str, Any], wrong: str
) -> None:
    answer = creators.call(operation, **{**GOOD[operation], **fields})

    assert refusal(answer) == INVALID
    assert answer.json["fieldList"] == [wrong]


@pytest.mark.parametrize(
    ("operation", "resource"),
    [
        ("getItems", "ItemInfo.Title"),
        ("getItems", "itemInfo.Title"),
        ("getItems", "iteminfo.title"),
        ("getItems", "offers.listings.price"),
        ("getItems", "rentalOffers.listings.basePrice"),
        ("getItems", "offersV2.listings"),
        ("getItems", "offersV2.listings.violatesMAP"),
        ("getItems", "images.primary.hiRes"),
        ("getItems", "parentAsin"),
        ("getItems", "searchRefinements"),
        ("searchItems", "variationSummary.variationDimension"),
        ("getVariations", "searchRefinements"),
        ("getBrowseNodes", "itemInfo.title"),
        ("getBrowseNodes", "BrowseNodes.Ancestor"),
        ("getItems", 7),
        ("getItems", ["itemInfo.title"]),
    ],
)
def test_one_wrong_resource_fails_the_request(
    creators: CreatorsClient, operation: str, resource: object
) -> None:
    answer = creators.call(operation, **{**GOOD[operation], "resources": [resource]})

    assert refusal(answer) == INVALID
    assert answer.json["fieldList"] == ["resources"]


def test_more_than_a_hundred_resources_are_too_many(creators: CreatorsClient) -> None:
    answer = creators.call("getItems", itemIds=ASINS, resources=["itemInfo.title"] * 101)

    assert answer.json["fieldList"] == ["resources"]


@pytest.mark.parametrize("operation", GOOD)
@pytest.mark.parametrize("named", [None, "", "US", "www.amazon.xx", "amazon.com", "WWW.AMAZON.COM"])
def test_the_marketplace_header_must_name_one(
    creators: CreatorsClient, operation: str, named: str | None
) -> None:
    creators.tamper = {"x-marketplace": named}

    answer = creators.call(operation, **{**GOOD[operation], "marketplace": None})

    assert refusal(answer) == INVALID
    assert answer.json["fieldList"] == ["marketplace"]


def test_the_bodys_marketplace_is_the_headers_or_none(creators: CreatorsClient) -> None:
    other = creators.call("getItems", itemIds=ASINS, marketplace="www.amazon.de")

    assert refusal(other) == INVALID
    assert other.json["fieldList"] == ["marketplace"]
    assert creators.call("getItems", itemIds=ASINS, marketplace=None).status == 200


@pytest.mark.parametrize("tag", [None, "", "  ", 7, "x" * 65])
def test_without_a_tag_the_field_is_named(creators: CreatorsClient, tag: object) -> None:
    answer = creators.call("getItems", itemIds=ASINS, partnerTag=tag)

    assert refusal(answer) == INVALID
    assert answer.json["fieldList"] == ["partnerTag"]


@pytest.mark.parametrize("operation", GOOD)
@pytest.mark.parametrize("tag", ["demo-21", "somebody-20", "DEMO-20"])
def test_the_tag_must_belong_to_account_and_marketplace(
    creators: CreatorsClient, operation: str, tag: str
) -> None:
    answer = creators.call(operation, **{**GOOD[operation], "partnerTag": tag})

    assert refusal(answer) == (400, "ValidationException", "InvalidPartnerTag")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"\xff\xfe", b"[" * 5000])
def test_a_body_that_is_no_json_object_cannot_be_parsed(
    creators: CreatorsClient, body: bytes
) -> None:
    answer = creators.send("getItems", body)

    assert refusal(answer) == (400, "ValidationException", "CannotParse")


@pytest.mark.parametrize(
    "tamper", [{"Content-Type": "text/plain"}, {"Content-Encoding": "amz-1.0"}]
)
def test_a_body_sent_as_something_else_cannot_be_parsed(
    creators: CreatorsClient, tamper: dict[str, str | None]
) -> None:
    creators.tamper = tamper

    assert creators.call("getItems", itemIds=ASINS).json["reason"] == "CannotParse"


@pytest.mark.parametrize("operation", ["getitems", "GetItems", "listFeeds", "getItems/", ""])
def test_an_unknown_path_is_an_unknown_operation(creators: CreatorsClient, operation: str) -> None:
    answer = creators.call(operation, itemIds=ASINS)

    assert refusal(answer) == (400, "ValidationException", "UnknownOperation")


def test_operations_are_posted(creators: CreatorsClient) -> None:
    headers = {"Host": HOST, "Authorization": creators.authorization}

    answer = send(creators.url, "GET", "/catalog/v1/getItems", b"", headers)

    assert refusal(answer)[2] == "UnknownOperation"


def test_what_the_older_api_wanted_is_tolerated(creators: CreatorsClient) -> None:
    answer = creators.call("getItems", itemIds=ASINS, partnerType="Associates", itemIdType="ASIN")

    assert answer.status == 200


def test_the_first_check_that_fails_is_the_one_that_is_told(creators: CreatorsClient) -> None:
    wrong: dict[str, Any] = {"itemIds": [], "partnerTag": "nobody-20", "resources": ["x"]}
    creators.tamper = {"Authorization": "Bearer x", "x-marketplace": "x"}
    assert creators.call("getItems", **wrong).json["reason"] == "InvalidToken"
    creators.tamper = {"x-marketplace": "x"}
    assert creators.send("nothing", b"{").json["reason"] == "UnknownOperation"
    assert creators.send("getItems", b"{").json["reason"] == "CannotParse"
    assert creators.call("getItems", **wrong).json["fieldList"] == ["marketplace"]
    creators.tamper = {}
    assert creators.call("getItems", **wrong).json["reason"] == "InvalidPartnerTag"
    wrong["partnerTag"] = "demo-20"
    assert creators.call("getItems", **wrong).json["fieldList"] == ["resources"]
