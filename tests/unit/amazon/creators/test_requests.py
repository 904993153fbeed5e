"""Request bodies of the Creators API."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.creators import requests
from amzlinkr.amazon.paapi5 import requests as paapi5
from amzlinkr.domain.catalog import SORTS, Search
from tests.unit.amazon.accounts import creators_account

KEYS = creators_account("3.2", marketplace_code="DE")
COMMON = {"marketplace": "www.amazon.de", "partnerTag": "unit-20"}
FILTERS = {
    "category": ("searchIndex", st.text(min_size=1, max_size=5)),
    "sort": ("sortBy", st.sampled_from(SORTS)),
    "brand": ("brand", st.text(min_size=1, max_size=5)),
    "min_price": ("minPrice", st.integers(1, 10**9)),
    "max_price": ("maxPrice", st.integers(1, 10**9)),
    "min_rating": ("minReviewsRating", st.integers(1, 4)),
    "min_saving": ("minSavingPercent", st.integers(1, 99)),
}
CHOSEN_FILTERS = st.fixed_dictionaries(
    {}, optional={name: kind for name, (_, kind) in FILTERS.items()}
)


def without_resources(body: dict[str, object]) -> dict[str, object]:
    """Return the other members; fail unless resources are requested."""
    assert body["resources"]
    return {name: value for name, value in body.items() if name != "resources"}


def test_lookup_names_its_asins_in_order() -> None:
    body = requests.get_items(KEYS, ("B000000002", "B000000001"))

    assert without_resources(body) == COMMON | {
        "itemIdType": "ASIN",
        "itemIds": ["B000000002", "B000000001"],
    }


@given(CHOSEN_FILTERS, st.integers(1, 10), st.booleans())
def test_search_has_exactly_the_chosen_filters(
    chosen: dict[str, Any], page: int, in_stock: bool
) -> None:
    search = Search("tea", page=page, in_stock=in_stock, **chosen)

    assert without_resources(requests.search_items(KEYS, search)) == COMMON | {
        "keywords": "tea",
        "itemPage": page,
        "itemCount": 10,
        "availability": "Available" if in_stock else "IncludeOutOfStock",
    } | {FILTERS[name][0]: value for name, value in chosen.items()}


def test_variations_have_ten_items_per_page() -> None:
    assert without_resources(requests.get_variations(KEYS, "B000000001", 3)) == COMMON | {
        "asin": "B000000001",
        "variationCount": 10,
        "variationPage": 3,
    }


def test_browse_nodes_are_named_by_id() -> None:
    assert without_resources(requests.get_browse_nodes(KEYS, ("17", "1000"))) == COMMON | {
        "browseNodeIds": ["17", "1000"]
    }


def test_both_apis_are_asked_for_the_same_resources() -> None:
    for name in ("RESOURCES", "VARIATION_RESOURCES", "BROWSE_NODE_RESOURCES"):
        camel = [
            ".".join(part[0].lower() + part[1:] for part in resource.split("."))
            for resource in getattr(paapi5, name)
        ]
        assert getattr(requests, name) == camel
