"""Access tokens as they may lie in a table: encrypted, with a key that only the credential gives.

Whoever reads the table without reading the vault has nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from amzlinkr.domain.credentials import CreatorsCredentials

_NONCE = 12


class TokenCipher:
    """Encrypts and decrypts one credential's tokens with AES-256-GCM."""

    def __init__(self, credentials: CreatorsCredentials) -> None:
        secret = credentials.credential_secret.reveal().encode()
        self._name = f"{credentials.credential_id}\0{credentials.version}".encode()
        self._cipher = AESGCM(hmac.digest(secret, b"amzlinkr access token", hashlib.sha256))

    def encrypt(self, text: str) -> str:
        """The text, unreadable without the credential."""
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, text.encode(), self._name)
        return base64.b64encode(sealed).decode()

    def decrypt(self, sealed: str) -> str | None:
        """What `close` closed with the same credential; None for anything else."""
        try:
            raw = base64.b64decode(sealed, validate=True)
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], self._name).decode()
        except (InvalidTag, ValueError):
            return None
