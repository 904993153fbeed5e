"""Api keys: found by their hash, held by their site, two at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pynamodb.connection import Connection as DynamoConnection
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.clock import milliseconds, moment
from amzlinkr.domain.errors import NotFound, StoreUnavailable, TooManyKeys
from amzlinkr.domain.sites import HeldKey, KeyOwner, KeyRecord
from amzlinkr.storage import keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import ApiKeyItem, HeldKeyItem, SiteItem, SitesItem
from amzlinkr.storage.sites import unchanged

AT_A_TIME = 2
MAX_RACES = 5
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
                item = ApiKeyItem.get(keys.api_key(digest), keys.SITE, consistent_read=True)
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
                ApiKeyItem(keys.api_key(digest), keys.SITE).update(
                    [ApiKeyItem.used_at.set(milliseconds(now))], condition=ApiKeyItem.pk.exists()
                )
        except Conflict:
            return

    def held(self, site_id: str, now: datetime) -> list[HeldKey]:
        """A site's keys, the oldest first."""
        with store_errors():
            items = [item for item in _held(site_id) if _lives(item, now)]
            names = [(keys.api_key(item.key_hash), keys.SITE) for item in items]
            found = {item.pk: item for item in ApiKeyItem.batch_get(names)} if names else {}
        uses = [found.get(keys.api_key(item.key_hash)) for item in items]
        held = [_held_key(item, use) for item, use in zip(items, uses, strict=True)]
        return sorted(held, key=lambda key: key.created_at)

    def add(self, site_id: str, key: KeyRecord, now: datetime, others_until: datetime) -> None:
        """Give a site another key; the one it has ends at `others_until`.

        Raises `TooManyKeys`, and `NotFound` if the site left.
        """
        for _ in range(MAX_RACES):
            try:
                with store_errors():
                    self._write_added(site_id, key, now, others_until)
            except Conflict:
                continue
            return
        raise StoreUnavailable("The site's keys are being changed by somebody else.")

    def revoke(self, site_id: str, kid: str) -> None:
        """End a key at once. Raises `NotFound` for one that is not this site's."""
        with store_errors():
            try:
                item = HeldKeyItem.get(site_id, keys.held_key(kid), consistent_read=True)
            except HeldKeyItem.DoesNotExist:
                raise NotFound("This site has no such key.") from None
            with TransactWrite(connection=self._connection) as transaction:
                transaction.delete(ApiKeyItem(keys.api_key(item.key_hash), keys.SITE))
                transaction.delete(item)

    def open_sandbox(self, site_id: str, twin_id: str) -> None:
        """Make a site's twin, if there is none: a site as new as a proven one."""
        with store_errors():
            try:
                site = SiteItem.get(site_id, keys.SITE, consistent_read=True)
            except SiteItem.DoesNotExist:
                raise NotFound("This site does not exist any more.") from None
        twin = SiteItem(
            twin_id,
            keys.SITE,
            host=site.host,
            url=site.url,
            email=site.email,
            created_at=site.created_at,
        )
        try:
            with store_errors():
                twin.save(condition=SiteItem.pk.does_not_exist())
        except Conflict:
            return

    def _write_added(
        self, site_id: str, key: KeyRecord, now: datetime, others_until: datetime
    ) -> None:
        items = list(SitesItem.query(site_id, consistent_read=True))
        site = next((item for item in items if isinstance(item, SiteItem)), None)
        if site is None:
            raise NotFound("This site does not exist any more.")
        living = [item for item in items if isinstance(item, HeldKeyItem) and _lives(item, now)]
        if len(living) >= AT_A_TIME:
            raise TooManyKeys
        until = int(others_until.timestamp())
        with TransactWrite(connection=self._connection) as transaction:
            transaction.update(
                site,
                [SiteItem.newest_kid.set(key.kid)],
                condition=unchanged(SiteItem.newest_kid, site.newest_kid)
                & SiteItem.suspended_at.does_not_exist(),
            )
            for item in living:
                ends = until if item.expires is None else min(until, int(item.expires))
                transaction.update(
                    item, [HeldKeyItem.expires.set(ends)], condition=HeldKeyItem.pk.exists()
                )
                transaction.update(
                    ApiKeyItem(keys.api_key(item.key_hash), keys.SITE),
                    [ApiKeyItem.expires.set(ends)],
                    condition=ApiKeyItem.pk.exists(),
                )
            for new in items_of_key(site_id, key, now):
                transaction.save(new)


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


def _held(site_id: str) -> Iterable[HeldKeyItem]:
    return HeldKeyItem.query(
        site_id, HeldKeyItem.sk.startswith(keys.HELD_KEYS), consistent_read=True
    )


def _lives(item: HeldKeyItem, now: datetime) -> bool:
    return item.expires is None or now.timestamp() < item.expires


def _held_key(item: HeldKeyItem, use: ApiKeyItem | None) -> HeldKey:
    return HeldKey(
        item.sk.removeprefix(keys.HELD_KEYS),
        item.key_hash,
        moment(int(item.created_at)),
        moment(int(item.expires) * 1000) if item.expires else None,
        moment(int(use.used_at)) if use is not None and use.used_at else None,
    )
