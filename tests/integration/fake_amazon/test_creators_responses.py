"""Responses of the fake Creators API: its own shapes, and the facts that PA-API returns."""

import json
from typing import Any

import pytest

from infra.local.fake_amazon import accounts
from infra.local.fake_amazon.control_bodies import AccountBody, GoneBody, PriceBody, StockBody
from infra.local.fake_amazon.products import stable_asin
from infra.local.fake_amazon.resources import ITEM_RESOURCES
from infra.local.fake_amazon.server import FakeAmazon
from tests.integration.fake_amazon.creators_client import RESOURCES, CreatorsClient, error_of
from tests.integration.fake_amazon.signed_client import ASINS, Client

MANY = [stable_asin("many", str(place)) for place in range(120)]
NOT_FOUND = (404, "ResourceNotFoundException", "")
# Paths of each value in both APIs; the names differ in more than their case.
LISTING = ("OffersV2", "Listings", 0), ("offersV2", "listings", 0)
FACTS = {
    "url": (("DetailPageURL",), ("detailPageURL",)),
    "parent": (("ParentASIN",), ("parentASIN",)),
    "title": (("ItemInfo", "Title", "DisplayValue"), ("itemInfo", "title", "displayValue")),
    "locale": (("ItemInfo", "Title", "Locale"), ("itemInfo", "title", "locale")),
    "brand": (
        ("ItemInfo", "ByLineInfo", "Brand", "DisplayValue"),
        ("itemInfo", "byLineInfo", "brand", "displayValue"),
    ),
    "image": (("Images", "Primary", "Large", "URL"), ("images", "primary", "large", "url")),
    "width": (("Images", "Primary", "Large", "Width"), ("images", "primary", "large", "width")),
}
OFFER_FACTS = {
    "price": ("price.money", ("amount", "currency", "displayAmount")),
    "before": ("price.savingBasis.money", ("amount", "currency", "displayAmount")),
    "basis": ("price.savingBasis", ("savingBasisType", "savingBasisTypeLabel")),
    "saved": ("price.savings.money", ("amount", "currency", "displayAmount")),
    "percent": ("price.savings", ("percentage",)),
    "availability": ("availability", ("type", "message", "minOrderQuantity", "maxOrderQuantity")),
    "condition": ("condition", ("value", "subCondition", "conditionNote")),
    "merchant": ("merchantInfo", ("id", "name")),
    "deal": ("dealDetails", ("accessType", "badge", "startTime", "endTime", "percentClaimed")),
    "points": ("loyaltyPoints", ("points",)),
    "listing": ("", ("isBuyBoxWinner", "type", "violatesMAP")),
}


