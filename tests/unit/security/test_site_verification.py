"""Fetching a token from a site, on real sockets, without being turned against others."""

import gzip
import socket
import time
from typing import Any

import pytest

from amzlinkr.domain.clock import SystemClock
from amzlinkr.domain.errors import SiteNotProven
from amzlinkr.security import site_verification
from amzlinkr.security.addresses import SiteAddress, site_address
from amzlinkr.security.site_verification import SiteVerifier
from infra.local.stack.wordpress import WordPress
from tests.unit.wire import Script, Wire, answer, dripping_body, dripping_headers

TOKEN = "the-token"
PATH, QUERY = "/.well-known/amzlinkr/su_1", "?amzlinkr_challenge=su_1"


def prove(url: str) -> None:
    prover = SiteVerifier(SystemClock(), allow_local=True)
    prover.verify(site_address(url, allow_local=True), "su_1", TOKEN)


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address a socket was told to connect to."""
    asked: list[Any] = []
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        asked.append(address)
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return asked


def test_a_site_that_shows_the_token_at_the_path_is_proven() -> None:
    with WordPress() as site:
        site.responses[PATH] = (200, TOKEN)

        prove(site.url)

        assert site.requested_paths == [PATH]


def test_the_query_is_asked_when_the_path_does_not_answer() -> None:
    with WordPress() as site:
        site.responses[f"/{QUERY}"] = (200, f"\ufeff {TOKEN}\r\n")

        prove(site.url)

        assert site.requested_paths == [PATH, f"/{QUERY}"]


def test_the_query_of_a_site_in_a_folder_is_asked_in_that_folder() -> None:
    with WordPress() as site:
        site.responses[f"/blog/{QUERY}"] = (200, TOKEN)

        prove(f"{site.url}/blog/")


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (200, "another-token"),
        (200, TOKEN + "x"),
        (200, ""),
        (404, TOKEN),
        (500, TOKEN),
        (201, TOKEN),
    ],
)
def test_anything_but_the_token_proves_nothing(status: int, text: str) -> None:
    with WordPress() as site:
        site.responses = {PATH: (status, text), f"/{QUERY}": (status, text)}

        with pytest.raises(SiteNotProven, match="it answered with something else") as failed:
            prove(site.url)

    assert TOKEN not in failed.value.detail


def test_redirects_are_not_followed() -> None:
    with WordPress() as other, WordPress() as site:
        other.responses[PATH] = (200, TOKEN)
        site.responses = {p: (302, f"{other.url}{PATH}") for p in (PATH, f"/{QUERY}")}

        with pytest.raises(SiteNotProven, match="something else"):
            prove(site.url)

        assert other.requested_paths == []


def test_a_huge_answer_is_read_only_in_its_beginning() -> None:
    huge = Script([b"HTTP/1.1 200 OK\r\n\r\n" + TOKEN.encode(), *[b"x" * 65536] * 50])
    with Wire([huge]) as site, pytest.raises(SiteNotProven):
        prove(site.url)


def test_what_comes_behind_four_kilobytes_is_not_read() -> None:
    long = Script([b"HTTP/1.1 200 OK\r\n\r\n" + TOKEN.encode() + b" " * 4096, b"another text"])
    with Wire([long]) as site:
        prove(site.url)


FLOODS = {
    "a body": [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 65536] * 400],
    "packed nothing": [
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", *[gzip.compress(b"") * 3000] * 400,
    ],
    "promises": [b"HTTP/1.1 100 Continue\r\n\r\n" * 3000] * 400,
}  # fmt: skip


@pytest.mark.parametrize("flood", FLOODS)
def test_a_site_that_answers_without_end_is_left_after_some_kilobytes(
    flood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = 0
    real = socket.SocketIO.readinto

    def readinto(self: socket.SocketIO, buffer: Any) -> int | None:
        nonlocal received
        count = real(self, buffer)
        received += count or 0
        return count

    monkeypatch.setattr(socket.SocketIO, "readinto", readinto)
    with Wire([Script(FLOODS[flood])]) as site, pytest.raises(SiteNotProven):
        prove(site.url)

    assert received < 2 * (site_verification.MAX_SITE_RESPONSE_BYTES + 16 * 1024)


def test_a_packed_answer_is_not_unpacked() -> None:
    packed = answer(200, gzip.compress(TOKEN.encode()), Content_Encoding="gzip")
    with Wire([packed]) as site, pytest.raises(SiteNotProven):
        prove(site.url)


@pytest.mark.parametrize("drip", [dripping_body, dripping_headers])
def test_a_site_that_drips_is_left_in_time(drip: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_verification, "TOTAL_TIMEOUT", 0.4)
    started = time.monotonic()

    with Wire([drip(4.0)]) as site:
        with pytest.raises(SiteNotProven):
            prove(site.url)

        assert time.monotonic() - started < 1.2


@pytest.mark.parametrize("content", [b"nonsense\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nA" * 9000])
def test_a_site_that_does_not_speak_http_is_not_reached(content: bytes) -> None:
    with Wire([Script([content])]) as site, pytest.raises(SiteNotProven, match="not be reached"):
        prove(site.url)


def test_the_request_names_the_site_and_nothing_of_ours() -> None:
    with Wire([answer(200, TOKEN.encode())]) as site:
        prove(site.url)

    sent = site.sent[0]
    assert (sent.method, sent.path) == ("GET", PATH)
    assert sent.headers["host"] == f"127.0.0.1:{site.port}"
    assert {"authorization", "cookie"}.isdisjoint(name.lower() for name in sent.headers)


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "192.168.0.1", "169.254.169.254", "172.16.0.1", "0.0.0.0", "fd00::1",  # noqa: S104 - never bound, never asked

     "::ffff:10.0.0.1", "64:ff9b::a00:1", "fe80::1%1"],
)  # fmt: skip
@pytest.mark.parametrize("allow_local", [True, False])
def test_a_name_that_leads_into_a_private_network_is_never_connected_to(
    address: str, allow_local: bool, connected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))
    private = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [public, private])
    site = site_address("https://example.com", allow_local=False)

    with pytest.raises(SiteNotProven, match="not on the public internet"):
        SiteVerifier(SystemClock(), allow_local=allow_local).verify(site, "su_1", TOKEN)

    assert connected == []


def test_in_production_loopback_is_never_connected_to(connected: list[Any]) -> None:
    with WordPress() as server:
        port = int(server.url.rpartition(":")[2])
        site = SiteAddress("localhost", "http", "localhost", port, "")

        with pytest.raises(SiteNotProven, match="not on the public internet"):
            SiteVerifier(SystemClock(), allow_local=False).verify(site, "su_1", TOKEN)

    assert connected == []


def test_the_name_is_resolved_once_and_the_checked_address_is_used(
    connected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with WordPress() as server:
        port = int(server.url.rpartition(":")[2])
        server.responses[f"/{QUERY}"] = (200, TOKEN)
        lookups: list[str] = []
        real = socket.getaddrinfo

        def rebinding(host: str, *args: Any, **kwargs: Any) -> Any:
            if host != "rebinding.example":
                return real(host, *args, **kwargs)
            lookups.append(host)
            answered = "127.0.0.1" if len(lookups) == 1 else "10.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answered, port))]

        monkeypatch.setattr(socket, "getaddrinfo", rebinding)
        site = SiteAddress("x", "http", "rebinding.example", port, "")

        SiteVerifier(SystemClock(), allow_local=True).verify(site, "su_1", TOKEN)

    assert lookups == ["rebinding.example"]
    assert {address[0] for address in connected} == {"127.0.0.1"}


def test_a_name_that_does_not_resolve_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: Any, **__: Any) -> Any:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)

    with pytest.raises(SiteNotProven, match="cannot be resolved"):
        prove("https://example.com")
