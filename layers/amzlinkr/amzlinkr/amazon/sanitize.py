"""What Amazon sends is text and links, and nothing else: never markup, never another shop's url."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from amzlinkr.domain.marketplaces import marketplace_of_host

_MEDIA_HOSTS = (".media-amazon.com", ".ssl-images-amazon.com", ".images-amazon.com")
_LINK = re.compile(
    r"https://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:[/?#][!#-;=?-Z\[\]_a-z~]*)?", re.IGNORECASE
)
"""A host without a user or a port, then what may stand in an address (RFC 3986)."""
MAX_LINK_CHARS = 2_048
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")


def sanitize(text: str | None, limit: int) -> str | None:
    """One line of visible text, cut to `limit` characters; None if nothing is left.

    Control, bidirectional-override and unassigned characters go; the text is not unescaped and
    not to be used as HTML.
    """
    if text is None:
        return None
    if text.isprintable() and "  " not in text:
        return text.strip()[:limit] or None
    visible = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char) not in _INVISIBLE
    )
    return " ".join(visible.split())[:limit] or None


def amazon_url(url: str | None) -> str | None:
    """The address unaltered, if it is https and one of Amazon's; otherwise None."""
    if not url or len(url) > MAX_LINK_CHARS:
        return None
    link = _LINK.fullmatch(url)
    return url if link and _is_amazon_host(link[1].lower()) else None


@lru_cache(maxsize=256)
def _is_amazon_host(host: str) -> bool:
    """Whether a host is a shop or serves pictures."""
    return marketplace_of_host(host) is not None or host.endswith(_MEDIA_HOSTS)
