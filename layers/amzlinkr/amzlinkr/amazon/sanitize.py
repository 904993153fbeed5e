"""Sanitizing of text and links from Amazon: plain text without markup, and links to Amazon only."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from amzlinkr.domain.marketplaces import marketplace_of_host

_MEDIA_HOSTS = (".media-amazon.com", ".ssl-images-amazon.com", ".images-amazon.com")
_LINK = re.compile(
    r"https://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:[/?#][!#-;=?-Z\[\]_a-z~]*)?", re.IGNORECASE
)
"""A host without user or port, then only the characters that RFC 3986 allows in a URL."""
MAX_LINK_CHARS = 2_048
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")
_JOINERS = "\u200c\u200d"
"""Invisible characters that change their neighbors: in emoji, Persian, and Indian languages."""


def sanitize(text: str | None, limit: int) -> str | None:
    """Return one line of visible text, cut to `limit` characters, or None if nothing is left.

    Control, bidirectional-override, private-use, and unassigned characters are removed; joiners
    between visible characters stay. The result is plain text: HTML entities are not decoded, and it
    must be escaped before use in HTML.
    """
    if text is None:
        return None
    # The fast path for nearly all texts: without it, each character costs a category lookup.
    if text.isprintable() and "  " not in text:
        return text.strip()[:limit] or None
    visible = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or char in _JOINERS or unicodedata.category(char) not in _INVISIBLE
    )
    words = (word.strip(_JOINERS) for word in visible.split())
    return " ".join(filter(None, words))[:limit].strip(f"{_JOINERS} ") or None


def amazon_url(url: str | None) -> str | None:
    """Return the URL unaltered if it is an HTTPS URL of an Amazon host, otherwise None."""
    if not url or len(url) > MAX_LINK_CHARS:
        return None
    # Matched with one pattern and not parsed: URL parsers and browsers differ for malformed input.
    link = _LINK.fullmatch(url)
    return url if link and _is_amazon_host(link[1].lower()) else None


@lru_cache(maxsize=256)
def _is_amazon_host(host: str) -> bool:
    """Return True for the host of a marketplace or of Amazon's image servers."""
    return marketplace_of_host(host) is not None or host.endswith(_MEDIA_HOSTS)
