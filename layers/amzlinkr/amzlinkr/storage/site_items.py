"""The rows of a site and of its keys, as the transactions of several stores need them.

Whatever a caller changes is one transaction with a check that the caller's key is alive: the host
may have changed hands since the authorizer looked.
"""

from __future__ import annotations

from datetime import datetime

from pynamodb.transactions import TransactWrite

from amzlinkr.domain.clock import milliseconds
from amzlinkr.domain.errors import NotFound
from amzlinkr.domain.sites import Caller, KeyRecord
from amzlinkr.storage import keys
from amzlinkr.storage.records import ApiKeyItem, HeldKeyItem, SiteItem


def find_site(site_id: str) -> SiteItem | None:
    """A site's row, read consistently."""
    try:
        return SiteItem.get(site_id, keys.SITE, consistent_read=True)
    except SiteItem.DoesNotExist:
        return None


def get_site(site_id: str) -> SiteItem:
    """The same. Raises `NotFound`."""
    found = find_site(site_id)
    if found is None:
        raise NotFound("This site does not exist any more.")
    return found


def check_caller(transaction: TransactWrite, caller: Caller) -> None:
    """Let the transaction fail if the caller's key is not its site's any more."""
    transaction.condition_check(
        HeldKeyItem,
        caller.site_id,
        keys.held_key(caller.kid),
        condition=HeldKeyItem.pk.exists(),
    )


def items_of_key(
    site_id: str, key: KeyRecord, now: datetime, *, suspended: bool = False
) -> tuple[ApiKeyItem, HeldKeyItem]:
    """What stores a new key: by its hash, and with its site."""
    found = ApiKeyItem(keys.api_key(key.digest), keys.SITE, site_id=site_id, kid=key.kid)
    found.suspended = True if suspended else None
    held = HeldKeyItem(
        site_id, keys.held_key(key.kid), key_hash=key.digest, created_at=milliseconds(now)
    )
    return found, held


def lives(item: HeldKeyItem, now: datetime) -> bool:
    """Whether a key has not ended yet."""
    return item.expires is None or now.timestamp() < item.expires


def delete_key(transaction: TransactWrite, item: HeldKeyItem) -> None:
    """Delete both rows of a key."""
    transaction.delete(ApiKeyItem(keys.api_key(item.key_hash), keys.SITE))
    transaction.delete(item)
