"""Fetching a challenge's token from the site itself, without being turned against other hosts.

The name is resolved once, every address is checked, and the connection goes to a checked address
with the site's name for TLS and Host. No redirects, few bytes, nothing is unpacked, and nothing of
it is passed on.
"""

from __future__ import annotations

import contextlib
import hmac
import ipaddress
import socket
import ssl
from threading import Thread
from typing import Any

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.errors import SiteNotProven
from amzlinkr.punctual import PunctualResponse
from amzlinkr.security.addresses import SiteAddress, challenge_places, is_allowed

RESOLVE_TIMEOUT, CONNECT_TIMEOUT, TOTAL_TIMEOUT = 3.0, 3.0, 10.0
MAX_READ = 4096
MOST_BYTES = 32 * 1024
"""Of one answer with its headers, and with whatever a server sends before those."""
OK = 200


class SiteProver:
    """Asks sites for their tokens. Loopback sites exist only locally."""

    def __init__(
        self, clock: Clock, *, allow_local: bool, authorities: str = certifi.where()
    ) -> None:
        self._clock = clock
        self._allow_local = allow_local
        self._authorities = authorities

    def prove(self, site: SiteAddress, signup_id: str, token: str) -> None:
        """Return if the site answers with the token. Raises `SiteNotProven` saying why not."""
        deadline = Deadline.after(self._clock, TOTAL_TIMEOUT)
        addresses = self._resolve(site)
        path, query = challenge_places(signup_id)
        reasons = []
        for place in (path, f"{site.path}/{query}"):
            reason = self._ask(site, addresses, place, token, deadline)
            if reason is None:
                return
            reasons.append(reason)
        raise SiteNotProven(
            f"The site did not show the token: {'; '.join(dict.fromkeys(reasons))}."
        )

    def _resolve(self, site: SiteAddress) -> list[str]:
        """The site's addresses, all of them harmless."""
        answers = _looked_up(site)
        if not answers:
            raise SiteNotProven("The site's name cannot be resolved.")
        addresses = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
        for address in addresses:
            plain = ipaddress.ip_address(address.partition("%")[0])
            if not is_allowed(plain, allow_local=self._allow_local):
                raise SiteNotProven("The site is not on the public internet.")
        return addresses

    def _ask(
        self, site: SiteAddress, addresses: list[str], place: str, token: str, deadline: Deadline
    ) -> str | None:
        """None if the token is there, else the reason in a few words."""
        reason = "it could not be reached"
        for address in addresses[:2]:
            left = deadline.remaining()
            if left <= 0:
                return "it took too long"
            try:
                status, body = self._fetch(site, address, place, deadline)
            except (urllib3.exceptions.HTTPError, OSError, ValueError):
                continue
            if status == OK and hmac.compare_digest(body.strip(), token.encode()):
                return None
            reason = "it answered with something else"
            break
        return reason

    def _fetch(
        self, site: SiteAddress, address: str, place: str, deadline: Deadline
    ) -> tuple[int, bytes]:
        left = deadline.remaining()
        timeout = urllib3.Timeout(connect=min(CONNECT_TIMEOUT, left), read=left)
        with self._pool(site, address) as pool:
            response = pool.urlopen(
                "GET",
                place,
                headers={
                    "Host": site.url.partition("://")[2].partition("/")[0],
                    "User-Agent": "AmzLinkr site proof",
                    "Accept": "text/plain",
                    "Accept-Encoding": "identity",
                },
                retries=False,
                redirect=False,
                timeout=timeout,
                preload_content=False,
                decode_content=False,
                assert_same_host=False,
            )
            body = bytearray()
            while len(body) < MAX_READ and deadline.remaining() > 0:
                piece = response.read1(MAX_READ - len(body))
                if not piece:
                    break
                body += piece
            return response.status, bytes(body).removeprefix(b"\xef\xbb\xbf")

    def _pool(self, site: SiteAddress, address: str) -> urllib3.HTTPConnectionPool:
        if site.scheme == "http":
            return _Pool(address, site.port)
        return _SecurePool(
            address,
            site.port,
            ssl_context=_ssl_context(),
            ca_certs=self._authorities,
            server_hostname=site.host,
            assert_hostname=site.host,
        )


def _ssl_context() -> ssl.SSLContext:
    """Return a context that requires a trusted certificate for the right host.

    Python 3.13 would also require every detail of RFC 5280 (`VERIFY_X509_STRICT`), which older
    versions and browsers do not. It would refuse sites whose owners cannot correct the cause: one
    root certificate of certifi has no subject key identifier. All versions use the same flags.
    """
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.verify_flags = ssl.VERIFY_X509_TRUSTED_FIRST
    return context


def _looked_up(site: SiteAddress) -> list[Any]:
    """What the resolver says within its time; nothing if it fails. It knows no time limit itself,
    so it is asked in a thread that nobody waits for."""
    found: list[Any] = []

    def look() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            found.extend(socket.getaddrinfo(site.host, site.port, type=socket.SOCK_STREAM))

    thread = Thread(target=look, daemon=True)
    thread.start()
    thread.join(RESOLVE_TIMEOUT)
    return list(found)


class _BriefResponse(PunctualResponse):
    most = MOST_BYTES


class _Connection(HTTPConnection):
    response_class = _BriefResponse


class _SecureConnection(HTTPSConnection):
    response_class = _BriefResponse


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection
