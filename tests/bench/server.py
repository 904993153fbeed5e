"""A server with fixed responses: both APIs and their token services on one loopback port.

It runs in a separate process and responds to any well-formed request immediately, so that the cost
of a call is its client's. It ends when its standard input ends.
"""

import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from tests.bench import responses

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"
Respond = Callable[[bytes, bytes], bytes]
"""A function from a request's head and body to the whole response."""


def response(body: bytes, status: str = "200 OK") -> bytes:
    """Return a response with the headers that Amazon sends."""
    date = f"{datetime.now(UTC):%a, %d %b %Y %H:%M:%S} GMT"
    head = (
        f"HTTP/1.1 {status}\r\nServer: Server\r\n"
        f"Date: {date}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        "Connection: keep-alive\r\nx-amzn-RequestId: 8a7c2c1e-6c2b-4f0e-9d34-5d6a0be1f2c3\r\n"
        "Strict-Transport-Security: max-age=47474747; includeSubDomains; preload\r\n"
        "Vary: Content-Type,Accept-Encoding,User-Agent\r\n\r\n"
    )
    return head.encode() + body


def path_of(head: bytes) -> bytes:
    """Return the path of a request."""
    return head.split(b" ", 2)[1]


def serve_connection(connection: socket.socket, respond: Respond) -> None:
    """Respond to the requests of one connection until it closes."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    received = b""
    with connection, suppress(ConnectionError):
        while True:
            while _END not in received:
                piece = connection.recv(65536)
                if not piece:
                    return
                received += piece
            head, _, received = received.partition(_END)
            length = _LENGTH.search(head)
            missing = int(length[1] if length else 0)
            while len(received) < missing:
                received += connection.recv(65536)
            body, received = received[:missing], received[missing:]
            connection.sendall(respond(head, body))


@contextmanager
def serving(respond: Respond) -> Iterator[int]:
    """Serve on a free port until the block ends, with a thread per connection; yield the port."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:

        def accept() -> None:
            while True:
                connection, _ = listener.accept()
                threading.Thread(
                    target=serve_connection, args=(connection, respond), daemon=True
                ).start()

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]


def main(kind: str) -> None:
    """Serve the `lean` or `full` response, print the port, and stop when the input ends."""
    token = response(responses.token())
    by_path = {
        b"/paapi5/getitems": response(responses.paapi5(full=kind == "full")),
        b"/catalog/v1/getItems": response(responses.creators(full=kind == "full")),
        b"/oauth2/token": token,
        b"/auth/o2/token": token,
    }
    with serving(lambda head, _body: by_path[path_of(head)]) as port:
        print(port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
