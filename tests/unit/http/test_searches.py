"""Conversion of search parameters: terms, delivery flags, and searches that cannot match."""

import pytest

from amzlinkr.domain.catalog import DELIVERY_FLAGS, Search
from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.http.schemas.requests import SearchQuery
from amzlinkr.http.searches import search_of

TERMS = ("keywords", "brand", "author", "artist", "actor", "title")


@pytest.mark.parametrize("term", TERMS)
def test_one_visible_term_is_sufficient(term: str) -> None:
    assert search_of(SearchQuery(**{term: " tea "})) == Search(**{term: "tea"})  # type: ignore[arg-type] # all terms are texts
    with pytest.raises(InvalidRequest) as refused:
        search_of(SearchQuery(**{term: " \u200e "}, browse_node="1"))  # type: ignore[arg-type] # all terms are texts
    assert refused.value.field == "keywords"


def test_joiners_inside_words_stay() -> None:
    assert search_of(SearchQuery(keywords="क्‍ष")).keywords == "क्‍ष"


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        (None, ()), ("Prime", ("Prime",)),
        (" Prime , FreeShipping,Prime,", ("Prime", "FreeShipping")),
        (",".join(DELIVERY_FLAGS), DELIVERY_FLAGS),
    ],
)  # fmt: skip
def test_delivery_flags_are_separated_by_commas(text: str | None, flags: tuple[str, ...]) -> None:
    assert search_of(SearchQuery(keywords="tea", delivery=text)).delivery == flags


@pytest.mark.parametrize("text", ["prime", "Prime;FreeShipping", "Express"])
def test_unknown_delivery_flag_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="delivery flags") as refused:
        search_of(SearchQuery(keywords="tea", delivery=text))
    assert refused.value.field == "delivery"


def test_limits_of_keywords_and_prices() -> None:
    assert search_of(SearchQuery(keywords="x" * 1_000, min_price=5, max_price=5)).min_price == 5
    for query, field in (
        (SearchQuery(keywords="x" * 1_001), "keywords"),
        (SearchQuery(keywords="tea", min_price=6, max_price=5), "max_price"),
    ):
        with pytest.raises(InvalidRequest) as refused:
            search_of(query)
        assert refused.value.field == field
