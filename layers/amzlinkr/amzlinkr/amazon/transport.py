"""One HTTPS request to Amazon: timeouts, a deadline that drips cannot outlive, a size limit.

Plain http.client: one account asks one host, a few requests at a time, and needs no cookies,
redirects or proxies.
"""

from __future__ import annotations

import itertools
import re
import select
import ssl
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

import certifi

from amzlinkr.domain.amazon_errors import AmazonUnavailable, Upstream
from amzlinkr.domain.clock import Deadline
from amzlinkr.net.deadline_response import DeadlineResponse

AGENT = "Agent/AmzLinkr"
"""Automated clients name themselves so (Associates Program IP License)."""
CONNECT_TIMEOUT = 1.5
MAX_IDLE_CONNECTIONS = 8
MAX_RESPONSE_BYTES = 2 * 1024 * 1024
_ID = re.compile(r"[\w.-]{1,80}", re.ASCII)
_READ_SIZE = 256 * 1024


@dataclass(frozen=True, slots=True)
class AmazonResponse:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def request_id(self) -> str | None:
        """Amazon's own id of the request, if what came looks like one."""
        given = self.headers.get("x-amzn-requestid") or self.headers.get("x-amz-request-id")
        return given if given and _ID.fullmatch(given) else None


class Transport:
    """Sends requests for one set of credentials; it never outlives or crosses them.

    `service` is the name it goes by in errors. `base_url` moves the connection to another place
    (the local fake); the Host header and with it the signature stay Amazon's.
    """

    def __init__(self, service: str, base_url: str | None = None) -> None:
        self._service = service
        self._base_url = base_url
        self._idle: dict[str, list[HTTPConnection]] = {}
        weakref.finalize(self, _close, self._idle)

    def post(
        self, host: str, path: str, body: bytes, headers: Mapping[str, str], deadline: Deadline
    ) -> AmazonResponse:
        """Send and read the whole answer. Raises `AmazonUnavailable` when that does not work."""
        if deadline.remaining() <= 0:
            raise self._unavailable("There was no time left to ask Amazon.", "DeadlineExceeded")
        connection = self._connection(host)
        try:
            answer = self._exchange(connection, path, body, {**headers, "host": host}, deadline)
        except TimeoutError as error:
            connection.close()
            raise self._unavailable("Amazon did not answer in time.", "Timeout") from error
        except (HTTPException, OSError) as error:
            connection.close()
            raise self._unavailable("Amazon could not be reached.", "ConnectionError") from error
        except BaseException:
            connection.close()
            raise
        idle = self._idle.setdefault(host, [])
        if len(idle) < MAX_IDLE_CONNECTIONS:
            idle.append(connection)
        else:
            connection.close()
        return answer

    def _connection(self, host: str) -> HTTPConnection:
        """An idle connection to this host that still stands, or a new one."""
        while idle := self._idle.get(host):
            connection = idle.pop()
            if connection.sock and not select.select([connection.sock], [], [], 0)[0]:
                return connection
            connection.close()
        place = urlsplit(self._base_url or f"https://{host}")
        name = place.hostname or host
        connection = (
            HTTPConnection(name, place.port)
            if place.scheme == "http"
            else HTTPSConnection(name, place.port, context=_trust())
        )
        connection.response_class = DeadlineResponse
        return connection

    def _exchange(
        self,
        connection: HTTPConnection,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        deadline: Deadline,
    ) -> AmazonResponse:
        if connection.sock is None:
            connection.timeout = min(CONNECT_TIMEOUT, deadline.remaining())
            connection.connect()
        connection.sock.settimeout(max(deadline.remaining(), 0.001))
        connection.request("POST", path, body, {"user-agent": AGENT, **headers})
        with connection.getresponse() as response:
            content = bytearray()
            while piece := response.read(_READ_SIZE):
                content += piece
                if len(content) > MAX_RESPONSE_BYTES:
                    raise self._unavailable("Amazon's answer is too large.", "AnswerTooLarge")
            if response.length:
                raise HTTPException("the answer ended too early")
        named = {name.lower(): value for name, value in response.headers.items()}
        return AmazonResponse(response.status, named, bytes(content))

    def _unavailable(self, detail: str, code: str) -> AmazonUnavailable:
        return AmazonUnavailable(detail, upstream=Upstream(self._service, None, code))


def _close(connections: dict[str, list[HTTPConnection]]) -> None:
    for connection in itertools.chain.from_iterable(connections.values()):
        connection.close()


@cache
def _trust() -> ssl.SSLContext:
    """Whose certificates are believed: read once, it takes longer than a request."""
    return ssl.create_default_context(cafile=certifi.where())
