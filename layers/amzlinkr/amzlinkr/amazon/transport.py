"""HTTPS requests to Amazon with connection reuse, timeouts, a deadline, and a size limit.

`http.client` is sufficient: one account calls one host with a few concurrent requests and needs no
cookies, redirects, or proxies.
"""

from __future__ import annotations

import itertools
import re
import select
import ssl
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPSConnection
from urllib.parse import urlsplit

import certifi

from amzlinkr.domain.amazon_errors import AmazonUnavailable, Upstream
from amzlinkr.domain.clock import Deadline
from amzlinkr.net.deadline_response import DeadlineResponse

USER_AGENT = "Agent/AmzLinkr"
"""The user agent, in the form required of automated clients (Associates Program IP License)."""
AMAZON_CONNECT_TIMEOUT_SECONDS = 1.5
MAX_IDLE_CONNECTIONS = 8
MAX_RESPONSE_BYTES = 2 * 1024 * 1024
_ID = re.compile(r"[\w.-]{1,80}", re.ASCII)


Headers = Mapping[str, str] | HTTPMessage
"""The headers of a response, read with `get` and a name in lower case."""


def parse_http_date(text: str) -> datetime | None:
    """Return the time of an HTTP header (RFC 9110, section 5.6.7), or None if it is malformed."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # One of the three formats names no zone: it is always UTC.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AmazonResponse:
    """An HTTP response of Amazon. Its text form hides the body, which can be an access token."""

    status: int
    headers: Headers
    body: bytes = field(repr=False)

    @property
    def request_id(self) -> str | None:
        """Return Amazon's request ID, or None if the header is missing or malformed."""
        header = self.headers.get("x-amzn-requestid") or self.headers.get("x-amz-request-id")
        return header if header and _ID.fullmatch(header) else None


class Transport:
    """The connections of one set of credentials; they are never shared with other credentials.

    `service` is the name used in errors. `base_url` redirects the connection to another address,
    such as the local fake. The Host header, and with it the signature, stays Amazon's.
    """

    def __init__(self, service: str, base_url: str | None = None) -> None:
        self._service = service
        self._base_url = base_url
        self._idle: dict[str, list[HTTPConnection]] = {}
        # The callback must not refer to `self`, or the transport would never be collected.
        weakref.finalize(self, _close, self._idle)

    def post(
        self, host: str, path: str, body: bytes, headers: Mapping[str, str], deadline: Deadline
    ) -> AmazonResponse:
        """Send a POST request and return the complete response.

        Raises:
            AmazonUnavailable: The connection failed, the deadline passed, or the response is
                incomplete or too large.
        """
        if deadline.is_over:
            raise self._unavailable("There was no time left to call Amazon.", "DeadlineExceeded")
        connection = self._connection(host)
        try:
            response = self._exchange(connection, path, body, {**headers, "host": host}, deadline)
        except TimeoutError as error:
            connection.close()
            raise self._unavailable("Amazon did not respond in time.", "Timeout") from error
        except (HTTPException, OSError) as error:
            connection.close()
            raise self._unavailable("Amazon could not be reached.", "ConnectionError") from error
        except BaseException:
            # A partly read connection must not be reused, whatever the reason.
            connection.close()
            raise
        idle = self._idle.setdefault(host, [])
        if len(idle) < MAX_IDLE_CONNECTIONS:
            idle.append(connection)
        else:
            connection.close()
        return response

    def _connection(self, host: str) -> HTTPConnection:
        """Return an idle connection to the host that is still open, or a new one."""
        while idle := self._idle.get(host):
            connection = idle.pop()
            # An idle socket that is readable was closed by Amazon, or holds data of no request.
            if connection.sock and not select.select([connection.sock], [], [], 0)[0]:
                return connection
            connection.close()
        target = urlsplit(self._base_url or f"https://{host}")
        name = target.hostname or host
        connection = (
            HTTPConnection(name, target.port)
            if target.scheme == "http"
            else HTTPSConnection(name, target.port, context=tls_context())
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
            connection.timeout = min(AMAZON_CONNECT_TIMEOUT_SECONDS, deadline.remaining())
            connection.connect()
        # `settimeout(0)` would make the socket non-blocking instead of expiring immediately.
        connection.sock.settimeout(max(deadline.remaining(), 0.001))
        connection.request("POST", path, body, {"user-agent": USER_AGENT, **headers})
        with connection.getresponse() as response:
            content = response.read(MAX_RESPONSE_BYTES + 1)
            if len(content) > MAX_RESPONSE_BYTES:
                raise self._unavailable("Amazon's response is too large.", "AnswerTooLarge")
            # `read` with a size returns less than promised without an error.
            if response.length:
                raise HTTPException("the response ended too early")
        return AmazonResponse(response.status, response.headers, content)

    def _unavailable(self, detail: str, code: str) -> AmazonUnavailable:
        return AmazonUnavailable(detail, upstream=Upstream(self._service, None, code))


def _close(connections: dict[str, list[HTTPConnection]]) -> None:
    for connection in itertools.chain.from_iterable(connections.values()):
        connection.close()


@cache
def tls_context() -> ssl.SSLContext:
    """Return the shared TLS context; loading the certificates takes longer than a request."""
    return ssl.create_default_context(cafile=certifi.where())
