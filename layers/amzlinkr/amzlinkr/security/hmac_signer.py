"""Signatures with the service's signing secret: cursors and account keys.

A signed cursor cannot be forged or used by another site.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TYPE_CHECKING, TypeVar

import msgspec

from amzlinkr.domain.clock import Clock
from amzlinkr.domain.credentials import Credentials
from amzlinkr.domain.errors import InvalidCursor
from amzlinkr.net.json_decoding import decode_json
from amzlinkr.security.signing_secret import SigningSecret

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

T = TypeVar("T")
# 128 of the 256 bits keep cursors short and cannot be guessed.
_MAC_BYTES = 16
MAX_CURSOR_CHARS = 512


class HmacSigner:
    """Signer of cursors, and of the keys under which account data is stored."""

    def __init__(self, client: SecretsManagerClient, secret_id: str, clock: Clock) -> None:
        self._secret = SigningSecret(client, secret_id, clock)

    def reset(self) -> None:
        """Drop the signing secret. The next signature reads it again."""
        self._secret.reset()

    def sign_cursor(self, purpose: str, site_id: str, content: object) -> str:
        """Return a URL-safe cursor that is valid for this site and this purpose only."""
        body = msgspec.json.encode(content)
        signed = body + _mac(self._secret.keys().signing, purpose, site_id, body)
        return base64.urlsafe_b64encode(signed).decode().rstrip("=")

    def verify_cursor(self, purpose: str, site_id: str, text: str, kind: type[T]) -> T:
        """Return the content of a cursor that `sign_cursor` made for this site and purpose.

        Raises:
            InvalidCursor: The text is anything else, or the content is not a `kind`.
        """
        try:
            if len(text) > MAX_CURSOR_CHARS or not text.isascii():
                raise InvalidCursor
            padded = text + "=" * (-len(text) % 4)
            signed = base64.b64decode(padded, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise InvalidCursor from None
        body, mac = signed[:-_MAC_BYTES], signed[-_MAC_BYTES:]
        accepted = [
            hmac.compare_digest(mac, _mac(key, purpose, site_id, body))
            for key in self._secret.keys().accepted
        ]
        if not any(accepted):
            raise InvalidCursor
        # Base64 ignores the unused bits of the last character: one cursor, one spelling.
        canonical = base64.urlsafe_b64encode(signed).decode().rstrip("=")
        if canonical != text:
            raise InvalidCursor
        try:
            return decode_json(body, kind)
        except msgspec.DecodeError:
            raise InvalidCursor from None

    def account_key(self, credentials: Credentials) -> str:
        """Return the key of an Amazon account: an HMAC of its key ID and secret."""
        # With the key ID alone, anyone who has seen it could use up the owner's call budget.
        both = f"{credentials.key_id}\0{credentials.secret.reveal()}".encode()
        # The prefix keeps account keys and cursors apart, which have the same signing secret.
        key = self._secret.keys().accounts
        return hmac.new(key, b"quota\0" + both, hashlib.sha256).hexdigest()


def _mac(key: bytes, purpose: str, site_id: str, body: bytes) -> bytes:
    # NUL separates the parts: they cannot contain it, so no two inputs give one message.
    message = b"\0".join([b"cursor", purpose.encode(), site_id.encode(), body])
    return hmac.new(key, message, hashlib.sha256).digest()[:_MAC_BYTES]
