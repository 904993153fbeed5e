"""Search requests of both APIs: the same parameters with the documented names."""

from dataclasses import fields

import pytest

from amzlinkr.amazon.creators import requests as creators
from amzlinkr.amazon.paapi5 import requests as paapi5
from amzlinkr.domain.catalog import CONDITIONS, Search
from amzlinkr.domain.credentials import creators_credentials
from amzlinkr.domain.errors import InvalidRequest
from tests.unit.amazon.accounts import credentials

ACCOUNT = creators_credentials("id", "secret", "3.1", "unit-20", "US")
SEARCH = Search(
    "tea", "Grocery", 2, "Price:LowToHigh", "Maker", 100, 900, 4, 10, in_stock=False,
    author="Writer", artist="Band", actor="Player", title="Name", browse_node="283155",
    condition="New", delivery=("Prime", "FreeShipping"),
)  # fmt: skip
EXPECTED = {
    "Keywords": "tea", "SearchIndex": "Grocery", "ItemPage": 2, "SortBy": "Price:LowToHigh",
    "Brand": "Maker", "MinPrice": 100, "MaxPrice": 900, "MinReviewsRating": 4,
    "MinSavingPercent": 10, "Availability": "IncludeOutOfStock", "Author": "Writer",
    "Artist": "Band", "Actor": "Player", "Title": "Name", "BrowseNodeId": "283155",
    "Condition": "New", "DeliveryFlags": ["Prime", "FreeShipping"], "ItemCount": 10,
}  # fmt: skip
ACCOUNT_FIELDS = {"Marketplace", "PartnerTag", "PartnerType", "Resources"}


def bodies_of(search: Search) -> list[dict[str, object]]:
    """Return the search parameters of both APIs with the names of PA-API."""
    camel = creators.search_items(ACCOUNT, search).items()
    pascal = {name[:1].upper() + name[1:]: value for name, value in camel}
    both = (paapi5.search_items(credentials(), search), pascal)
    return [{n: v for n, v in body.items() if n not in ACCOUNT_FIELDS} for body in both]


def test_every_parameter_is_sent_by_both_apis() -> None:
    assert bodies_of(SEARCH) == [EXPECTED, EXPECTED]
    assert len(EXPECTED) == len(fields(Search)) + 1, "all fields, and ItemCount"


@pytest.mark.parametrize("term", ["keywords", "brand", "author", "artist", "actor", "title"])
def test_only_the_given_term_is_sent(term: str) -> None:
    name = term.capitalize()
    shown = {name: "x", "ItemPage": 1, "ItemCount": 10, "Availability": "Available"}

    assert bodies_of(Search(**{term: "x"})) == [shown, shown]  # type: ignore[arg-type] # all terms are texts


@pytest.mark.parametrize("condition", CONDITIONS)
def test_condition_that_an_api_lacks_is_refused_before_the_call(condition: str) -> None:
    search = Search("tea", condition=condition)
    assert paapi5.search_items(credentials(), search)["Condition"] == condition
    if condition in ("Any", "New"):
        assert creators.search_items(ACCOUNT, search)["condition"] == condition
        return
    with pytest.raises(InvalidRequest, match=condition) as refused:
        creators.search_items(ACCOUNT, search)
    assert refused.value.field == "condition"
