"""Creators API tokens: two services in three regions each, and what a token looks like in use.

Versions 2 come from Cognito (form body), versions 3 from Login with Amazon (JSON body); the last
digit of the version is the region (Creators API, using the API; Amazon's own SDK).
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
from amzlinkr.amazon.transport import AmazonResponse, Transport
from amzlinkr.domain.amazon_errors import TOKEN_SERVICE, AmazonError, AmazonUnavailable, Upstream
from amzlinkr.domain.clock import Clock, Deadline
from amzlinkr.domain.credentials import CreatorsCredentials, Secret
from amzlinkr.domain.ports import Token, TokenCache

EXPIRY_MARGIN = timedelta(seconds=60)
"""A token is given up so long before it expires, so that it never expires on its way."""
MAX_WAIT_SECONDS, POLL_INTERVAL_SECONDS = 2.0, 0.1
"""Seconds to wait for a token that another process is fetching, and between two looks."""
MIN_TOKEN_CALL_SECONDS = 1.0
MIN_TOKEN_LIFETIME, MAX_TOKEN_LIFETIME = 2.0, 86_400.0
"""Bounds in seconds to a token's life: whatever is said, it is neither useless nor for ever."""
REFUSAL_MEMORY = timedelta(seconds=10)
"""How long a refusal of the token service is repeated without asking again."""
_HOSTS = {
    "2.1": "creatorsapi.auth.us-east-1.amazoncognito.com",
    "2.2": "creatorsapi.auth.eu-south-2.amazoncognito.com",
    "2.3": "creatorsapi.auth.us-west-2.amazoncognito.com",
    "3.1": "api.amazon.com",
    "3.2": "api.amazon.co.uk",
    "3.3": "api.amazon.co.jp",
}


class _Granted(msgspec.Struct):
    access_token: Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,8192}\Z")]
    expires_in: int | float | str = 3600

    def __repr__(self) -> str:
        return "_Granted(***)"


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What to send where for a new token."""

    host: str
    path: str
    content_type: str
    body: bytes

    def __repr__(self) -> str:
        return f"TokenRequest({self.host}{self.path})"


def token_request(credentials: CreatorsCredentials) -> TokenRequest:
    """The request for a new token of this credential's version."""
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
    """The Authorization header; versions 2 name themselves in it."""
    bearer = f"Bearer {token.value.reveal()}"
    return f"{bearer}, Version {version}" if version.startswith("2.") else bearer


def token_from(answer: AmazonResponse, asked_at: datetime) -> Token:
    """The token of an answer. Raises `AmazonUnavailable` if there is none in it."""
    try:
        granted = msgspec.json.decode(answer.body, type=_Granted)
        life = timedelta(
            seconds=min(max(float(granted.expires_in), MIN_TOKEN_LIFETIME), MAX_TOKEN_LIFETIME)
        )
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, OverflowError) as cause:
        raise AmazonUnavailable(
            "Amazon's token could not be read.",
            upstream=Upstream(TOKEN_SERVICE, answer.status, "Unreadable"),
        ) from cause
    return Token(Secret(granted.access_token), asked_at + max(life - EXPIRY_MARGIN, life / 2))


class TokenSource:
    """One credential's token: fetched once, used until shortly before it expires.

    Threads of this process wait for each other; other processes share through the cache.
    """

    def __init__(
        self,
        credentials: CreatorsCredentials,
        transport: Transport,
        clock: Clock,
        cache: TokenCache | None = None,
        attempts: int = retry.MAX_ATTEMPTS,
    ) -> None:
        self._credentials = credentials
        self._transport = transport
        self._clock = clock
        self._policy = retry.Policy(TOKEN_SERVICE, clock, attempts=attempts)
        self._cache = cache
        self._token: Token | None = None
        self._refusal: tuple[AmazonError, datetime] | None = None
        self._lock = Lock()

    def get(self, deadline: Deadline, rejected: Token | None = None) -> Token:
        """A token that is good now, and another one than Amazon just refused.

        Raises `AmazonKeysRejected` and the other `AmazonError`s of the token service.
        """

        def is_good(token: Token | None) -> bool:
            if token is None or token.expires_at <= self._clock.now():
                return False
            return rejected is None or token.value != rejected.value

        with self._lock:
            token = self._token
            if token is None or not is_good(token):
                if self._refusal is not None and self._clock.now() < self._refusal[1]:
                    raise self._refusal[0]
                token = self._shared(is_good, deadline) or self._fetch(deadline)
                self._token = token
            return token

    def _shared(self, is_good: Callable[[Token | None], bool], deadline: Deadline) -> Token | None:
        """The token another process has fetched or is fetching; None if it is our turn."""
        if self._cache is None:
            return None
        waited = 0.0
        while True:
            token = self._cache.load()
            if is_good(token):
                return token
            out_of_time = deadline.remaining() < MIN_TOKEN_CALL_SECONDS + POLL_INTERVAL_SECONDS
            if waited >= MAX_WAIT_SECONDS or out_of_time:
                return None
            if self._cache.claim():
                # Who had the claim before may have stored a token since the look above.
                token = self._cache.load()
                return token if is_good(token) else None
            self._clock.sleep(POLL_INTERVAL_SECONDS)
            waited += POLL_INTERVAL_SECONDS

    def _fetch(self, deadline: Deadline) -> Token:
        request = token_request(self._credentials)
        headers = {"accept": "application/json", "content-type": request.content_type}

        def send(_signed_at: datetime) -> AmazonResponse:
            post = self._transport.post
            return post(request.host, request.path, request.body, headers, deadline)

        try:
            answer, asked_at = retry.call(send, self._policy, deadline)
        except AmazonError as error:
            self._refusal = (error, self._clock.now() + REFUSAL_MEMORY)
            raise
        token = token_from(answer, asked_at)
        if self._cache is not None:
            self._cache.store(token)
        return token
