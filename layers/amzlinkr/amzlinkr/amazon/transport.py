"""One HTTPS request to Amazon: timeouts, a deadline that drips cannot outlive, a size limit."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import certifi
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, Timeout
from urllib3 import exceptions as failures

from amzlinkr.domain.amazon_errors import AmazonUnavailable, Upstream
from amzlinkr.domain.clock import Deadline
from amzlinkr.punctual import PunctualPool, SecurePunctualPool

AGENT = "Agent/AmzLinkr"
"""Automated clients name themselves so (Associates Program IP License)."""
CONNECT_TIMEOUT = 1.5
MAX_ANSWER = 2 * 1024 * 1024
_ID = re.compile(r"[\w.-]{1,80}", re.ASCII)
_READ_SIZE = 64 * 1024


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
        self._pools: dict[str, HTTPConnectionPool] = {}

    def post(
        self, host: str, path: str, body: bytes, headers: Mapping[str, str], deadline: Deadline
    ) -> Answer:
        """Send and read the whole answer. Raises `AmazonUnavailable` when that does not work."""
        left = deadline.remaining()
        if left <= 0:
            raise self._unavailable("There was no time left to ask Amazon.", "DeadlineExceeded")
        pool = self._pools.get(host) or self._open(host)
        try:
            response = pool.urlopen(
                "POST",
                path,
                body,
                {**headers, "host": host, "user-agent": AGENT, "accept-encoding": "gzip"},
                retries=False,
                redirect=False,
                assert_same_host=False,
                timeout=Timeout(connect=min(CONNECT_TIMEOUT, left), read=left),
                preload_content=False,
            )
            try:
                return self._read(response, deadline)
            except BaseException:
                response.close()
                raise
        except (failures.HTTPError, OSError) as error:
            unreached = isinstance(error, failures.NewConnectionError)
            late = isinstance(error, failures.TimeoutError) and not unreached
            if late or deadline.remaining() <= 0:
                raise self._unavailable("Amazon did not answer in time.", "Timeout") from error
            raise self._unavailable("Amazon could not be reached.", "ConnectionError") from error

    def _open(self, host: str) -> HTTPConnectionPool:
        place = urlsplit(self._base_url or f"https://{host}")
        name = place.hostname or host
        if place.scheme == "http":
            pool: HTTPConnectionPool = PunctualPool(name, place.port)
        else:
            pool = SecurePunctualPool(name, place.port, ssl_context=_trust())
        self._pools[host] = pool
        return pool

    def _read(self, response: BaseHTTPResponse, deadline: Deadline) -> Answer:
        body = bytearray()
        while piece := response.read(_READ_SIZE):
            body += piece
            if len(body) > MAX_ANSWER:
                raise self._unavailable("Amazon's answer is too large.", "AnswerTooLarge")
            if deadline.remaining() <= 0:
                raise self._unavailable("Amazon did not answer in time.", "Timeout")
        response.release_conn()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, headers, bytes(body))

    def _unavailable(self, detail: str, code: str) -> AmazonUnavailable:
        return AmazonUnavailable(detail, upstream=Upstream(self._service, None, code))


@cache
def _trust() -> ssl.SSLContext:
    """Whose certificates are believed: read once, it takes longer than a request."""
    return ssl.create_default_context(cafile=certifi.where())
