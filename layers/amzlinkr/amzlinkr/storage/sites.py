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
from amzlinkr.domain.clock import milliseconds, moment
from amzlinkr.domain.connections import Connection
from amzlinkr.domain.errors import NotFound, StoreUnavailable
from amzlinkr.domain.sites import Site, twin_of
from amzlinkr.storage import keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import (
    ApiKeyItem,
    ConnectionItem,
    HeldKeyItem,
    HostItem,
    SiteItem,
    SitesItem,
)

MAX_RACES = 5


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
            moment(int(found.created_at)),
            found.primary,
            {connection.marketplace: connection for connection in connections_in(items)},
            moment(int(found.suspended_at)) if found.suspended_at else None,
            timedelta(hours=int(found.refresh_hours)) if found.refresh_hours else None,
        )

    def site_of_host(self, host: str) -> str | None:
        """The id of the site that proved this host."""
        with store_errors():
            try:
                return str(HostItem.get(keys.host(host), keys.SITE, consistent_read=True).site_id)
            except HostItem.DoesNotExist:
                return None

    def change(
        self, site_id: str, email: str | None, primary: str | None, hours: int | None
    ) -> None:
        """Store those of a site's settings that are given. Raises `NotFound` if it left."""
        settings: tuple[tuple[Attribute[Any], object], ...] = (
            (SiteItem.email, email),
            (SiteItem.primary, primary),
            (SiteItem.refresh_hours, hours),
        )
        actions = [_set(attribute, value) for attribute, value in settings if value is not None]
        if not actions:
            return
        try:
            with store_errors():
                SiteItem(site_id, keys.SITE).update(actions, condition=SiteItem.pk.exists())
        except Conflict as error:
            raise NotFound("This site does not exist any more.") from error

    def disconnect(self, site: Site, connection: Connection) -> None:
        """Take a connection out; another marketplace becomes the primary one if this was it.

        Raises `StoreUnavailable` if the site changes at this very moment.
        """
        shop = connection.marketplace
        item = ConnectionItem(site.site_id, keys.connection(shop))
        try:
            with store_errors(), TransactWrite(connection=self._connection) as transaction:
                transaction.delete(item, condition=ConnectionItem.pk.exists())
                if site.primary == shop:
                    others = sorted(set(site.connections) - {shop})
                    action = (
                        SiteItem.primary.set(others[0]) if others else SiteItem.primary.remove()
                    )
                    transaction.update(
                        SiteItem(site.site_id, keys.SITE),
                        [action],
                        condition=SiteItem.primary == shop,
                    )
        except Conflict as error:
            raise StoreUnavailable("The site is being changed by somebody else.") from error

    def suspend(self, site_id: str, at: datetime | None) -> None:
        """Stop a site, or with None let it go on. Raises `NotFound` and `StoreUnavailable`.

        Its keys are answered with 403 and its Amazon accounts left alone from then on. All of it
        changes at once, and a key that is made or removed meanwhile makes it begin anew.
        """
        for _ in range(MAX_RACES):
            try:
                with store_errors():
                    self._write_suspended(site_id, at)
            except Conflict:
                continue
            return
        raise StoreUnavailable("The site is being changed by somebody else.")

    def _write_suspended(self, site_id: str, at: datetime | None) -> None:
        items = [*SitesItem.query(site_id, consistent_read=True)]
        known = next((item for item in items if isinstance(item, SiteItem)), None)
        if known is None:
            raise NotFound("There is no such site.")
        items += SitesItem.query(twin_of(site_id), consistent_read=True)
        moment_or_none = milliseconds(at) if at else None
        with TransactWrite(connection=self._connection) as transaction:
            transaction.update(
                known,
                [_set(SiteItem.suspended_at, moment_or_none)],
                condition=unchanged(SiteItem.newest_kid, known.newest_kid),
            )
            for item in items:
                if isinstance(item, HeldKeyItem):
                    key = ApiKeyItem(keys.api_key(item.key_hash), keys.SITE)
                    action = _set(ApiKeyItem.suspended, at is not None or None)
                    transaction.update(key, [action], condition=ApiKeyItem.pk.exists())
                elif isinstance(item, ConnectionItem):
                    action = _set(ConnectionItem.suspended, at is not None or None)
                    transaction.update(item, [action], condition=ConnectionItem.pk.exists())

    def connections(self, accounts: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Connection]:
        """The connections of these sites and marketplaces that there are and may be used."""
        wanted = [(site_id, keys.connection(shop)) for site_id, shop in dict.fromkeys(accounts)]
        with store_errors():
            items = list(ConnectionItem.batch_get(wanted)) if wanted else []
        connections = [(item.pk, _connection(item)) for item in items if not item.suspended]
        return {(site_id, one.marketplace): one for site_id, one in connections}

    def connect(self, site_id: str, connection: Connection) -> None:
        """Store a connection; the first one makes its marketplace the site's primary one.

        Raises `StoreUnavailable` if the site changes or leaves at this very moment.
        """
        try:
            with store_errors():
                self._write_connection(site_id, connection)
        except Conflict as error:
            raise StoreUnavailable("The site is being changed by somebody else.") from error

    def note(
        self, site_id: str, connection: Connection, error: AmazonError | None, at: datetime
    ) -> None:
        """Enter Amazon's answer to a call made at `at` with these keys; no news is no write.

        Keys that were replaced meanwhile tell nothing about the new ones.
        """
        if connection.after(error, at) is connection:
            return
        sort_key = keys.connection(connection.marketplace)
        for _ in range(MAX_RACES):
            with store_errors():
                try:
                    item = ConnectionItem.get(site_id, sort_key, consistent_read=True)
                except ConnectionItem.DoesNotExist:
                    return
            stored = _connection(item)
            if stored.secret_version != connection.secret_version:
                return
            noted = stored.after(error, at)
            if noted is stored:
                return
            try:
                with store_errors():
                    new = ConnectionItem.connection.set(msgspec.json.encode(noted).decode())
                    item.update([new], condition=ConnectionItem.connection == item.connection)
            except Conflict:
                continue
            return

    def _write_connection(self, site_id: str, connection: Connection) -> None:
        with TransactWrite(connection=self._connection) as transaction:
            transaction.save(
                ConnectionItem(
                    site_id,
                    keys.connection(connection.marketplace),
                    connection=msgspec.json.encode(connection).decode(),
                )
            )
            transaction.update(
                SiteItem(site_id, keys.SITE),
                [SiteItem.primary.set(SiteItem.primary | connection.marketplace)],
                condition=SiteItem.pk.exists(),
            )


def connections_in(items: Iterable[SitesItem]) -> list[Connection]:
    """The connections among a site's items."""
    return [_connection(item) for item in items if isinstance(item, ConnectionItem)]


def unchanged(attribute: Attribute[Any], value: object) -> Condition:
    """The attribute still has the value it had when it was read."""
    same: Condition = attribute == value
    absent: Condition = attribute.does_not_exist()
    return absent if value is None else same


def _connection(item: ConnectionItem) -> Connection:
    return msgspec.json.decode(item.connection, type=Connection)


def _set(attribute: Attribute[Any], value: object) -> Action:
    return attribute.remove() if value is None else attribute.set(value)
