"""The ASIN in the path or the parameters of an address at Amazon."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from amzlinkr.domain.pasted_text import decode_percent

QueryParameters = Sequence[tuple[str, str]]
_MARKERS = frozenset({"dp", "product", "asin", "product-reviews", "offer-listing", "glance"})
"""Path segments before an ASIN."""
_MOBILE_MARKERS = frozenset({"d", "reviews", "cr", "ol", "ode"})
"""Path segments before an ASIN, behind `/gp/aw/`."""
_BOOK_PAGES = frozenset({"obidos", "detail", "reader", "products", "d"})
"""Path segments of pages that may name a book without a marker."""
_OTHER_PAGES = frozenset({"stores", "shop", "s", "b", "zgbs", "bestsellers", "wishlist", "profile"})
"""Path segments of pages that name no product."""
_SHORTEST_PATH = 2
"""The number of segments of /<ASIN>: an empty one, and the ASIN."""
# An underscore may follow: Markdown sets italic text between underscores.
_END = r"(?![A-Z0-9-]|_{1,9}[A-Z0-9])"
_SEGMENT = re.compile(rf"((?:asin|isbn)[=:])?([A-Z0-9]{{10}}){_END}", re.IGNORECASE | re.ASCII)
_VALUE = re.compile(rf"[A-Z0-9]{{10}}{_END}", re.IGNORECASE | re.ASCII)
_HYPHENATED = re.compile(
    r"[0-9]{1,5}-[0-9]{1,7}-[0-9]{1,7}-[0-9X](?![\w-])", re.IGNORECASE | re.ASCII
)
_PARAMETER = re.compile(r"(?:asins?|isbn)(?:\.[0-9]{1,3})?")
_COMPOUND_PARAMETER = re.compile(
    r"pd_rd_i|[a-z0-9_.\[\]-]{0,60}(?:asins?|isbn)\]?(?:[._\[]?[0-9]{1,3}\]?)?"
)
"""Names such as `creativeASIN` and `items[0][asin]`, and the product of a recommendation."""
_SEPARATOR = re.compile("[&;#]")
_NO_BOOK = re.compile(r"B[0-9][A-Z0-9]{8}")
_ISBN10 = re.compile(r"[0-9]{9}[0-9X]")


def is_certain_asin(text: str) -> bool:
    """Return True if upper-case text can only be an ASIN, not a word of ten letters.

    ASINs of products other than books begin with B0, B1, and so on. ASINs of books are ISBN-10s
    with a valid check digit.
    """
    return _NO_BOOK.fullmatch(text) is not None or is_isbn10(text)


def is_isbn10(text: str) -> bool:
    """Return True for an ISBN-10 without hyphens, with a valid check digit."""
    if not _ISBN10.fullmatch(text):
        return False
    digits = [10 if char == "X" else int(char) for char in text]
    weighted = (digit * weight for digit, weight in zip(digits, range(10, 0, -1), strict=True))
    return sum(weighted) % 11 == 0


def asin_of_path(path: str) -> str | None:
    """Return the ASIN that a decoded path names, or None.

    A title in a path may be a word of ten letters, as in /gp/product/Wasserfest/dp/<ASIN>.
    Therefore the best candidate counts: a certain ASIN before a word, then one behind /dp/.
    """
    best = max(_candidates(path.split("/")), default=None, key=lambda found: found[0])
    return best[1] if best else None


def asin_of_parameters(parameters: QueryParameters) -> str | None:
    """Return the ASIN that a parameter such as `asin` or `ASIN.1` names, or None."""
    named = (value for name, value in parameters if _PARAMETER.fullmatch(name))
    return next(filter(None, map(_asin_of_value, named)), None)


def asin_of_compound_parameters(parameters: QueryParameters) -> str | None:
    """Return the certain ASIN that a parameter such as `creativeASIN` or `pd_rd_i` names.

    Such parameters also name the product of a list in which the user clicked, or of a parent.
    Therefore other places come first.
    """
    named = (value for name, value in parameters if _COMPOUND_PARAMETER.fullmatch(name))
    found = (asin for asin in map(_asin_of_value, named) if asin and is_certain_asin(asin))
    return next(found, None)


def parameters_of(query: str) -> QueryParameters:
    """Return names in lower case and decoded values. Values may still be encoded once more."""
    pairs = (part.partition("=") for part in _SEPARATOR.split(query))
    return [(unquote(name).lower(), unquote(value)) for name, _, value in pairs if value]


def _candidates(segments: Sequence[str]) -> Iterator[tuple[tuple[bool, bool, int], str]]:
    """Yield the rank and the ASIN of each segment that may be one."""
    names = [segment.lower() for segment in segments]
    pages = frozenset(names)
    may_be_book = len(segments) <= _SHORTEST_PATH or not pages.isdisjoint(_BOOK_PAGES)
    is_product_page = pages.isdisjoint(_OTHER_PAGES)
    for index, segment in enumerate(segments):
        match = _SEGMENT.match(_without_hyphens(segment))
        if match is None:
            continue
        asin = match[2].upper()
        before = names[max(index - 2, 0) : index]
        is_marked = bool(match[1]) or _ends_with_marker(before)
        is_certain = is_certain_asin(asin)
        is_named = is_product_page and is_certain and (may_be_book or not is_isbn10(asin))
        if is_marked or is_named:
            yield (is_certain, before[-1:] == ["dp"], -index), asin


def _ends_with_marker(names: Sequence[str]) -> bool:
    if not names:
        return False
    return names[-1] in _MARKERS or (names[0] == "aw" and names[-1] in _MOBILE_MARKERS)


def _asin_of_value(value: str) -> str | None:
    match = _VALUE.match(_without_hyphens(decode_percent(value)))
    return match[0].upper() if match else None


def _without_hyphens(text: str) -> str:
    """Return the text, without the hyphens of an ISBN-10 at its beginning."""
    match = _HYPHENATED.match(text)
    isbn = match[0].replace("-", "").upper() if match else ""
    return isbn + text[len(match[0]) :] if match and is_isbn10(isbn) else text
