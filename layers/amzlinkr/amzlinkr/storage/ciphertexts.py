"""Encrypted secrets in the sites table: the partition of a secret has one item for each version."""

from __future__ import annotations

from pynamodb.connection import Connection as DynamoConnection
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.clock import Clock, to_unix_ms
from amzlinkr.domain.connections import UNCONNECTED_SECRET_TTL
from amzlinkr.storage import item_keys
from amzlinkr.storage.connection import find
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.optimistic import retry_on_conflict
from amzlinkr.storage.secret_records import CiphertextItem


class CiphertextStore:
    """The ciphertexts of all secrets. The table never holds their plaintext."""

    def __init__(self, connection: DynamoConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def create(self, name: str, version: str, ciphertext: str) -> None:
        """Store the first version of a secret."""
        with store_errors():
            self._item(name, version, ciphertext).save()

    def add(self, name: str, current: str, version: str, ciphertext: str) -> bool:
        """Store another version, and delete those that no connection can name.

        Returns False, and stores nothing, if the current version has been deleted.
        """
        item = self._item(name, version, ciphertext)
        return retry_on_conflict(lambda: self._write_version(name, current, item), self._clock)

    def contains(self, name: str, version: str) -> bool:
        """Return True if a version is stored."""
        # A query, because the function that writes credentials may not use GetItem on the table.
        with store_errors():
            return version in [item.sk for item in self._versions(name)]

    def get(self, name: str, version: str) -> str | None:
        """Return the ciphertext of a version, or None."""
        item = find(CiphertextItem, item_keys.ciphertexts(name), version)
        return None if item is None else item.ciphertext

    def delete(self, name: str) -> None:
        """Delete all versions of a secret, also one that is added at the same time."""
        with store_errors():
            while items := self._versions(name):
                for item in items:
                    item.delete()

    def _write_version(self, name: str, current: str, item: CiphertextItem) -> bool:
        versions = self._versions(name)
        if current not in [version.sk for version in versions]:
            return False
        # A request that stored a version connects it within seconds, or never.
        oldest = to_unix_ms(self._clock.now() - UNCONNECTED_SECRET_TTL)
        for version in versions:
            if version.sk != current and version.stored_at < oldest:
                version.delete()
        with TransactWrite(connection=self._connection) as transaction:
            # A deletion at the same time deletes until it finds nothing. Without the condition, a
            # version could be added after that, and would remain.
            exists = CiphertextItem.pk.exists()
            transaction.condition_check(CiphertextItem, item.pk, current, condition=exists)
            transaction.save(item)
        return True

    def _versions(self, name: str) -> list[CiphertextItem]:
        return list(CiphertextItem.query(item_keys.ciphertexts(name), consistent_read=True))

    def _item(self, name: str, version: str, ciphertext: str) -> CiphertextItem:
        now = to_unix_ms(self._clock.now())
        partition = item_keys.ciphertexts(name)
        return CiphertextItem(partition, version, ciphertext=ciphertext, stored_at=now)
