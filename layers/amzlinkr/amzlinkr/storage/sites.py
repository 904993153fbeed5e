"""Sites and their connections."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pynamodb.attributes import Attribute
from pynamodb.connection import Connection as DynamoConnection
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.clock import from_unix_ms, to_unix_ms
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.errors import NotFound
from amzlinkr.domain.ports import Task
from amzlinkr.domain.sites import Caller, Site, live_id_of, sandbox_id_of
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.optimistic import (
    CONCURRENT_CHANGE,
    MAX_ATTEMPTS,
    is_unchanged,
    retry_on_conflict,
)
from amzlinkr.storage.outbox import secret_deletion_item, secret_ids_of
from amzlinkr.storage.records import (
    ApiKeyItem,
    ConnectionItem,
    HostItem,
    OutboxItem,
    SiteApiKeyItem,
    SiteItem,
    SitesItem,
)
from amzlinkr.storage.site_items import get_site, is_active, transaction_for


class SiteStore:
    """Who our sites are."""

    def __init__(self, connection: DynamoConnection) -> None:
        self._connection = connection

    def get(self, site_id: str) -> Site | None:
        """The site with all its connections."""
        with store_errors():
            items = list(SitesItem.query(site_id, consistent_read=True))
        found = next((item for item in items if isinstance(item, SiteItem)), None)
        if found is None:
            return None
        return Site(
            site_id,
            found.host,
            found.url,
            found.email,
            from_unix_ms(int(found.created_at)),
            found.primary,
            {connection.marketplace: connection for connection in connections_in(items)},
            from_unix_ms(int(found.suspended_at)) if found.suspended_at else None,
            timedelta(hours=int(found.refresh_hours)) if found.refresh_hours else None,
        )

    def require(self, site_id: str) -> Site:
        """Return the site with all its connections. Raises `NotFound`."""
        site = self.get(site_id)
        if site is None:
            raise NotFound("This site no longer exists.")
        return site

    def site_of_host(self, host: str) -> str | None:
        """The id of the site that proved this host."""
        with store_errors():
            try:
                return HostItem.get(
                    item_keys.host(host), item_keys.SITE, consistent_read=True
                ).site_id
            except HostItem.DoesNotExist:
                return None

    def lift_suspension(self, host: str) -> bool:
        """Let whoever proves this host next go on. False if none left it suspended."""
        try:
            with store_errors():
                HostItem(item_keys.host(host), item_keys.SITE).delete(
                    condition=HostItem.suspended_at.exists() & HostItem.site_id.does_not_exist()
                )
        except Conflict:
            return False
        return True

    def change(
        self,
        caller: Caller,
        now: datetime,
        email: str | None,
        primary: str | None,
        hours: int | None,
    ) -> None:
        """Store those of a site's settings that are given.

        Raises `ApiKeyRejected`, and `StoreUnavailable` if it forgets that marketplace meanwhile.
        """
        settings: tuple[tuple[Attribute[Any], object], ...] = (
            (SiteItem.email, email),
            (SiteItem.primary, primary),
            (SiteItem.refresh_hours, hours),
        )
        actions = [_set(attribute, value) for attribute, value in settings if value is not None]
        if not actions:
            return
        with transaction_for(caller, self._connection, now) as transaction:
            transaction.update(
                SiteItem(caller.site_id, item_keys.SITE), actions, condition=SiteItem.pk.exists()
            )
            if primary is not None:
                _check_connected(transaction, caller.site_id, primary)

    def disconnect(
        self, caller: Caller, site: Site, connection: Connection, now: datetime
    ) -> tuple[str, ...]:
        """Take a connection out; another marketplace becomes the primary one if this was it.

        Gives the secrets that are to be forgotten: its own, or none.

        Raises `StoreUnavailable` if the site changes at this very moment.
        """
        shop = connection.marketplace
        item = ConnectionItem(site.site_id, item_keys.connection(shop))
        secret_ids = secret_ids_of([connection])
        with transaction_for(caller, self._connection, now) as transaction:
            transaction.delete(item, condition=ConnectionItem.secret == _secret_of(connection))
            for secret_id in secret_ids:
                transaction.save(secret_deletion_item(secret_id, now))
            if site.primary != shop:
                is_not: Condition = SiteItem.primary.does_not_exist() | (SiteItem.primary != shop)
                transaction.condition_check(
                    SiteItem, site.site_id, item_keys.SITE, condition=is_not
                )
                return secret_ids
            others = sorted(set(site.connections) - {shop})
            transaction.update(
                SiteItem(site.site_id, item_keys.SITE),
                [_set(SiteItem.primary, others[0] if others else None)],
                condition=SiteItem.primary == shop,
            )
            if others:
                _check_connected(transaction, site.site_id, others[0])
        return secret_ids

    def suspend(self, site_id: str, at: datetime | None, now: datetime) -> None:
        """Stop a site, or with None let it go on. Raises `NotFound` and `StoreUnavailable`.

        Its keys are answered with 403 and its Amazon accounts left alone from then on. All of it
        changes at once, and a key or a connection that is added meanwhile makes it begin anew.
        """
        retry_on_conflict(lambda: self._write_suspended(site_id, at, now), CONCURRENT_CHANGE)

    def _write_suspended(self, site_id: str, at: datetime | None, now: datetime) -> None:
        known = get_site(site_id)
        items = [*SitesItem.query(site_id, consistent_read=True)]
        items += SitesItem.query(sandbox_id_of(site_id), consistent_read=True)
        with TransactWrite(connection=self._connection) as transaction:
            transaction.update(
                known,
                [_set(SiteItem.suspended_at, to_unix_ms(at) if at else None)],
                condition=SiteItem.pk.exists() & is_unchanged(SiteItem.version, known.version),
            )
            for item in items:
                if isinstance(item, SiteApiKeyItem) and is_active(item, now):
                    key = ApiKeyItem(item_keys.api_key(item.key_hash), item_keys.SITE)
                    action = _set(ApiKeyItem.suspended, at is not None or None)
                    transaction.update(key, [action], condition=ApiKeyItem.pk.exists())
                elif isinstance(item, ConnectionItem):
                    action = _set(ConnectionItem.suspended, at is not None or None)
                    transaction.update(item, [action], condition=ConnectionItem.pk.exists())

    def connections(self, accounts: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Connection]:
        """The connections of these sites and marketplaces that there are and may be used."""
        wanted = [
            (site_id, item_keys.connection(shop)) for site_id, shop in dict.fromkeys(accounts)
        ]
        with store_errors():
            items = list(ConnectionItem.batch_get(wanted)) if wanted else []
        connections = [(item.pk, _connection(item)) for item in items if not item.suspended]
        return {(site_id, one.marketplace): one for site_id, one in connections}

    def connect(
        self, caller: Caller, connection: Connection, before: Connection | None, now: datetime
    ) -> None:
        """Store a connection in place of the one there was `before`; the first one makes its
        marketplace the site's primary one. Its secret is not to be forgotten any more.

        Raises `StoreUnavailable` if the site changes or leaves at this very moment.
        """
        site_id, shop = caller.site_id, connection.marketplace
        item = ConnectionItem(
            site_id,
            item_keys.connection(shop),
            connection=msgspec.json.encode(connection).decode(),
            secret=_secret_of(connection),
        )
        primary = SiteItem.primary.set(SiteItem.primary | shop)
        version = SiteItem.version.set(connection.secret_version)
        with transaction_for(caller, self._connection, now) as transaction:
            held = is_unchanged(ConnectionItem.secret, _secret_of(before) if before else None)
            transaction.save(item, condition=held)
            for secret_id in secret_ids_of([connection]):
                transaction.delete(OutboxItem(Task.SECRET_DELETION.value, secret_id))
            changes: dict[str, list[Action]] = {site_id: [primary]}
            changes.setdefault(live_id_of(site_id), []).append(version)
            for changed, actions in changes.items():
                in_use: Condition = SiteItem.pk.exists() & SiteItem.suspended_at.does_not_exist()
                transaction.update(SiteItem(changed, item_keys.SITE), actions, condition=in_use)

    def record_result(
        self, site_id: str, connection: Connection, error: AmazonError | None, at: datetime
    ) -> None:
        """Enter Amazon's answer to a call made at `at` with these keys; no news is no write.

        Keys that were replaced meanwhile tell nothing about the new ones.
        """
        if connection.with_result(error, at) is connection:
            return
        sort_key = item_keys.connection(connection.marketplace)
        for _ in range(MAX_ATTEMPTS):
            with store_errors():
                try:
                    item = ConnectionItem.get(site_id, sort_key, consistent_read=True)
                except ConnectionItem.DoesNotExist:
                    return
            stored = _connection(item)
            if stored.secret_version != connection.secret_version:
                return
            noted = stored.with_result(error, at)
            if noted is stored:
                return
            try:
                with store_errors():
                    new = ConnectionItem.connection.set(msgspec.json.encode(noted).decode())
                    item.update([new], condition=ConnectionItem.connection == item.connection)
            except Conflict:
                continue
            return


def connections_in(items: Iterable[SitesItem]) -> list[Connection]:
    """The connections among a site's items."""
    return [_connection(item) for item in items if isinstance(item, ConnectionItem)]


def _secret_of(connection: Connection) -> str:
    """Which version of which secret a connection's row leads to."""
    return f"{connection.secret_id}@{connection.secret_version}"


def _check_connected(transaction: TransactWrite, site_id: str, marketplace_code: str) -> None:
    transaction.condition_check(
        ConnectionItem,
        site_id,
        item_keys.connection(marketplace_code),
        condition=ConnectionItem.pk.exists(),
    )


def _connection(item: ConnectionItem) -> Connection:
    return msgspec.json.decode(item.connection, type=Connection)


def _set(attribute: Attribute[Any], value: object) -> Action:
    return attribute.remove() if value is None else attribute.set(value)
