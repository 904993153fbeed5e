"""Authentication of Creators API requests: OAuth 2.0 access tokens.

Credentials of version 2.x get tokens from Cognito (form body), those of version 3.x from Login with
Amazon (JSON body). The last digit of the version is the region. Sources: Creators API
documentation, "Using the API"; Amazon's SDK.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Annotated
from urllib.parse import urlencode

import msgspec

from amzlinkr.amazon import retry
from amzlinkr.amazon.json_text import repaired
from amzlinkr.amazon.transport import AmazonResponse, Transport
from amzlinkr.domain.amazon_errors import TOKEN_SERVICE, AmazonError, AmazonUnavailable, Upstream
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.credentials import CreatorsCredentials, Secret
from amzlinkr.domain.ports import Token, TokenCache
from amzlinkr.net.json_decoding import decode_json

EXPIRY_MARGIN = timedelta(seconds=60)
"""The time before expiry from which a token is not used, so that it cannot expire in transit."""
MAX_WAIT_SECONDS, POLL_INTERVAL_SECONDS = 2.0, 0.1
"""The longest wait for a token that another process fetches, and the time between cache reads."""
MIN_TOKEN_CALL_SECONDS = 1.0
MIN_LIFETIME_SECONDS, MAX_LIFETIME_SECONDS = 2.0, 86_400.0
"""Bounds for the lifetime of a token, whatever lifetime the service reports."""
ERROR_MEMORY = timedelta(seconds=10)
"""The time for which an error of the token service is raised again without another request."""
_HOSTS = {
    "2.1": "creatorsapi.auth.us-east-1.amazoncognito.com",
    "2.2": "creatorsapi.auth.eu-south-2.amazoncognito.com",
    "2.3": "creatorsapi.auth.us-west-2.amazoncognito.com",
    "3.1": "api.amazon.com",
    "3.2": "api.amazon.co.uk",
    "3.3": "api.amazon.co.jp",
}


class _TokenBody(msgspec.Struct):
    access_token: Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,8192}\Z")]
    expires_in: int | float | str = 3600

    def __repr__(self) -> str:
        return "_TokenBody(***)"


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """The HTTP request for a new token; its `repr` omits the body, which contains the secret."""

    host: str
    path: str
    content_type: str
    body: bytes

    def __repr__(self) -> str:
        return f"TokenRequest({self.host}{self.path})"


def token_request(credentials: CreatorsCredentials) -> TokenRequest:
    """Return the request for a new token, depending on the version of the credential.

    Source: Creators API documentation, "Using the API".
    """
    is_v3 = credentials.version.startswith("3.")
    fields = {
        "grant_type": "client_credentials",
        "client_id": credentials.credential_id,
        "client_secret": credentials.credential_secret.reveal(),
        "scope": "creatorsapi::default" if is_v3 else "creatorsapi/default",
    }
    host = _HOSTS[credentials.version]
    if is_v3:
        return TokenRequest(host, "/auth/o2/token", "application/json", msgspec.json.encode(fields))
    form = urlencode(fields).encode()
    return TokenRequest(host, "/oauth2/token", "application/x-www-form-urlencoded", form)


def authorization(token: Token, version: str) -> str:
    """Return the Authorization header, which contains the version for versions 2.x.

    Source: Creators API documentation, "Using the API".
    """
    bearer = f"Bearer {token.value.reveal()}"
    return f"{bearer}, Version {version}" if version.startswith("2.") else bearer


def token_from_response(response: AmazonResponse, requested_at: datetime) -> Token:
    """Return the token of a response.

    Raises:
        AmazonUnavailable: The response contains no valid token.
    """
    try:
        body = decode_json(repaired(response.body), _TokenBody)
        lifetime = timedelta(
            seconds=min(max(float(body.expires_in), MIN_LIFETIME_SECONDS), MAX_LIFETIME_SECONDS)
        )
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, OverflowError) as cause:
        raise AmazonUnavailable(
            "Amazon's token response could not be read.",
            upstream=Upstream(TOKEN_SERVICE, response.status, "Unreadable"),
        ) from cause
    # Counted from the request, not from the response. Short-lived tokens are used for half of their
    # lifetime, because the margin could exceed it.
    usable = max(lifetime - EXPIRY_MARGIN, lifetime / 2)
    return Token(Secret(body.access_token), requested_at + usable)


class TokenSource:
    """The source of access tokens for one credential.

    A token is fetched once and used until shortly before it expires. Threads of this process wait
    for each other; processes share tokens through the cache.
    """

    def __init__(
        self,
        credentials: CreatorsCredentials,
        transport: Transport,
        clock: Clock,
        cache: TokenCache | None = None,
        max_attempts: int = retry.MAX_CALL_ATTEMPTS,
    ) -> None:
        self._credentials = credentials
        self._transport = transport
        self._clock = clock
        self._policy = retry.Policy(TOKEN_SERVICE, clock, max_attempts=max_attempts)
        self._cache = cache
        self._token: Token | None = None
        self._last_error: tuple[AmazonError, datetime] | None = None
        self._lock = Lock()

    def get(self, deadline: Deadline, rejected: Token | None = None) -> Token:
        """Return a token that is not expired and is not the one that Amazon just rejected.

        Raises:
            AmazonError: The token service refused the credential, or the fetch failed.
        """

        def is_usable(token: Token | None) -> bool:
            if token is None or token.expires_at <= self._clock.now():
                return False
            return rejected is None or token.value != rejected.value

        # Held during the fetch: all threads need the same token, and one request is enough.
        with self._lock:
            token = self._token
            if token is None or not is_usable(token):
                # Waiting threads would otherwise repeat the failed request one after another.
                if self._last_error is not None and self._clock.now() < self._last_error[1]:
                    raise self._last_error[0]
                token = self._shared(is_usable, deadline) or self._fetch(deadline)
                self._token = token
            return token

    def _shared(
        self, is_usable: Callable[[Token | None], bool], deadline: Deadline
    ) -> Token | None:
        """Return the token that another process fetched, or None if this process must fetch it.

        One process at a time has the claim to fetch; the others poll the cache for its token, for a
        limited time, because that process may have crashed.
        """
        if self._cache is None:
            return None
        waited = 0.0
        while True:
            token = self._cache.load()
            if is_usable(token):
                return token
            has_time = deadline.allows(MIN_TOKEN_CALL_SECONDS + POLL_INTERVAL_SECONDS)
            if waited >= MAX_WAIT_SECONDS or not has_time:
                return None
            if self._cache.claim():
                # The previous holder of the claim may have stored a token after the read above.
                token = self._cache.load()
                return token if is_usable(token) else None
            self._clock.sleep(POLL_INTERVAL_SECONDS)
            waited += POLL_INTERVAL_SECONDS

    def _fetch(self, deadline: Deadline) -> Token:
        request = token_request(self._credentials)
        headers = {"accept": "application/json", "content-type": request.content_type}

        def send(_signed_at: datetime) -> AmazonResponse:
            post = self._transport.post
            return post(request.host, request.path, request.body, headers, deadline)

        try:
            response, requested_at = retry.call(send, self._policy, deadline)
        except AmazonError as error:
            self._last_error = (error, self._clock.now() + ERROR_MEMORY)
            raise
        token = token_from_response(response, requested_at)
        if self._cache is not None:
            self._cache.store(token)
        return token
