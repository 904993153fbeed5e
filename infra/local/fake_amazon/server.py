"""The HTTP server of the fake Amazon on 127.0.0.1."""

import socket
import sys
import threading
import uuid
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from infra.local.fake_amazon.control import Control
from infra.local.fake_amazon.control_api import PREFIX, respond
from infra.local.fake_amazon.exchange import HttpRequest, HttpResponse
from infra.local.fake_amazon.service import serve
from infra.local.fake_amazon.state import FakeAmazonState
from infra.local.fake_amazon.state_file import StateFile

_MAX_BODY_BYTES = 1_000_000
_IDLE_SECONDS = 60.0
_BACKLOG = 128


class FakeAmazon:
    """A fake Amazon: `start()` returns its URL, `control` changes its responses."""

    def __init__(
        self, port: int = 0, state_file: Path | None = None, state: FakeAmazonState | None = None
    ) -> None:
        """Prepare the fake; it listens after `start`. A given `state` brings its own clocks."""
        self.state = state or FakeAmazonState.with_system_clocks()
        self._state_file = StateFile(state_file) if state_file else None
        if self._state_file:
            self._state_file.load(self.state)
        self.control = Control(self.state, self._state_file)
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> str:
        """Listen on 127.0.0.1, serve requests in a background thread, and return the URL."""
        self._server = _Server(self._port, self.state, self.control)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()
        return self.url

    @property
    def url(self) -> str:
        """Return the URL of the server."""
        if not self._server:
            raise RuntimeError("the fake Amazon is not started")
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """Stop the server, release delayed responses, and write the state file."""
        if not self._server or not self._thread:
            return
        # Ends the waits of delayed responses, which would otherwise be sent after the stop.
        self._server.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._server = self._thread = None
        self.control.save()

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # The end of a test must not wait for idle connections.
    block_on_close = False
    request_queue_size = _BACKLOG

    def __init__(self, port: int, state: FakeAmazonState, control: Control) -> None:
        self.state = state
        self.control = control
        self.stopping = threading.Event()
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Print a traceback, except for closed connections, which tests cause on purpose."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    # Headers and body are two writes; the second would wait for the acknowledgment of the first.
    disable_nagle_algorithm = True
    server: _Server

    def _handle(self) -> None:
        body = self._read_body()
        if body is None:
            return
        path, _, query = self.path.partition("?")
        if path.startswith(PREFIX):
            status, text = respond(self.command, path, body, self.server.control)
            self._send(HttpResponse(status, text))
            return
        headers: dict[str, list[str]] = {}
        for name, value in self.headers.items():
            headers.setdefault(name.lower(), []).append(value)
        request = HttpRequest(self.command, path, query, headers, body)
        self._send(serve(request, self.server.state))

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _handle  # noqa: N815

    def _read_body(self) -> bytes | None:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._read_chunks()
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > _MAX_BODY_BYTES:
            self.close_connection = True
            # The connection is closed, because the unread body would be read as the next request.
            self._send(HttpResponse(413, b'{"message":"Request entity too large"}'))
            return None
        return self.rfile.read(int(length))

    def _read_chunks(self) -> bytes | None:
        body = b""
        while True:
            size = self.rfile.readline(64).split(b";")[0].strip()
            try:
                count = int(size, 16)
            except ValueError:
                count = -1
            if not 0 <= count <= _MAX_BODY_BYTES - len(body):
                self.close_connection = True
                self._send(HttpResponse(400, b'{"message":"Bad request body"}'))
                return None
            body += self.rfile.read(count)
            # The line end after a chunk is not part of its size.
            self.rfile.readline()
            if not count:
                return body

    def _send(self, response: HttpResponse) -> None:
        if response.delay_seconds:
            self.server.stopping.wait(response.delay_seconds)
        if response.is_dropped:
            self.close_connection = True
            # Closed without a status line, as a broken network does.
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        for name, value in response.headers.items():
            self.send_header(name, value)
        # A truncated response announces more bytes than it sends.
        missing = len(response.body) if response.is_truncated else 0
        self.send_header("Content-Length", str(len(response.body) + missing))
        if response.is_truncated:
            self.close_connection = True
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def version_string(self) -> str:
        """Return the Server header of Amazon's front end."""
        return "Server"

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002
        """Return the Date header from the clock of the fake."""
        return format_datetime(self.server.state.now(), usegmt=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Suppress the access log; the control API returns the call log."""
