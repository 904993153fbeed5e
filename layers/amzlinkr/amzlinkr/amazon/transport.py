"""One HTTPS request to Amazon: timeouts, a deadline that drips cannot outlive, a size limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from io import BufferedReader
from socket import socket

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from amzlinkr.domain.amazon_errors import AmazonUnavailable, Upstream
from amzlinkr.domain.clock import Deadline
from amzlinkr.punctual import PunctualReader

CONNECT_TIMEOUT = 1.5
MAX_ANSWER = 2 * 1024 * 1024
_READ_SIZE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Sends requests for one set of credentials; it never outlives or crosses them.

    `base_url` moves the connection to another place (the local fake); the Host header and with it
    the signature stay Amazon's.
    """

    def __init__(self, service: str, base_url: str | None = None) -> None:
        self._service = service
        self._base_url = base_url
        self._session = requests.Session()
        self._session.trust_env = False
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, _PunctualAdapter())
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def post(
        self,
        host: str,
        path: str,
        body: bytes,
        headers: Mapping[str, str],
        auth: AuthBase,
        deadline: Deadline,
    ) -> Answer:
        """Send and read the whole answer. Raises `AmazonUnavailable` when that does not work."""
        left = deadline.remaining()
        if left <= 0:
            raise self._unavailable("There was no time left to ask Amazon.", "DeadlineExceeded")
        try:
            with self._session.post(
                f"{self._base_url or f'https://{host}'}{path}",
                data=body,
                headers={**headers, "host": host},
                auth=auth,
                timeout=(min(CONNECT_TIMEOUT, left), left),
                allow_redirects=False,
                stream=True,
            ) as response:
                answer = self._read(response, deadline)
        except requests.RequestException as error:
            if isinstance(error, requests.Timeout) or deadline.remaining() <= 0:
                raise self._unavailable("Amazon did not answer in time.", "Timeout") from error
            raise self._unavailable("Amazon could not be reached.", "ConnectionError") from error
        return answer

    def _read(self, response: requests.Response, deadline: Deadline) -> Answer:
        body = bytearray()
        for piece in response.iter_content(_READ_SIZE):
            body += piece
            if len(body) > MAX_ANSWER:
                raise self._unavailable("Amazon's answer is too large.", "AnswerTooLarge")
            if deadline.remaining() <= 0:
                raise self._unavailable("Amazon did not answer in time.", "Timeout")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, bytes(body))

    def _unavailable(self, detail: str, code: str) -> AmazonUnavailable:
        return AmazonUnavailable(detail, upstream=Upstream(self._service, None, code))


class _PunctualResponse(HTTPResponse):
    def __init__(self, sock: socket, *args: object, **kwargs: object) -> None:
        super().__init__(sock, *args, **kwargs)  # type: ignore[arg-type] # passed on as they come
        self.fp = BufferedReader(PunctualReader(self.fp, sock))


class _Connection(HTTPConnection):
    response_class = _PunctualResponse


class _SecureConnection(HTTPSConnection):
    response_class = _PunctualResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _PunctualAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        super().init_poolmanager(*args, **kwargs)  # type: ignore[arg-type] # passed on as they come
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
