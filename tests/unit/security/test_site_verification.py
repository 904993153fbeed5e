"""Site verification over real sockets: token, limits, timeouts and connected addresses."""

import gzip
import socket
import time
from typing import Any

import pytest

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.sign_up_errors import SiteNotProven
from amzlinkr.security import site_verification
from amzlinkr.security.addresses import SiteAddress, site_address
from amzlinkr.security.site_verification import SiteVerifier
from infra.local.stack.wordpress import WordPress
from tests.clock import FakeClock, deadline_in
from tests.unit.wire import Script, Wire, dripping_body, dripping_headers, reply

SECONDS = 10.0
TOKEN = "the-token"
PATH, QUERY = "/.well-known/amzlinkr/su_1", "?amzlinkr_challenge=su_1"


def verify(url: str, seconds: float = 60, longest: float = SECONDS) -> None:
    verifier = SiteVerifier(longest, allow_local=True)
    verifier.verify(verifier.address_of(url), "su_1", TOKEN, deadline_in(seconds))


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Addresses that sockets connect to."""
    addresses: list[Any] = []
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        addresses.append(address)
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return addresses


def test_token_at_the_path_verifies_the_site() -> None:
    with WordPress() as site:
        site.responses[PATH] = (200, TOKEN)

        verify(site.url)

        assert site.requested_paths == [PATH]


def test_query_is_requested_if_the_path_has_no_token() -> None:
    with WordPress() as site:
        site.responses[f"/{QUERY}"] = (200, f"\ufeff {TOKEN}\r\n")

        verify(site.url)

        assert site.requested_paths == [PATH, f"/{QUERY}"]


def test_query_is_relative_to_the_path_of_the_site() -> None:
    with WordPress() as site:
        site.responses[f"/blog/{QUERY}"] = (200, TOKEN)

        verify(f"{site.url}/blog/")


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
def test_response_without_the_exact_token_is_rejected(status: int, text: str) -> None:
    with WordPress() as site:
        site.responses = {PATH: (status, text), f"/{QUERY}": (status, text)}

        with pytest.raises(SiteNotProven, match=f"path, it returned HTTP {status}") as error:
            verify(site.url)

    assert TOKEN not in error.value.detail


def test_redirects_are_not_followed() -> None:
    with WordPress() as other, WordPress() as site:
        other.responses[PATH] = (200, TOKEN)
        site.responses = {p: (302, f"{other.url}{PATH}") for p in (PATH, f"/{QUERY}")}

        with pytest.raises(SiteNotProven, match="a redirect to its own host"):
            verify(site.url)

        assert other.requested_paths == []


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (reply(200, b"<html>secret-of-the-page", Content_Type="text/HTML; charset=utf-8"),
         "it returned HTTP 200 with content type text/html, but not exactly the token"),
        (reply(404, b"secret-of-the-page", Content_Type="application/json"),
         "it returned HTTP 404 with content type application/json"),
        (reply(301, b"secret-of-the-page", Location="https://www.example.org/x?secret-of-the-page"),
         "it returned HTTP 301, a redirect to www.example.org, which is not followed"),
    ],
)  # fmt: skip
def test_problem_states_what_was_received_where_and_never_the_body(
    received: Script, expected: str
) -> None:
    other = reply(503, b"x", Content_Type="text/plain")
    with Wire([received, other]) as site, pytest.raises(SiteNotProven) as error:
        verify(site.url)

    assert error.value.detail == (
        f"The site did not return the token. At the challenge path, {expected}. "
        "At the challenge query, it returned HTTP 503 with content type text/plain."
    )


def test_large_body_is_rejected() -> None:
    huge = Script([b"HTTP/1.1 200 OK\r\n\r\n" + TOKEN.encode(), *[b"x" * 65536] * 50])
    with Wire([huge]) as site, pytest.raises(SiteNotProven):
        verify(site.url)


def test_body_is_read_up_to_four_kilobytes() -> None:
    long = Script([b"HTTP/1.1 200 OK\r\n\r\n" + TOKEN.encode() + b" " * 4096, b"another text"])
    with Wire([long]) as site:
        verify(site.url)


def test_token_after_four_kilobytes_is_not_read() -> None:
    begin, end = b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 4000, b" " * 96 + TOKEN.encode()
    late = Script([begin, end], gap=0.05)
    with Wire([late]) as site, pytest.raises(SiteNotProven):
        verify(site.url)


def test_no_address_is_tried_after_the_deadline(
    connected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, real = FakeClock(), socket.getaddrinfo

    def resolve(host: str, *args: Any, **kwargs: Any) -> Any:
        found = [f"127.0.0.{number}" for number in (1, 2, 3)] if host == "slow.example" else [host]
        return [result for each in found for result in real(each, *args, **kwargs)]

    def connect(_: socket.socket, address: Any) -> None:
        connected.append(address)
        clock.advance(seconds=2)
        raise TimeoutError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", connect)
    site = SiteAddress("x", "http", "slow.example", 80, "")

    with pytest.raises(SiteNotProven, match="it did not respond in time"):
        SiteVerifier(SECONDS, allow_local=True).verify(
            site, "su_1", TOKEN, Deadline.after(clock, 3)
        )

    assert [address[0] for address in connected] == ["127.0.0.1", "127.0.0.2"]


ENDLESS_RESPONSES = {
    "body": [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 65536] * 400],
    "compressed body": [
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", *[gzip.compress(b"") * 3000] * 400,
    ],
    "interim responses": [b"HTTP/1.1 100 Continue\r\n\r\n" * 3000] * 400,
}  # fmt: skip


@pytest.mark.parametrize("response", ENDLESS_RESPONSES)
def test_endless_response_is_read_up_to_a_limit(
    response: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = 0
    real = socket.SocketIO.readinto

    def readinto(self: socket.SocketIO, buffer: Any) -> int | None:
        nonlocal received
        count = real(self, buffer)
        received += count or 0
        return count

    monkeypatch.setattr(socket.SocketIO, "readinto", readinto)
    with Wire([Script(ENDLESS_RESPONSES[response])]) as site, pytest.raises(SiteNotProven):
        verify(site.url)

    assert received < 2 * (site_verification.MAX_SITE_RESPONSE_BYTES + 16 * 1024)


def test_compressed_response_is_not_decompressed() -> None:
    compressed = reply(200, gzip.compress(TOKEN.encode()), Content_Encoding="gzip")
    with Wire([compressed]) as site, pytest.raises(SiteNotProven):
        verify(site.url)


@pytest.mark.parametrize("drip", [dripping_body, dripping_headers])
def test_slow_response_ends_with_the_timeout(drip: Any) -> None:
    started = time.monotonic()

    with Wire([drip(4.0)]) as site:
        with pytest.raises(SiteNotProven, match="path, it did not respond in time"):
            verify(site.url, longest=0.4)

        assert time.monotonic() - started < 1.2


def test_slow_response_ends_with_the_deadline_of_the_caller() -> None:
    started = time.monotonic()

    with Wire([dripping_body(4.0)]) as site:
        with pytest.raises(SiteNotProven):
            verify(site.url, seconds=0.4)

        assert time.monotonic() - started < 1.2


@pytest.mark.parametrize("content", [b"nonsense\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nA" * 9000])
def test_response_that_is_not_http_is_rejected(content: bytes) -> None:
    with Wire([Script([content])]) as site, pytest.raises(SiteNotProven, match="not be reached"):
        verify(site.url)


def test_request_has_the_host_of_the_site_and_no_credentials() -> None:
    with Wire([reply(200, TOKEN.encode())]) as site:
        verify(site.url)

    sent = site.sent[0]
    assert (sent.method, sent.path) == ("GET", PATH)
    assert sent.headers["host"] == f"127.0.0.1:{site.port}"
    assert {"authorization", "cookie"}.isdisjoint(name.lower() for name in sent.headers)


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "192.168.0.1", "169.254.169.254", "172.16.0.1", "0.0.0.0", "fd00::1",  # noqa: S104 - never bound
     "::ffff:10.0.0.1", "64:ff9b::a00:1", "fe80::1%1"],
)  # fmt: skip
@pytest.mark.parametrize("allow_local", [True, False])
def test_host_with_a_private_address_is_not_connected_to(
    address: str, allow_local: bool, connected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))
    private = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [public, private])
    site = site_address("https://example.com", allow_local=False)

    with pytest.raises(SiteNotProven, match="not on the public internet"):
        SiteVerifier(SECONDS, allow_local=allow_local).verify(site, "su_1", TOKEN, deadline_in())

    assert connected == []


def test_loopback_is_not_connected_to_without_allow_local(connected: list[Any]) -> None:
    with WordPress() as server:
        port = int(server.url.rpartition(":")[2])
        site = SiteAddress("localhost", "http", "localhost", port, "")

        with pytest.raises(SiteNotProven, match="not on the public internet"):
            SiteVerifier(SECONDS, allow_local=False).verify(site, "su_1", TOKEN, deadline_in())

    assert connected == []


def test_host_is_resolved_once_and_the_checked_address_is_used(
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
            address = "127.0.0.1" if len(lookups) == 1 else "10.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

        monkeypatch.setattr(socket, "getaddrinfo", rebinding)
        site = SiteAddress("x", "http", "rebinding.example", port, "")

        SiteVerifier(SECONDS, allow_local=True).verify(site, "su_1", TOKEN, deadline_in())

    assert lookups == ["rebinding.example"]
    assert {address[0] for address in connected} == {"127.0.0.1"}


def test_host_that_does_not_resolve_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    with pytest.raises(SiteNotProven, match="cannot be resolved"):
        verify("https://example.com")
