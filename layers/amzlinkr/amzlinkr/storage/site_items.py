"""The items of a site, its connections and its API keys, as several stores need them.

A caller changes its site, its API keys and its Amazon accounts in one transaction with a check
that the caller's API key is active: the host may have changed owners since the authorizer
accepted that key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pynamodb.attributes import Attribute
from pynamodb.connection import Connection as DynamoConnection
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.clock import from_unix_ms, to_unix_ms
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.errors import ApiKeyRejected, NotFound, StoreUnavailable
from amzlinkr.domain.sites import ApiKeyRecord, Caller, Site
from amzlinkr.net.json_decoding import decode_json
from amzlinkr.storage import item_keys
from amzlinkr.storage.connection import find
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.optimistic import CONCURRENT_CHANGE
from amzlinkr.storage.records import (
    ApiKeyItem,
    ConnectionItem,
    SiteApiKeyItem,
    SiteItem,
    SitesItem,
)


def find_site(site_id: str) -> SiteItem | None:
    """Return the item of a site, read consistently, or None."""
    return find(SiteItem, site_id, item_keys.SITE)


def get_site(site_id: str) -> SiteItem:
    """Return the item of a site, read consistently.

    Raises:
        NotFound: The site was deleted.
    """
    found = find_site(site_id)
    if found is None:
        raise NotFound("This site no longer exists.")
    return found


def site_from_items(item: SiteItem, partition: Iterable[SitesItem]) -> Site:
    """Return a site from its item and all items of its partition."""
    connections = connections_from_items(partition)
    return Site(
        item.pk,
        item.host,
        item.url,
        item.email,
        from_unix_ms(int(item.created_at)),
        item.primary,
        {connection.marketplace: connection for connection in connections},
        from_unix_ms(int(item.suspended_at)) if item.suspended_at else None,
        timedelta(hours=int(item.refresh_hours)) if item.refresh_hours else None,
    )


def connections_from_items(items: Iterable[Model]) -> list[Connection]:
    """Return the connections among these items."""
    return [connection_from_item(item) for item in items if isinstance(item, ConnectionItem)]


def connection_from_item(item: ConnectionItem) -> Connection:
    """Return the connection that an item stores."""
    return decode_json(item.connection, Connection)


def item_from_connection(site_id: str, connection: Connection) -> ConnectionItem:
    """Return the item that stores a connection of a site."""
    return ConnectionItem(
        site_id,
        item_keys.connection(connection.marketplace),
        connection=msgspec.json.encode(connection).decode(),
        secret=secret_version_of(connection),
    )


def secret_version_of(connection: Connection) -> str:
    """Return the name and version of the secret that a connection uses, for conditions."""
    return f"{connection.secret_id}@{connection.secret_version}"


def set_or_remove(attribute: Attribute[Any], value: object) -> Action:
    """Return the update that stores a value, or that removes the attribute for None."""
    return attribute.remove() if value is None else attribute.set(value)


def check_caller(transaction: TransactWrite, caller: Caller, now: datetime) -> None:
    """Add the condition to a transaction that the caller's API key is active."""
    never_expires: Condition = SiteApiKeyItem.expires.does_not_exist()
    # DynamoDB deletes expired items with a delay of up to days: compare the expiry too.
    expires_later: Condition = SiteApiKeyItem.expires > int(now.timestamp())
    transaction.condition_check(
        SiteApiKeyItem,
        caller.site_id,
        item_keys.site_api_key(caller.kid),
        condition=SiteApiKeyItem.pk.exists() & (never_expires | expires_later),
    )


def check_connected(transaction: TransactWrite, site_id: str, marketplace_code: str) -> None:
    """Add the condition to a transaction that a site has a connection in this marketplace."""
    transaction.condition_check(
        ConnectionItem,
        site_id,
        item_keys.connection(marketplace_code),
        condition=ConnectionItem.pk.exists(),
    )


def is_caller_active(caller: Caller, now: datetime) -> bool:
    """Return True if the caller's API key exists and has not expired."""
    sort_key = item_keys.site_api_key(caller.kid)
    # A query, because some functions that call this may not use GetItem on the sites table.
    items = SiteApiKeyItem.query(
        caller.site_id, SiteApiKeyItem.sk == sort_key, consistent_read=True
    )
    return any(is_active(item, now) for item in items)


@contextmanager
def transaction_for(
    caller: Caller, connection: DynamoConnection, now: datetime
) -> Iterator[TransactWrite]:
    """Yield a transaction that is written only while the caller's API key is active.

    A conflict is not retried here: what the caller decided is based on an older state of the site,
    so only a new call can decide again.

    Raises:
        ApiKeyRejected: The API key expired or was revoked.
        StoreUnavailable: Another request changed the same items.
    """
    try:
        with retryable_transaction_for(caller, connection, now) as transaction:
            yield transaction
    except Conflict as error:
        raise StoreUnavailable(CONCURRENT_CHANGE, is_fault=False) from error


@contextmanager
def retryable_transaction_for(
    caller: Caller, connection: DynamoConnection, now: datetime
) -> Iterator[TransactWrite]:
    """Yield such a transaction for a caller that reads the site again after a `Conflict`.

    Raises:
        ApiKeyRejected: The API key expired or was revoked.
        Conflict: Another request changed the same items.
    """
    try:
        with store_errors(), TransactWrite(connection=connection) as transaction:
            check_caller(transaction, caller, now)
            yield transaction
    except Conflict as error:
        with store_errors():
            # Distinguish the two causes: only with an active API key can a repeated call succeed.
            if not is_caller_active(caller, now):
                raise ApiKeyRejected from error
        raise


def items_from_api_key(
    site_id: str, key: ApiKeyRecord, now: datetime
) -> tuple[ApiKeyItem, SiteApiKeyItem]:
    """Return the two items of a new API key: by its hash, and in its site's partition."""
    by_hash = ApiKeyItem(
        item_keys.api_key(key.digest), item_keys.SITE, site_id=site_id, kid=key.kid, scope=key.scope
    )
    of_site = SiteApiKeyItem(
        site_id,
        item_keys.site_api_key(key.kid),
        key_hash=key.digest,
        scope=key.scope,
        created_at=to_unix_ms(now),
    )
    return by_hash, of_site


def is_active(item: ApiKeyItem | SiteApiKeyItem, now: datetime) -> bool:
    """Return True if an API key has not expired."""
    return item.expires is None or now.timestamp() < item.expires


def delete_api_key(transaction: TransactWrite, item: SiteApiKeyItem) -> None:
    """Delete both items of an API key that still exists."""
    # Without a condition: the time to live deletes the two items at different times.
    transaction.delete(ApiKeyItem(item_keys.api_key(item.key_hash), item_keys.SITE))
    transaction.delete(item, condition=SiteApiKeyItem.pk.exists())
