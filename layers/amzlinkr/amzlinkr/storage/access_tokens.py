"""Access tokens shared between processes: one item a credential, the token closed in a box.

It is an auxiliary: when the table fails, everybody fetches a token of their own, and it is counted.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from amzlinkr import telemetry
from amzlinkr.domain.clock import Clock, from_unix_ms, to_unix_ms
from amzlinkr.domain.credentials import Secret
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import Token
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import AccessTokenItem

CLAIM_DURATION = timedelta(seconds=3)
"""How long others wait for who fetches a token, before the next one tries."""


class Cipher(Protocol):
    """Makes text unreadable to all who lack the credential."""

    def encrypt(self, text: str) -> str:
        """Encrypt."""
        ...

    def decrypt(self, sealed: str) -> str | None:
        """Decrypt; None for what was not closed by this box."""
        ...


class SharedTokenCache:
    """The `TokenCache` of one credential."""

    def __init__(self, account_key: str, cipher: Cipher, clock: Clock) -> None:
        self._key = item_keys.access_token(account_key)
        self._cipher = cipher
        self._clock = clock

    def load(self) -> Token | None:
        """The newest shared token."""
        try:
            item = self._item()
        except StoreUnavailable:
            telemetry.count("TokenCacheFailed")
            return None
        if item is None:
            return None
        text = self._cipher.decrypt(item.token) if item.token else None
        return Token(Secret(text), from_unix_ms(int(item.good_until))) if text else None

    def claim(self) -> bool:
        """Whether the caller is the one to fetch; also if nobody can tell."""
        now = to_unix_ms(self._clock.now())
        until = now + to_unix_ms(from_unix_ms(0) + CLAIM_DURATION)
        free = AccessTokenItem.claimed_until.does_not_exist() | (
            AccessTokenItem.claimed_until <= now
        )
        try:
            with store_errors():
                AccessTokenItem(self._key).update(
                    [
                        AccessTokenItem.claimed_until.set(until),
                        AccessTokenItem.expires.set(until // 1000 + 3600),
                    ],
                    condition=free,
                )
        except Conflict:
            return False
        except StoreUnavailable:
            telemetry.count("TokenCacheFailed")
        return True

    def store(self, token: Token) -> None:
        """Share a new token; the claim ends with it."""
        good_until = to_unix_ms(token.expires_at)
        try:
            with store_errors():
                AccessTokenItem(self._key).update(
                    [
                        AccessTokenItem.token.set(self._cipher.encrypt(token.value.reveal())),
                        AccessTokenItem.good_until.set(good_until),
                        AccessTokenItem.expires.set(good_until // 1000 + 3600),
                        AccessTokenItem.claimed_until.remove(),
                    ]
                )
        except (StoreUnavailable, Conflict):
            telemetry.count("TokenCacheFailed")

    def _item(self) -> AccessTokenItem | None:
        with store_errors():
            try:
                return AccessTokenItem.get(self._key, consistent_read=True)
            except AccessTokenItem.DoesNotExist:
                return None
