"""The HTTP server of the second Amazon, on loopback."""

import json
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Self

from tests.second_amazon.faults import HANG_SECONDS, Fault
from tests.second_amazon.service import Service
from tests.second_amazon.sigv4 import SignedRequest

MAX_BODY = 1 << 20


class SecondAmazon:
    """A running server; `service` holds its catalog and the calls that it answered."""

    def __init__(self, port: int = 0) -> None:
        self.service = Service()
        self.stopping = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler_class(self))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()


def _handler_class(amazon: SecondAmazon) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), MAX_BODY)
            path, _, query = self.path.partition("?")
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = SignedRequest(self.command, path, query, headers, self.rfile.read(length))
            reply = amazon.service.answer(request)
            if reply.hangs:
                amazon.stopping.wait(HANG_SECONDS)
            if reply.drops or amazon.stopping.is_set():
                self.close_connection = True
                return
            # A client that does not wait for a late answer has closed the connection.
            with suppress(ConnectionError):
                self._send(reply, datetime.now(UTC) + amazon.service.clock_offset(request))

        def do_GET(self) -> None:
            self.do_POST()

        def _send(self, reply: Fault, now: datetime) -> None:
            is_json = isinstance(reply.body, dict)
            body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response_only(reply.status)
            headers = {
                "Date": format_datetime(now, usegmt=True),
                "Content-Type": "application/json" if is_json else "text/plain",
                "x-amzn-RequestId": str(uuid.uuid4()),
                "Content-Length": str(len(body)),
            }
            for name, value in (headers | reply.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
            """Suppress the access log."""

    return Handler
