"""One HTTPS request to Amazon: timeouts, a deadline that drips cannot outlive, a size limit.

Plain http.client: one account asks one host, one request at a time, and needs no pools, cookies,
redirects or proxies.
"""

from __future__ import annotations

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
from amzlinkr.punctual import PunctualResponse

AGENT = "Agent/AmzLinkr"
"""Automated clients name themselves so (Associates Program IP License)."""
CONNECT_TIMEOUT = 1.5
MAX_ANSWER = 2 * 1024 * 1024
_ID = re.compile(r"[\w.-]{1,80}", re.ASCII)
_READ_SIZE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
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
        self._idle: dict[str, HTTPConnection] = {}
        weakref.finalize(self, _close, self._idle)

    def post(
        self, host: str, path: str, body: bytes, headers: Mapping[str, str], deadline: Deadline
    ) -> Answer:
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
        if self._idle.setdefault(host, connection) is not connection:
            connection.close()
        return answer

    def _connection(self, host: str) -> HTTPConnection:
        """The idle connection to this host if it still stands, or a new one."""
        idle = self._idle.pop(host, None)
        if idle is not None and idle.sock and not select.select([idle.sock], [], [], 0)[0]:
            return idle
        if idle is not None:
            idle.close()
        place = urlsplit(self._base_url or f"https://{host}")
        name = place.hostname or host
        connection = (
            HTTPConnection(name, place.port)
            if place.scheme == "http"
            else HTTPSConnection(name, place.port, context=_trust())
        )
        connection.response_class = PunctualResponse
        return connection

    def _exchange(
        self,
        connection: HTTPConnection,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        deadline: Deadline,
    ) -> Answer:
        if connection.sock is None:
            connection.timeout = min(CONNECT_TIMEOUT, deadline.remaining())
            connection.connect()
        connection.sock.settimeout(max(deadline.remaining(), 0.001))
        connection.request("POST", path, body, {"user-agent": AGENT, **headers})
        with connection.getresponse() as response:
            content = bytearray()
            while piece := response.read(_READ_SIZE):
                content += piece
                if len(content) > MAX_ANSWER:
                    raise self._unavailable("Amazon's answer is too large.", "AnswerTooLarge")
            if response.length:
                raise HTTPException("the answer ended too early")
        named = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, named, bytes(content))

    def _unavailable(self, detail: str, code: str) -> AmazonUnavailable:
        return AmazonUnavailable(detail, upstream=Upstream(self._service, None, code))


def _close(connections: dict[str, HTTPConnection]) -> None:
    for connection in connections.values():
        connection.close()


@cache
def _trust() -> ssl.SSLContext:
    """Whose certificates are believed: read once, it takes longer than a request."""
    return ssl.create_default_context(cafile=certifi.where())
