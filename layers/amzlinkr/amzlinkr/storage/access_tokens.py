"""Access tokens shared between processes: one item a credential, the token closed in a box.

It is an auxiliary: when the table fails, everybody fetches a token of their own, and it is counted.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from amzlinkr import telemetry
from amzlinkr.domain.clock import Clock, milliseconds, moment
from amzlinkr.domain.credentials import Secret
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import Token
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import TokenItem

CLAIMED_FOR = timedelta(seconds=3)
"""How long others wait for who fetches a token, before the next one tries."""


class Box(Protocol):
    """Makes text unreadable to all who lack the credential."""

    def close(self, text: str) -> str:
        """Encrypt."""
        ...

    def open(self, sealed: str) -> str | None:
        """Decrypt; None for what was not closed by this box."""
        ...


class SharedTokens:
    """The `TokenCache` of one credential."""

    def __init__(self, quota_id: str, box: Box, clock: Clock) -> None:
        self._key = item_keys.token(quota_id)
        self._box = box
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
        text = self._box.open(item.token) if item.token else None
        return Token(Secret(text), moment(int(item.good_until))) if text else None

    def claim(self) -> bool:
        """Whether the caller is the one to fetch; also if nobody can tell."""
        now = milliseconds(self._clock.now())
        until = now + milliseconds(moment(0) + CLAIMED_FOR)
        free = TokenItem.claimed_until.does_not_exist() | (TokenItem.claimed_until <= now)
        try:
            with store_errors():
                TokenItem(self._key).update(
                    [
                        TokenItem.claimed_until.set(until),
                        TokenItem.expires.set(until // 1000 + 3600),
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
        good_until = milliseconds(token.expires_at)
        try:
            with store_errors():
                TokenItem(self._key).update(
                    [
                        TokenItem.token.set(self._box.close(token.value.reveal())),
                        TokenItem.good_until.set(good_until),
                        TokenItem.expires.set(good_until // 1000 + 3600),
                        TokenItem.claimed_until.remove(),
                    ]
                )
        except (StoreUnavailable, Conflict):
            telemetry.count("TokenCacheFailed")

    def _item(self) -> TokenItem | None:
        with store_errors():
            try:
                return TokenItem.get(self._key, consistent_read=True)
            except TokenItem.DoesNotExist:
                return None
