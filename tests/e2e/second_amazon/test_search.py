"""Search, variations and browse nodes, answered by the second Amazon through both APIs."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra.local.stack.client import ServiceClient, ServiceResponse
from tests.e2e.second_amazon.sites import APIS, World, patiently
from tests.second_amazon.operations import MANY
from tests.second_amazon.special_products import COLORS, FAMILY, NO_FAMILY

Ask = Callable[..., ServiceResponse]
ALL_PARAMETERS = {
    "keywords": "coffee grinder",
    "category": "Books",
    "browse_node": "283155",
    "page": "2",
    "sort": "Price:LowToHigh",
    "brand": "Schocken",
    "author": "Iyengar",
    "artist": "Menuhin",
    "actor": "Cruise",
    "title": "Yoga",
    "min_price": "500",
    "max_price": "9900",
    "min_rating": "3",
    "min_saving": "10",
    "in_stock": "false",
    "condition": "New",
    "delivery": "Prime,FreeShipping",
}
SENT = {
    "keywords": "coffee grinder",
    "searchIndex": "Books",
    "browseNodeId": "283155",
    "itemPage": 2,
    "sortBy": "Price:LowToHigh",
    "brand": "Schocken",
    "author": "Iyengar",
    "artist": "Menuhin",
    "actor": "Cruise",
    "title": "Yoga",
    "minPrice": 500,
    "maxPrice": 9900,
    "minReviewsRating": 3,
    "minSavingPercent": 10,
    "availability": "IncludeOutOfStock",
    "condition": "New",
    "deliveryFlags": ["Prime", "FreeShipping"],
}
OLD_PARAMETERS = (
    "keywords", "category", "page", "sort", "brand", "min_price", "max_price", "min_rating",
    "min_saving", "in_stock",
)  # fmt: skip
"""These are sent together; each of the others is sent with keywords, so that one that the service
rejects does not hide the rest."""
OF_OURS = dict(zip(ALL_PARAMETERS, SENT, strict=True))
NEW_PARAMETERS = [name for name in ALL_PARAMETERS if name not in OLD_PARAMETERS]


@pytest.fixture(scope="module")
def sites(world: World) -> dict[str, Iterator[ServiceClient]]:
    return {api: world.sites_in_turn(api, "US") for api in APIS}


@pytest.fixture
def ask(sites: dict[str, Iterator[ServiceClient]], api: str) -> Ask:
    """Return a GET of a site with this API, repeated while its rate limit postpones it."""

    def send(path: str, **query: str) -> ServiceResponse:
        site = next(sites[api])
        return patiently(lambda: site.call("GET", path, **query))

    return send


@pytest.fixture(scope="module")
def sent_together(
    world: World, sites: dict[str, Iterator[ServiceClient]]
) -> dict[str, dict[str, Any]]:
    """Return the body that Amazon received for the parameters sent together, by API."""
    found = {}
    query = {name: ALL_PARAMETERS[name] for name in OLD_PARAMETERS}
    for api in APIS:
        before = len(world.amazon.calls)
        response = next(sites[api]).call("GET", "/search", **query)
        assert response.status == 200, response.json
        found[api] = world.amazon.calls[before].body
    return found


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("name", OLD_PARAMETERS)
def test_parameter_reaches_amazon(
    sent_together: dict[str, dict[str, Any]], api: str, name: str
) -> None:
    amazons = OF_OURS[name]

    assert sent_together[api].get(amazons) == SENT[amazons]


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("name", NEW_PARAMETERS)
def test_further_parameter_reaches_amazon(world: World, ask: Ask, api: str, name: str) -> None:
    amazons = OF_OURS[name]
    before = len(world.amazon.calls)

    response = ask("/search", keywords="tea", **{name: ALL_PARAMETERS[name]})

    assert response.status == 200, response.json
    assert world.amazon.calls[before].body.get(amazons) == SENT[amazons]


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("name", ["brand", "author", "artist", "actor", "title"])
def test_search_without_keywords(world: World, ask: Ask, api: str, name: str) -> None:
    before = len(world.amazon.calls)

    response = ask("/search", **{name: "Yoga"})

    assert response.status == 200, response.json
    assert world.amazon.calls[before].body[name] == "Yoga"


@pytest.mark.parametrize("api", APIS)
def test_search_without_any_term_is_invalid(world: World, ask: Ask, api: str) -> None:
    before = len(world.amazon.calls)

    response = ask("/search", category="Books")

    assert response.status == 422
    assert len(world.amazon.calls) == before


@pytest.mark.parametrize("api", APIS)
def test_only_products_in_stock_are_the_default(world: World, ask: Ask, api: str) -> None:
    before = len(world.amazon.calls)

    assert ask("/search", keywords="tea").status == 200

    assert world.amazon.calls[before].body.get("availability", "Available") == "Available"


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    ("keywords", "page", "total_and_pages", "shown"),
    [("three pages", 3, (23, 3), 3), ("many", 10, (MANY, 10), 10), ("tea", 1, (5, 1), 5)],
)
def test_pages_of_a_search(
    ask: Ask, api: str, keywords: str, page: int, total_and_pages: tuple[int, int], shown: int
) -> None:
    result = ask("/search", keywords=keywords, page=str(page)).json

    assert (result["total"], result["pages"]) == total_and_pages
    assert result["page"] == page
    assert [item["title"] for item in result["items"]] == [
        f"Hit {10 * (page - 1) + number}" for number in range(1, shown + 1)
    ]


@pytest.mark.parametrize("api", APIS)
def test_addresses_of_a_search_are_amazons(ask: Ask, api: str) -> None:
    result = ask("/search", keywords="green tea").json

    assert result["search_url"] == "https://www.amazon.com/s?k=green+tea&tag=second-20&linkCode=osi"
    assert result["items"][0]["url"].endswith("?tag=second-20&linkCode=osi&th=1&psc=1")


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    "keywords", ["nothing", "nothing404", "nothing200", "nothingempty", "nothingtype"]
)
def test_search_without_hits_is_empty(ask: Ask, api: str, keywords: str) -> None:
    response = ask("/search", keywords=keywords)

    assert response.status == 200, response.json
    assert (response.json["items"], response.json["total"]) == ([], 0)


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    "keywords",
    [
        "B0PLAIN001",
        "https://www.amazon.com/dp/B0PLAIN001",
        "https://amzn.com/dp/B0PLAIN001",
        "look at https://www.amazon.com/gp/product/B0PLAIN001?th=1 please",
        "what is B0PLAIN001",
    ],
)
def test_asin_or_address_in_the_keywords_is_looked_up(
    world: World, ask: Ask, api: str, keywords: str
) -> None:
    before = len(world.amazon.calls)

    response = ask("/search", keywords=keywords)

    assert response.status == 200, response.json
    assert [item["asin"] for item in response.json["items"]] == ["B0PLAIN001"]
    assert world.amazon.calls[before].operation == "getItems"


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(
    "host",
    [
        "amzn.to", "amzn.eu", "amzn.asia", "amzn.in", "a.co", "link.amazon", "amzlink.to",
        "r.amzlink.to",
    ],
)  # fmt: skip
def test_short_link_is_rejected_without_a_call(world: World, ask: Ask, api: str, host: str) -> None:
    before = len(world.amazon.calls)

    response = ask("/search", keywords=f"see https://{host}/d/3xAmpLe")

    assert (response.status, response.json.get("code")) == (422, "short_link")
    assert len(world.amazon.calls) == before


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("asin", [FAMILY, "B0FAMILY03"])
def test_variations_of_parent_and_child(ask: Ask, api: str, asin: str) -> None:
    first = ask(f"/variations/{asin}").json

    assert (len(first["items"]), first["page"], first["pages"]) == (10, 1, 2)
    assert [item["asin"] for item in first["items"]] == [f"B0FAMILY{n:02}" for n in range(1, 11)]
    assert first["dimensions"][0] == {
        "name": "color_name", "label": "Color", "values": list(COLORS),
    }  # fmt: skip


@pytest.mark.parametrize("api", APIS)
def test_second_page_of_variations(ask: Ask, api: str) -> None:
    second = ask(f"/variations/{FAMILY}", page="2").json

    assert [item["asin"] for item in second["items"]] == ["B0FAMILY11", "B0FAMILY12"]
    assert second["items"][0]["price"]["amount"] == 3100


@pytest.mark.parametrize("api", APIS)
def test_product_without_variations(ask: Ask, api: str) -> None:
    response = ask(f"/variations/{NO_FAMILY}")

    assert (response.status, response.json.get("items")) == (200, [])


@pytest.mark.parametrize("api", APIS)
def test_browse_nodes(ask: Ask, api: str) -> None:
    result = ask("/browse_nodes", ids="283155,10,7").json

    nodes = {node["id"]: node for node in result["browse_nodes"]}
    assert set(nodes) == {"283155", "10"}
    assert [child["id"] for child in nodes["283155"]["children"]] == ["1000", "51546011"]
    assert [ancestor["id"] for ancestor in nodes["10"]["ancestors"]] == ["1000", "283155"]
    assert result["not_found"] == ["7"]


@pytest.mark.parametrize("api", APIS)
def test_browse_nodes_that_do_not_exist(ask: Ask, api: str) -> None:
    response = ask("/browse_nodes", ids="7,8")

    assert response.status == 200, response.json
    assert (response.json["browse_nodes"], response.json["not_found"]) == ([], ["7", "8"])
