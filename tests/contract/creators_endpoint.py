"""A second Creators API endpoint, written from the documentation alone, with its variants.

It listens on the loopback interface and acts as `creatorsapi.amazon` and as the six token services,
selected by the Host header. It shares no code with the fake Amazon of the local stack, so that the
backend is tested against an independent interpretation of the documentation.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Self

from tests.contract.creators_products import State
from tests.contract.creators_responses import OperationContext, operation_response
from tests.contract.creators_rules import MARKETPLACE, OPERATIONS, Refusal, check_request
from tests.contract.creators_tokens import TOKEN_HOSTS, Account, TokenServices
from tests.contract.creators_variants import Json, Variant, encode_variant, error_body

API_HOST = "creatorsapi.amazon"
_PATH = "/catalog/v1/"

EndpointResponse = tuple[int, dict[str, str], object]


@dataclass(frozen=True)
class RecordedRequest:
    """A recorded request with the status of its response."""

    host: str
    path: str
    headers: Mapping[str, str]
    body: Json
    status: int

    @property
    def token(self) -> str:
        """Return the token without scheme and version."""
        return self.headers.get("authorization", "").removeprefix("Bearer ").partition(", ")[0]

    @property
    def tag(self) -> object:
        """Return the partner tag."""
        return self.body.get("partnerTag")

    @property
    def marketplace(self) -> str | None:
        """Return the marketplace of the header."""
        return self.headers.get("x-marketplace")


@dataclass
class CreatorsEndpoint:
    """The endpoint, a context manager. `now` returns the time in seconds for token expiry."""

    accounts: list[Account]
    state: State = field(default_factory=State)
    variant: Variant = field(default_factory=Variant)
    now: Callable[[], float] = time.monotonic
    seen: list[RecordedRequest] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tokens = TokenServices(self.accounts, self.variant, self.now)
        self._planned: dict[str, list[EndpointResponse]] = {"token": [], "api": []}
        self._lock = Lock()

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.endpoint = self
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    @property
    def url(self) -> str:
        """Return the base URL of the endpoint."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def calls(self) -> Sequence[RecordedRequest]:
        """Return the requests to the catalog."""
        return [seen for seen in self.seen if seen.host == API_HOST]

    @property
    def token_fetches(self) -> Sequence[RecordedRequest]:
        """Return the requests to the token services."""
        return [seen for seen in self.seen if seen.host in TOKEN_HOSTS]

    def plan_response(
        self, service: str, status: int, body: object, times: int = 1, **headers: str
    ) -> None:
        """Set the response to the next requests to `service` ("api" or "token")."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._planned[service] += [(status, named, body)] * times

    def plan_refusal(self, refused: Refusal, times: int = 1) -> None:
        """Set an error response to the next requests to the catalog."""
        self._planned["api"] += [self._refusal(refused)] * times

    def respond(
        self, host: str, path: str, headers: Mapping[str, str], content: bytes
    ) -> EndpointResponse:
        """Return the response to a request and record the request."""
        with self._lock:
            response, body = self._respond(host, path, headers, content)
            self.seen.append(RecordedRequest(host, path, headers, body, response[0]))
            return response

    def _respond(
        self, host: str, path: str, headers: Mapping[str, str], content: bytes
    ) -> tuple[EndpointResponse, Json]:
        body = _parse(content) or {}
        service = "api" if host == API_HOST else "token"
        if self._planned[service]:
            return self._planned[service].pop(0), body
        if host in TOKEN_HOSTS:
            status, content_out = self.tokens.respond(host, path, headers, content)
            return (status, {}, content_out), body
        if host != API_HOST:
            return (421, {}, {"message": "Misdirected Request"}), body
        try:
            return (200, {}, self._catalog_response(path, headers, content)), body
        except Refusal as refused:
            return self._refusal(refused), body

    def _catalog_response(self, path: str, headers: Mapping[str, str], content: bytes) -> object:
        account = self.tokens.account_of(headers.get("authorization"))
        if not account.eligible:
            raise Refusal(403, "AccessDeniedException", "AssociateNotEligible")
        operation = path.removeprefix(_PATH)
        if not path.startswith(_PATH) or operation not in OPERATIONS:
            raise Refusal(400, "ValidationException", "UnknownOperation")
        body = _parse(content)
        kind = headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/json" or body is None:
            raise Refusal(400, "ValidationException", "CannotParse")
        domain = headers.get("x-marketplace", "")
        if not MARKETPLACE.fullmatch(domain):
            failed = ("x-marketplace",)
            raise Refusal(400, "ValidationException", "FieldValidationFailed", failed)
        check_request(operation, body, self.variant.undocumented_resources)
        if body["marketplace"] != domain:
            failed = ("marketplace",)
            raise Refusal(400, "ValidationException", "FieldValidationFailed", failed)
        if account.tags.get(domain) != body["partnerTag"]:
            raise Refusal(400, "ValidationException", "InvalidPartnerTag")
        context = OperationContext(self.state, self.variant, domain, body["partnerTag"])
        return encode_variant(operation_response(operation, body, context), self.variant)

    def _refusal(self, refused: Refusal) -> EndpointResponse:
        body, headers = dict(refused.body), {}
        if refused.status == 429 and self.variant.retry_after == "body":
            body["retryAfterSeconds"] = 60
        elif refused.status == 429 and self.variant.retry_after == "header":
            headers["Retry-After"] = "60"
        return refused.status, headers, error_body(body, self.variant)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    endpoint: CreatorsEndpoint


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        assert isinstance(self.server, _Server)
        content = self.rfile.read(int(self.headers.get("content-length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        host = headers.get("host", "").partition(":")[0]
        endpoint = self.server.endpoint
        status, more, body = endpoint.respond(host, self.path, headers, content)
        encoded = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(encoded)))
        self.send_header("x-amzn-RequestId", f"request-{len(endpoint.seen)}")
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(encoded)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Write no log: requests are recorded in `seen`."""


def _parse(content: bytes) -> Json | None:
    try:
        body = json.loads(content)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