def pick(node: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        if isinstance(step, int):
            node = node[step] if node else None
        else:
            node = node.get(step) if node else None
    return node


def facts(item: dict[str, Any], newer: bool) -> dict[str, Any]:
    found = {name: pick(item, paths[newer]) for name, paths in FACTS.items()}
    for name, (group, leaves) in OFFER_FACTS.items():
        for leaf in leaves:
            path = [part for part in (*group.split("."), leaf) if part]
            if not newer:
                path = [part[0].upper() + part[1:] for part in path]
            found[f"{name} {leaf}"] = pick(item, (*LISTING[newer], *path))
    return found


def older_name(resource: str) -> str:
    return ".".join(part[0].upper() + part[1:] for part in resource.split("."))


@pytest.mark.parametrize("code", ["US", "DE", "JP", "IN"])
def test_both_apis_return_the_same_values(
    fake: FakeAmazon, client: Client, creators: CreatorsClient, code: str
) -> None:
    client.code = creators.code = code
    asins = [*fake.control.examples().values(), *MANY]
    asins.append("0805210318")
    fake.control.set_price(PriceBody(asin=asins[0], marketplace=code, amount=3200))
    fake.control.set_stock(StockBody(asin=asins[-2], available=False))
    resources = [older_name(name) for name in RESOURCES]
    found: set[str] = set()

    for start in range(0, len(asins), 10):
        batch = asins[start : start + 10]
        older = client.call("GetItems", ItemIds=batch, Resources=resources).items
        newer = creators.items("getItems", itemIds=batch, resources=RESOURCES)

        assert older.keys() == newer.keys() == set(batch)
        for asin, item in newer.items():
            values = facts(item, newer=True)
            assert values == facts(older[asin], newer=False)
            found |= {name for name, value in values.items() if value is not None}

    every = set(FACTS) | {
        f"{n} {leaf}" for n, (_, leaves) in OFFER_FACTS.items() for leaf in leaves
    }
    assert found == every - ({"points points"} if code != "JP" else set())


def test_both_apis_find_the_same_products(client: Client, creators: CreatorsClient) -> None:
    older = client.call("SearchItems", Keywords="garden hose", MaxPrice=9000, ItemPage=2)
    newer = creators.call("searchItems", keywords="garden hose", maxPrice=9000, itemPage=2)

    result = newer.json["searchResult"]
    assert result["totalResultCount"] == older.json["SearchResult"]["TotalResultCount"]
    assert result["searchURL"] == older.json["SearchResult"]["SearchURL"]
    assert [item["asin"] for item in result["items"]] == list(older.items)
    assert all("linkCode=osi" in item["detailPageURL"] for item in result["items"])


def test_resources_that_were_not_requested_are_absent(creators: CreatorsClient) -> None:
    item = creators.items("getItems", itemIds=ASINS[:1])[ASINS[0]]
    assert set(item) == {"asin", "detailPageURL", "itemInfo"}
    assert set(item["itemInfo"]) == {"title"}

    wanted = ["images.primary.highRes", "browseNodeInfo.browseNodes", "itemInfo.externalIds"]
    item = creators.items("getItems", itemIds=ASINS[:1], resources=wanted)[ASINS[0]]
    assert set(item) == {"asin", "detailPageURL", "images", "browseNodeInfo", "itemInfo"}
    assert set(item["images"]["primary"]) == {"hiRes"}
    assert set(item["images"]["primary"]["hiRes"]) == {"height", "url", "width"}
    assert "eans" in item["itemInfo"]["externalIds"]
    assert "ancestor" not in item["browseNodeInfo"]["browseNodes"][0]


def test_every_resource_of_the_creators_api_is_accepted(creators: CreatorsClient) -> None:
    kept = [name for name in ITEM_RESOURCES if not name.startswith(("Offers.", "RentalOffers."))]
    wanted = [".".join(part[0].lower() + part[1:] for part in name.split(".")) for name in kept]

    text = json.dumps(creators.items("getItems", itemIds=ASINS, resources=wanted))

    assert '"Label"' not in text
    assert '"offers"' not in text
    assert "rentalOffers" not in text


def test_absent_resources_are_sometimes_null(creators: CreatorsClient) -> None:
    ways = set()
    for start in range(0, len(MANY), 10):
        batch = MANY[start : start + 10]
        for item in creators.items("getItems", itemIds=batch, resources=RESOURCES).values():
            offers = item.get("offersV2", "absent")
            ways.add(("offers", offers if offers in (None, "absent") else "there"))
            for listing in offers["listings"] if isinstance(offers, dict) else []:
                deal = listing.get("dealDetails", "absent")
                ways.add(("deal", deal if deal in (None, "absent") else "there"))

    assert ways == {(what, how) for what in ("offers", "deal") for how in ("there", "absent", None)}


def test_integral_amounts_have_no_decimals(fake: FakeAmazon, creators: CreatorsClient) -> None:
    def amount(minor_units: int) -> Any:
        fake.control.set_price(PriceBody(asin=ASINS[0], marketplace="US", amount=minor_units))
        item = creators.items("getItems", itemIds=ASINS[:1], resources=RESOURCES)[ASINS[0]]
        return item["offersV2"]["listings"][0]["price"]["money"]["amount"]

    assert repr(amount(3200)) == "32"
    assert repr(amount(3250)) == "32.5"


def test_items_are_not_in_requested_order(creators: CreatorsClient) -> None:
    assert list(creators.items("getItems", itemIds=MANY[:10])) != MANY[:10]
    assert list(creators.items("getItems", itemIds=MANY[9::-1])) != MANY[9::-1]


def test_response_contains_items_and_errors_of_single_ids(
    fake: FakeAmazon, creators: CreatorsClient
) -> None:
    fake.control.set_gone(GoneBody(asin=ASINS[3]))
    response = creators.call("getItems", itemIds=[*ASINS, "B0DENY0001", "dummy"])

    assert response.status == 200
    assert {item["asin"] for item in response.json["itemsResult"]["items"]} == set(ASINS[:3])
    assert all(set(error) == {"code", "message"} for error in response.json["errors"])
    found = {error["message"].split()[2]: error["code"] for error in response.json["errors"]}
    assert found == {
        ASINS[3]: "InvalidParameterValue",
        "B0DENY0001": "ItemNotAccessible",
        "dummy": "InvalidParameterValue",
    }


@pytest.mark.parametrize(
    ("operation", "fields", "kind", "name"),
    [
        ("getItems", {"itemIds": ["B0GONE0001", "dummy"]}, "Item", "B0GONE0001,dummy"),
        ("searchItems", {"keywords": "zzznothing"}, "SearchResult", "zzznothing"),
        ("searchItems", {"keywords": "kite", "minPrice": 99999999}, "SearchResult", "kite"),
        ("getVariations", {"asin": "B0GONE0001"}, "Item", "B0GONE0001"),
        ("getBrowseNodes", {"browseNodeIds": ["0"]}, "BrowseNode", "0"),
    ],
)
def test_no_results_is_a_404(
    creators: CreatorsClient, operation: str, fields: dict[str, Any], kind: str, name: str
) -> None:
    response = creators.call(operation, **fields)

    assert error_of(response) == NOT_FOUND
    assert (response.json["resourceType"], response.json["resourceId"]) == (kind, name)


def test_products_with_and_without_variations(creators: CreatorsClient) -> None:
    wanted = ["parentASIN", "variationSummary.price.lowestPrice"]
    responses = [creators.call("getVariations", asin=asin, resources=wanted) for asin in MANY[:20]]

    assert {response.status for response in responses} == {200}
    alone = next(response.json for response in responses if "variationsResult" not in response.json)
    assert alone == {
        "errors": [{"code": "NoResults", "message": "No results found for your request."}]
    }
    page = next(a.json["variationsResult"] for a in responses if "variationsResult" in a.json)
    assert len({item["parentASIN"] for item in page["items"]}) == 1
    assert page["items"][0]["variationAttributes"][0]["name"] == "color_name"
    summary = page["variationSummary"]
    assert summary["variationCount"] >= 3
    assert set(summary["price"]) == {"lowestPrice"}
    assert set(summary["price"]["lowestPrice"]) == {"amount", "currency", "displayAmount"}


def test_browse_nodes(creators: CreatorsClient) -> None:
    wanted = {"browseNodeIds": ["283155", "0"], "resources": ["browseNodes.children"]}

    response = creators.call("getBrowseNodes", **wanted)

    (node,) = response.json["browseNodesResult"]["browseNodes"]
    assert (node["id"], node["isRoot"]) == ("283155", True)
    assert set(node["children"][0]) == {"contextFreeName", "displayName", "id"}
    (error,) = response.json["errors"]
    assert error["message"] == "The BrowseNodeId 0 provided in the request is invalid."


def test_refinements_are_returned_on_request(creators: CreatorsClient) -> None:
    response = creators.call("searchItems", keywords="mug", resources=["searchRefinements"])

    refinements = response.json["searchResult"]["searchRefinements"]
    assert set(refinements["searchIndex"]) == {"bins", "displayName", "id"}


def test_same_request_has_the_same_response_in_another_run(creators: CreatorsClient) -> None:
    with FakeAmazon() as other:
        other.control.put_account(accounts.DEMO_ACCESS_KEY, AccountBody(tps=100))
        there = CreatorsClient(other.url)
        for operation, fields in (
            ("getItems", {"itemIds": ASINS, "resources": RESOURCES}),
            ("searchItems", {"keywords": "Lamp", "itemPage": 2, "resources": RESOURCES}),
        ):
            asked: dict[str, Any] = dict(fields)
            assert there.call(operation, **asked).json == creators.call(operation, **asked).json
