"""Server-side request forgery: site verification connects to public addresses only.

The tests observe `socket.connect`, so they hold for every way to spell or resolve an address.
"""

import contextlib
import ipaddress
import socket
from collections.abc import Iterator
from threading import Event, current_thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.sign_up_errors import SiteNotProven
from amzlinkr.security import site_verification
from amzlinkr.security.addresses import SiteAddress, site_address
from amzlinkr.security.site_verification import SiteVerifier
from tests.clock import deadline_in

SECONDS = 10.0
BLOCKED = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1",  # noqa: S104
    "169.254.169.254", "169.254.100.1", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1",
    "192.88.99.1", "192.168.0.1", "192.0.0.9", "192.31.196.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "240.0.0.1", "255.255.255.255",
]  # fmt: skip
BLOCKED_V6 = [
    "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
    "100::1", "64:ff9b:1::1", "2001::1", "2002::1", "3fff::1", "5f00::1",
]  # fmt: skip


def spellings(address: str) -> Iterator[str]:
    """Yield the hosts of a URL that some resolver reads as this IPv4 address."""
    number = int(ipaddress.IPv4Address(address))
    parts = address.split(".")
    yield address
    yield f"{address}."
    yield str(number)
    yield hex(number)
    yield ".".join(f"0{int(part):o}" for part in parts)
    yield ".".join(hex(int(part)) for part in parts)
    yield f"{parts[0]}.{number & 0xFFFFFF}"
    yield address.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})
    yield address.replace(".", "\u3002")
    for form in embedded(address):
        yield f"[{form}]"


def embedded(address: str) -> Iterator[str]:
    """Yield the IPv6 addresses that embed this IPv4 address."""
    high, low = divmod(int(ipaddress.IPv4Address(address)), 2**16)
    yield f"::ffff:{address}"
    yield f"::ffff:{high:x}:{low:x}"
    yield f"::{high:x}:{low:x}"
    yield f"64:ff9b::{address}"
    yield f"2002:{high:x}:{low:x}::1"
    yield f"2001:0:{high:x}:{low:x}::{high ^ 0xFFFF:x}:{low ^ 0xFFFF:x}"


HOSTS = [host for address in BLOCKED for host in spellings(address)] + [
    f"[{address}]" for address in BLOCKED_V6
]
URL_FORMATS = [
    "https://{}", "https://{}:443", "http://{}", "https://{}:9001/2018-06-01/runtime",
    "https://user@{}", "https://example.com@{}", "https://{}#@example.com", "https://{}?.com",
    "https://{}\\@example.com", "//{}", "file://{}/proc/self/environ", "gopher://{}:443/_x",
]  # fmt: skip
OTHER_URLS = [
    "https://localhost", "https://LOCALHOST.", "https://localhost.localdomain:443", "https://a",
    "https://metadata", "https://[fe80::1%25eth0]", "https://[::1]:443", "https://",
    "https://%31%32%37.0.0.1", "https://127.0.0.1%2f@example.com", "https://exa mple.com",
    "https://example.com:22", "https://example.com:0", "https://example.com:99999",
    "https:///example.com", "https:example.com", "javascript:alert(1)", "data:text/plain,x",
    "https://example.com/\r\nHost: internal", "https://xn--", "https://-.com",
]  # fmt: skip
RESOLVED_ADDRESSES = (
    BLOCKED + BLOCKED_V6 + [form for address in BLOCKED for form in embedded(address)]
)
PUBLIC = "93.184.215.14"


