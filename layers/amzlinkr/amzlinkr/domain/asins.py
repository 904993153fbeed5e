"""Parsing of ASINs, ISBN-10s, and Amazon product URLs as users paste them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.marketplaces import Marketplace, marketplace_of_host

_ASIN = re.compile(r"[A-Z0-9]{10}")
_IN_PATH = re.compile(
    r"/(?:dp|gp/product|gp/aw/d|gp/offer-listing|product|product-reviews|exec/obidos/asin|o/asin)"
    r"/([A-Za-z0-9]{10})(?=[/?#]|$)",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SHORT_HOSTS = ("amzn.to", "amzn.eu", "amzn.asia", "a.co")
MAX_INPUT_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Reference:
    """A product that a user named. `marketplace` is None unless a URL names it."""

    asin: str
    marketplace: Marketplace | None


def parse_reference(text: str, field: str = "items") -> Reference:
    """Return the product that an ASIN or an Amazon product URL names.

    Raises:
        InvalidRequest: The text names no product; `field` is the given field.
    """
    cleaned = text.strip()
    if len(cleaned) > MAX_INPUT_CHARS:
        raise InvalidRequest(field, f"The entry is longer than {MAX_INPUT_CHARS} characters.")
    if _ASIN.fullmatch(cleaned.upper()) and cleaned.isascii():
        return Reference(cleaned.upper(), None)
    if "/" in cleaned or "." in cleaned:
        return _parse_url(cleaned, field)
    raise InvalidRequest(
        field,
        f"“{cleaned[:40]}” is neither an ASIN nor an Amazon product URL.",
        "An ASIN has 10 letters and digits, for example B08N5WRWNW.",
    )


def is_lookup(keywords: str) -> bool:
    """Return True if search keywords name one product instead of describing it.

    Ten-letter words have the form of an ASIN. Bare text therefore counts only if its second
    character is a digit (ASINs of products other than books begin with B0, B1, and so on) or if it
    is an ISBN-10 with a valid check digit.
    """
    text = keywords.strip().upper()
    if re.fullmatch(r"B\d[A-Z0-9]{8}", text) or _is_isbn10(text):
        return True
    parts = _split(text.lower())
    return parts is not None and marketplace_of_host(parts[0]) is not None


def _is_isbn10(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{9}[0-9X]", text):
        return False
    digits = [10 if char == "X" else int(char) for char in text]
    weighted = (digit * weight for digit, weight in zip(digits, range(10, 0, -1), strict=True))
    return sum(weighted) % 11 == 0


def _split(url: str) -> tuple[str, str, str] | None:
    """Return host, path, and query of a URL, or None if it has no host."""
    try:
        # Users omit the scheme. A "://" in the query of such a URL is not a scheme.
        parts = urlsplit(url if _SCHEME.match(url) else f"https://{url}")
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or " " in host:
        return None
    return host, parts.path, parts.query


def _parse_url(url: str, field: str) -> Reference:
    parts = _split(url)
    if parts is None:
        raise InvalidRequest(field, f"“{url[:60]}” is not a URL.")
    host, path, query = parts
    if host.lower() in _SHORT_HOSTS:
        raise InvalidRequest(
            field,
            "The service does not follow short links.",
            "Open the link in a browser and paste the URL of the product page.",
        )
    marketplace = marketplace_of_host(host)
    if marketplace is None:
        raise InvalidRequest(
            field,
            f"{host[:60]} is not one of the 22 Amazon marketplaces.",
            "Paste the URL of a product page on Amazon, or its ASIN.",
        )
    found = _IN_PATH.search(path)
    candidate = found.group(1) if found else parse_qs(query).get("asin", [""])[0]
    if not (candidate.isascii() and _ASIN.fullmatch(candidate.upper())):
        raise InvalidRequest(
            field,
            "This Amazon URL names no product.",
            "Paste the URL of a product page. It contains /dp/ and ten letters and digits.",
        )
    return Reference(candidate.upper(), marketplace)
