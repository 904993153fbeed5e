"""A site on loopback that serves what its owner uploaded: PUT stores a page, GET returns it."""

from http.server import BaseHTTPRequestHandler

from infra.local.stack.loopback_server import LoopbackServer

Page = tuple[str, bytes]
"""Media type and content."""


class UploadSite(LoopbackServer):
    """A site with pages from PUT requests, as the files of a host come from an upload."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        super().__init__(_handler_class(self.pages))


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
