"""Links to Amazon in the forms that users paste.

The forms come from public URL cleaners, test suites of client libraries, and bug reports;
`tests/unit/domain/pasted_links.py` lists them. All repetitions in patterns are bounded, so the time
is linear in the length of a link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import unquote

from amzlinkr.domain.marketplaces import MARKETPLACES, Marketplace, marketplace_of_host
from amzlinkr.domain.pasted_text import MAX_ENCODINGS, decode_percent, remove_invisible
from amzlinkr.domain.product_paths import asin_of_parameters, asin_of_path, parameters_of

SHORT_LINK_HOSTS = (
    "amzn.to", "amzn.eu", "amzn.asia", "amzn.in", "amzn.ae", "a.co", "link.amazon", "amzlink.to",
    "amazon.app.link",
)  # fmt: skip
"""Amazon's hosts of short links, as of 2026. Their subdomains are short links too."""
_US_HOST = "amzn.com"
"""A second name of amazon.com. Its paths without an ASIN are short links."""
_AD_HOST = "amazon-adsystem.com"
"""The host of Amazon's ads. Their links contain the URL of the product."""
_WEB_SCHEMES = ("http", "https")
_APP_SCHEMES = (
    "intent", "amzn", "kindle", "com.amazon.mobile.shopping", "com.amazon.mobile.shopping.web",
)  # fmt: skip
_MAX_NESTING = 3
_MAX_DELIMITERS = 8

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,40}):(/{1,3})", re.IGNORECASE | re.ASCII)
_HOST = re.compile(r"[a-z0-9.-]{1,253}(?=[/?#%]|:[0-9])", re.IGNORECASE | re.ASCII)
_TOP_LEVEL_DOMAIN = re.compile(r"[a-z]{2,63}")
_AUTHORITY = re.compile(r"([a-z0-9.-]{1,253})(?::[0-9]{0,5})?", re.IGNORECASE | re.ASCII)
_DELIMITER = re.compile("[:=\"'(<\\[{|>«„“‘]")
_CLOSING = ".,;:!?)]}>\"'»”’"
_URL_IN_PATH = re.compile(r"https?:/", re.IGNORECASE | re.ASCII)


