"""A second Creators API endpoint, written from the documentation alone and with its variants.

It listens on the loopback interface and plays `creatorsapi.amazon` and the six token services,
told apart by the Host header. It shares nothing with the fake Amazon of the local stack: the
backend has to work against the reading of somebody else.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Self

from tests.contract.creators_products import World
from tests.contract.creators_responses import Shelf, operation_answer
from tests.contract.creators_rules import MARKETPLACE, OPERATIONS, Refused, check_request
from tests.contract.creators_tokens import TOKEN_HOSTS, Account, TokenServices
from tests.contract.creators_variants import Dialect, Json, error_body, written

API_HOST = "creatorsapi.amazon"
_PATH = "/catalog/v1/"

Reply = tuple[int, dict[str, str], object]


@dataclass(frozen=True)
class Seen:
    """A request as it came: where to, with which token, and what it asked."""

    host: str
    path: str
    headers: Mapping[str, str]
    body: Json
    status: int

    @property
    def token(self) -> str:
        """The token alone, without scheme and version."""
        return self.headers.get("authorization", "").removeprefix("Bearer ").partition(", ")[0]

    @property
    def tag(self) -> object:
        """The partner tag."""
        return self.body.get("partnerTag")

    @property
    def marketplace(self) -> str | None:
        """The marketplace of the header."""
        return self.headers.get("x-marketplace")


@dataclass
class CreatorsEndpoint:
    """The endpoint: a context manager. `now` is the clock by which tokens end, in seconds."""

    accounts: list[Account]
    world: World = field(default_factory=World)
    dialect: Dialect = field(default_factory=Dialect)
    now: Callable[[], float] = time.monotonic
    seen: list[Seen] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tokens = TokenServices(self.accounts, self.dialect, self.now)
        self._planned: dict[str, list[Reply]] = {"token": [], "api": []}
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
        """Where to move the connection."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def calls(self) -> Sequence[Seen]:
        """The catalogue's requests."""
        return [seen for seen in self.seen if seen.host == API_HOST]

    @property
    def token_fetches(self) -> Sequence[Seen]:
        """The token services' requests."""
        return [seen for seen in self.seen if seen.host in TOKEN_HOSTS]

    def plan(self, service: str, status: int, body: object, times: int = 1, **headers: str) -> None:
        """Let the next requests to `service` ("api" or "token") be answered like this."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._planned[service] += [(status, named, body)] * times

    def refuse(self, refused: Refused, times: int = 1) -> None:
        """Let the catalogue refuse the next requests."""
        self._planned["api"] += [self._refusal(refused)] * times

    def answer(self, host: str, path: str, headers: Mapping[str, str], content: bytes) -> Reply:
        """Answer a request and remember it."""
        with self._lock:
            reply, body = self._answer(host, path, headers, content)
            self.seen.append(Seen(host, path, headers, body, reply[0]))
            return reply

    def _answer(
        self, host: str, path: str, headers: Mapping[str, str], content: bytes
    ) -> tuple[Reply, Json]:
        body = _parsed(content) or {}
        service = "api" if host == API_HOST else "token"
        if self._planned[service]:
            return self._planned[service].pop(0), body
        if host in TOKEN_HOSTS:
            status, answer = self.tokens.give(host, path, headers, content)
            return (status, {}, answer), body
        if host != API_HOST:
            return (421, {}, {"message": "Misdirected Request"}), body
        try:
            return (200, {}, self._catalogue(path, headers, content)), body
        except Refused as refused:
            return self._refusal(refused), body

    def _catalogue(self, path: str, headers: Mapping[str, str], content: bytes) -> object:
        account = self.tokens.account_of(headers.get("authorization"))
        if not account.eligible:
            raise Refused(403, "AccessDeniedException", "AssociateNotEligible")
        operation = path.removeprefix(_PATH)
        if not path.startswith(_PATH) or operation not in OPERATIONS:
            raise Refused(400, "ValidationException", "UnknownOperation")
        body = _parsed(content)
        kind = headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/json" or body is None:
            raise Refused(400, "ValidationException", "CannotParse")
        domain = headers.get("x-marketplace", "")
        if not MARKETPLACE.fullmatch(domain):
            failed = ("x-marketplace",)
            raise Refused(400, "ValidationException", "FieldValidationFailed", failed)
        check_request(operation, body, self.dialect.undocumented_resources)
        if body["marketplace"] != domain:
            failed = ("marketplace",)
            raise Refused(400, "ValidationException", "FieldValidationFailed", failed)
        if account.tags.get(domain) != body["partnerTag"]:
            raise Refused(400, "ValidationException", "InvalidPartnerTag")
        shelf = Shelf(self.world, self.dialect, domain, body["partnerTag"])
        return written(operation_answer(operation, body, shelf), self.dialect)

    def _refusal(self, refused: Refused) -> Reply:
        body, headers = dict(refused.body), {}
        if refused.status == 429 and self.dialect.retry_after == "body":
            body["retryAfterSeconds"] = 60
        elif refused.status == 429 and self.dialect.retry_after == "header":
            headers["Retry-After"] = "60"
        return refused.status, headers, error_body(body, self.dialect)


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
        status, more, body = endpoint.answer(host, self.path, headers, content)
        answer = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.send_header("x-amzn-RequestId", f"request-{len(endpoint.seen)}")
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Keep quiet: requests are in `seen`."""


def _parsed(content: bytes) -> Json | None:
    try:
        body = json.loads(content)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
