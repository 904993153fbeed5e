"""Responses over a socket: one timeout for all reads, and a maximum size."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.net.deadline_response import DeadlineReader, DeadlineResponse

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"


@contextmanager
def connected(sent: bytes, timeout: float | None = 5) -> Iterator[socket.socket]:
    """Yield a socket that received these bytes, and then the end of the stream."""
    receiver, sender = socket.socketpair()
    with receiver, sender:
        receiver.settimeout(timeout)
        sender.sendall(sent)
        sender.shutdown(socket.SHUT_WR)
        yield receiver


def reader_of(connection: socket.socket, max_bytes: int | None = None) -> DeadlineReader:
    return DeadlineReader(connection.makefile("rb"), connection, max_bytes)


def read_all(reader: DeadlineReader) -> bytes:
    with BufferedReader(reader) as stream:
        return stream.read()


@given(st.binary(max_size=40), st.integers(0, 40))
def test_bytes_up_to_the_maximum_are_read_and_more_are_an_error(sent: bytes, limit: int) -> None:
    with connected(sent) as connection:
        reader = reader_of(connection, limit)
        if len(sent) <= limit:
            assert read_all(reader) == sent
        else:
            with pytest.raises(ConnectionError):
                read_all(reader)


def test_size_is_not_limited_without_a_maximum() -> None:
    with connected(b"x" * 50_000) as connection:
        assert len(read_all(reader_of(connection))) == 50_000


def test_time_is_counted_from_the_first_moment_and_not_for_each_read() -> None:
    with connected(b"available", timeout=0.01) as connection:
        reader = reader_of(connection)
        time.sleep(0.02)
        with pytest.raises(TimeoutError):
            reader.readinto(bytearray(4))
        reader.close()


def test_each_read_has_only_the_remaining_time() -> None:
    with connected(b"abcd", timeout=5) as connection:
        reader, remaining = reader_of(connection), [5.0]
        for _ in range(2):
            time.sleep(0.002)
            assert reader.readinto(bytearray(2)) == 2
            remaining.append(connection.gettimeout() or 0)
        reader.close()

    assert 0 < remaining[2] <= remaining[1] - 0.002 <= remaining[0] - 0.004


def test_missing_bytes_are_awaited_until_the_timeout_only() -> None:
    receiver, sender = socket.socketpair()
    with receiver, sender:
        receiver.settimeout(0.01)
        reader = reader_of(receiver)
        with pytest.raises(TimeoutError):
            reader.readinto(bytearray(1))
        reader.close()


def test_socket_without_a_timeout_is_read_without_one() -> None:
    with connected(b"abcd", timeout=None) as connection:
        assert read_all(reader_of(connection)) == b"abcd"
        assert connection.gettimeout() is None


def test_closing_the_reader_releases_the_socket() -> None:
    receiver, sender = socket.socketpair()
    with sender:
        sender.setblocking(False)
        reader = reader_of(receiver)
        receiver.close()
        with pytest.raises(BlockingIOError):
            sender.recv(1)
        reader.close()
        assert sender.recv(1) == b""


def test_maximum_of_a_response_includes_its_headers() -> None:
    class Limited(DeadlineResponse):
        max_bytes = len(HEAD) + 5

    for body in (b"abcde", b"abcdef"):
        with connected(HEAD + body) as connection:
            response = Limited(connection)
            if body == b"abcde":
                response.begin()
                assert (response.status, response.read()) == (200, body)
            else:
                with pytest.raises(ConnectionError):
                    response.begin()
            response.close()


def test_endless_headers_end_at_the_maximum() -> None:
    class Limited(DeadlineResponse):
        max_bytes = 1_000

    with connected(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200) as connection:
        response = Limited(connection)
        with pytest.raises(ConnectionError):
            response.begin()
        response.close()
