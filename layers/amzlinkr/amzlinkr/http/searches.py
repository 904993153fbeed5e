"""Conversion of search parameters to a search."""

from __future__ import annotations

from amzlinkr.domain.catalog import Search
from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.pasted_text import remove_invisible
from amzlinkr.http.schemas.requests import SearchQuery

MAX_KEYWORDS_CHARS = 1_000
"""Limit of Amazon for keywords (Creators API documentation, "SearchItems"). URLs may be longer."""


def search_of(query: SearchQuery) -> Search:
    """Convert the query. Raises `InvalidRequest` if it cannot have results."""
    keywords = query.keywords.strip()
    if not remove_invisible(keywords).strip():
        raise InvalidRequest(
            "keywords", "The search is empty.", "Enter keywords, an ASIN, or a product URL."
        )
    if len(keywords) > MAX_KEYWORDS_CHARS:
        raise InvalidRequest("keywords", f"This is longer than {MAX_KEYWORDS_CHARS} characters.")
    if query.min_price and query.max_price and query.min_price > query.max_price:
        raise InvalidRequest(
            "max_price",
            "The maximum price is below the minimum price.",
            "Swap the two prices, or omit one of them.",
        )
    return Search(
        keywords=keywords,
        category=query.category,
        page=query.page,
        sort=query.sort,
        brand=query.brand,
        min_price=query.min_price,
        max_price=query.max_price,
        min_rating=query.min_rating,
        min_saving=query.min_saving,
        in_stock=query.in_stock,
    )
