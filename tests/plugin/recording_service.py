"""A service that records its requests, for tests that need neither Amazon nor the real stack."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.plugin.site import Site

API_KEY = "amzl_live_recordedkey0recordedkey0recordedkey0"
CONNECT = """
activate_plugin( 'amzlinkr/amzlinkr.php' );
AmzLinkr\\Products\\create_table();
AmzLinkr\\Connection\\save( $url, 'site_1', 'owner@example.com', $api_key );
$account = array(
    'marketplace' => 'US',
    'api'         => 'creators',
    'partner_tag' => 'demo-20',
    'state'       => 'valid',
    'since'       => '2026-11-01T00:00:00Z',
);
$option  = array(
    'accounts' => array( $account ),
    'primary'  => 'US',
    'tags'     => array( 'US' => 'demo-20' ),
);
update_option( AmzLinkr\\Accounts\\OPTION, $option );
$marketplaces = array( 'US' => array(
    'code'     => 'US',
    'domain'   => 'www.amazon.com',
    'name'     => 'United States',
    'decimals' => 2,
) );
update_option( AmzLinkr\\Accounts\\MARKETPLACES_OPTION, $marketplaces );
"""
SITE = {
    "site_id": "site_1",
    "site_url": "https://kitchen.example",
    "primary_marketplace": "US",
    "connections": [],
}
TEA = {
    "name": "tea",
    "marketplace": "US",
    "query": {"keywords": "tea"},
    "size": 10,
    "items": [],
}
"""A list before its first refresh."""
RESPONSES: dict[str, object] = {
    "GET /v1/site": SITE,
    "GET /v1/connections": {"connections": []},
    "GET /v1/diagnostics": {"steps": []},
    "GET /v1/search": {"items": [], "total": 0, "page": 1, "pages": 0},
    "GET /v1/products": {"products": [], "next_cursor": None, "has_more": False},
    "GET /v1/changes": {
        "changes": [],
        "next_cursor": "cursor",
        "has_more": False,
        "checked_at": {},
        "connections": {},
    },
    "GET /v1/marketplaces": {"marketplaces": []},
    "GET /v1/audit": {"events": [], "next_cursor": None, "has_more": False},
    "GET /v1/import/job_1": {"job_id": "job_1", "status": "done", "total": 0, "results": []},
    "PUT /v1/connections/US": {"marketplace": "US", "partner_tag": "demo-20", "state": "link_only"},
    "PUT /v1/lists/tea": TEA,
    "GET /v1/lists/tea": TEA,
    "POST /v1/validate": {"status": "valid", "message": "Your keys work.", "connection": {}},
    "POST /v1/import": {"results": []},
    "POST /v1/sync": {"last_run_at": None},
}
"""Bodies of status 200 by method and path. Every other GET, POST and PUT has an empty object."""


@dataclass(frozen=True)
class Recorded:
    """A request as it was sent. `target` is the undecoded path with its query."""

    method: str
    target: str
    headers: dict[str, str]
    body: str

    @property
    def line(self) -> str:
        """Return the method and the target."""
        return f"{self.method} {self.target}"


@dataclass(frozen=True)
class Reply:
    """A response of the service. `body` is sent as JSON, or unaltered if it is bytes."""

    body: object
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class RecordingService:
    """A running service: its URL, the requests, and replies by method and path or target."""

    url: str
    requests: list[Recorded] = field(default_factory=list)
    replies: dict[str, Reply] = field(default_factory=dict)

    def join(self, site: Site) -> None:
        """Activate the plugin and connect the site, without a sign-up."""
        site.php(CONNECT, url=self.url, api_key=API_KEY)

    def lines(self) -> list[str]:
        """Return the method and the target of each request."""
        return [request.line for request in self.requests]

    def reply_to(self, request: Recorded) -> Reply:
        """Return the reply that a test has set, or the default one."""
        line = f"{request.method} {request.target}"
        name = line.partition("?")[0]
        if line in self.replies:
            return self.replies[line]
        if name in self.replies:
            return self.replies[name]
        if request.method == "DELETE":
            return Reply(b"", 204)
        return Reply(RESPONSES.get(name, {}))


@contextmanager
def recording_service() -> Iterator[RecordingService]:
    """Run a recording service for the duration of the block."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            request = Recorded(self.command, self.path, dict(self.headers), body)
            with lock:
                service.requests.append(request)
            reply = service.reply_to(request)
            content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            raw = content if isinstance(content, bytes) else content.encode()
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 -- http.server

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- http.server
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = RecordingService(f"http://127.0.0.1:{server.server_address[1]}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
