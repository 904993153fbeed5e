"""Conversion of search parameters: keywords, and searches that cannot match."""

import pytest

from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.http.schemas.requests import SearchQuery
from amzlinkr.http.searches import search_of


def test_limits_of_keywords_and_prices() -> None:
    assert search_of(SearchQuery(keywords=" tea ")).keywords == "tea"
    assert search_of(SearchQuery(keywords="x" * 1_000, min_price=5, max_price=5)).min_price == 5
    for query, field in (
        (SearchQuery(keywords=" \u200e "), "keywords"),
        (SearchQuery(keywords="x" * 1_001), "keywords"),
        (SearchQuery(keywords="tea", min_price=6, max_price=5), "max_price"),
    ):
        with pytest.raises(InvalidRequest) as refused:
            search_of(query)
        assert refused.value.field == field
