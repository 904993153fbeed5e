"""Nobody makes the proof's fetch connect to anything but a public site: asserted at the socket."""

import contextlib
import ipaddress
import socket
from collections.abc import Iterator
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import pytest

from amzlinkr.domain.clock import SystemClock
from amzlinkr.domain.errors import InvalidRequest, SiteNotProven
from amzlinkr.security import site_verification
from amzlinkr.security.addresses import SiteAddress, site_address
from amzlinkr.security.site_verification import SiteVerifier

FORBIDDEN = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1",  # noqa: S104
    "169.254.169.254", "169.254.100.1", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1",
    "192.88.99.1", "192.168.0.1", "192.0.0.9", "192.31.196.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "240.0.0.1", "255.255.255.255",
]  # fmt: skip
FORBIDDEN_V6 = [
    "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
    "100::1", "64:ff9b:1::1", "2001::1", "2002::1", "3fff::1", "5f00::1",
]  # fmt: skip


def spellings(address: str) -> Iterator[str]:
    """The host parts by which an IPv4 address can be meant."""
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
    """The IPv6 addresses that carry an IPv4 address."""
    high, low = divmod(int(ipaddress.IPv4Address(address)), 2**16)
    yield f"::ffff:{address}"
    yield f"::ffff:{high:x}:{low:x}"
    yield f"::{high:x}:{low:x}"
    yield f"64:ff9b::{address}"
    yield f"2002:{high:x}:{low:x}::1"
    yield f"2001:0:{high:x}:{low:x}::{high ^ 0xFFFF:x}:{low ^ 0xFFFF:x}"


HOSTS = [host for address in FORBIDDEN for host in spellings(address)] + [
    f"[{address}]" for address in FORBIDDEN_V6
]
WRAPPINGS = [
    "https://{}", "https://{}:443", "http://{}", "https://{}:9001/2018-06-01/runtime",
    "https://user@{}", "https://example.com@{}", "https://{}#@example.com", "https://{}?.com",
    "https://{}\\@example.com", "//{}", "file://{}/proc/self/environ", "gopher://{}:443/_x",
]  # fmt: skip
OTHERS = [
    "https://localhost", "https://LOCALHOST.", "https://localhost.localdomain:443", "https://a",
    "https://metadata", "https://[fe80::1%25eth0]", "https://[::1]:443", "https://",
    "https://%31%32%37.0.0.1", "https://127.0.0.1%2f@example.com", "https://exa mple.com",
    "https://example.com:22", "https://example.com:0", "https://example.com:99999",
    "https:///example.com", "https:example.com", "javascript:alert(1)", "data:text/plain,x",
    "https://example.com/\r\nHost: internal", "https://xn--", "https://-.com",
]  # fmt: skip
ANSWERS = FORBIDDEN + FORBIDDEN_V6 + [form for one in FORBIDDEN for form in embedded(one)]
PUBLIC = "93.184.215.14"


def resolved(*addresses: str) -> list[Any]:
    """What the system's resolver would answer."""
    return [
        (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443))
        for one in addresses
    ]


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address that a socket was told to connect to; none gets through."""
    asked: list[str] = []

    def connect(_self: socket.socket, address: Any) -> None:
        asked.append(str(address[0]))
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return asked


def numeric_or(answers: list[Any]) -> Any:
    """A resolver that reads numbers as the real one does, and gives names these addresses."""
    real = socket.getaddrinfo

    def resolve(host: str, port: int, **more: Any) -> list[Any]:
        with contextlib.suppress(OSError, UnicodeError):
            return list(real(host, port, flags=socket.AI_NUMERICHOST, **more))
        return answers

    return resolve


def attempt(url: str) -> None:
    """Sign up with it and ask for the proof, as production does."""
    with contextlib.suppress(InvalidRequest, SiteNotProven):
        site = site_address(url, allow_local=False)
        SiteVerifier(SystemClock(), allow_local=False).verify(site, "su_1", "the-token")


def test_no_spelling_of_an_inner_address_is_connected_to(
    connects: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", numeric_or(resolved("127.0.0.1")))
    urls = [wrapping.format(host) for host in HOSTS for wrapping in WRAPPINGS] + OTHERS
    for url in urls:
        attempt(url)
        assert connects == [], url
    assert len(HOSTS) >= 300
    assert len(urls) > 3_000


@pytest.mark.parametrize("first", [True, False])
def test_no_answer_of_a_resolver_leads_inside(
    first: bool, connects: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alone, or mixed with a public address before or behind it."""
    for address in ANSWERS:
        for answers in ([address], [PUBLIC, address] if first else [address, PUBLIC]):
            found = resolved(*answers)
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_, found=found, **__: found)
            attempt("https://shop.example")
            assert connects == [], answers


def test_a_name_that_moves_inside_after_the_check_changes_nothing(
    connects: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = socket.getaddrinfo, []

    def rebinding(host: str, port: int, *options: Any, **more: Any) -> list[Any]:
        with contextlib.suppress(OSError):
            return list(real(host, port, flags=socket.AI_NUMERICHOST, type=socket.SOCK_STREAM))
        asked.append(host)
        return resolved(PUBLIC if len(asked) == 1 else "169.254.169.254")

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    attempt("https://shop.example")
    assert asked == ["shop.example"]
    assert set(connects) == {PUBLIC}


def test_a_resolver_that_hangs_is_left_in_time(
    connects: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    never = Event()
    monkeypatch.setattr(site_verification, "RESOLVE_TIMEOUT", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: never.wait(5) and [])
    with pytest.raises(SiteNotProven, match="cannot be resolved"):
        SiteVerifier(SystemClock(), allow_local=False).verify(
            site_address("https://shop.example", allow_local=False), "su_1", "t"
        )
    never.set()
    assert connects == []


def test_production_asks_port_443_over_https_only() -> None:
    for url in ("https://shop.example", "https://shop.example:443/blog/"):
        site = site_address(url, allow_local=False)
        assert (site.scheme, site.port) == ("https", 443)
    for url in (
        "http://shop.example", "https://shop.example:8443", "ftp://shop.example",
        "https://shop.example:0",
    ):  # fmt: skip
        with pytest.raises(InvalidRequest):
            site_address(url, allow_local=False)


def test_the_corpus_is_what_the_resolver_takes_for_inner_addresses() -> None:
    """A spelling that means nothing would test nothing."""
    meant = 0
    for host in HOSTS:
        bare = urlsplit(f"https://{host}").hostname or ""
        with contextlib.suppress(OSError, UnicodeError):
            socket.getaddrinfo(bare, 443, flags=socket.AI_NUMERICHOST)
            meant += 1
    assert meant >= 200


def test_a_site_is_one_however_it_is_reached() -> None:
    kept: SiteAddress = site_address("https://Shop.Example./", allow_local=False)
    assert kept.name == site_address(" https://shop.example:443", allow_local=False).name
