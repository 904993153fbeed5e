"""ASINs, and finding one in what people paste: an ASIN, an ISBN-10, or a product's address."""

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
    """A product someone named; `marketplace` only if an address said which."""

    asin: str
    marketplace: Marketplace | None


def reference(text: str, field: str = "items") -> Reference:
    """Read an ASIN or an Amazon product address. Raises `InvalidRequest` naming `field`."""
    cleaned = text.strip()
    if len(cleaned) > MAX_INPUT_CHARS:
        raise InvalidRequest(field, f"An entry is longer than {MAX_INPUT_CHARS} characters.")
    if _ASIN.fullmatch(cleaned.upper()) and cleaned.isascii():
        return Reference(cleaned.upper(), None)
    if "/" in cleaned or "." in cleaned:
        return _reference_in_address(cleaned, field)
    raise InvalidRequest(
        field,
        f"“{cleaned[:40]}” is neither an ASIN nor an Amazon product address.",
        "An ASIN has 10 letters and digits, for example B08N5WRWNW.",
    )


def is_lookup(keywords: str) -> bool:
    """Whether search keywords name one product rather than describe it.

    Ten-letter words look like ASINs, so bare text counts only with a digit in the second place
    (every non-book ASIN begins B0, B1 …) or as an ISBN-10 with the right check digit.
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


def _split(address: str) -> tuple[str, str, str] | None:
    """Host, path and query of an address; None if there is no host in it."""
    try:
        parts = urlsplit(address if _SCHEME.match(address) else f"https://{address}")
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or " " in host:
        return None
    return host, parts.path, parts.query


def _reference_in_address(address: str, field: str) -> Reference:
    parts = _split(address)
    if parts is None:
        raise InvalidRequest(field, f"“{address[:60]}” is not a web address.")
    host, path, query = parts
    if host.lower() in _SHORT_HOSTS:
        raise InvalidRequest(
            field,
            "Short links are not followed.",
            "Open the link once and paste the address of the product page.",
        )
    shop = marketplace_of_host(host)
    if shop is None:
        raise InvalidRequest(
            field,
            f"{host[:60]} is not one of Amazon's 22 shops.",
            "Paste the address of a product page at Amazon, or its ASIN.",
        )
    found = _IN_PATH.search(path)
    candidate = found.group(1) if found else parse_qs(query).get("asin", [""])[0]
    if not (candidate.isascii() and _ASIN.fullmatch(candidate.upper())):
        raise InvalidRequest(
            field,
            "There is no product in this Amazon address.",
            "Paste the address of a product page; it contains /dp/ and ten letters and digits.",
        )
    return Reference(candidate.upper(), shop)
