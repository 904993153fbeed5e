"""Store of the access tokens that the token services issued."""

import base64
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

LIFETIME = timedelta(hours=1)
_MAX_TOKENS = 50_000
_JWT_HEAD = base64.urlsafe_b64encode(b'{"alg":"RS256","typ":"at+jwt"}').rstrip(b"=").decode()
_RANDOM_BYTES = 192


@dataclass(frozen=True)
class IssuedToken:
    """The credential, version and expiry of an issued token."""

    credential_id: str
    version: str
    expires_at: datetime


class TokenStore:
    """Issuer and store of tokens; a token itself is opaque and contains no data."""

    def __init__(self) -> None:
        """Start without tokens."""
        self._issued: dict[str, IssuedToken] = {}
        self._lock = threading.Lock()

    def issue(self, credential_id: str, version: str, now: datetime) -> str:
        """Issue and return a new token; earlier tokens stay valid."""
        text = _random_text(version)
        with self._lock:
            self._issued[text] = IssuedToken(credential_id, version, now + LIFETIME)
            # Dictionaries keep insertion order, so the oldest tokens are removed first.
            while len(self._issued) > _MAX_TOKENS:
                self._issued.pop(next(iter(self._issued)))
        return text

    def find(self, text: str) -> IssuedToken | None:
        """Return the issued token, expired or not, or None."""
        with self._lock:
            return self._issued.get(text)

    def clear(self) -> None:
        """Invalidate all tokens."""
        with self._lock:
            self._issued.clear()


def _random_text(version: str) -> str:
    if version.startswith("3"):
        return f"Atc|{secrets.token_urlsafe(_RANDOM_BYTES)}"
    # Clients may rely on the JWT form of Cognito: it begins with eyJ and has three parts.
    return f"{_JWT_HEAD}.{secrets.token_urlsafe(_RANDOM_BYTES)}.{secrets.token_urlsafe()}"
