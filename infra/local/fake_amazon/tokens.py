"""The tokens that the token services gave out: whose they are, and until when they are good."""

import base64
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

LIFETIME = timedelta(hours=1)
_MOST_KEPT = 50_000
_JWT_HEAD = base64.urlsafe_b64encode(b'{"alg":"RS256","typ":"at+jwt"}').rstrip(b"=").decode()
_RANDOM_BYTES = 192


@dataclass(frozen=True)
class IssuedToken:
    """What the fake knows of a token it issued."""

    credential_id: str
    version: str
    expires_at: datetime


class TokenStore:
    """Issues tokens and recognises them; nothing can be read from a token itself."""

    def __init__(self) -> None:
        """Start with none."""
        self._issued: dict[str, IssuedToken] = {}
        self._lock = threading.Lock()

    def issue(self, credential_id: str, version: str, now: datetime) -> str:
        """A new token; the ones before it stay good."""
        text = _random_text(version)
        with self._lock:
            self._issued[text] = IssuedToken(credential_id, version, now + LIFETIME)
            while len(self._issued) > _MOST_KEPT:
                self._issued.pop(next(iter(self._issued)))
        return text

    def find(self, text: str) -> IssuedToken | None:
        """What is known of the token; expired ones are still known."""
        with self._lock:
            return self._issued.get(text)

    def clear(self) -> None:
        """Make every token unknown."""
        with self._lock:
            self._issued.clear()


def _random_text(version: str) -> str:
    if version.startswith("3"):
        return f"Atc|{secrets.token_urlsafe(_RANDOM_BYTES)}"
    # The two Cognito forms a client may notice: it begins with eyJ and has three parts.
    return f"{_JWT_HEAD}.{secrets.token_urlsafe(_RANDOM_BYTES)}.{secrets.token_urlsafe()}"
