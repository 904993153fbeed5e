"""Sanitizing of text and links from Amazon: plain text without markup, and links to Amazon only."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from amzlinkr.domain.marketplaces import marketplace_of_host

_MEDIA_HOSTS = (".media-amazon.com", ".ssl-images-amazon.com", ".images-amazon.com")
# Without `re.IGNORECASE`, which doubles the time of a match.
_LINK = re.compile(
    r"(?i:https)://([a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+)(?:[/?#][!#-;=?-Z\[\]_a-z~]*)?"
)
"""A host without user or port, then only the characters that RFC 3986 allows in a URL."""
MAX_LINK_CHARS = 2_048
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")
_JOINERS = "\u200c\u200d"
"""Invisible characters that change their neighbors: in emoji, Persian, and Indian languages."""
_STRAY_JOINER = re.compile(rf"(?<![^\s{_JOINERS}])[{_JOINERS}]")
"""A joiner without a visible character before it. At the end of a word it changes that one."""
_FIRST_TAG, _LAST_TAG = "\U000e0020", "\U000e007f"
_FLAG_OR_TAG = re.compile(
    rf"(\U0001f3f4[{_FIRST_TAG}-\U000e007e]{{3,6}}{_LAST_TAG})|[{_FIRST_TAG}-{_LAST_TAG}]"
)
"""The flag of a region, such as England: a black flag with up to six tags. Or another tag."""


def sanitize(text: str | None, limit: int) -> str | None:
    """Return one line of visible text, cut to `limit` characters, or None if nothing is left.

    Control, bidirectional-override, private-use, and unassigned characters are removed. Joiners
    after visible characters and the tags of flags stay. The result is plain text: HTML entities are
    not decoded, and it must be escaped before use in HTML.
    """
    if text is None:
        return None
    # The fast path for nearly all texts: without it, each character costs a category lookup.
    if text.isprintable() and "  " not in text:
        line = text.strip()
        return (line if len(line) <= limit else line[:limit].rstrip()) or None
    line = _without_strays(" ".join("".join(map(_visible, text)).split()))
    if len(line) > limit:
        # The cut may be within a flag, or after a joiner between two emoji.
        line = _without_strays(line[:limit]).rstrip(_JOINERS)
    return line or None


def _visible(char: str) -> str:
    if char.isspace():
        return " "
    is_kept = char in _JOINERS or _FIRST_TAG <= char <= _LAST_TAG
    return char if is_kept or unicodedata.category(char) not in _INVISIBLE else ""


def _without_strays(text: str) -> str:
    """Return the text without joiners and tags that belong to no visible character."""
    without_tags = _FLAG_OR_TAG.sub(r"\1", text)
    return " ".join(_STRAY_JOINER.sub("", without_tags).split())


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