class LinkKind(Enum):
    """The target of a link."""

    PRODUCT = "product"
    OTHER_PAGE = "other page of Amazon"
    SHORT_LINK = "short link"
    FOREIGN = "page outside Amazon's marketplaces"


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text.

    Products have an `asin`. Their `marketplace` is None for links to Amazon's apps that name none.
    """

    kind: LinkKind
    host: str = ""
    asin: str | None = None
    marketplace: Marketplace | None = None


def find_link(word: str) -> Link | None:
    """Return the first link in a word without spaces, or None.

    The link may be percent-encoded, lack its scheme, or follow other text. The outermost link
    counts: an Amazon URL in a parameter of another host is not a link to Amazon.
    """
    word = word.replace("\\", "/")  # as browsers do
    for _ in range(MAX_ENCODINGS + 1):
        link = _find_decoded_link(word, 0)
        if link is not None or "%" not in word:
            return link
        word = remove_invisible(unquote(word))
    return None


def _find_decoded_link(word: str, nesting: int) -> Link | None:
    for _ in range(_MAX_DELIMITERS):
        word = word.lstrip("".join(char for char in word[:20] if not char.isalnum()))
        if _begins_with_host(word):
            return _read_link("https", word, nesting)
        scheme = _SCHEME.search(word)
        if scheme is not None:
            return _read_scheme(scheme, word[scheme.end() :], nesting)
        delimiter = _DELIMITER.search(word)
        if delimiter is None:
            return None
        word = word[delimiter.end() :]
    return None


def _begins_with_host(word: str) -> bool:
    """Return True for a URL without its scheme: a host name with a path, query, or port."""
    host = _HOST.match(word)
    return host is not None and _has_domain(host[0])


def _has_domain(host: str) -> bool:
    _, dot, last = host.lower().rstrip(".").rpartition(".")
    return bool(dot) and _TOP_LEVEL_DOMAIN.fullmatch(last) is not None


def _read_scheme(scheme: re.Match[str], rest: str, nesting: int) -> Link | None:
    name = scheme[1].lower()
    if name in _APP_SCHEMES:
        return _read_link(name, rest, nesting)
    if name.endswith(_WEB_SCHEMES):  # also if other text stands before it without a space
        return _read_link("https", rest.lstrip("/"), nesting)
    return Link(LinkKind.FOREIGN) if len(scheme[2]) > 1 else None


def _read_link(scheme: str, rest: str, nesting: int) -> Link:
    """Return the link that consists of a scheme and the text behind its slashes."""
    authority, address = _split_authority(rest)
    if "%" in authority:
        authority, address = _split_authority(decode_percent(rest))
    match = _AUTHORITY.fullmatch(authority.rstrip(_CLOSING))
    host = match[1].lower().rstrip(".") if match else ""
    if scheme in _APP_SCHEMES and not _has_domain(host):
        found = _find_product(f"/{rest}", None, nesting)
        return found or Link(LinkKind.FOREIGN, host)
    if any(_is_at(host, short) for short in SHORT_LINK_HOSTS):
        return Link(LinkKind.SHORT_LINK, host)
    marketplace = _marketplace_of(host)
    if marketplace is None and not _is_at(host, _AD_HOST):
        return Link(LinkKind.FOREIGN, host)
    found = _find_product(address, marketplace, nesting)
    if found is not None and found.marketplace is not None:
        return found
    return Link(LinkKind.SHORT_LINK if _is_at(host, _US_HOST) else LinkKind.OTHER_PAGE, host)


def _split_authority(rest: str) -> tuple[str, str]:
    end = min((place for mark in "/?#" if (place := rest.find(mark)) >= 0), default=len(rest))
    return rest[:end], rest[end:]


def _is_at(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _marketplace_of(host: str) -> Marketplace | None:
    """Return the marketplace of a host with any subdomain, which only Amazon can create."""
    if _is_at(host, _US_HOST):
        return MARKETPLACES["US"]
    if _is_at(host, "amazon.jp"):  # leads to amazon.co.jp
        return MARKETPLACES["JP"]
    labels = host.split(".")
    domains = (".".join(labels[-count:]) for count in (2, 3))
    return next(filter(None, map(marketplace_of_host, domains)), None)


def _find_product(address: str, marketplace: Marketplace | None, nesting: int) -> Link | None:
    """Return the product that the path or a parameter of an Amazon address names."""
    raw_path, _, query = address.partition("?")
    path, _, encoded_query = decode_percent(raw_path).partition("?")
    url = _URL_IN_PATH.search(path)
    asin = asin_of_path(path[: url.start()] if url else path)
    if asin is not None:
        return Link(LinkKind.PRODUCT, asin=asin, marketplace=marketplace)
    if url is not None and nesting < _MAX_NESTING:
        return _read_nested(path[url.start() :], marketplace, nesting + 1)
    parameters = parameters_of(f"{query}&{encoded_query}")
    asin = asin_of_parameters(parameters)
    if asin is not None:
        return Link(LinkKind.PRODUCT, asin=asin, marketplace=marketplace)
    nested = (
        _read_nested(value, marketplace, nesting + 1)
        for _, value in parameters
        if nesting < _MAX_NESTING
    )
    return next(filter(None, nested), None)


def _read_nested(value: str, marketplace: Marketplace | None, nesting: int) -> Link | None:
    """Return the product that a parameter with a URL or a path leads to, or None."""
    for _ in range(MAX_ENCODINGS):
        if value.startswith("/") and not value.startswith("//"):
            return _find_product(value, marketplace, nesting)
        link = _find_decoded_link(value, nesting)
        if link is not None:
            return link if link.kind is LinkKind.PRODUCT else None
        value = unquote(value)
    return None
