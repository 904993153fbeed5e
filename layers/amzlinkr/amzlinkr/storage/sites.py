"""Sites and their connections in DynamoDB: reads, settings, and the results of calls."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.connection import Connection as DynamoConnection
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from amzlinkr.domain import audit
from amzlinkr.domain.amazon_errors import AmazonError
from amzlinkr.domain.clock import Clock
from amzlinkr.domain.connections import UNCONNECTED_SECRET_TTL, Connection
from amzlinkr.domain.errors import NotFound
from amzlinkr.domain.planning import ConnectionKey
from amzlinkr.domain.ports import Task
from amzlinkr.domain.sites import Caller, Site, live_id_of
from amzlinkr.storage import item_keys
from amzlinkr.storage.account_results import record_recovery, write_result
from amzlinkr.storage.audit_log import record_events
from amzlinkr.storage.connection import find
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.host_records import HostItem
from amzlinkr.storage.optimistic import is_unchanged, retry_on_conflict
from amzlinkr.storage.outbox import secret_deletion_item, secret_ids_of
from amzlinkr.storage.records import (
    ConnectionItem,
    OutboxItem,
    SiteItem,
    SitesItem,
)
from amzlinkr.storage.site_items import (
    check_connected,
    connection_from_item,
    item_from_connection,
    retryable_transaction_for,
    secret_version_of,
    set_or_remove,
    site_from_items,
    transaction_for,
)


class SiteStore:
    """All sites, with their settings and connections."""

    def __init__(self, connection: DynamoConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def get(self, site_id: str) -> Site | None:
        """Return a site with all its connections, or None."""
        with store_errors():
            items = list(SitesItem.query(site_id, consistent_read=True))
        site_item = next((item for item in items if isinstance(item, SiteItem)), None)
        return None if site_item is None else site_from_items(site_item, items)

    def require(self, site_id: str) -> Site:
        """Return a site with all its connections. Raise `NotFound` if it was deleted."""
        site = self.get(site_id)
        if site is None:
            raise NotFound("This site no longer exists.")
        return site

    def site_of_host(self, host: str) -> str | None:
        """Return the ID of the site that owns this host, or None."""
        item = find(HostItem, item_keys.host(host), item_keys.SITE)
        return None if item is None else item.site_id

    def change(
        self,
        caller: Caller,
        now: datetime,
        email: str | None,
        primary: str | None,
        hours: int | None,
    ) -> None:
        """Store those settings of a site that are not None.

        Raises:
            ApiKeyRejected: The caller's API key expired or was revoked.
            StoreUnavailable: The primary marketplace was disconnected at the same time.
        """
        settings: dict[str, tuple[Attribute[Any], object]] = {
            "email": (SiteItem.email, email),
            "primary_marketplace": (SiteItem.primary, primary),
            "refresh_hours": (SiteItem.refresh_hours, hours),
        }
        given = {name: pair for name, pair in settings.items() if pair[1] is not None}
        if not given:
            return
        actions = [set_or_remove(attribute, value) for attribute, value in given.values()]
        with transaction_for(caller, self._connection, now) as transaction:
            transaction.update(
                SiteItem(caller.site_id, item_keys.SITE), actions, condition=SiteItem.pk.exists()
            )
            if primary is not None:
                check_connected(transaction, caller.site_id, primary)
            event = audit.settings_changed(caller.kid, given, now)
            record_events(transaction, caller.site_id, event)

    def disconnect(
        self, caller: Caller, site: Site, connection: Connection, now: datetime
    ) -> tuple[str, ...]:
        """Delete a connection. If it was the primary one, another marketplace becomes primary.

        Returns the names of the secrets to delete; a connection of a sandbox has none.

        Raises:
            ApiKeyRejected: The caller's API key expired or was revoked.
            StoreUnavailable: The site changed at the same time.
        """
        removed = connection.marketplace
        item = ConnectionItem(site.site_id, item_keys.connection(removed))
        secret_ids = secret_ids_of([connection])
        with transaction_for(caller, self._connection, now) as transaction:
            # Not if `validate` has stored other credentials since: their secret must stay.
            transaction.delete(
                item, condition=ConnectionItem.secret == secret_version_of(connection)
            )
            for secret_id in secret_ids:
                transaction.save(secret_deletion_item(secret_id, now))
            event = audit.connection_deleted(caller.kid, removed, now)
            record_events(transaction, site.site_id, event)
            if site.primary != removed:
                # If this marketplace became the primary one since, another must replace it.
                other: Condition = SiteItem.primary.does_not_exist() | (SiteItem.primary != removed)
                transaction.condition_check(SiteItem, site.site_id, item_keys.SITE, condition=other)
                return secret_ids
            others = sorted(set(site.connections) - {removed})
            transaction.update(
                SiteItem(site.site_id, item_keys.SITE),
                [set_or_remove(SiteItem.primary, others[0] if others else None)],
                condition=SiteItem.primary == removed,
            )
            if others:
                check_connected(transaction, site.site_id, others[0])
        return secret_ids

    def connections(self, keys: Iterable[ConnectionKey]) -> dict[ConnectionKey, Connection]:
        """Return the existing connections among these, without those of suspended sites."""
        wanted = [
            (site_id, item_keys.connection(marketplace_code))
            for site_id, marketplace_code in dict.fromkeys(keys)
        ]
        with store_errors():
            # Eventually consistent, at half the price: the worker reads the connection again.
            items = list(ConnectionItem.batch_get(wanted))
        found = [(item.pk, connection_from_item(item)) for item in items if not item.suspended]
        return {(site_id, connection.marketplace): connection for site_id, connection in found}

    def connect(
        self, caller: Caller, connection: Connection, before: Connection | None, now: datetime
    ) -> None:
        """Store a connection in place of `before`, which is None for a new marketplace.

        The first connection makes its marketplace the primary one. The scheduled deletion of the
        connection's secret is canceled in the same transaction, and that of a replaced secret is
        scheduled. If the account can be called now, its recovery is recorded.

        Raises:
            ApiKeyRejected: The caller's API key expired or was revoked.
            Conflict: The site changed at the same time.
        """
        site_id, marketplace_code = caller.site_id, connection.marketplace
        item = item_from_connection(site_id, connection)
        primary = SiteItem.primary.set(SiteItem.primary | marketplace_code)
        version = SiteItem.version.set(connection.secret_version)
        with retryable_transaction_for(caller, self._connection, now) as transaction:
            as_read = is_unchanged(
                ConnectionItem.secret, secret_version_of(before) if before else None
            )
            transaction.save(item, condition=as_read)
            event = audit.credentials_replaced(caller.kid, before, connection, now)
            record_events(transaction, site_id, event)
            for secret_id in secret_ids_of([connection]):
                transaction.delete(OutboxItem(Task.SECRET_DELETION.value, secret_id))
            if before and before.secret_id != connection.secret_id:
                for secret_id in secret_ids_of([before]):
                    due_at = now + UNCONNECTED_SECRET_TTL
                    transaction.save(secret_deletion_item(secret_id, due_at))
            if connection.is_recovery_of(before):
                record_recovery(transaction, site_id, marketplace_code, now)
            # The version belongs to the live site. For a sandbox these are two items, otherwise
            # one: a transaction may not write an item twice.
            changes: dict[str, list[Action]] = {site_id: [primary]}
            changes.setdefault(live_id_of(site_id), []).append(version)
            for changed, actions in changes.items():
                in_use: Condition = SiteItem.pk.exists() & SiteItem.suspended_at.does_not_exist()
                transaction.update(SiteItem(changed, item_keys.SITE), actions, condition=in_use)

    def record_result(
        self, site_id: str, connection: Connection, error: AmazonError | None, at: datetime
    ) -> None:
        """Record the outcome of a call that was made at `at`. Write only on a state change.

        Nothing is recorded if the credentials were replaced: the outcome is not about the new ones.

        Raises:
            StoreUnavailable: The connection changed at the same time in every attempt.
        """
        if connection.with_result(error, at) is connection:
            return
        retry_on_conflict(
            lambda: write_result(self._connection, site_id, connection, error, at), self._clock
        )
