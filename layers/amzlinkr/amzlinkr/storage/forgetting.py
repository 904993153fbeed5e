"""Secrets that nobody needs any more, or may not need: written down before they are deleted.

A name is noted in the transaction that takes a secret's connection away, and before a secret is
made that has none yet. So a process may die anywhere, and no secret stays behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from amzlinkr.domain.clock import milliseconds
from amzlinkr.domain.connections import NO_SECRET, Connection
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.records import ForgetItem

TIME_TO_CONNECT = timedelta(hours=1)
"""A secret without a connection is deleted after this; a call that makes both takes seconds."""


class ForgettingStore:
    """The secrets that are to be deleted."""

    def intend(self, secret_id: str, now: datetime) -> None:
        """Note a secret that is about to be made, in case nobody lives to connect it."""
        with store_errors():
            to_forget(secret_id, now + TIME_TO_CONNECT).save()

    def due(self, now: datetime) -> list[str]:
        """The names of the secrets that are to be deleted now."""
        with store_errors():
            items = list(ForgetItem.query(item_keys.FORGET, consistent_read=True))
        return [item.sk for item in items if item.due_at <= milliseconds(now)]

    def done(self, secret_id: str) -> None:
        """That one is deleted."""
        with store_errors():
            to_forget(secret_id).delete()


def to_forget(secret_id: str, due_at: datetime | None = None) -> ForgetItem:
    """The note of a secret that is to be deleted."""
    item = ForgetItem(item_keys.FORGET, secret_id)
    if due_at is not None:
        item.due_at = milliseconds(due_at)
    return item


def secrets_of(connections: Iterable[Connection]) -> tuple[str, ...]:
    """The secrets behind these connections; the sandbox keeps none."""
    return tuple(one.secret_id for one in connections if one.secret_id != NO_SECRET)
