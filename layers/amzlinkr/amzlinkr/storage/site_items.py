"""The rows of a site and of its keys, as the transactions of several stores need them.

What a caller changes of its site, of its keys and of its Amazon accounts is one transaction with a
check that the caller's key is alive: the host may have changed hands since the authorizer looked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.clock import to_unix_ms
from amzlinkr.domain.errors import ApiKeyRejected, NotFound, StoreUnavailable
from amzlinkr.domain.sites import ApiKeyRecord, Caller
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.optimistic import CONCURRENT_CHANGE
from amzlinkr.storage.records import ApiKeyItem, SiteApiKeyItem, SiteItem


def find_site(site_id: str) -> SiteItem | None:
    """A site's row, read consistently."""
    try:
        return SiteItem.get(site_id, item_keys.SITE, consistent_read=True)
    except SiteItem.DoesNotExist:
        return None


def get_site(site_id: str) -> SiteItem:
    """The same. Raises `NotFound`."""
    found = find_site(site_id)
    if found is None:
        raise NotFound("This site does not exist any more.")
    return found


def check_caller(transaction: TransactWrite, caller: Caller, now: datetime) -> None:
    """Let the transaction fail if the caller's key is not alive."""
    endless: Condition = SiteApiKeyItem.expires.does_not_exist()
    ends_later: Condition = SiteApiKeyItem.expires > int(now.timestamp())
    transaction.condition_check(
        SiteApiKeyItem,
        caller.site_id,
        item_keys.site_api_key(caller.kid),
        condition=SiteApiKeyItem.pk.exists() & (endless | ends_later),
    )


def is_caller_active(caller: Caller, now: datetime) -> bool:
    """Whether the caller's key has not ended yet."""
    name = item_keys.site_api_key(caller.kid)
    held = SiteApiKeyItem.query(caller.site_id, SiteApiKeyItem.sk == name, consistent_read=True)
    return any(is_active(item, now) for item in held)


@contextmanager
def transaction_for(
    caller: Caller, connection: Connection, now: datetime
) -> Iterator[TransactWrite]:
    """A transaction that is written only while the caller's key is alive.

    Raises `ApiKeyRejected` if it is not any more, and `StoreUnavailable` if somebody else was
    faster: what this caller knows of the site is old, and only a new call may decide anew.
    """
    try:
        with store_errors(), TransactWrite(connection=connection) as transaction:
            check_caller(transaction, caller, now)
            yield transaction
    except Conflict as error:
        with store_errors():
            if not is_caller_active(caller, now):
                raise ApiKeyRejected from error
        raise StoreUnavailable(CONCURRENT_CHANGE) from error


def items_for_api_key(
    site_id: str, key: ApiKeyRecord, now: datetime, *, suspended: bool = False
) -> tuple[ApiKeyItem, SiteApiKeyItem]:
    """What stores a new key: by its hash, and with its site."""
    found = ApiKeyItem(item_keys.api_key(key.digest), item_keys.SITE, site_id=site_id, kid=key.kid)
    found.suspended = True if suspended else None
    held = SiteApiKeyItem(
        site_id, item_keys.site_api_key(key.kid), key_hash=key.digest, created_at=to_unix_ms(now)
    )
    return found, held


def is_active(item: SiteApiKeyItem, now: datetime) -> bool:
    """Whether a key has not ended yet."""
    return item.expires is None or now.timestamp() < item.expires


def delete_api_key(transaction: TransactWrite, item: SiteApiKeyItem) -> None:
    """Delete both rows of a key that is still there."""
    transaction.delete(ApiKeyItem(item_keys.api_key(item.key_hash), item_keys.SITE))
    transaction.delete(item, condition=SiteApiKeyItem.pk.exists())
