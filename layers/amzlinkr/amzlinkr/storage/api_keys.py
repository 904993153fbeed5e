"""Api keys: found by their hash, held by their site, two at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pynamodb.connection import Connection as DynamoConnection
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.clock import milliseconds, moment
from amzlinkr.domain.errors import ApiKeyRejected, NotFound, TooManyKeys
from amzlinkr.domain.sites import Caller, HeldKey, KeyOwner, KeyRecord, live_of
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.optimistic import unchanged, until_not_outrun
from amzlinkr.storage.records import ApiKeyItem, HeldKeyItem, SiteItem
from amzlinkr.storage.site_items import (
    check_caller,
    delete_key,
    find_site,
    get_site,
    is_alive,
    items_of_key,
    lives,
)

AT_A_TIME = 2
NOTED_EVERY = timedelta(hours=1)
"""How exact the last use of a key is: a write for each call would cost more than the call."""


class KeyStore:
    """All sites' api keys, by their hashes."""

    def __init__(self, connection: DynamoConnection) -> None:
        self._connection = connection

    def owner(self, digest: str, now: datetime) -> KeyOwner | None:
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
        used_at = moment(int(item.used_at)) if item.used_at else None
        return KeyOwner(item.site_id, item.kid, bool(item.suspended), used_at)

    def note_use(self, digest: str, owner: KeyOwner, now: datetime) -> None:
        """Note that the key is used, if that was not noted within the hour."""
        if owner.used_at is not None and now - owner.used_at < NOTED_EVERY:
            return
        try:
            with store_errors():
                ApiKeyItem(item_keys.api_key(digest), item_keys.SITE).update(
                    [ApiKeyItem.used_at.set(milliseconds(now))], condition=ApiKeyItem.pk.exists()
                )
        except Conflict:
            return

    def held(self, site_id: str, now: datetime) -> list[HeldKey]:
        """A site's keys, the oldest first."""
        with store_errors():
            items = [item for item in _held(site_id) if lives(item, now)]
            names = [(item_keys.api_key(item.key_hash), item_keys.SITE) for item in items]
            found = {item.pk: item for item in ApiKeyItem.batch_get(names)} if names else {}
        uses = [found.get(item_keys.api_key(item.key_hash)) for item in items]
        held = [_held_key(item, use) for item, use in zip(items, uses, strict=True)]
        return sorted(held, key=lambda key: key.created_at)

    def add(
        self, caller: Caller, holder: str, key: KeyRecord, now: datetime, others_until: datetime
    ) -> None:
        """Give the caller, or its sandbox, another key; the one it has ends at `others_until`. The
        first key of a sandbox makes it.

        Raises `TooManyKeys`, `NotFound` if the site left, `ApiKeyRejected` if the caller's key
        ended meanwhile.
        """
        until_not_outrun(
            lambda: self._write_added(caller, holder, key, now, others_until),
            "The site's keys are being changed by somebody else.",
        )

    def revoke(self, site_id: str, kid: str) -> None:
        """End a key at once. Raises `NotFound` for one that is not this site's."""
        until_not_outrun(
            lambda: self._write_revoked(site_id, kid), "The key is being changed by somebody else."
        )

    def _write_revoked(self, site_id: str, kid: str) -> None:
        held = [item for item in _held(site_id) if item.sk == item_keys.held_key(kid)]
        if not held:
            raise NotFound("This site has no such key.")
        with TransactWrite(connection=self._connection) as transaction:
            delete_key(transaction, held[0])

    def _write_added(
        self, caller: Caller, holder: str, key: KeyRecord, now: datetime, others_until: datetime
    ) -> None:
        site = get_site(live_of(holder))
        # Read after the site: a claim in between changes its version, and this begins anew.
        held = list(_held(holder))
        living = [item for item in held if lives(item, now)]
        if not is_alive(caller, now):
            raise ApiKeyRejected
        if len(living) >= AT_A_TIME:
            raise TooManyKeys
        until = int(others_until.timestamp())
        opens_sandbox = holder != site.pk and find_site(holder) is None
        with TransactWrite(connection=self._connection) as transaction:
            transaction.update(
                site,
                [SiteItem.version.set(key.kid)],
                condition=SiteItem.pk.exists()
                & unchanged(SiteItem.version, site.version)
                & SiteItem.suspended_at.does_not_exist(),
            )
            if caller.site_id != holder:
                check_caller(transaction, caller, now)
            if opens_sandbox:
                transaction.save(_twin(site, holder), condition=SiteItem.pk.does_not_exist())
            for item in held:
                if item in living:
                    _end(transaction, item, until)
                else:
                    delete_key(transaction, item)
            for new in items_of_key(holder, key, now):
                transaction.save(new)


def _held(site_id: str) -> Iterable[HeldKeyItem]:
    return HeldKeyItem.query(
        site_id, HeldKeyItem.sk.startswith(item_keys.HELD_KEYS), consistent_read=True
    )


def _twin(site: SiteItem, twin_id: str) -> SiteItem:
    """A site's twin in the sandbox, as new as a proven site."""
    return SiteItem(
        twin_id,
        item_keys.SITE,
        host=site.host,
        url=site.url,
        email=site.email,
        created_at=site.created_at,
    )


def _end(transaction: TransactWrite, item: HeldKeyItem, at: int) -> None:
    """Let a living key end at a moment, if it does not end before."""
    ends = at if item.expires is None else min(at, int(item.expires))
    transaction.update(item, [HeldKeyItem.expires.set(ends)], condition=HeldKeyItem.pk.exists())
    transaction.update(
        ApiKeyItem(item_keys.api_key(item.key_hash), item_keys.SITE),
        [ApiKeyItem.expires.set(ends)],
        condition=ApiKeyItem.pk.exists(),
    )


def _held_key(item: HeldKeyItem, use: ApiKeyItem | None) -> HeldKey:
    return HeldKey(
        item.sk.removeprefix(item_keys.HELD_KEYS),
        item.key_hash,
        moment(int(item.created_at)),
        moment(int(item.expires) * 1000) if item.expires else None,
        moment(int(use.used_at)) if use is not None and use.used_at else None,
    )
