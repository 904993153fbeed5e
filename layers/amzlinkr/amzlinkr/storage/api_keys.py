"""Api keys: found by their hash, held by their site, two at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pynamodb.connection import Connection as DynamoConnection
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.clock import from_unix_ms, to_unix_ms
from amzlinkr.domain.errors import ApiKeyRejected, NotFound, TooManyKeys
from amzlinkr.domain.sites import ApiKeyOwner, ApiKeyRecord, Caller, SiteApiKey, live_id_of
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.optimistic import is_unchanged, retry_on_conflict
from amzlinkr.storage.records import ApiKeyItem, SiteApiKeyItem, SiteItem
from amzlinkr.storage.site_items import (
    check_caller,
    delete_api_key,
    find_site,
    get_site,
    is_active,
    is_caller_active,
    items_for_api_key,
)

MAX_ACTIVE_API_KEYS = 2
USE_RECORD_INTERVAL = timedelta(hours=1)
"""How exact the last use of a key is: a write for each call would cost more than the call."""


class ApiKeyStore:
    """All sites' api keys, by their hashes."""

    def __init__(self, connection: DynamoConnection) -> None:
        self._connection = connection

    def owner(self, digest: str, now: datetime) -> ApiKeyOwner | None:
        """Whose key this is: one read; None for an unknown, revoked or rolled-over one."""
        with store_errors():
            try:
                item = ApiKeyItem.get(
                    item_keys.api_key(digest), item_keys.SITE, consistent_read=True
                )
            except ApiKeyItem.DoesNotExist:
                return None
        if item.expires is not None and now.timestamp() >= item.expires:
            return None
        used_at = from_unix_ms(int(item.used_at)) if item.used_at else None
        return ApiKeyOwner(item.site_id, item.kid, bool(item.suspended), used_at)

    def record_use(self, digest: str, owner: ApiKeyOwner, now: datetime) -> None:
        """Note that the key is used, if that was not noted within the hour."""
        if owner.used_at is not None and now - owner.used_at < USE_RECORD_INTERVAL:
            return
        try:
            with store_errors():
                ApiKeyItem(item_keys.api_key(digest), item_keys.SITE).update(
                    [ApiKeyItem.used_at.set(to_unix_ms(now))], condition=ApiKeyItem.pk.exists()
                )
        except Conflict:
            return

    def list_for_site(self, site_id: str, now: datetime) -> list[SiteApiKey]:
        """A site's keys, the oldest first."""
        with store_errors():
            items = [item for item in _list_items(site_id) if is_active(item, now)]
            names = [(item_keys.api_key(item.key_hash), item_keys.SITE) for item in items]
            found = {item.pk: item for item in ApiKeyItem.batch_get(names)} if names else {}
        uses = [found.get(item_keys.api_key(item.key_hash)) for item in items]
        held = [site_api_key_from_item(item, use) for item, use in zip(items, uses, strict=True)]
        return sorted(held, key=lambda key: key.created_at)

    def add(
        self, caller: Caller, holder: str, key: ApiKeyRecord, now: datetime, others_until: datetime
    ) -> None:
        """Give the caller, or its sandbox, another key; the one it has ends at `others_until`. The
        first key of a sandbox makes it.

        Raises `TooManyKeys`, `NotFound` if the site left, `ApiKeyRejected` if the caller's key
        ended meanwhile.
        """
        retry_on_conflict(
            lambda: self._write_added(caller, holder, key, now, others_until),
            "The site's keys are being changed by somebody else.",
        )

    def revoke(self, site_id: str, kid: str) -> None:
        """End a key at once. Raises `NotFound` for one that is not this site's."""
        retry_on_conflict(
            lambda: self._write_revoked(site_id, kid), "The key is being changed by somebody else."
        )

    def _write_revoked(self, site_id: str, kid: str) -> None:
        held = [item for item in _list_items(site_id) if item.sk == item_keys.site_api_key(kid)]
        if not held:
            raise NotFound("This site has no such key.")
        with TransactWrite(connection=self._connection) as transaction:
            delete_api_key(transaction, held[0])

    def _write_added(
        self, caller: Caller, holder: str, key: ApiKeyRecord, now: datetime, others_until: datetime
    ) -> None:
        site = get_site(live_id_of(holder))
        # Read after the site: a claim in between changes its version, and this begins anew.
        held = list(_list_items(holder))
        living = [item for item in held if is_active(item, now)]
        if not is_caller_active(caller, now):
            raise ApiKeyRejected
        if len(living) >= MAX_ACTIVE_API_KEYS:
            raise TooManyKeys
        until = int(others_until.timestamp())
        opens_sandbox = holder != site.pk and find_site(holder) is None
        with TransactWrite(connection=self._connection) as transaction:
            transaction.update(
                site,
                [SiteItem.version.set(key.kid)],
                condition=SiteItem.pk.exists()
                & is_unchanged(SiteItem.version, site.version)
                & SiteItem.suspended_at.does_not_exist(),
            )
            if caller.site_id != holder:
                check_caller(transaction, caller, now)
            if opens_sandbox:
                transaction.save(
                    _sandbox_item(site, holder), condition=SiteItem.pk.does_not_exist()
                )
            for item in held:
                if item in living:
                    _expire_at(transaction, item, until)
                else:
                    delete_api_key(transaction, item)
            for new in items_for_api_key(holder, key, now):
                transaction.save(new)


def _list_items(site_id: str) -> Iterable[SiteApiKeyItem]:
    return SiteApiKeyItem.query(
        site_id, SiteApiKeyItem.sk.startswith(item_keys.API_KEY_PREFIX), consistent_read=True
    )


def _sandbox_item(site: SiteItem, twin_id: str) -> SiteItem:
    """A site's twin in the sandbox, as new as a proven site."""
    return SiteItem(
        twin_id,
        item_keys.SITE,
        host=site.host,
        url=site.url,
        email=site.email,
        created_at=site.created_at,
    )


def _expire_at(transaction: TransactWrite, item: SiteApiKeyItem, at: int) -> None:
    """Let a living key end at a moment, if it does not end before."""
    ends = at if item.expires is None else min(at, int(item.expires))
    transaction.update(
        item, [SiteApiKeyItem.expires.set(ends)], condition=SiteApiKeyItem.pk.exists()
    )
    transaction.update(
        ApiKeyItem(item_keys.api_key(item.key_hash), item_keys.SITE),
        [ApiKeyItem.expires.set(ends)],
        condition=ApiKeyItem.pk.exists(),
    )


def site_api_key_from_item(item: SiteApiKeyItem, use: ApiKeyItem | None) -> SiteApiKey:
    return SiteApiKey(
        item.sk.removeprefix(item_keys.API_KEY_PREFIX),
        item.key_hash,
        from_unix_ms(int(item.created_at)),
        from_unix_ms(int(item.expires) * 1000) if item.expires else None,
        from_unix_ms(int(use.used_at)) if use is not None and use.used_at else None,
    )
