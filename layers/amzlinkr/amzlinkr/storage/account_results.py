"""Results of calls to Amazon accounts, and the recoveries that follow from them.

A recovery is recorded in the outbox, in the transaction that changes the connection. The planner
then makes the shelves due that it had deferred.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from pynamodb.connection import Connection as DynamoConnection
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.clock import to_unix_ms
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.ports import Task
from amzlinkr.storage import item_keys
from amzlinkr.storage.connection import find
from amzlinkr.storage.records import ConnectionItem, OutboxItem
from amzlinkr.storage.site_items import connection_from_item


def write_result(
    dynamo: DynamoConnection,
    site_id: str,
    connection: Connection,
    error: AmazonError | None,
    at: datetime,
) -> None:
    """Store the outcome of a call, unless the credentials were replaced. Raise `Conflict`."""
    item = find(ConnectionItem, site_id, item_keys.connection(connection.marketplace))
    if item is None:
        return
    stored = connection_from_item(item)
    updated = stored.with_result(error, at)
    if stored.secret_version != connection.secret_version or updated is stored:
        return
    actions: list[Action] = [ConnectionItem.connection.set(msgspec.json.encode(updated).decode())]
    as_read = ConnectionItem.connection == item.connection
    if not updated.is_recovery_of(stored):
        item.update(actions, condition=as_read)
        return
    with TransactWrite(connection=dynamo) as transaction:
        transaction.update(item, actions, condition=as_read)
        record_recovery(transaction, site_id, connection.marketplace, at)


def record_recovery(
    transaction: TransactWrite, site_id: str, marketplace_code: str, at: datetime
) -> None:
    """Record in a transaction that the account of a connection can be called since `at`."""
    item = OutboxItem(Task.ACCOUNT_RECOVERY.value, item_keys.recovery(site_id, marketplace_code))
    # An update creates the item too: the functions that record results may not put items.
    actions: list[Action] = [
        OutboxItem.due_at.set(to_unix_ms(at)),
        OutboxItem.type.set(OutboxItem),
    ]
    transaction.update(item, actions)
