"""Encryption of Amazon access tokens that are cached in a table.

The encryption key is derived from the credential's secret. Read access to the table without read
access to the vault is not enough to use a token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from amzlinkr.domain.credentials import CreatorsCredentials

_NONCE_BYTES = 12


class TokenCipher:
    """AES-256-GCM cipher for the access tokens of one credential."""

    def __init__(self, credentials: CreatorsCredentials) -> None:
        secret = credentials.credential_secret.reveal().encode()
        # Authenticated but not encrypted: a token of another credential or version is rejected.
        self._associated_data = f"{credentials.credential_id}\0{credentials.version}".encode()
        self._cipher = AESGCM(hmac.digest(secret, b"amzlinkr access token", hashlib.sha256))

    def encrypt(self, text: str) -> str:
        """Return the encrypted text, in Base64."""
        # Random nonces are safe here: a credential gets about one token per hour.
        nonce = os.urandom(_NONCE_BYTES)
        encrypted = nonce + self._cipher.encrypt(nonce, text.encode(), self._associated_data)
        return base64.b64encode(encrypted).decode()

    def decrypt(self, encrypted: str) -> str | None:
        """Return the original text, or None if this credential did not encrypt it."""
        try:
            raw = base64.b64decode(encrypted, validate=True)
            nonce, content = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
            return self._cipher.decrypt(nonce, content, self._associated_data).decode()
        except (InvalidTag, ValueError):
            return None
