"""Conversion of search parameters: terms, delivery flags, and searches that cannot match."""

import pytest

from amzlinkr.domain.catalog import DELIVERY_FLAGS, Search
from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.http.schemas.search_requests import ListInput, SearchQuery
from amzlinkr.http.searches import list_search_of, search_of

TERMS = ("keywords", "brand", "author", "artist", "actor", "title")


@pytest.mark.parametrize("term", TERMS)
def test_one_visible_term_is_sufficient(term: str) -> None:
    assert search_of(SearchQuery(**{term: " tea "})) == Search(**{term: "tea"})  # type: ignore[arg-type] # all terms are texts
    with pytest.raises(InvalidRequest) as refused:
        search_of(SearchQuery(**{term: " \u200e "}, browse_node="1"))  # type: ignore[arg-type] # all terms are texts
    assert refused.value.field == "keywords"


@pytest.mark.parametrize("term", TERMS)
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("green\r\ntea\tpot", "green  tea pot"), ("\u202etea\u202c \u2066pot\u2069", "tea pot"),
        ("\u200etea\u200f\x1b[31m\x7f\x85", "tea[31m"), ("\ufefftea\u2028pot\xa0", "tea pot"),
        ("te\xada", "tea"), ("tea\x0b\U000e0041pot", "tea pot"), ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)  # fmt: skip
def test_term_is_one_line_without_control_characters(term: str, text: str, line: str) -> None:
    for convert, query in ((search_of, SearchQuery), (list_search_of, ListInput)):
        assert getattr(convert(query(**{term: text})), term) == line  # type: ignore[arg-type] # all terms are texts


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


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (ListInput(keywords="x" * 298), ""),
        (ListInput(keywords="x" * 299), "keywords"),
        (ListInput(keywords="tea", title="日" * 97), ""),
        (ListInput(keywords="tea", title="日" * 98), "title"),
        (ListInput(keywords='"' * 147, actor="A"), ""),
        (ListInput(keywords='"' * 148, actor="A"), "keywords"),
    ],
)
def test_terms_of_a_list_are_limited_by_their_stored_size(query: ListInput, field: str) -> None:
    """Every call that reads the shelves of a site reads the terms of all its lists."""
    if not field:
        assert list_search_of(query).terms
        return
    with pytest.raises(InvalidRequest, match="bytes") as refused:
        list_search_of(query)
    assert refused.value.field == field


def test_every_filter_is_passed_on() -> None:
    filters = {
        "keywords": "tea", "brand": "B", "author": "A", "artist": "R", "actor": "C", "title": "T",
        "category": "Grocery", "browse_node": "5", "sort": "Featured", "min_price": 1,
        "max_price": 2, "min_rating": 3, "min_saving": 4, "in_stock": False, "condition": "New",
    }  # fmt: skip
    query = SearchQuery(**filters, delivery="Prime")  # type: ignore[arg-type] # of many types

    assert search_of(query, page=7) == Search(**filters, page=7, delivery=("Prime",))  # type: ignore[arg-type] # as above
    assert search_of(query).page == 1


@pytest.mark.parametrize("text", [",", " , "])
def test_delivery_without_a_flag_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="delivery flags"):
        search_of(SearchQuery(keywords="tea", delivery=text))


def test_keywords_of_a_lookup_may_be_longer() -> None:
    query = SearchQuery(keywords="x" * 1_001)

    assert search_of(query, is_lookup=True).keywords == "x" * 1_001
    with pytest.raises(InvalidRequest, match="longer than 1000 characters"):
        search_of(query)


@pytest.mark.parametrize(("low", "high"), [(None, 5), (6, None), (None, None), (5, 6)])
def test_prices_without_a_contradiction_are_accepted(low: int | None, high: int | None) -> None:
    search = search_of(SearchQuery(keywords="tea", min_price=low, max_price=high))

    assert (search.min_price, search.max_price) == (low, high)


def test_list_has_the_results_of_a_search_and_not_a_single_product() -> None:
    assert list_search_of(SearchQuery(keywords="tea")) == Search("tea")
    assert list_search_of(SearchQuery(brand="B")) == Search(brand="B")
    with pytest.raises(InvalidRequest, match="name a single product") as refused:
        list_search_of(SearchQuery(keywords="B08N5WRWNW"))
    assert refused.value.field == "keywords"
    with pytest.raises(InvalidRequest, match="search is empty"):
        list_search_of(SearchQuery())


@pytest.mark.parametrize("term", TERMS)
@pytest.mark.parametrize("text", ["tea\x00", "\ud800tea", "B0TEST0001 \udc00"])
def test_character_that_is_not_text_is_refused(term: str, text: str) -> None:
    query = SearchQuery(**{term: text})  # type: ignore[arg-type] # all terms are texts
    for convert in (search_of, list_search_of):
        with pytest.raises(InvalidRequest, match="not text") as refused:
            convert(query)
        assert refused.value.field == term


def test_action_of_an_empty_search_names_what_is_possible() -> None:
    actions = []
    for convert in (search_of, list_search_of):
        with pytest.raises(InvalidRequest) as refused:
            convert(SearchQuery(browse_node="1"))
        actions.append(refused.value.action)

    assert ["ASIN" in action for action in actions] == [True, False]
    assert all(term in actions[1] for term in TERMS)
