"""HTTP over sockets that need no network: a request is answered when its response is read.

The time limits of a socket are recorded, not waited for, so that no load of the machine matters.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from typing import Any
from unittest import mock

import urllib3.util.connection

from amzlinkr.net import deadline_response
from tests.clock import FakeClock

PUBLIC_ADDRESS = "93.184.215.14"


@dataclass(frozen=True)
class SentRequest:
    """A request as it was sent; header names are lower case. `timeout` is that of the socket.

    `connect_timeout` is that of a connection of which this is the first request.
    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    timeout: float | None
    connect_timeout: float | None


@dataclass(frozen=True)
class SentResponse:
    """A response to send. Without a status, the connection is closed in place of it."""

    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """Return the response on the wire."""
        if not self.status:
            return b""
        lines = [
            f"HTTP/1.1 {self.status} Status",
            *(f"{name}: {text}" for name, text in self.headers),
        ]
        if "content-length" not in {name.lower() for name, _ in self.headers}:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


Respond = Callable[[SentRequest], SentResponse]


class MemorySocket(socket.socket):
    """A socket with a function as its peer. It has a descriptor, because `select` needs one."""

    def __init__(self, respond: Respond, timeout: float | None) -> None:
        near, self._peer = socket.socketpair()
        super().__init__(fileno=near.detach())
        self._respond = respond
        self._sent = bytearray()
        self._connect_timeout = timeout
        self.settimeout(timeout)

    def setsockopt(self, *_: Any) -> None:
        """Ignore the options of TCP."""

    def sendall(self, data: Any, _flags: int = 0) -> None:
        """Keep the bytes until the response is read."""
        self._sent += data

    def makefile(self, *_: Any, **__: Any) -> BufferedReader:  # type: ignore[override] # for responses
        """Return the response to what was sent since the last one."""
        head, _separator, body = bytes(self._sent).partition(b"\r\n\r\n")
        self._sent.clear()
        first, *lines = head.decode().split("\r\n")
        method, target, _version = first.split(" ")
        pairs = (line.split(": ", 1) for line in lines)
        headers = {name.lower(): text for name, text in pairs}
        times = self.gettimeout(), self._connect_timeout
        self._connect_timeout = None
        request = SentRequest(method, target, headers, body, *times)
        return BufferedReader(BytesIO(self._respond(request).to_bytes()))

    def close(self) -> None:
        """Close both ends."""
        self._peer.close()
        super().close()


@contextmanager
def memory_http(respond: Respond, clock: FakeClock) -> Iterator[None]:
    """Send all HTTP requests of Amazon's client and of site verification to a function."""

    def connect(_address: object, timeout: Any = None, *_: object, **__: object) -> MemorySocket:
        return MemorySocket(respond, timeout)

    def resolve(host: str, port: int, **_: object) -> list[Any]:
        if host.startswith("unknown."):
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC_ADDRESS, port))]

    with (
        mock.patch.object(socket, "create_connection", connect),
        mock.patch.object(socket, "getaddrinfo", resolve),
        mock.patch.object(urllib3.util.connection, "create_connection", connect),
        mock.patch.object(deadline_response, "time", clock),
    ):
        yield
