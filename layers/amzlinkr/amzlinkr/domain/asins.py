"""Products that users name: by an ASIN, an ISBN-10, or an Amazon link, alone or among words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from amzlinkr.domain.amazon_links import Link, LinkKind, find_link
from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.marketplaces import Marketplace
from amzlinkr.domain.pasted_text import decode_entities, decode_percent, remove_invisible
from amzlinkr.domain.product_errors import ShortLink
from amzlinkr.domain.product_paths import is_certain_asin, is_isbn10

MAX_INPUT_CHARS = 2_000
_BARE = re.compile(r"[A-Za-z0-9]{10}")
# Underscores may surround it: Markdown sets italic text between them.
_IN_WORD = re.compile(
    r"(?<![A-Z0-9/%.@&?-])(?<![A-Z0-9]_)[A-Z0-9]{10}(?![A-Z0-9/%@=-]|_{1,9}[A-Z0-9])",
    re.IGNORECASE | re.ASCII,
)
_ASIN_IN_ADDRESS = re.compile(r"[/=]b[0-9][a-z0-9]{8}(?![a-z0-9_-])", re.ASCII)
_COMMON_HOST = re.compile(
    r"[a-z0-9-]\.(?:com|net|org|info|eu|to|co|me|ly|gl|link|shop|app|page|cc|be|de|uk|fr|it|es|nl)[/:?#]",
    re.ASCII,
)
_HYPHENATED = re.compile(
    r"(?<![\w-])[0-9]{1,5}-[0-9]{1,7}-[0-9]{1,7}-[0-9X](?![\w-])", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A product that a user named. `marketplace` is None unless a URL names it."""

    asin: str
    marketplace: Marketplace | None


def parse_reference(text: str, field: str = "items") -> Reference:
    """Return the product that an import entry names: an ASIN or a link, also among words.

    Raises:
        ShortLink: The text contains a short link; `field` is the given field.
        InvalidRequest: The text names no product; `field` is the given field.
    """
    if len(text) > MAX_INPUT_CHARS:
        raise InvalidRequest(
            field,
            f"The entry is longer than {MAX_INPUT_CHARS} characters.",
            "Enter an ASIN or a product URL.",
        )
    cleaned = _clean(text)
    if _BARE.fullmatch(cleaned):
        return Reference(cleaned.upper(), None)
    links = _links_in(cleaned, field)
    found = _products_in(cleaned, links)
    if not found:
        raise _no_product(cleaned, links, field)
    named = list(dict.fromkeys(reference.asin for reference in found))
    if len(named) > 1:
        first, second = named[:2]
        raise InvalidRequest(
            field,
            f"This entry names several products: {first} and {second}.",
            "Use one entry for each product.",
        )
    return found[0]


def find_reference(keywords: str, field: str = "keywords") -> Reference | None:
    """Return the product that search keywords name, or None if they describe one.

    Ten-letter words have the form of an ASIN. Bare text therefore counts only if it can be nothing
    else (`is_certain_asin`).

    Raises:
        ShortLink: The keywords contain a short link.
        InvalidRequest: The keywords contain an address that leads to no product of Amazon.
    """
    cleaned = _clean(keywords)
    links = _links_in(cleaned, field)
    found = next(iter(_products_in(cleaned, links)), None)
    if found is None and any(_is_address(word, links.get(word)) for word in cleaned.split()):
        raise _no_product(cleaned, links, field)
    return found


def _is_address(word: str, link: Link | None) -> bool:
    """Return True for a word that can only be an address, unlike `node.js/express`."""
    if link is not None and link.kind is not LinkKind.FOREIGN:
        return True
    text = decode_percent(word).lower()
    if link is not None and (":/" in text or "www." in text or _COMMON_HOST.search(text)):
        return True
    return _ASIN_IN_ADDRESS.search(text) is not None


def _clean(text: str) -> str:
    return remove_invisible(decode_entities(text)).strip()


def _links_in(text: str, field: str) -> dict[str, Link]:
    """Return the links in a text by the word that contains each. Raises `ShortLink`."""
    links = {word: link for word in text.split() if (link := find_link(word))}
    if any(link.kind is LinkKind.SHORT_LINK for link in links.values()):
        raise ShortLink(field)
    return links


def _products_in(text: str, links: dict[str, Link]) -> list[Reference]:
    """Return the products of links, then those of ASINs between other words."""
    linked = [
        Reference(link.asin, link.marketplace)
        for link in links.values()
        if link.kind is LinkKind.PRODUCT and link.asin is not None
    ]
    words = " ".join(word for word in text.split() if word not in links)
    bare = (match[0].upper() for match in _IN_WORD.finditer(words))
    hyphenated = (match[0].upper().replace("-", "") for match in _HYPHENATED.finditer(words))
    certain = [*filter(is_certain_asin, bare), *filter(is_isbn10, hyphenated)]
    return [*linked, *(Reference(asin, None) for asin in certain)]


def _no_product(text: str, links: dict[str, Link], field: str) -> InvalidRequest:
    """Return the problem of a text that names no product."""
    if any(link.kind is LinkKind.OTHER_PAGE for link in links.values()):
        return InvalidRequest(
            field,
            "This Amazon URL names no product.",
            "Paste the URL of a product page. It contains /dp/ and ten letters and digits.",
        )
    if not text:
        return InvalidRequest(field, "This entry is empty.", "Enter an ASIN or a product URL.")
    if not links:
        return InvalidRequest(
            field,
            f"“{text[:40]}” is neither an ASIN nor an Amazon product URL.",
            "An ASIN has 10 letters and digits, for example B08N5WRWNW.",
        )
    word, link = next(iter(links.items()))
    if not link.host:
        return InvalidRequest(field, f"“{word[:60]}” is not a URL.")
    return InvalidRequest(
        field,
        f"{link.host[:60]} is not one of the 22 Amazon marketplaces.",
        "Paste the URL of a product page on Amazon, or its ASIN.",
    )
