"""Site verification: fetch a challenge's token from the site, without a way to reach other hosts.

The host name is resolved once, every address is checked, and the connection uses a checked address
with the site's host name for TLS and Host. Redirects are not followed, responses are short and not
decompressed. Of a response, only the status, the content type, and the host of a redirect's target
are reported.
"""

from __future__ import annotations

import contextlib
import hmac
import ipaddress
import socket
import ssl
from http import HTTPStatus
from threading import Thread
from typing import Any

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.sign_up_errors import SiteNotProven
from amzlinkr.net.deadline_response import DeadlineResponse
from amzlinkr.security.addresses import SiteAddress, challenge_urls, is_allowed, site_address
from amzlinkr.security.seen_responses import describe_response

RESOLVE_TIMEOUT_SECONDS, SITE_CONNECT_TIMEOUT_SECONDS = 3.0, 3.0
MAX_TOKEN_BODY_BYTES = 4096
MAX_SITE_RESPONSE_BYTES = 32 * 1024
"""Maximum of one response, including its headers and all interim (1xx) responses."""
MAX_ADDRESSES = 2
"""Enough to try IPv6 and IPv4 once each, within the timeout."""


class SiteVerifier:
    """Client that fetches tokens from sites. Loopback addresses require `allow_local`.

    Verification of a site takes at most `seconds`.
    """

    def __init__(
        self, seconds: float, allow_local: bool, authorities: str = certifi.where()
    ) -> None:
        self._seconds = seconds
        self._allow_local = allow_local
        self._authorities = authorities

    def address_of(self, url: str) -> SiteAddress:
        """Return the canonical form of a site's URL. Raises `InvalidRequest`."""
        return site_address(url, allow_local=self._allow_local)

    def verify(self, site: SiteAddress, signup_id: str, token: str, deadline: Deadline) -> None:
        """Return if the site serves the token before the deadline.

        Raises:
            SiteNotProven: The site does not serve the token; the detail states what was received.
        """
        deadline = deadline.at_most(self._seconds)
        addresses = self._resolve(site, deadline)
        path, query = challenge_urls(signup_id)
        failures = []
        # A site in a folder may not control the path, which is on the host's root: the query is
        # relative to the site.
        for place, target in (("path", path), ("query", f"{site.path}/{query}")):
            failure = self._fetch_from_any(site, addresses, target, token, deadline)
            if failure is None:
                return
            failures.append(f"At the challenge {place}, {failure}.")
        raise SiteNotProven(f"The site did not return the token. {' '.join(failures)}")

    def _resolve(self, site: SiteAddress, deadline: Deadline) -> list[str]:
        """Return the site's addresses, in the resolver's order, if all of them are allowed."""
        results = _resolve_until(deadline.at_most(RESOLVE_TIMEOUT_SECONDS), site)
        if not results:
            raise SiteNotProven("The host name of the site cannot be resolved.")
        addresses = list(dict.fromkeys(str(result[4][0]) for result in results))
        # One inner address among public ones is enough to refuse: a resolver may mix them.
        for address in addresses:
            # Link-local addresses have a zone, as in fe80::1%eth0.
            without_zone = ipaddress.ip_address(address.partition("%")[0])
            if not is_allowed(without_zone, allow_local=self._allow_local):
                raise SiteNotProven("The site is not on the public internet.")
        return addresses

    def _fetch_from_any(
        self, site: SiteAddress, addresses: list[str], target: str, token: str, deadline: Deadline
    ) -> str | None:
        """Return None if the site serves the token, or a clause that states what was received."""
        failure = "it could not be reached"
        for address in addresses[:MAX_ADDRESSES]:
            if deadline.is_over:
                break
            try:
                response, body = self._fetch(site, address, target, deadline)
            except urllib3.exceptions.SSLError:
                failure = "its certificate was not accepted, or TLS failed"
                continue
            except (urllib3.exceptions.HTTPError, OSError, ValueError):
                continue
            is_token = hmac.compare_digest(body.strip(), token.encode())
            if response.status == HTTPStatus.OK and is_token:
                return None
            # The site was reached. Its other address would return the same.
            return describe_response(response.status, response.headers, site)
        return "it did not respond in time" if deadline.is_over else failure

    def _fetch(
        self, site: SiteAddress, address: str, target: str, deadline: Deadline
    ) -> tuple[urllib3.BaseHTTPResponse, bytes]:
        remaining = deadline.remaining()
        connect_timeout = min(SITE_CONNECT_TIMEOUT_SECONDS, remaining)
        timeout = urllib3.Timeout(connect=connect_timeout, read=remaining)
        with self._pool(site, address) as pool:
            response = pool.urlopen(
                "GET",
                target,
                headers={
                    "Host": site.url.partition("://")[2].partition("/")[0],
                    "User-Agent": "AmzLinkr site verification",
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
            while len(body) < MAX_TOKEN_BODY_BYTES:
                if deadline.is_over:
                    raise TimeoutError  # a part of a body is not what the site returns
                chunk = response.read1(MAX_TOKEN_BODY_BYTES - len(body))
                if not chunk:
                    break
                body += chunk
            # A PHP file that was saved with a byte order mark sends it before any output.
            return response, bytes(body).removeprefix(b"\xef\xbb\xbf")

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
    versions and browsers do not. It would reject sites for a cause that their owners cannot
    correct: one root certificate of certifi has no subject key identifier. All versions use the
    same flags.
    """
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.verify_flags = ssl.VERIFY_X509_TRUSTED_FIRST
    return context


def _resolve_until(deadline: Deadline, site: SiteAddress) -> list[Any]:
    """Return the results of `getaddrinfo`, or an empty list after an error or at the deadline."""
    results: list[Any] = []

    def resolve() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            results.extend(socket.getaddrinfo(site.host, site.port, type=socket.SOCK_STREAM))

    # `getaddrinfo` has no timeout. A daemon thread that still waits does not keep the process.
    thread = Thread(target=resolve, daemon=True)
    thread.start()
    thread.join(deadline.remaining())
    return list(results)  # a copy, because a late thread may still append


class _LimitedResponse(DeadlineResponse):
    max_bytes = MAX_SITE_RESPONSE_BYTES


class _Connection(HTTPConnection):
    response_class = _LimitedResponse


class _SecureConnection(HTTPSConnection):
    response_class = _LimitedResponse


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection
