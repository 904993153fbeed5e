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

from amzlinkr.domain.ad_links import AD_HOST, asin_of_ad, marketplace_of_ad
from amzlinkr.domain.link_hosts import (
    SHORT_LINK_HOSTS,
    US_HOST,
    is_at,
    marketplace_of_link,
    wraps_links,
)
from amzlinkr.domain.marketplaces import Marketplace
from amzlinkr.domain.pasted_text import (
    MAX_ENCODINGS,
    decode_percent,
    decode_percent_once,
    decodings,
)
from amzlinkr.domain.product_paths import (
    asin_of_compound_parameters,
    asin_of_parameters,
    asin_of_path,
    is_certain_asin,
    parameters_of,
)

_WEB_SCHEMES = ("http", "https")
_APP_SCHEMES = (
    "intent", "amzn", "kindle", "com.amazon.mobile.shopping", "com.amazon.mobile.shopping.web",
)  # fmt: skip
_MAX_NESTING = 3
_MAX_DELIMITERS = 8

# Also misspelled or incomplete, as in htps://, ttps://, https;// and https//.
_WEB_SCHEME = re.compile(r"h?[tx]{1,3}p{1,2}s{0,2}(?:[:;]?/{2,3}|[:;]/)", re.IGNORECASE | re.ASCII)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,40}):(/{1,3})", re.IGNORECASE | re.ASCII)
_HOST = re.compile(
    r"www\.[a-z0-9.-]{1,249}|[a-z0-9.-]{1,253}(?=[/?#%]|:[0-9])", re.IGNORECASE | re.ASCII
)
_TOP_LEVEL_DOMAIN = re.compile(r"[a-z]{2,63}")
_AUTHORITY = re.compile(r"([a-z0-9.-]{1,253})(?::[0-9]{0,5})?", re.IGNORECASE | re.ASCII)
_DELIMITER = re.compile("[:=\"'(<\\[{|>«„“‘]")
_CLOSING = ".,;:!?)]}>\"'»”’"
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")
"""The full stops that browsers read as dots of a host (Unicode IDNA, section 4)."""
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

    Products have an `asin`. Their `marketplace` is None for links to Amazon's apps, ads, and paths
    without a host that name none.
    """

    kind: LinkKind
    host: str = ""
    asin: str | None = None
    marketplace: Marketplace | None = None


def find_link(word: str) -> Link | None:
    """Return the first link in a word without spaces, or None.

    The link may be percent-encoded, lack its scheme or host, or follow other text. The outermost
    link counts: an Amazon URL in a parameter of another host is not a link to Amazon, unless this
    host is known to wrap links.
    """
    words = decodings(
        _as_browsers_read(word), lambda one: _as_browsers_read(decode_percent_once(one))
    )
    links = (_find_decoded_link(one, 0) or _read_bare_path(one) for one in words)
    return next(filter(None, links), None)


def _as_browsers_read(word: str) -> str:
    return word.replace("\\", "/").translate(_DOTS)


def _find_decoded_link(word: str, nesting: int) -> Link | None:
    for _ in range(_MAX_DELIMITERS):
        word = _strip_marks(word)
        web = _WEB_SCHEME.match(word)
        if web is not None:
            return _read_web_link(word[web.end() :], nesting)
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


def _strip_marks(word: str) -> str:
    return word.lstrip("".join(char for char in word[:20] if not char.isalnum()))


def _read_bare_path(word: str) -> Link | None:
    """Return the product that a path without a host names, as in `dp/<ASIN>`, or None."""
    path = _strip_marks(word)
    found = _find_product(f"/{path}", None, _MAX_NESTING) if "/" in path else None
    if found is None or found.asin is None or not is_certain_asin(found.asin):
        return None
    # Otherwise it is not a path, but the end of another address.
    before = path.upper().partition(found.asin)[0]
    return None if any(mark in before for mark in ".:@%") else found


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
        return _read_web_link(rest, nesting)
    return Link(LinkKind.FOREIGN) if len(scheme[2]) > 1 else None


def _read_web_link(rest: str, nesting: int) -> Link:
    """Return the link behind a scheme, which may have been pasted in front of another one."""
    for _ in range(_MAX_NESTING):
        rest = rest.lstrip("/")
        scheme = _WEB_SCHEME.match(rest)
        if scheme is None:
            break
        rest = rest[scheme.end() :]
    return _read_link("https", rest, nesting)


def _read_link(scheme: str, rest: str, nesting: int) -> Link:
    """Return the link that consists of a scheme and the text behind its slashes."""
    authority, address = _split_authority(rest)
    if "%" in authority:
        authority, address = _split_authority(decode_percent(rest).translate(_DOTS))
    match = _AUTHORITY.fullmatch(authority.rstrip(_CLOSING))
    host = match[1].lower().rstrip(".") if match else ""
    if scheme in _APP_SCHEMES and not _has_domain(host):
        found = _find_product(f"/{rest}", None, nesting)
        return found or Link(LinkKind.FOREIGN, host)
    if any(is_at(host, short) for short in SHORT_LINK_HOSTS):
        return Link(LinkKind.SHORT_LINK, host)
    if is_at(host, AD_HOST):
        return _read_ad(host, address, nesting)
    marketplace = marketplace_of_link(host)
    if marketplace is None:
        return _read_redirect(host, address, nesting) or Link(LinkKind.FOREIGN, host)
    found = _find_product(address, marketplace, nesting)
    if found is not None:
        return found
    return Link(LinkKind.SHORT_LINK if is_at(host, US_HOST) else LinkKind.OTHER_PAGE, host)


def _read_ad(host: str, address: str, nesting: int) -> Link:
    """Return the product of an ad, from the URL that the ad leads to or from its parameters."""
    found = _find_product(address, None, nesting)
    if found is not None and found.marketplace is not None:
        return found
    parameters = parameters_of(address.partition("?")[2])
    asin = asin_of_ad(parameters)
    if asin is None:
        return Link(LinkKind.OTHER_PAGE, host)
    return Link(LinkKind.PRODUCT, "", asin, marketplace_of_ad(host, parameters))


def _read_redirect(host: str, address: str, nesting: int) -> Link | None:
    """Return the link to Amazon that a host wraps, or None."""
    if nesting >= _MAX_NESTING or not wraps_links(host):
        return None
    values = (decode_percent(value) for _, value in parameters_of(address.partition("?")[2]))
    links = (_find_decoded_link(value, nesting + 1) for value in values)
    return next((link for link in links if link and link.kind is not LinkKind.FOREIGN), None)


def _split_authority(rest: str) -> tuple[str, str]:
    end = min((place for mark in "/?#" if (place := rest.find(mark)) >= 0), default=len(rest))
    return rest[:end], rest[end:]


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
    fragment = path.partition("#")[2]
    parameters = parameters_of(f"{query}&{encoded_query}&{fragment}")
    asin = asin_of_parameters(parameters)
    if asin is not None:
        return Link(LinkKind.PRODUCT, asin=asin, marketplace=marketplace)
    nested = (
        _read_nested(value, marketplace, nesting + 1)
        for _, value in parameters
        if nesting < _MAX_NESTING
    )
    found = next(filter(None, nested), None)
    asin = asin_of_compound_parameters(parameters)
    if found is not None or asin is None:
        return found
    return Link(LinkKind.PRODUCT, asin=asin, marketplace=marketplace)


def _read_nested(value: str, marketplace: Marketplace | None, nesting: int) -> Link | None:
    """Return the product that a parameter with a URL or a path leads to, or None."""
    # The value of a parameter is decoded once already.
    for text in decodings(value, unquote, MAX_ENCODINGS - 1):
        if text.startswith("/") and not text.startswith("//"):
            return _find_product(text, marketplace, nesting)
        link = _find_decoded_link(text, nesting)
        if link is not None:
            return link if link.kind is LinkKind.PRODUCT else None
    return None
