"""A loopback server that replies with prepared bytes and records the requests."""

import json
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Self

from requests.structures import CaseInsensitiveDict


@dataclass(frozen=True)
class Sent:
    """A request as the server received it."""

    method: str
    path: str
    headers: CaseInsensitiveDict[str]
    body: bytes


@dataclass
class Script:
    """Bytes of a reply, sent in pieces with a gap in seconds between them."""

    pieces: Sequence[bytes]
    gap: float = 0.0


@dataclass
class Wire:
    """A server that replies to each connection with the next script, and then repeats the last."""

    scripts: Sequence[Script]
    sent: list[Sent] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._stopping = Event()
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        with socket.create_connection(("127.0.0.1", self.port)):
            self._thread.join(5)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                if self._stopping.is_set():
                    return
                self.sent.append(_read(connection))
                script = self.scripts[min(len(self.sent), len(self.scripts)) - 1]
                self._send(connection, script)

    def _send(self, connection: socket.socket, script: Script) -> None:
        try:
            for piece in script.pieces:
                connection.sendall(piece)
                if self._stopping.wait(script.gap):
                    return
        except OSError:
            return


def reply(status: int, body: object = b"", **headers: str) -> Script:
    """Return an HTTP reply: JSON unless `body` is bytes, `_` in header names written as `-`."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in named.items()]
    head = "\r\n".join([f"HTTP/1.1 {status} .", f"Content-Length: {len(content)}", *lines])
    return Script([f"{head}\r\nConnection: close\r\n\r\n".encode() + content])


def dripping_body(seconds: float, gap: float = 0.02) -> Script:
    """Return a reply with a body that arrives byte by byte, at intervals of `gap` seconds."""
    count = round(seconds / gap)
    return Script(
        [f"HTTP/1.1 200 OK\r\nContent-Length: {count}\r\n\r\n".encode()] + [b" "] * count, gap
    )


def dripping_headers(seconds: float, gap: float = 0.02) -> Script:
    """Return a reply with an endless list of headers, at intervals of `gap` seconds."""
    lines = [f"X-{n % 50}: a\r\n".encode() for n in range(round(seconds / gap))]
    return Script([b"HTTP/1.1 200 OK\r\n", *lines], gap)


def _read(connection: socket.socket) -> Sent:
    stream = connection.makefile("rb")
    method, path, _ = stream.readline().decode().split(" ")
    headers: CaseInsensitiveDict[str] = CaseInsensitiveDict()
    while line := stream.readline().strip().decode():
        name, _, value = line.partition(":")
        headers[name] = value.strip()
    return Sent(method, path, headers, stream.read(int(headers.get("content-length", "0"))))
