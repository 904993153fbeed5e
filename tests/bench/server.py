"""The canned Amazon: both APIs and their token services on one loopback port.

It runs in a process of its own and answers any well-formed request at once, so that a call costs
what its client spends. It ends when its standard input does.
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
"""From a request's head and body to the whole answer."""


def response(body: bytes, status: str = "200 OK") -> bytes:
    """An answer with the headers that Amazon sends."""
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
    """What a request asks for."""
    return head.split(b" ", 2)[1]


def answer_all(connection: socket.socket, respond: Respond) -> None:
    """Answer the requests of one connection until it closes, however it does."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    waiting = b""
    with connection, suppress(ConnectionError):
        while True:
            while _END not in waiting:
                piece = connection.recv(65536)
                if not piece:
                    return
                waiting += piece
            head, _, waiting = waiting.partition(_END)
            length = _LENGTH.search(head)
            missing = int(length[1] if length else 0)
            while len(waiting) < missing:
                waiting += connection.recv(65536)
            body, waiting = waiting[:missing], waiting[missing:]
            connection.sendall(respond(head, body))


@contextmanager
def serving(respond: Respond) -> Iterator[int]:
    """Answer on a free port, a thread a connection, until the block ends; the port."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:

        def accept() -> None:
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=answer_all, args=(connection, respond), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]


def main(kind: str) -> None:
    """Give the `lean` or the `full` answer on a free port, which is said, until input ends."""
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