def resolver_results(*addresses: str) -> list[Any]:
    """Return addresses in the format of `socket.getaddrinfo`."""
    return [
        (socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443))
        for ip in addresses
    ]


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that sockets connect to. Every connection is refused."""
    addresses: list[str] = []

    def connect(_self: socket.socket, address: Any) -> None:
        addresses.append(str(address[0]))
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return addresses


def resolve_numbers_or(results: list[Any]) -> Any:
    """Return a resolver that parses numeric hosts and resolves names to `results`."""
    real = socket.getaddrinfo

    def resolve(host: str, port: int, **more: Any) -> list[Any]:
        with contextlib.suppress(OSError, UnicodeError):
            return list(real(host, port, flags=socket.AI_NUMERICHOST, **more))
        return results

    return resolve


def attempt(url: str) -> None:
    """Sign up and verify the site, with the settings of production."""
    with contextlib.suppress(InvalidRequest, SiteNotProven):
        site = site_address(url, allow_local=False)
        SiteVerifier(SECONDS, allow_local=False).verify(site, "su_1", "the-token", deadline_in())


def test_no_spelling_of_a_blocked_address_is_connected_to(
    connects: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolve_numbers_or(resolver_results("127.0.0.1")))
    urls = [url.format(host) for host in HOSTS for url in URL_FORMATS] + OTHER_URLS
    for url in urls:
        attempt(url)
        assert connects == [], url
    assert len(HOSTS) >= 300
    assert len(urls) > 3_000


@pytest.mark.parametrize("public_first", [True, False])
def test_host_that_resolves_to_a_blocked_address_is_not_connected_to(
    public_first: bool, connects: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Resolve to the address alone, and with a public address before or after it."""
    for address in RESOLVED_ADDRESSES:
        mixed = [PUBLIC, address] if public_first else [address, PUBLIC]
        for addresses in ([address], mixed):
            results = resolver_results(*addresses)
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_, results=results, **__: results)
            attempt("https://shop.example")
            assert connects == [], addresses


def test_dns_rebinding_after_the_check_has_no_effect(
    connects: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, lookups = socket.getaddrinfo, []

    def rebinding(host: str, port: int, *options: Any, **more: Any) -> list[Any]:
        with contextlib.suppress(OSError):
            return list(real(host, port, flags=socket.AI_NUMERICHOST, type=socket.SOCK_STREAM))
        lookups.append(host)
        return resolver_results(PUBLIC if len(lookups) == 1 else "169.254.169.254")

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    attempt("https://shop.example")
    assert lookups == ["shop.example"]
    assert set(connects) == {PUBLIC}


@pytest.mark.parametrize(("timeout", "remaining"), [(0.05, 60), (60, 0.05)])
def test_slow_resolver_ends_with_the_timeout(
    connects: list[str], monkeypatch: pytest.MonkeyPatch, timeout: float, remaining: float
) -> None:
    finished, returned = Event(), Event()
    daemons: list[bool] = []

    def getaddrinfo(*_: object, **__: object) -> list[object]:
        # The end of the process does not wait for it.
        daemons.append(current_thread().daemon)
        finished.wait(5)
        returned.set()
        return []

    monkeypatch.setattr(site_verification, "RESOLVE_TIMEOUT_SECONDS", timeout)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(SiteNotProven, match="cannot be resolved"):
        SiteVerifier(SECONDS, allow_local=False).verify(
            site_address("https://shop.example", allow_local=False),
            "su_1",
            "t",
            deadline_in(remaining),
        )
    has_returned = returned.is_set()
    finished.set()
    assert not has_returned
    assert daemons == [True]
    assert connects == []


def test_production_requires_https_on_port_443() -> None:
    for url in ("https://shop.example", "https://shop.example:443/blog/"):
        site = site_address(url, allow_local=False)
        assert (site.scheme, site.port) == ("https", 443)
    for url in (
        "http://shop.example", "https://shop.example:8443", "ftp://shop.example",
        "https://shop.example:0",
    ):  # fmt: skip
        with pytest.raises(InvalidRequest):
            site_address(url, allow_local=False)


def test_resolver_reads_most_spellings_as_addresses() -> None:
    """Check the test data: a host that no resolver accepts proves nothing."""
    accepted = 0
    for host in HOSTS:
        bare = urlsplit(f"https://{host}").hostname or ""
        with contextlib.suppress(OSError, UnicodeError):
            socket.getaddrinfo(bare, 443, flags=socket.AI_NUMERICHOST)
            accepted += 1
    assert accepted >= 200


def test_equivalent_urls_are_one_site() -> None:
    site: SiteAddress = site_address("https://Shop.Example./", allow_local=False)
    assert site.name == site_address(" https://shop.example:443", allow_local=False).name
