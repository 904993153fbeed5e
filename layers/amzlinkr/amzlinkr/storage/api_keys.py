"""API keys: found by their hash, listed per site, two active ones of each scope at most."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from pynamodb.connection import Connection as DynamoConnection
from pynamodb.transactions import TransactWrite

from amzlinkr.domain import audit
from amzlinkr.domain.audit import AuditEvent
from amzlinkr.domain.clock import Clock, from_unix_ms, to_unix_ms
from amzlinkr.domain.errors import ApiKeyRejected, NotFound, TooManyKeys
from amzlinkr.domain.scopes import scope_of
from amzlinkr.domain.sites import (
    ApiKeyOwner,
    ApiKeyRecord,
    Caller,
    SiteApiKey,
    live_id_of,
    mode_of,
)
from amzlinkr.storage import item_keys
from amzlinkr.storage.audit_log import record_events
from amzlinkr.storage.connection import find
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
    items_from_api_key,
    set_or_remove,
)

# Of each scope: one in use, and its replacement during the overlap.
MAX_ACTIVE_API_KEYS = 2
USE_RECORD_INTERVAL = timedelta(hours=1)
"""The precision of the last use of an API key. A write per request would cost more than the rest
of the request."""


class _Addition(NamedTuple):
    """An API key to add to a site. Its active keys of the same scope expire at `others_until`."""

    caller: Caller
    site_id: str
    api_key: ApiKeyRecord
    now: datetime
    others_until: datetime


class ApiKeyStore:
    """The API keys of all sites, by their hashes."""

    def __init__(self, connection: DynamoConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def owner(self, digest: str, now: datetime) -> ApiKeyOwner | None:
        """Return the owner of an API key, in one read, or None if it is unknown or expired."""
        item = find(ApiKeyItem, item_keys.api_key(digest), item_keys.SITE)
        if item is None or not is_active(item, now):
            return None
        used_at = from_unix_ms(int(item.used_at)) if item.used_at else None
        suspended, scope = bool(item.suspended), scope_of(item.scope)
        return ApiKeyOwner(item.site_id, item.kid, suspended, used_at, scope)

    def record_use(self, digest: str, owner: ApiKeyOwner, now: datetime) -> None:
        """Record the use of an API key, unless one was recorded within the last hour."""
        if owner.used_at is not None and now - owner.used_at < USE_RECORD_INTERVAL:
            return
        try:
            with store_errors():
                # The condition keeps a key that was revoked at the same time from being recreated.
                ApiKeyItem(item_keys.api_key(digest), item_keys.SITE).update(
                    [ApiKeyItem.used_at.set(to_unix_ms(now))], condition=ApiKeyItem.pk.exists()
                )
        except Conflict:
            return

    def list_for_site(self, site_id: str, now: datetime) -> list[SiteApiKey]:
        """Return the active API keys of a site, the oldest first."""
        with store_errors():
            items = [item for item in _list_items(site_id) if is_active(item, now)]
            wanted = [(item_keys.api_key(item.key_hash), item_keys.SITE) for item in items]
            # Not consistent, which costs half: only the time of the last use is taken from it.
            by_hash = {item.pk: item for item in ApiKeyItem.batch_get(wanted)}
        api_keys = [
            site_api_key_from_items(item, by_hash.get(item_keys.api_key(item.key_hash)))
            for item in items
        ]
        return sorted(api_keys, key=lambda api_key: api_key.created_at)

    def add(
        self,
        caller: Caller,
        site_id: str,
        api_key: ApiKeyRecord,
        now: datetime,
        others_until: datetime,
    ) -> None:
        """Add an API key to the caller's site or to its sandbox site.

        Its active API keys of the same scope expire at `others_until`. The first API key of a
        sandbox site creates that site.

        Raises:
            TooManyKeys: The site has two active API keys of this scope.
            NotFound: The site was deleted.
            ApiKeyRejected: The caller's API key expired or was revoked.
            StoreUnavailable: The site changed at the same time in every attempt.
        """
        addition = _Addition(caller, site_id, api_key, now, others_until)
        retry_on_conflict(lambda: self._write_added(addition), self._clock)

    def revoke(self, site_id: str, kid: str, event: AuditEvent) -> None:
        """Revoke an API key with immediate effect, and record the event.

        Events of sandbox keys are in the log of the live site, which its owner reads. This ends a
        rotation: the other API key of the same scope no longer expires.

        Raises:
            NotFound: The site has no such API key.
            StoreUnavailable: The API key changed at the same time in every attempt.
        """
        retry_on_conflict(lambda: self._write_revoked(site_id, kid, event), self._clock)

    def _write_revoked(self, site_id: str, kid: str, event: AuditEvent) -> None:
        items = {item.sk: item for item in _list_items(site_id)}
        revoked = items.pop(item_keys.site_api_key(kid), None)
        if revoked is None:
            raise NotFound("This site has no such API key.")
        with TransactWrite(connection=self._connection) as transaction:
            delete_api_key(transaction, revoked)
            for item in items.values():
                if item.scope == revoked.scope and is_active(item, event.at):
                    # An update even if it does not expire: a rotation that commits after the query
                    # must make this transaction fail.
                    _set_expiry(transaction, item, None)
            record_events(transaction, live_id_of(site_id), event)

    def _write_added(self, addition: _Addition) -> None:
        caller, site_id, api_key, now, others_until = addition
        site = get_site(live_id_of(site_id))
        # Read the API keys after the site: a claim in between changes the version of the site, so
        # the transaction below fails and this method is called again.
        items = list(_list_items(site_id))
        active = [item for item in items if is_active(item, now)]
        replaced = [item for item in active if item.scope == api_key.scope]
        if not is_caller_active(caller, now):
            raise ApiKeyRejected
        if len(replaced) >= MAX_ACTIVE_API_KEYS:
            raise TooManyKeys(
                f"The site already has two active API keys with the scope '{api_key.scope}'."
            )
        creates_sandbox = site_id != site.pk and find_site(site_id) is None
        with TransactWrite(connection=self._connection) as transaction:
            transaction.update(
                site,
                [SiteItem.version.set(api_key.kid)],
                condition=SiteItem.pk.exists()
                & is_unchanged(SiteItem.version, site.version)
                & SiteItem.suspended_at.does_not_exist(),
            )
            # If the caller's API key is among the items updated below, those updates require that
            # it still exists: a transaction may not name an item twice.
            own = (caller.site_id, item_keys.site_api_key(caller.kid))
            if own not in [(item.pk, item.sk) for item in replaced]:
                check_caller(transaction, caller, now)
            if creates_sandbox:
                transaction.save(
                    _sandbox_item(site, site_id), condition=SiteItem.pk.does_not_exist()
                )
            for item in replaced:
                _set_expiry(transaction, item, int(others_until.timestamp()))
            # Left to the time to live, API keys of frequent rotations would exceed the 100 items of
            # a transaction that suspends or deletes the site.
            for expired in (item for item in items if item not in active):
                delete_api_key(transaction, expired)
            for new in items_from_api_key(site_id, api_key, now):
                transaction.save(new)
            created = audit.key_created(
                caller.kid, api_key.kid, mode_of(site_id), api_key.scope, now
            )
            record_events(transaction, site.pk, created)


def _list_items(site_id: str) -> Iterable[SiteApiKeyItem]:
    return SiteApiKeyItem.query(
        site_id, SiteApiKeyItem.sk.startswith(item_keys.API_KEY_PREFIX), consistent_read=True
    )


def _sandbox_item(site: SiteItem, sandbox_id: str) -> SiteItem:
    """Return the item of a site's sandbox, with the same host and contact."""
    return SiteItem(
        sandbox_id,
        item_keys.SITE,
        host=site.host,
        url=site.url,
        email=site.email,
        created_at=site.created_at,
    )


def _set_expiry(transaction: TransactWrite, item: SiteApiKeyItem, at: int | None) -> None:
    """Set the expiry (Unix seconds) of an active key, or remove it, if nothing changed it since."""
    transaction.update(
        item,
        [set_or_remove(SiteApiKeyItem.expires, at)],
        condition=SiteApiKeyItem.pk.exists() & is_unchanged(SiteApiKeyItem.expires, item.expires),
    )
    transaction.update(
        ApiKeyItem(item_keys.api_key(item.key_hash), item_keys.SITE),
        [set_or_remove(ApiKeyItem.expires, at)],
        condition=ApiKeyItem.pk.exists(),
    )


def site_api_key_from_items(item: SiteApiKeyItem, by_hash: ApiKeyItem | None) -> SiteApiKey:
    """Return an API key from its two items; the one by hash holds the last use."""
    return SiteApiKey(
        item.sk.removeprefix(item_keys.API_KEY_PREFIX),
        item.key_hash,
        scope_of(item.scope),
        from_unix_ms(int(item.created_at)),
        from_unix_ms(int(item.expires) * 1000) if item.expires else None,
        from_unix_ms(int(by_hash.used_at)) if by_hash is not None and by_hash.used_at else None,
    )
