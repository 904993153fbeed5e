"""Responses of the fake PA-API: checked parameters, items, searches, partial errors."""

from typing import Any

import pytest

from infra.local.fake_amazon import accounts
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.marketplaces import MARKETPLACES, display_amount
from infra.local.fake_amazon.server import FakeAmazon
from tests.integration.fake_amazon.signed_client import ASINS, RESOURCES, Client, price_of


@pytest.mark.parametrize(
    "fields",
    [
        {"ItemIds": [f"B0000000{count:02d}" for count in range(11)]},
        {"ItemIds": []},
        {"ItemIds": "B08N5WRWNW"},
        {"ItemIds": [7]},
        {"Resources": ["Offers.Listings.Availability"]},
        {"Resources": ["itemInfo.title"]},
        {"Marketplace": "www.amazon.de"},
        {"PartnerType": "Friends"},
        {"LanguagesOfPreference": ["xx_XX"]},
        {"Condition": "Broken"},
    ],
)
def test_invalid_parameters_are_validation_errors(client: Client, fields: dict[str, Any]) -> None:
    response = client.call("GetItems", **{"ItemIds": ASINS, **fields})

    assert response.status == 400
    assert response.json["__type"].endswith("#ValidationException")


@pytest.mark.parametrize(
    "fields",
    [
        {"Keywords": ""},
        {"ItemCount": 11},
        {"ItemPage": 0},
        {"ItemPage": "1"},
        {"MinPrice": -1},
        {"SearchIndex": "Nonsense"},
        {"MinReviewsRating": 5},
        {"MinSavingPercent": 100},
        {"DeliveryFlags": ["Express"]},
        {"Condition": "new"},
    ],
)
def test_invalid_searches_are_validation_errors(client: Client, fields: dict[str, Any]) -> None:
    response = client.call("SearchItems", **{"Keywords": "mug", **fields})

    assert response.status == 400
    assert response.json["__type"].endswith("#ValidationException")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"\xff\xfe", b"[" * 5000])
def test_body_that_is_not_a_json_object_is_rejected(client: Client, body: bytes) -> None:
    assert client.send("GetItems", body).status == 400


def test_response_contains_items_and_errors_of_single_ids(client: Client) -> None:
    wrong = ["B0NONE0001", "B0DENY0001", "B0GONE0001", "dummy", "0805210319"]

    response = client.call("GetItems", ItemIds=[*ASINS, *wrong])

    assert response.status == 200
    assert set(response.items) == set(ASINS)
    assert list(response.items) != ASINS
    found = {error["Message"].split()[2]: error["Code"] for error in response.json["Errors"]}
    assert found == {asin: "InvalidParameterValue" for asin in wrong} | {
        "B0DENY0001": "ItemNotAccessible"
    }


def test_only_invalid_ids_return_only_errors(client: Client) -> None:
    response = client.call("GetItems", ItemIds=["dummy", "B001AWBYRAA"])

    assert response.status == 200
    assert list(response.json) == ["Errors"]


def test_search_without_results_returns_no_results(client: Client) -> None:
    response = client.call("SearchItems", Keywords="zzznothing at all")

    assert response.status == 200
    assert list(response.json) == ["Errors"]
    assert response.code == "NoResults"


def test_search_and_get_items_return_the_same_products(client: Client) -> None:
    found = client.call("SearchItems", Keywords="garden hose", Resources=RESOURCES).items

    got = client.call("GetItems", ItemIds=list(found), Resources=RESOURCES).items

    assert len(found) == 10
    for asin, item in found.items():
        assert "linkCode=osi" in item.pop("DetailPageURL")
        assert "linkCode=ogi" in got[asin].pop("DetailPageURL")
        assert got[asin] == item


def test_same_request_has_the_same_response_in_another_run(client: Client) -> None:
    with FakeAmazon() as other:
        other.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tps=100))
        questions: list[tuple[str, dict[str, Any]]] = [
            ("GetItems", {"ItemIds": ASINS, "Resources": RESOURCES}),
            ("SearchItems", {"Keywords": "Lamp", "Resources": RESOURCES, "ItemPage": 2}),
        ]
        for operation, fields in questions:
            there = Client(other.url).call(operation, **fields)
            assert there.json == client.call(operation, **fields).json


