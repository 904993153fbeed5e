"""Response types of live lookups: members that are present only if they apply."""

import msgspec

from amzlinkr.http.schemas.catalog import SearchResults


def test_search_without_a_link_has_no_url() -> None:
    assert msgspec.json.decode(msgspec.json.encode(SearchResults([], 0, 1, 1))) == {
        "items": [], "total": 0, "page": 1, "pages": 1,
    }  # fmt: skip
