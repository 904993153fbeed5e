"""Which site an address means, and which network addresses may be asked for its proof."""

from __future__ import annotations

import ipaddress
import unicodedata
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import idna

from amzlinkr.domain.errors import InvalidRequest

MAX_URL = 500
HTTPS_PORT = 443
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_UNICAST_V6 = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out. Mapped, compatible, NAT64, private, link-local, multicast and
segment routing addresses lie outside."""

_BLOCKED_NETWORKS = [
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # multicast tunnels
        "192.88.99.0/24",  # 6to4 relays
        "192.175.48.0/24",  # AS112
        "2001::/23",  # Teredo (an IPv4 address inside), benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
]
"""Kept here because versions of Python differ in what they call global."""


@dataclass(frozen=True, slots=True)
class SiteAddress:
    """A site's canonical name and how to reach it. `name` is the same for all spellings."""

    name: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """The canonical address, without a slash at the end."""
        standard = self.port == (HTTPS_PORT if self.scheme == "https" else 80)
        port = "" if standard else f":{self.port}"
        return f"{self.scheme}://{_bracketed(self.host)}{port}{self.path}"


def site_address(url: str, *, allow_local: bool) -> SiteAddress:
    """Read a site's address. Raises `InvalidRequest` naming `site_url`.

    Public sites are https on port 443 with a host name. Locally http, other ports and loopback
    addresses are sites too, and the port tells them apart.
    """
    text = url.strip()
    if len(text) > MAX_URL or any(char.isspace() or not char.isprintable() for char in text):
        raise _invalid_site_url("This is not a web address.")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _invalid_site_url("This is not a web address.") from None
    if parts.scheme not in (("https", "http") if allow_local else ("https",)):
        raise _invalid_site_url("The address must begin with https://.")
    _check_plain(parts, text)
    host = _canonical_host(parts.hostname or "", allow_local=allow_local)
    if port is None:
        port = HTTPS_PORT if parts.scheme == "https" else 80
    if port == 0 or (not allow_local and port != HTTPS_PORT):
        raise _invalid_site_url("The address must not name a port.")
    path = _canonical_path(parts.path)
    shown = _bracketed(host) if port == HTTPS_PORT else f"{_bracketed(host)}:{port}"
    return SiteAddress(shown + path, parts.scheme, host, port, path)


def challenge_urls(signup_id: str) -> tuple[str, str]:
    """Where the token is looked for: a path from the host's root, else a query of the site."""
    return f"/.well-known/amzlinkr/{signup_id}", f"?amzlinkr_challenge={signup_id}"


def is_allowed(address: IPAddress, *, allow_local: bool) -> bool:
    """Whether a resolved address may be connected to: public unicast, or loopback locally."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return is_allowed(address.ipv4_mapped, allow_local=allow_local)
    if address.is_loopback:
        return allow_local
    if address.version == _UNICAST_V6.version and address not in _UNICAST_V6:
        return False
    odd = address.is_multicast or address.is_reserved or address.is_unspecified
    listed = any(
        address in network for network in _BLOCKED_NETWORKS if network.version == address.version
    )
    return address.is_global and not odd and not listed


def _check_plain(parts: SplitResult, text: str) -> None:
    if parts.username is not None or parts.password is not None:
        raise _invalid_site_url("The address must not contain a user name.")
    if parts.query or parts.fragment or "\\" in text:
        raise _invalid_site_url("Enter the site's address without ? and #.")
    if "[" in parts.netloc and ":" not in (parts.hostname or ""):
        raise _invalid_site_url("The host name of this address is not valid.")


def _canonical_host(host: str, *, allow_local: bool) -> str:
    name = host.lower().rstrip(".")
    try:
        literal = ipaddress.ip_address(name)
    except ValueError:
        literal = None
    if allow_local and (name == "localhost" or (literal is not None and literal.is_loopback)):
        return name
    if literal is not None:
        raise _invalid_site_url("Enter the site's name, not a numeric address.")
    try:
        encoded = idna.encode(name, uts46=True).decode().rstrip(".")
    except idna.IDNAError:
        raise _invalid_site_url("The host name of this address is not valid.") from None
    label = encoded.rpartition(".")[2]
    if "." not in encoded or label[0].isdigit():
        raise _invalid_site_url("Enter the site's full public name, like https://example.com.")
    return encoded


def _canonical_path(path: str) -> str:
    segments = [segment for segment in unicodedata.normalize("NFC", path).split("/") if segment]
    for segment in segments:
        odd = segment in (".", "..") or "%" in segment or ";" in segment
        if odd or segment.lower().endswith(".php"):
            raise _invalid_site_url("Enter the site's plain address.")
    return "".join(f"/{segment}" for segment in segments)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _invalid_site_url(detail: str) -> InvalidRequest:
    return InvalidRequest(
        "site_url", detail, "Use the address of your site, like https://example.com."
    )