def test_search_filters_and_sorts(client: Client) -> None:
    common: dict[str, Any] = {"Keywords": "tent", "Resources": RESOURCES}
    cheap = client.call("SearchItems", MaxPrice=5000, SortBy="Price:LowToHigh", **common).items
    amounts = [price_of(item)["Amount"] for item in cheap.values()]
    assert amounts == sorted(amounts)
    assert max(amounts) <= 50

    dear = client.call("SearchItems", MinPrice=5000, SortBy="Price:HighToLow", **common).items
    amounts = [price_of(item)["Amount"] for item in dear.values()]
    assert amounts == sorted(amounts, reverse=True)
    assert min(amounts) >= 50

    branded = client.call("SearchItems", Brand="Sony", **common).items
    names = {item["ItemInfo"]["ByLineInfo"]["Brand"]["DisplayValue"] for item in branded.values()}
    assert names == {"Sony"}


def test_search_pages_do_not_overlap(client: Client) -> None:
    pages = [client.call("SearchItems", Keywords="kite", ItemPage=page) for page in range(1, 11)]

    asins = [asin for page in pages for asin in page.items]

    assert len(asins) == len(set(asins))
    assert len(asins) == min(100, pages[0].json["SearchResult"]["TotalResultCount"])


def test_response_contains_only_requested_resources(client: Client) -> None:
    item = client.call("GetItems", ItemIds=ASINS[:1]).items[ASINS[0]]
    assert set(item) == {"ASIN", "DetailPageURL", "ItemInfo"}
    assert set(item["ItemInfo"]) == {"Title"}

    wanted = ["Images.Primary.Medium", "BrowseNodeInfo.BrowseNodes", "Offers.Listings.Price"]
    item = client.call("GetItems", ItemIds=ASINS[:1], Resources=wanted).items[ASINS[0]]
    assert set(item["Images"]["Primary"]) == {"Medium"}
    assert "Ancestor" not in item["BrowseNodeInfo"]["BrowseNodes"][0]
    assert "OffersV2" not in item
    assert item["Offers"]["Listings"][0]["Price"]["Currency"] == "USD"


def test_link_contains_the_partner_tag(client: Client) -> None:
    item = client.call("GetItems", ItemIds=ASINS[:1]).items[ASINS[0]]

    assert item["DetailPageURL"] == (
        "https://www.amazon.com/dp/B08N5WRWNW?tag=demo-20&linkCode=ogi&th=1&psc=1"
    )


def test_every_offer_type_occurs(fake: FakeAmazon, client: Client) -> None:
    examples = fake.control.examples()
    resources = [
        f"OffersV2.Listings.{leaf}"
        for leaf in ("Availability", "Condition", "Price", "DealDetails", "Type")
    ]

    items = client.call("GetItems", ItemIds=list(examples.values()), Resources=resources).items

    offers = {
        flavour: items[asin].get("OffersV2", {}).get("Listings", [None])[0]
        for flavour, asin in examples.items()
    }
    assert offers["no_offer"] is None
    assert "Price" not in offers["out_of_stock"]
    assert offers["used"]["Condition"]["Value"] == "Used"
    assert offers["map"]["ViolatesMAP"] is True
    assert offers["deal"]["DealDetails"]["EndTime"].endswith("Z")
    assert offers["ordinary"]["Availability"]["Type"].startswith("IN_STOCK")


@pytest.mark.parametrize(
    ("code", "minor", "shown"),
    [
        ("US", 123456, "$1,234.56"),
        ("DE", 123456, "1.234,56\u00a0€"),
        ("FR", 3241, "32,41\u00a0€"),
        ("UK", 3241, "£32.41"),
        ("JP", 3241, "￥3,241"),
        ("IN", 12345600, "₹1,23,456.00"),
        ("BR", 5, "R$\u00a00,05"),
        ("SE", 123456, "1\u00a0234,56\u00a0kr"),
    ],
)
def test_prices_have_the_format_of_the_marketplace(code: str, minor: int, shown: str) -> None:
    assert display_amount(minor, MARKETPLACES[code].style) == shown


def test_variations_and_browse_nodes(client: Client) -> None:
    for asin in client.call("SearchItems", Keywords="scarf").items:
        response = client.call("GetVariations", ASIN=asin, Resources=["ParentASIN"])
        if "VariationsResult" in response.json:
            break
    parents = {item["ParentASIN"] for item in response.json["VariationsResult"]["Items"]}
    assert len(parents) == 1
    assert response.json["VariationsResult"]["VariationSummary"]["VariationCount"] >= 3

    wanted = {"BrowseNodeIds": ["283155", "no"], "Resources": ["BrowseNodes.Children"]}
    response = client.call("GetBrowseNodes", **wanted)
    (node,) = response.json["BrowseNodesResult"]["BrowseNodes"]
    assert node["IsRoot"]
    assert response.code == "InvalidParameterValue"
