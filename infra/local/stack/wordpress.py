"""A WordPress site on loopback, as far as the sign-up needs one: it shows its challenge's token."""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self


class WordPress:
    """Answers what it was told to; `asked` remembers the paths."""

    def __init__(self) -> None:
        self.responses: dict[str, tuple[int, str]] = {}
        self.requested_paths: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The site's address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def serve_challenge(self, challenge: Mapping[str, str], location: str = "path") -> None:
        """Answer a challenge at its `path` or its `query`."""
        where = challenge["path"] if location == "path" else f"/{challenge['query']}"
        self.responses[where] = (200, challenge["token"])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler_of(site: WordPress) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.requested_paths.append(self.path)
            status, text = site.responses.get(self.path, (404, "nothing here"))
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            if 300 <= status < 400:  # noqa: PLR2004 - redirects
                self.send_header("Location", text)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
            """Say nothing."""

    return Handler
