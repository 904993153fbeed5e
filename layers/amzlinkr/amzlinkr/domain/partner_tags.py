"""Warnings about Associate tags that Amazon has not tested: those of link-only connections."""

from __future__ import annotations

import re

from amzlinkr.domain.marketplaces import MARKETPLACES, marketplaces_of_tag

_SUFFIX = re.compile(r"-[0-9]{2}")
_OTHER_SUFFIXES = frozenset({"-21", "-22"})
_UNCERTAIN = frozenset({"NL", "SE", "PL", "BE", "IE", "SA", "AE", "EG", "TR", "SG"})
"""Marketplaces in which tags with either of these suffixes are assumed to exist."""


def tag_warning(tag: str, code: str) -> str | None:
    """Return what is unusual about a tag in the marketplace with this code, or None.

    The suffix of a tag is a convention that Amazon does not enforce, so no tag is refused for it.
    """
    suffix = tag[-3:]
    if not _SUFFIX.fullmatch(suffix):
        return (
            "Associate tags usually end with a hyphen and two digits, for example "
            f"mysite-{MARKETPLACES[code].tag_suffix}. Compare the tag with Associates Central: "
            "sales through a wrong tag earn no commission."
        )
    usual = marketplaces_of_tag(tag)
    is_usual = MARKETPLACES[code] in usual or (code in _UNCERTAIN and suffix in _OTHER_SUFFIXES)
    if not usual or is_usual:
        return None
    names = ", ".join(marketplace.code for marketplace in usual[:6])
    return (
        f"Tags with this suffix usually belong to another marketplace ({names}); this marketplace "
        f"is {code}. Compare the tag with Associates Central: sales through a tag of another "
        "marketplace earn no commission."
    )
