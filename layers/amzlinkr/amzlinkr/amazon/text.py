"""What Amazon sends is text and links, and nothing else: never markup, never another shop's url."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

from amzlinkr.domain.marketplaces import marketplace_of_host

_MEDIA_HOSTS = (".media-amazon.com", ".ssl-images-amazon.com", ".images-amazon.com")
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")


def plain(text: str | None, limit: int) -> str | None:
    """One line of visible text, cut to `limit` characters; None if nothing is left.

    Control, bidirectional-override and unassigned characters go; the text is not unescaped and
    not to be used as HTML.
    """
    if text is None:
        return None
    visible = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char) not in _INVISIBLE
    )
    return " ".join(visible.split())[:limit] or None


def amazon_url(url: str | None) -> str | None:
    """The address unaltered, if it is https and one of Amazon's; otherwise None."""
    if not url or any(char.isspace() or not char.isprintable() for char in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    known = marketplace_of_host(host) is not None or host.endswith(_MEDIA_HOSTS)
    return url if parts.scheme == "https" and known and "@" not in parts.netloc else None
