"""Cursors that cannot be made up or carried to another site, and names that tell nothing.

The service's own key lies in Secrets Manager and is read once per process.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from amzlinkr.domain.credentials import Credentials
from amzlinkr.domain.errors import InvalidCursor, StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

T = TypeVar("T")
_MAC = 16
MAX_CURSOR = 512


class HmacSigner:
    """Seals with the service's key."""

    def __init__(self, client: SecretsManagerClient, secret_id: str) -> None:
        self._client = client
        self._secret_id = secret_id

    def sign_cursor(self, purpose: str, site_id: str, content: object) -> str:
        """A URL-safe cursor that only this site can use, and only for this purpose."""
        body = msgspec.json.encode(content)
        sealed = body + self._mac(purpose, site_id, body)
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def verify_cursor(self, purpose: str, site_id: str, text: str, kind: type[T]) -> T:
        """What `cursor` sealed. Raises `InvalidCursor` for anything else."""
        try:
            if len(text) > MAX_CURSOR or not text.isascii():
                raise InvalidCursor
            padded = text + "=" * (-len(text) % 4)
            sealed = base64.b64decode(padded, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise InvalidCursor from None
        body, mac = sealed[:-_MAC], sealed[-_MAC:]
        if not hmac.compare_digest(mac, self._mac(purpose, site_id, body)):
            raise InvalidCursor
        canonical = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
        if canonical != text:
            raise InvalidCursor
        try:
            return msgspec.json.decode(body, type=kind)
        except msgspec.DecodeError:
            raise InvalidCursor from None

    def account_key(self, credentials: Credentials) -> str:
        """The name of an account's limiter: key and secret together, so that a stranger with a
        wrong secret spends another budget than the owner's."""
        both = f"{credentials.key_id}\0{credentials.secret.reveal()}".encode()
        return hmac.new(self._key, b"quota\0" + both, hashlib.sha256).hexdigest()

    def _mac(self, purpose: str, site_id: str, body: bytes) -> bytes:
        message = b"\0".join([b"cursor", purpose.encode(), site_id.encode(), body])
        return hmac.new(self._key, message, hashlib.sha256).digest()[:_MAC]

    @cached_property
    def _key(self) -> bytes:
        try:
            return self._client.get_secret_value(SecretId=self._secret_id)["SecretString"].encode()
        except (ClientError, BotoCoreError) as error:
            raise StoreUnavailable from error
