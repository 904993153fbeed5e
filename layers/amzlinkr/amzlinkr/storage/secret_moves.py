"""Replacement of the secrets of connections, for the operator's migration of credentials."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import msgspec
from pynamodb.connection import Connection as DynamoConnection
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.clock import Clock, to_unix_ms
from amzlinkr.domain.connections import NO_SECRET, UNCONNECTED_SECRET_TTL, Connection
from amzlinkr.domain.ports import Task
from amzlinkr.storage import item_keys
from amzlinkr.storage.connection import find
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.optimistic import retry_on_conflict
from amzlinkr.storage.outbox import secret_deletion_item
from amzlinkr.storage.records import ConnectionItem, OutboxItem, SiteItem
from amzlinkr.storage.site_items import connection_from_item, secret_version_of

SAFETY_MARGIN = timedelta(minutes=5)
"""A new secret that is due for deletion within this time is no longer used."""


class SecretMoveStore:
    """All connections with a secret, and the replacement of their secrets."""

    def __init__(self, connection: DynamoConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def connections(self) -> Iterator[tuple[str, Connection]]:
        """Yield all connections with a secret, each with its site ID. Scans the table."""
        with store_errors():
            for item in ConnectionItem.scan(consistent_read=True):
                connection = connection_from_item(item)
                if connection.secret_id != NO_SECRET:
                    yield item.pk, connection

    def replace_secret(
        self, site_id: str, before: Connection, secret_id: str, version: str
    ) -> bool:
        """Connect another secret, and schedule the deletion of the one before.

        Requests that read the connection before may still read the old secret. Returns False, and
        changes nothing, if the connection has been deleted or has other credentials.

        Raises:
            StoreUnavailable: The site changed in every attempt, or the new secret is about to be
                deleted.
        """

        def replace_once() -> bool:
            item = find(ConnectionItem, site_id, item_keys.connection(before.marketplace))
            if item is None or item.secret != secret_version_of(before):
                return False
            stored = connection_from_item(item)
            after = replace(stored, secret_id=secret_id, secret_version=version)
            self._write(site_id, item, after, before.secret_id)
            return True

        return retry_on_conflict(replace_once, self._clock)

    def _write(self, site_id: str, item: ConnectionItem, after: Connection, old: str) -> None:
        now = self._clock.now()
        with TransactWrite(connection=self._connection) as transaction:
            transaction.update(
                ConnectionItem(item.pk, item.sk),
                [
                    ConnectionItem.connection.set(msgspec.json.encode(after).decode()),
                    ConnectionItem.secret.set(secret_version_of(after)),
                ],
                # Not only the secret: results of calls are stored in the same text.
                condition=ConnectionItem.connection == item.connection,
            )
            # Site deletions and sign-ups schedule the secrets that they read with this version.
            transaction.update(
                SiteItem(site_id, item_keys.SITE),
                [SiteItem.version.set(after.secret_version)],
                condition=SiteItem.pk.exists(),
            )
            transaction.delete(
                OutboxItem(Task.SECRET_DELETION.value, after.secret_id),
                condition=OutboxItem.due_at > to_unix_ms(now + SAFETY_MARGIN),
            )
            transaction.save(secret_deletion_item(old, now + UNCONNECTED_SECRET_TTL))
