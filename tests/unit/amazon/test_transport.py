"""Deadlines, size limit, and connection faults of the transport, on real sockets."""

import select
import time
from collections.abc import Callable
from http.client import HTTPConnection
from unittest import mock

import pytest

from amzlinkr.amazon import transport
from amzlinkr.amazon.transport import Transport
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


def test_surplus_connection_is_closed(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_IDLE_CONNECTIONS", 0)
    open_reply = Script([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"])
    with (
        Wire([open_reply]) as wire,
        mock.patch.object(
            HTTPConnection, "close", autospec=True, side_effect=HTTPConnection.close
        ) as close,
    ):
        Transport("creators", wire.url).post(
            "creatorsapi.amazon", "/", b"{}", {}, Deadline.after(clock, 3)
        )

        close.assert_called_once()
