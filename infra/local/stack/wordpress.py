"""A minimal WordPress site on loopback that serves the token of a sign-up challenge."""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self


class WordPress:
    """A site that returns prepared `responses` and records the `requested_paths`.

    `address` is a loopback address; each is another host of the service.
    """

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.responses: dict[str, tuple[int, str]] = {}
        self.requested_paths: list[str] = []
        self._server = ThreadingHTTPServer((address, 0), _handler_class(self))
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Return the site's URL."""
        address, port = self._server.server_address[:2]
        return f"http://{address!s}:{port}"

    def serve_challenge(self, challenge: Mapping[str, str], location: str = "path") -> None:
        """Serve the token of a challenge at its `path` or its `query` URL."""
        url = challenge["path"] if location == "path" else f"/{challenge['query']}"
        self.responses[url] = (200, challenge["token"])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler_class(site: WordPress) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.requested_paths.append(self.path)
            status, text = site.responses.get(self.path, (404, "not found"))
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            if 300 <= status < 400:  # noqa: PLR2004 - redirects
                self.send_header("Location", text)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
            """Suppress the access log."""

    return Handler
