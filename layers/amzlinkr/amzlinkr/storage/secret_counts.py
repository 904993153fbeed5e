"""Counts of stored secrets, each of which costs money: per Amazon account, and in all.

Every counted secret has an item, which is written and deleted in one transaction with
the counts. A repeated call therefore changes nothing, and no table is scanned.
"""

from __future__ import annotations

from pynamodb.connection import Connection as DynamoConnection
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.clock import Clock
from amzlinkr.domain.connection_errors import ConnectionLimitReached
from amzlinkr.domain.limits import Limits
from amzlinkr.storage import item_keys
from amzlinkr.storage.connection import find
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.optimistic import retry_on_conflict
from amzlinkr.storage.secret_records import SecretCountItem, SecretItem


class SecretCounts:
    """The number of stored secrets, with its limits."""

    def __init__(self, connection: DynamoConnection, clock: Clock, limits: Limits) -> None:
        self._connection = connection
        self._clock = clock
        self._limits = limits

    def add(self, secret_id: str, account_key: str) -> None:
        """Count a secret for an Amazon account, in place of the one it was counted for.

        Raises:
            ConnectionLimitReached: The account, or the service, has its maximum number of secrets.
            StoreUnavailable: The counts changed at the same time in every attempt.
        """
        retry_on_conflict(lambda: self._write_added(secret_id, account_key), self._clock)

    def remove(self, secret_id: str) -> None:
        """Count a deleted secret no longer. Secrets that are not counted are ignored.

        Raises:
            StoreUnavailable: The counts changed at the same time in every attempt.
        """
        retry_on_conflict(lambda: self._write_removed(secret_id), self._clock)

    def total(self) -> int:
        """Return the number of secrets of all accounts."""
        # A batch, because the planner may not use GetItem on the quotas table.
        keys = [item_keys.secret_count(item_keys.ALL_SECRETS)]
        with store_errors():
            return sum(int(item.used or 0) for item in SecretCountItem.batch_get(keys))

    def _write_added(self, secret_id: str, account_key: str) -> None:
        item = _find_secret(secret_id)
        if item is not None and item.account_key == account_key:
            return
        of_account, total = self._limits.connections_of_account, self._limits.connections
        # Read first, to name the limit that is reached. The conditions decide.
        if _count_of(account_key) >= of_account:
            raise ConnectionLimitReached.of_account(of_account)
        if item is None and _count_of(item_keys.ALL_SECRETS) >= total:
            raise ConnectionLimitReached.of_service()
        new = SecretItem(item_keys.secret(secret_id), item_keys.SITE, account_key=account_key)
        with TransactWrite(connection=self._connection) as transaction:
            _change_count(transaction, account_key, 1, of_account)
            if item is None:
                _change_count(transaction, item_keys.ALL_SECRETS, 1, total)
                transaction.save(new, condition=SecretItem.pk.does_not_exist())
            else:
                _change_count(transaction, item.account_key, -1)
                transaction.save(new, condition=SecretItem.account_key == item.account_key)

    def _write_removed(self, secret_id: str) -> None:
        item = _find_secret(secret_id)
        if item is None:
            return
        with TransactWrite(connection=self._connection) as transaction:
            transaction.delete(item, condition=SecretItem.account_key == item.account_key)
            _change_count(transaction, item.account_key, -1)
            _change_count(transaction, item_keys.ALL_SECRETS, -1)


def _find_secret(secret_id: str) -> SecretItem | None:
    # A query, because some functions that delete secrets may not use GetItem on the sites table.
    found = SecretItem.query(item_keys.secret(secret_id), consistent_read=True)
    return next(iter(found), None)


def _count_of(name: str) -> int:
    with store_errors():
        item = find(SecretCountItem, item_keys.secret_count(name))
    return int(item.used or 0) if item else 0


def _change_count(
    transaction: TransactWrite, name: str, change: int, maximum: int | None = None
) -> None:
    """Add the change of a count to a transaction, which fails if the count is at its maximum."""
    below: Condition | None = None
    if maximum is not None:
        below = SecretCountItem.used.does_not_exist() | (SecretCountItem.used < maximum)
    item = SecretCountItem(item_keys.secret_count(name))
    transaction.update(item, [SecretCountItem.used.add(change)], condition=below)
