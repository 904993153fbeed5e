"""Tests of the Creators API's request validation: fields, bounds, marketplace and tag."""

from typing import Any

import pytest

from tests.integration.fake_amazon.creators_client import HOST, CreatorsClient, error_of
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
def test_error_names_the_invalid_field(
    creators: CreatorsClient, operation: str, fields: dict[str, Any], wrong: str
) -> None:
    response = creators.call(operation, **{**GOOD[operation], **fields})

    assert error_of(response) == INVALID
    assert response.json["fieldList"] == [wrong]


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
def test_one_unknown_resource_fails_the_request(
    creators: CreatorsClient, operation: str, resource: object
) -> None:
    response = creators.call(operation, **{**GOOD[operation], "resources": [resource]})

    assert error_of(response) == INVALID
    assert response.json["fieldList"] == ["resources"]


def test_more_than_a_hundred_resources_are_rejected(creators: CreatorsClient) -> None:
    response = creators.call("getItems", itemIds=ASINS, resources=["itemInfo.title"] * 101)

    assert response.json["fieldList"] == ["resources"]


@pytest.mark.parametrize("operation", GOOD)
@pytest.mark.parametrize("named", [None, "", "US", "www.amazon.xx", "amazon.com", "WWW.AMAZON.COM"])
def test_marketplace_header_must_name_a_marketplace(
    creators: CreatorsClient, operation: str, named: str | None
) -> None:
    creators.tamper = {"x-marketplace": named}

    response = creators.call(operation, **{**GOOD[operation], "marketplace": None})

    assert error_of(response) == INVALID
    assert response.json["fieldList"] == ["marketplace"]


def test_marketplace_of_body_must_match_the_header(creators: CreatorsClient) -> None:
    other = creators.call("getItems", itemIds=ASINS, marketplace="www.amazon.de")

    assert error_of(other) == INVALID
    assert other.json["fieldList"] == ["marketplace"]
    assert creators.call("getItems", itemIds=ASINS, marketplace=None).status == 200


@pytest.mark.parametrize("tag", [None, "", "  ", 7, "x" * 65])
def test_missing_tag_is_a_field_error(creators: CreatorsClient, tag: object) -> None:
    response = creators.call("getItems", itemIds=ASINS, partnerTag=tag)

    assert error_of(response) == INVALID
    assert response.json["fieldList"] == ["partnerTag"]


@pytest.mark.parametrize("operation", GOOD)
@pytest.mark.parametrize("tag", ["demo-21", "unknown-20", "DEMO-20"])
def test_tag_must_belong_to_account_and_marketplace(
    creators: CreatorsClient, operation: str, tag: str
) -> None:
    response = creators.call(operation, **{**GOOD[operation], "partnerTag": tag})

    assert error_of(response) == (400, "ValidationException", "InvalidPartnerTag")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"\xff\xfe", b"[" * 5000])
def test_body_that_is_not_a_json_object_is_rejected(creators: CreatorsClient, body: bytes) -> None:
    response = creators.send("getItems", body)

    assert error_of(response) == (400, "ValidationException", "CannotParse")


@pytest.mark.parametrize(
    "tamper", [{"Content-Type": "text/plain"}, {"Content-Encoding": "amz-1.0"}]
)
def test_other_content_types_are_rejected(
    creators: CreatorsClient, tamper: dict[str, str | None]
) -> None:
    creators.tamper = tamper

    assert creators.call("getItems", itemIds=ASINS).json["reason"] == "CannotParse"


@pytest.mark.parametrize("operation", ["getitems", "GetItems", "listFeeds", "getItems/", ""])
def test_unknown_path_is_an_unknown_operation(creators: CreatorsClient, operation: str) -> None:
    response = creators.call(operation, itemIds=ASINS)

    assert error_of(response) == (400, "ValidationException", "UnknownOperation")


def test_operations_require_post(creators: CreatorsClient) -> None:
    headers = {"Host": HOST, "Authorization": creators.authorization}

    response = send(creators.url, "GET", "/catalog/v1/getItems", b"", headers)

    assert error_of(response)[2] == "UnknownOperation"


def test_fields_of_paapi_are_ignored(creators: CreatorsClient) -> None:
    response = creators.call("getItems", itemIds=ASINS, partnerType="Associates", itemIdType="ASIN")

    assert response.status == 200


def test_response_reports_the_first_failed_check(creators: CreatorsClient) -> None:
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
