"""Deadlines, size limit, and connection faults of the transport, on real sockets."""

import select
import socket
import time
from collections.abc import Callable
from contextlib import nullcontext
from http.client import HTTPConnection, HTTPException
from threading import Thread
from unittest import mock

import pytest

from amzlinkr.amazon import transport
from amzlinkr.amazon.transport import AmazonResponse, Transport
from amzlinkr.domain.amazon_errors import AmazonError, AmazonUnavailable
from amzlinkr.domain.clock import Deadline, SystemClock
from tests.clock import FakeClock
from tests.unit.amazon.accounts import catalog_at
from tests.unit.wire import Script, Wire, dripping_body, dripping_headers, reply

ASINS = ["B000000001"]


def upstream_code(error: AmazonError) -> str | None:
    assert error.upstream is not None
    assert error.upstream.status is None
    return error.upstream.code


@pytest.mark.parametrize(
    "broken",
    [
        Script([b""]),
        Script([b"nonsense\r\n\r\n"]),
        Script([b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"]),
    ],
)
def test_broken_response_is_unavailable(broken: Script, clock: FakeClock) -> None:
    with Wire([broken]) as wire, pytest.raises(AmazonUnavailable) as failed:
        catalog_at(wire.url, clock).items(ASINS, Deadline.after(clock, 3))

    assert upstream_code(failed.value) == "ConnectionError"


def test_refused_connection_is_unavailable(clock: FakeClock) -> None:
    with Wire([reply(200)]) as wire:
        url = wire.url

    with pytest.raises(AmazonUnavailable) as failed:
        catalog_at(url, clock).items(ASINS, Deadline.after(clock, 3))

    assert upstream_code(failed.value) == "ConnectionError"


def test_amazon_is_reached_with_tls_only(clock: FakeClock) -> None:
    received: list[bytes] = []

    def accept(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            received.append(connection.recv(65_536))

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=accept, args=(server,))
        thread.start()
        host = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(AmazonUnavailable) as failed:
            Transport("paapi5").post(host, "/x", b"body", {}, Deadline.after(clock, 3))
        thread.join()

    assert received[0][:2] == b"\x16\x03"  # a TLS handshake
    assert b"body" not in received[0]
    assert upstream_code(failed.value) == "ConnectionError"


def test_nothing_is_sent_after_the_deadline(clock: FakeClock) -> None:
    with Wire([reply(200, {})]) as wire, pytest.raises(AmazonUnavailable) as failed:
        catalog_at(wire.url, clock).items(ASINS, Deadline.after(clock, 0))

    assert wire.sent == []
    assert upstream_code(failed.value) == "DeadlineExceeded"


@pytest.mark.parametrize("drip", [dripping_body, dripping_headers])
def test_slow_response_ends_at_the_deadline(drip: Callable[[float], Script]) -> None:
    clock = SystemClock()
    started = time.monotonic()
    with Wire([drip(3.0)]) as wire:
        catalog = catalog_at(wire.url, clock)
        with pytest.raises(AmazonUnavailable, match="did not respond in time"):
            catalog.items(ASINS, Deadline.after(clock, 0.3))

        assert time.monotonic() - started < 1.0


def test_silent_server_ends_at_the_deadline() -> None:
    clock = SystemClock()
    started = time.monotonic()
    with Wire([Script([b"HTTP/1.1 200"], 3.0)]) as wire, pytest.raises(AmazonUnavailable):
        catalog_at(wire.url, clock).items(ASINS, Deadline.after(clock, 0.3))

    assert time.monotonic() - started < 1.0


def test_endless_response_is_cut_off_at_the_size_limit(clock: FakeClock) -> None:
    endless = Script([b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 65536] * 40])
    with Wire([endless]) as wire, pytest.raises(AmazonUnavailable, match="too large"):
        catalog_at(wire.url, clock).items(ASINS, Deadline.after(clock, 0.6))

    assert len(wire.sent) == 1


def test_connection_that_amazon_closed_meanwhile_is_not_used_again(clock: FakeClock) -> None:
    open_reply = Script([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"])
    with Wire([open_reply]) as wire:
        used = Transport("creators", wire.url)
        for _ in range(3):
            response = used.post("creatorsapi.amazon", "/", b"{}", {}, Deadline.after(clock, 3))
            (idle,) = used._idle["creatorsapi.amazon"]
            assert response.body == b"{}"
            assert select.select([idle.sock], [], [], 5)[0], "the server closes each connection"

        assert len(wire.sent) == 3


@pytest.mark.parametrize("maximum", [0, 1, 2])
def test_surplus_connections_are_closed(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch, maximum: int
) -> None:
    monkeypatch.setattr(transport, "MAX_IDLE_CONNECTIONS", maximum)
    used = Transport("creators")
    monkeypatch.setattr(used, "_exchange", mock.Mock())
    # As in concurrent requests, which need one connection each.
    made = [mock.create_autospec(HTTPConnection, instance=True) for _ in range(3)]
    monkeypatch.setattr(used, "_connection", mock.Mock(side_effect=made))
    for _ in made:
        used.post("creatorsapi.amazon", "/", b"{}", {}, Deadline.after(clock, 3))

    assert used._idle["creatorsapi.amazon"] == made[:maximum]
    assert [each.close.call_count for each in made] == [
        int(number >= maximum) for number in range(3)
    ]


@pytest.mark.parametrize(
    "error", [TimeoutError(), OSError(), HTTPException(), AmazonUnavailable(), KeyboardInterrupt()]
)
def test_connection_of_a_failed_request_is_closed(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    used = Transport("creators")
    connection = mock.create_autospec(HTTPConnection, instance=True)
    monkeypatch.setattr(used, "_connection", lambda _host: connection)
    monkeypatch.setattr(used, "_exchange", mock.Mock(side_effect=error))

    with pytest.raises((AmazonUnavailable, type(error))):
        used.post("creatorsapi.amazon", "/", b"{}", {}, Deadline.after(clock, 3))

    connection.close.assert_called_once_with()
    assert used._idle == {}


@pytest.mark.parametrize(("remaining", "timeout"), [(60, 1.5), (0.5, 0.5)])
def test_connecting_takes_1_5_seconds_at_most(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch, remaining: float, timeout: float
) -> None:
    timeouts = []

    def connect(connection: HTTPConnection) -> None:
        timeouts.append(connection.timeout)
        raise TimeoutError

    monkeypatch.setattr(HTTPConnection, "connect", connect)
    with pytest.raises(AmazonUnavailable) as failed:
        Transport("creators", "http://127.0.0.1").post(
            "creatorsapi.amazon", "/", b"{}", {}, Deadline.after(clock, remaining)
        )

    assert (timeouts, upstream_code(failed.value)) == ([timeout], "Timeout")


@pytest.mark.parametrize(("surplus", "is_accepted"), [(0, True), (1, False)])
def test_response_up_to_the_size_limit_is_accepted(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch, surplus: int, is_accepted: bool
) -> None:
    monkeypatch.setattr(transport, "MAX_RESPONSE_BYTES", 100)
    with (
        Wire([reply(200, b"x" * (100 + surplus))]) as wire,
        nullcontext() if is_accepted else pytest.raises(AmazonUnavailable, match="too large"),
    ):
        response = Transport("creators", wire.url).post(
            "creatorsapi.amazon", "/", b"{}", {}, Deadline.after(clock, 3)
        )
        assert len(response.body) == 100


@pytest.mark.parametrize(
    ("headers", "request_id"),
    [
        ({}, None),
        ({"x-amzn-requestid": "a-1.b_2"}, "a-1.b_2"),
        ({"x-amz-request-id": "c"}, "c"),
        ({"x-amzn-requestid": "a", "x-amz-request-id": "c"}, "a"),
        ({"x-amzn-requestid": ""}, None),
        ({"x-amzn-requestid": "a b"}, None),
        ({"x-amzn-requestid": "a\n"}, None),
        ({"x-amzn-requestid": "é"}, None),
        ({"x-amzn-requestid": "x" * 80}, "x" * 80),
        ({"x-amzn-requestid": "x" * 81}, None),
    ],
)
def test_malformed_request_id_is_left_out(headers: dict[str, str], request_id: str | None) -> None:
    assert AmazonResponse(200, headers, b"").request_id == request_id
