"""Canonical site URLs, and the network addresses that site verification may connect to."""

from __future__ import annotations

import ipaddress
import unicodedata
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import idna

from amzlinkr.domain.errors import InvalidRequest

MAX_URL_CHARS = 500
HTTP_PORT, HTTPS_PORT = 80, 443
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_UNICAST_V6 = ipaddress.ip_network("2000::/3")
"""Global unicast, the part of IPv6 that IANA assigns to networks.

Mapped, compatible, NAT64, private, link-local, multicast and segment routing addresses are outside.
"""

_BLOCKED_NETWORKS = [
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # IETF protocol assignments
        "192.31.196.0/24",  # AS112: name servers for private addresses
        "192.52.193.0/24",  # AMT: multicast tunnels
        "192.88.99.0/24",  # 6to4 relays
        "192.175.48.0/24",  # AS112
        "2001::/23",  # Teredo (embeds an IPv4 address), benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: embeds an IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
]
"""Special-purpose networks of IANA's registries.

Listed here because Python versions differ in which of them `is_global` accepts.
"""


@dataclass(frozen=True, slots=True)
class SiteAddress:
    """Canonical URL of a site, in parts. `name` is the same for all spellings of the URL."""

    name: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """Return the canonical URL, without a trailing slash."""
        is_default = self.port == (HTTPS_PORT if self.scheme == "https" else HTTP_PORT)
        port = "" if is_default else f":{self.port}"
        return f"{self.scheme}://{_bracket_ipv6(self.host)}{port}{self.path}"


def site_address(url: str, *, allow_local: bool) -> SiteAddress:
    """Return the canonical form of a site's URL.

    A public site has a host name and uses https on port 443. With `allow_local`, http, other ports
    and loopback addresses are valid too, and sites on different ports are different sites.

    Raises:
        InvalidRequest: The URL is not valid; the field is `site_url`.
    """
    text = url.strip()
    if len(text) > MAX_URL_CHARS or any(char.isspace() or not char.isprintable() for char in text):
        raise _invalid_site_url("This is not a URL.")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _invalid_site_url("This is not a URL.") from None
    if parts.scheme not in (("https", "http") if allow_local else ("https",)):
        raise _invalid_site_url("The URL must begin with https://.")
    _check_parts(parts, text)
    host = _canonical_host(parts.hostname or "", allow_local=allow_local)
    if port is None:
        port = HTTPS_PORT if parts.scheme == "https" else HTTP_PORT
    if port == 0 or (not allow_local and port != HTTPS_PORT):
        raise _invalid_site_url("The URL must not contain a port.")
    path = _canonical_path(parts.path)
    authority = _bracket_ipv6(host) if port == HTTPS_PORT else f"{_bracket_ipv6(host)}:{port}"
    return SiteAddress(authority + path, parts.scheme, host, port, path)


def challenge_urls(signup_id: str) -> tuple[str, str]:
    """Return the path on the host and the query on the site's URL that serve the token."""
    return f"/.well-known/amzlinkr/{signup_id}", f"?amzlinkr_challenge={signup_id}"


def is_allowed(address: IPAddress, *, allow_local: bool) -> bool:
    """Return True if an address is public unicast, or loopback if `allow_local`."""
    # The network stack connects to the IPv4 address inside ::ffff:0:0/96, so that is checked.
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return is_allowed(address.ipv4_mapped, allow_local=allow_local)
    if address.is_loopback:
        return allow_local
    if address.version == _UNICAST_V6.version and address not in _UNICAST_V6:
        return False
    # `is_global` alone accepts multicast addresses.
    special = address.is_multicast or address.is_reserved or address.is_unspecified
    blocked = any(address in network for network in _BLOCKED_NETWORKS)
    return address.is_global and not special and not blocked


def _check_parts(parts: SplitResult, text: str) -> None:
    if "@" in parts.netloc:
        raise _invalid_site_url("The URL must not contain a user name.")
    # Browsers read a backslash as a slash, `urlsplit` does not.
    if parts.query or parts.fragment or "\\" in text:
        raise _invalid_site_url("The URL must not contain ? or #.")
    # urlsplit accepts some bracketed hosts that are not IPv6 addresses, depending on the version.
    if "[" in parts.netloc and ":" not in (parts.hostname or ""):
        raise _invalid_site_url("The host name of this URL is not valid.")


def _canonical_host(host: str, *, allow_local: bool) -> str:
    name = host.lower().rstrip(".")
    try:
        literal = ipaddress.ip_address(name)
    except ValueError:
        literal = None
    if allow_local and (name == "localhost" or (literal is not None and literal.is_loopback)):
        return name
    if literal is not None:
        raise _invalid_site_url("The URL must contain a host name, not an IP address.")
    try:
        encoded = idna.encode(name, uts46=True).decode().rstrip(".")
    except idna.IDNAError:
        raise _invalid_site_url("The host name of this URL is not valid.") from None
    # A resolver reads 127.1 and 0x7f.1 as numbers. No top-level domain begins with a digit.
    label = encoded.rpartition(".")[2]
    if "." not in encoded or label[0].isdigit():
        raise _invalid_site_url("The URL must contain the full public host name.")
    return encoded


def _canonical_path(path: str) -> str:
    # Without NFC, two spellings of an accented letter would be two sites.
    segments = [segment for segment in unicodedata.normalize("NFC", path).split("/") if segment]
    for segment in segments:
        unsupported = segment in (".", "..") or "%" in segment or ";" in segment
        if unsupported or segment.lower().endswith(".php"):
            raise _invalid_site_url(
                "The path of the URL must not contain dots alone, %, ; or a PHP file."
            )
    return "".join(f"/{segment}" for segment in segments)


def _bracket_ipv6(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _invalid_site_url(detail: str) -> InvalidRequest:
    return InvalidRequest(
        "site_url", detail, "Enter the URL of your site, for example https://example.com."
    )
