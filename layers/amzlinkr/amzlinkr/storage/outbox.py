"""The outbox: records of work to complete later.

A record is written before the change that requires the work, or in the same transaction. If the
process then crashes, the record remains and a scheduled worker completes the work.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from amzlinkr.domain.clock import from_unix_ms, to_unix_ms
from amzlinkr.domain.connections import NO_SECRET, Connection
from amzlinkr.domain.ports import OutboxEntry, Task
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import OutboxItem


class Outbox:
    """Scheduled work by kind of task and subject: a site ID or the name of a secret."""

    def schedule(self, task: Task, subject: str, due_at: datetime) -> None:
        """Record work for a subject, due from `due_at` on. Replace an earlier record."""
        with store_errors():
            outbox_item(task, subject, due_at).save()

    def due(self, task: Task, now: datetime) -> list[OutboxEntry]:
        """Return the work of one kind that is due."""
        with store_errors():
            # All are read: few are pending, and an index by due time would cost a write each.
            items = list(OutboxItem.query(task.value, consistent_read=True))
        entries = [OutboxEntry(item.sk, from_unix_ms(int(item.due_at))) for item in items]
        return [entry for entry in entries if entry.due_at <= now]

    def complete(self, task: Task, entry: OutboxEntry) -> None:
        """Delete the record of completed work, unless it was scheduled again since it was read."""
        try:
            with store_errors():
                OutboxItem(task.value, entry.subject).delete(
                    condition=OutboxItem.due_at == to_unix_ms(entry.due_at)
                )
        except Conflict:
            return

    def remove(self, task: Task, subject: str) -> None:
        """Delete the record of completed work, even if it was scheduled again since."""
        with store_errors():
            OutboxItem(task.value, subject).delete()


def outbox_item(task: Task, subject: str, due_at: datetime) -> OutboxItem:
    """Return the record of scheduled work, for a transaction."""
    return OutboxItem(task.value, subject, due_at=to_unix_ms(due_at))


def secret_deletion_item(secret_id: str, due_at: datetime) -> OutboxItem:
    """Return the record of a secret to delete, for a transaction."""
    return outbox_item(Task.SECRET_DELETION, secret_id, due_at)


def secret_ids_of(connections: Iterable[Connection]) -> tuple[str, ...]:
    """Return the names of the secrets of these connections. Connections of a sandbox have none."""
    return tuple(
        connection.secret_id for connection in connections if connection.secret_id != NO_SECRET
    )
