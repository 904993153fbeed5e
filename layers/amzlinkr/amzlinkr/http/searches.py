"""Conversion of search parameters to a search."""

from __future__ import annotations

import re

import msgspec

from amzlinkr.domain.asins import find_reference
from amzlinkr.domain.catalog import DELIVERY_FLAGS, Search
from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.pasted_text import plain_line, remove_invisible
from amzlinkr.domain.wrong_fields import WrongFields
from amzlinkr.http.schemas.search_requests import SearchFilters

MAX_KEYWORDS_CHARS = 1_000
"""Limit of Amazon for keywords (Creators API documentation, "SearchItems"). URLs may be longer."""

MAX_LIST_TERMS_BYTES = 300
"""The maximum size of all terms of a list, as JSON. All calls that read the shelves of a site, and
the change feed, read the terms of its lists."""
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
ENTER_TERMS = "Enter keywords, an ASIN, or a product URL."
ENTER_LIST_TERMS = "Enter at least one of keywords, brand, author, artist, actor, and title."
TERMS = ("keywords", "brand", "author", "artist", "actor", "title")


def search_of(
    query: SearchFilters, *, page: int = 1, is_lookup: bool = False, if_empty: str = ENTER_TERMS
) -> Search:
    """Convert the filters. Raises `InvalidRequest` if they cannot have results.

    The keywords of a lookup may be longer: they contain a URL. `if_empty` is the action of a search
    without terms.
    """
    wrong = WrongFields()
    flags: tuple[str, ...] = ()
    with wrong:
        check_terms(query)
    with wrong:
        _check_prices(query)
    with wrong:
        flags = _delivery_flags(query.delivery)
    wrong.check()
    search = Search(
        keywords=_term(query.keywords),
        brand=_term(query.brand),
        author=_term(query.author),
        artist=_term(query.artist),
        actor=_term(query.actor),
        title=_term(query.title),
        category=query.category,
        browse_node=query.browse_node,
        page=page,
        sort=query.sort,
        min_price=query.min_price,
        max_price=query.max_price,
        min_rating=query.min_rating,
        min_saving=query.min_saving,
        in_stock=query.in_stock,
        condition=query.condition,
        delivery=flags,
    )
    if not search.terms:
        raise InvalidRequest("keywords", "The search is empty.", if_empty)
    if len(search.keywords or "") > MAX_KEYWORDS_CHARS and not is_lookup:
        raise InvalidRequest("keywords", f"This is longer than {MAX_KEYWORDS_CHARS} characters.")
    return search


def list_search_of(query: SearchFilters) -> Search:
    """Convert the filters of a list. Raises `InvalidRequest` if the keywords name a product."""
    check_terms(query)
    if find_reference(query.keywords or "") is not None:
        raise InvalidRequest(
            "keywords",
            "These keywords name a single product.",
            "Import the product (POST /v1/import). A list has the results of a search.",
        )
    search = search_of(query, if_empty=ENTER_LIST_TERMS)
    _check_stored_size(search)
    return search


def check_terms(query: SearchFilters) -> None:
    """Raise `InvalidRequest` for a term with a character that no text has.

    JSON can contain them as escapes: U+0000, and halves of surrogate pairs, which UTF-8 lacks.
    """
    for field in TERMS:
        if _NO_TEXT.search(getattr(query, field) or ""):
            raise InvalidRequest(
                field,
                "This contains a character that is not text: U+0000, or half of a surrogate pair.",
                "Remove the character.",
            )


def _check_stored_size(search: Search) -> None:
    """Raise `InvalidRequest` if the terms of a list are longer than a list may store."""
    terms = {field: getattr(search, field) for field in TERMS}
    sizes = {field: len(msgspec.json.encode(term)) for field, term in terms.items() if term}
    if sum(sizes.values()) > MAX_LIST_TERMS_BYTES:
        raise InvalidRequest(
            max(sizes, key=lambda field: sizes[field]),
            f"The terms of this list have {sum(sizes.values())} bytes as JSON.",
            f"Use at most {MAX_LIST_TERMS_BYTES} bytes in all terms together. Letters beyond ASCII "
            "have two to four bytes.",
        )


def _term(text: str | None) -> str | None:
    """Return the text as one line, or None if nothing of it is visible.

    Terms are returned, logged by others, and sent to Amazon: what changes the direction or the line
    of other text is not part of a search.
    """
    line = plain_line(text or "")
    return line if remove_invisible(line).strip() else None


def _delivery_flags(text: str | None) -> tuple[str, ...]:
    """Parse flags separated by commas. Raises `InvalidRequest`."""
    flags = tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))
    if (text and not flags) or not set(flags) <= set(DELIVERY_FLAGS):
        raise InvalidRequest(
            "delivery",
            "This is not a list of Amazon's delivery flags, separated by commas.",
            f"Use one or several of {', '.join(DELIVERY_FLAGS)}.",
        )
    return flags


def _check_prices(query: SearchFilters) -> None:
    """Raise `InvalidRequest` for prices that no product can have."""
    if query.min_price and query.max_price and query.min_price > query.max_price:
        raise InvalidRequest(
            "max_price",
            "The maximum price is below the minimum price.",
            "Swap the two prices, or omit one of them.",
        )
