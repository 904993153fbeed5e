"""A site on loopback that serves what its owner uploaded: PUT stores a page, GET returns it."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self

Page = tuple[str, bytes]
"""Media type and content."""


class UploadSite:
    """A site with pages from PUT requests, as the files of a host come from an upload."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_class(self.pages))
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Return the site's URL."""
        address, port = self._server.server_address[:2]
        return f"http://{address!s}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler_class(pages: dict[str, Page]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            pages[self.path] = self.headers.get("Content-Type", "text/plain"), content
            self._answer(204, ("text/plain", b""))

        def do_GET(self) -> None:
            page = pages.get(self.path) or pages.get(self.path.partition("?")[0])
            self._answer(200 if page else 404, page or ("text/plain", b""))

        def _answer(self, status: int, page: Page) -> None:
            media_type, content = page
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
            """Suppress the access log."""

    return Handler
