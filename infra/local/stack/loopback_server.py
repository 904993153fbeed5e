"""An HTTP server on loopback that runs for the duration of a block."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self


class LoopbackServer:
    """A server on a free port of a loopback address."""

    def __init__(
        self, handler_class: type[BaseHTTPRequestHandler], address: str = "127.0.0.1"
    ) -> None:
        self._server = ThreadingHTTPServer((address, 0), handler_class)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Return the URL of the server, without a slash at its end."""
        address, port = self._server.server_address[:2]
        return f"http://{address!s}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
