"""Request types of searches and lists: limits and defaults."""

import msgspec
import pytest

from amzlinkr.http.schemas.search_requests import BrowseNodesQuery, ListInput, SearchQuery


@pytest.mark.parametrize(
    "sent", [{"size": 0}, {"size": 31}, {"sort": "price"}, {"min_rating": 5}, {"page": 1}]
)
def test_definition_of_a_list_has_limits(sent: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(sent, ListInput)


def test_search_has_products_in_stock_by_default() -> None:
    query = msgspec.convert({"keywords": "tea", "page": "2"}, SearchQuery, strict=False)

    assert (query.in_stock, query.page, query.sort) == (True, 2, None)


def test_ids_of_categories_are_required() -> None:
    with pytest.raises(msgspec.ValidationError, match="ids"):
        msgspec.convert({}, BrowseNodesQuery)
