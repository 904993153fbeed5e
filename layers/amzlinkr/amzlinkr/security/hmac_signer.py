"""Signatures with the service's signing secret: cursors and account keys.

A signed cursor cannot be forged or used by another site. The signing secret is in Secrets Manager
and is read once per process.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import msgspec

from amzlinkr.domain.credentials import Credentials
from amzlinkr.domain.errors import InvalidCursor
from amzlinkr.net.aws_client import aws_errors

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

T = TypeVar("T")
# 128 of the 256 bits keep cursors short and cannot be guessed.
_MAC_BYTES = 16
MAX_CURSOR_CHARS = 512


class HmacSigner:
    """Signer of cursors, and of the keys under which account data is stored."""

    def __init__(self, client: SecretsManagerClient, secret_id: str) -> None:
        self._client = client
        self._secret_id = secret_id

    def forget(self) -> None:
        """Drop the signing secret. The next signature reads it again."""
        self.__dict__.pop("_signing_secret", None)

    def sign_cursor(self, purpose: str, site_id: str, content: object) -> str:
        """Return a URL-safe cursor that is valid for this site and this purpose only."""
        body = msgspec.json.encode(content)
        signed = body + self._mac(purpose, site_id, body)
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
        if not hmac.compare_digest(mac, self._mac(purpose, site_id, body)):
            raise InvalidCursor
        # Base64 ignores the unused bits of the last character: one cursor, one spelling.
        canonical = base64.urlsafe_b64encode(signed).decode().rstrip("=")
        if canonical != text:
            raise InvalidCursor
        try:
            return msgspec.json.decode(body, type=kind)
        except msgspec.DecodeError:
            raise InvalidCursor from None

    def account_key(self, credentials: Credentials) -> str:
        """Return the key of an Amazon account: an HMAC of its key ID and secret."""
        # With the key ID alone, anyone who has seen it could use up the owner's call budget.
        both = f"{credentials.key_id}\0{credentials.secret.reveal()}".encode()
        # The prefix keeps account keys and cursors apart, which have the same signing secret.
        return hmac.new(self._signing_secret, b"quota\0" + both, hashlib.sha256).hexdigest()

    def _mac(self, purpose: str, site_id: str, body: bytes) -> bytes:
        # NUL separates the parts: they cannot contain it, so no two inputs give one message.
        message = b"\0".join([b"cursor", purpose.encode(), site_id.encode(), body])
        return hmac.new(self._signing_secret, message, hashlib.sha256).digest()[:_MAC_BYTES]

    @cached_property
    def _signing_secret(self) -> bytes:
        with aws_errors():
            return self._client.get_secret_value(SecretId=self._secret_id)["SecretString"].encode()
