"""Secrets that nobody needs any more, or may not need: written down before they are deleted.

A name is noted in the transaction that takes a secret's connection away, and before a secret is
made that has none yet. So a process may die anywhere, and no secret stays behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from amzlinkr.domain.clock import to_unix_ms
from amzlinkr.domain.connections import NO_SECRET, Connection
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.records import SecretDeletionItem

UNCONNECTED_SECRET_TTL = timedelta(hours=1)
"""A secret without a connection is deleted after this; a call that makes both takes seconds."""


class ForgettingStore:
    """The secrets that are to be deleted."""

    def schedule(self, secret_id: str, now: datetime) -> None:
        """Note a secret that is about to be made, in case nobody lives to connect it."""
        with store_errors():
            secret_deletion_item(secret_id, now + UNCONNECTED_SECRET_TTL).save()

    def due(self, now: datetime) -> list[str]:
        """The names of the secrets that are to be deleted now."""
        with store_errors():
            items = list(SecretDeletionItem.query(item_keys.SECRET_DELETION, consistent_read=True))
        return [item.sk for item in items if item.due_at <= to_unix_ms(now)]

    def complete(self, secret_id: str) -> None:
        """That one is deleted."""
        with store_errors():
            secret_deletion_item(secret_id).delete()


def secret_deletion_item(secret_id: str, due_at: datetime | None = None) -> SecretDeletionItem:
    """The note of a secret that is to be deleted."""
    item = SecretDeletionItem(item_keys.SECRET_DELETION, secret_id)
    if due_at is not None:
        item.due_at = to_unix_ms(due_at)
    return item


def secret_ids_of(connections: Iterable[Connection]) -> tuple[str, ...]:
    """The secrets behind these connections; the sandbox keeps none."""
    return tuple(one.secret_id for one in connections if one.secret_id != NO_SECRET)
