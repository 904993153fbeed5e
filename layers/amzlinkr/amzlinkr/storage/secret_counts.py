"""Counts of stored secrets, each of which costs money: per Amazon account, and in all.

Every counted secret has an item, which is written and deleted in one transaction with
the counts. A repeated call therefore changes nothing, and no table is scanned.

A count is too low if the quotas table was lost, or the sites table restored without it, until
`recount_secrets` corrects it. Such a count stays at zero, and its secrets can still be deleted.
"""

from __future__ import annotations

from pynamodb.connection import Connection as DynamoConnection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.clock import Clock
from amzlinkr.domain.connection_errors import ConnectionLimitReached
from amzlinkr.domain.limits import Limits
from amzlinkr.storage import item_keys
from amzlinkr.storage.connection import find
from amzlinkr.storage.errors import CONDITION_FAILED, store_errors
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
            _raise_count(transaction, account_key, of_account)
            if item is None:
                _raise_count(transaction, item_keys.ALL_SECRETS, total)
                transaction.save(new, condition=SecretItem.pk.does_not_exist())
            else:
                _lower_count(transaction, item.account_key, is_zero=_count_of(item.account_key) < 1)
                transaction.save(new, condition=SecretItem.account_key == item.account_key)

    def _write_removed(self, secret_id: str) -> None:
        item = _find_secret(secret_id)
        if item is None:
            return
        try:
            self._delete_counted(item, frozenset())
        except TransactWriteError as error:
            at_zero = _failed_counts(error, item)
            if not at_zero:
                raise
            # Not read before: some functions that delete secrets may not read the quotas table.
            self._delete_counted(item, at_zero)

    def _delete_counted(self, item: SecretItem, at_zero: frozenset[str]) -> None:
        """Delete a secret's item and lower its counts, except those that are at zero."""
        with TransactWrite(connection=self._connection) as transaction:
            transaction.delete(item, condition=SecretItem.account_key == item.account_key)
            for name in _counts_of(item):
                _lower_count(transaction, name, is_zero=name in at_zero)


def _find_secret(secret_id: str) -> SecretItem | None:
    # A query, because some functions that delete secrets may not use GetItem on the sites table.
    found = SecretItem.query(item_keys.secret(secret_id), consistent_read=True)
    return next(iter(found), None)


def _count_of(name: str) -> int:
    with store_errors():
        item = find(SecretCountItem, item_keys.secret_count(name))
    return int(item.used or 0) if item else 0


def _counts_of(item: SecretItem) -> tuple[str, str]:
    return item.account_key, item_keys.ALL_SECRETS


def _failed_counts(error: TransactWriteError, item: SecretItem) -> frozenset[str]:
    """Return the counts that canceled a deletion. Updates are last in a transaction."""
    names, reasons = _counts_of(item), error.cancellation_reasons
    pairs = zip(names, reasons[-len(names) :], strict=False)
    return frozenset(name for name, why in pairs if why and why.code == CONDITION_FAILED)


def _raise_count(transaction: TransactWrite, name: str, maximum: int) -> None:
    """Add one to a count in a transaction, which fails if the count is at its maximum."""
    below = SecretCountItem.used.does_not_exist() | (SecretCountItem.used < maximum)
    item = SecretCountItem(item_keys.secret_count(name))
    transaction.update(item, [SecretCountItem.used.add(1)], condition=below)


def _lower_count(transaction: TransactWrite, name: str, *, is_zero: bool) -> None:
    """Take one from a count in a transaction, or keep it at zero. Fails if it is otherwise."""
    item, used = SecretCountItem(item_keys.secret_count(name)), SecretCountItem.used
    if is_zero:
        transaction.update(item, [used.set(0)], condition=used.does_not_exist() | (used < 1))
    else:
        transaction.update(item, [used.add(-1)], condition=used >= 1)
