"""Access tokens shared between processes: one item per credential, with the encrypted token.

The cache fails open: if the table does not respond, each process fetches its own token, and a
metric counts the failure.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from amzlinkr import telemetry
from amzlinkr.domain.clock import MILLISECOND, Clock, from_unix_ms, to_unix_ms
from amzlinkr.domain.credentials import Secret
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import Token
from amzlinkr.storage import item_keys
from amzlinkr.storage.connection import find
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import AccessTokenItem

CLAIM_DURATION = timedelta(seconds=3)
"""The time for which a claim excludes other processes. If the claiming process crashes, another
one fetches the token after this."""
TOKEN_RETENTION_SECONDS = 3600
"""The time after which DynamoDB may delete a token that has expired."""


class Cipher(Protocol):
    """Encryption with a key that is derived from the credential."""

    def encrypt(self, text: str) -> str:
        """Return the text encrypted."""
        ...

    def decrypt(self, encrypted: str) -> str | None:
        """Return the decrypted text, or None if another key encrypted it."""
        ...


class SharedTokenCache:
    """The `TokenCache` of one credential."""

    def __init__(self, account_key: str, cipher: Cipher, clock: Clock) -> None:
        self._key = item_keys.access_token(account_key)
        self._cipher = cipher
        self._clock = clock

    def load(self) -> Token | None:
        """Return the newest shared token, or None."""
        try:
            item = find(AccessTokenItem, self._key)
        except StoreUnavailable:
            telemetry.count("TokenCacheFailed")
            return None
        if item is None:
            return None
        text = self._cipher.decrypt(item.token) if item.token else None
        return Token(Secret(text), from_unix_ms(int(item.good_until))) if text else None

    def claim(self) -> bool:
        """Try to claim the fetch of the next token.

        Returns True also if the table does not respond.
        """
        now = to_unix_ms(self._clock.now())
        until = now + CLAIM_DURATION // MILLISECOND
        free = AccessTokenItem.claimed_until.does_not_exist() | (
            AccessTokenItem.claimed_until <= now
        )
        try:
            with store_errors():
                AccessTokenItem(self._key).update(
                    [
                        AccessTokenItem.claimed_until.set(until),
                        AccessTokenItem.expires.set(until // 1000 + TOKEN_RETENTION_SECONDS),
                    ],
                    condition=free,
                )
        except Conflict:
            return False
        except StoreUnavailable:
            telemetry.count("TokenCacheFailed")
        return True

    def store(self, token: Token) -> None:
        """Share a new token and release the claim."""
        good_until = to_unix_ms(token.expires_at)
        try:
            with store_errors():
                # No condition: if two processes fetched a token, either is valid.
                AccessTokenItem(self._key).update(
                    [
                        AccessTokenItem.token.set(self._cipher.encrypt(token.value.reveal())),
                        AccessTokenItem.good_until.set(good_until),
                        AccessTokenItem.expires.set(good_until // 1000 + TOKEN_RETENTION_SECONDS),
                        AccessTokenItem.claimed_until.remove(),
                    ]
                )
        except (StoreUnavailable, Conflict):
            telemetry.count("TokenCacheFailed")
