"""A minimal WordPress site on loopback that serves the token of a sign-up challenge."""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler

from infra.local.stack.loopback_server import LoopbackServer


class WordPress(LoopbackServer):
    """A site that returns prepared `responses` and records the `requested_paths`.

    `address` is a loopback address; each is another host of the service.
    """

    def __init__(self, address: str = "127.0.0.1") -> None:
        self.responses: dict[str, tuple[int, str]] = {}
        self.requested_paths: list[str] = []
        super().__init__(_handler_class(self), address)

    def serve_challenge(self, challenge: Mapping[str, str], location: str = "path") -> None:
        """Serve the token of a challenge at its `path` or its `query` URL."""
        url = challenge["path"] if location == "path" else f"/{challenge['query']}"
        self.responses[url] = (200, challenge["token"])


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
