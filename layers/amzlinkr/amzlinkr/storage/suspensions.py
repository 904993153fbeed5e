"""Suspended hosts: every site of the host is suspended, and no sign-up of it can be verified."""

from __future__ import annotations

from datetime import datetime

from pynamodb.connection import Connection as DynamoConnection
from pynamodb.transactions import TransactWrite

from amzlinkr.domain import audit
from amzlinkr.domain.clock import Clock, Deadline, to_unix_ms
from amzlinkr.domain.errors import NotFound
from amzlinkr.domain.operator_views import SiteChanges
from amzlinkr.domain.sites import sandbox_id_of
from amzlinkr.storage import item_keys
from amzlinkr.storage.audit_log import record_events
from amzlinkr.storage.connection import find
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.host_records import HostItem, HostSiteItem, SuspensionItem
from amzlinkr.storage.optimistic import is_unchanged, retry_on_conflict
from amzlinkr.storage.records import (
    ApiKeyItem,
    ConnectionItem,
    SiteApiKeyItem,
    SiteItem,
    SitesItem,
)
from amzlinkr.storage.site_items import get_site, is_active, set_or_remove

MIN_SITE_SECONDS = 5.0
"""The time that must be left to change another site: its reads and its transaction, repeated on
conflicts, and the end of the command with its audit record."""


class SuspensionStore:
    """The suspensions of hosts. A host is named by any of its sites: port and path are ignored."""

    def __init__(self, connection: DynamoConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def is_suspended(self, name: str) -> bool:
        """Return True if the host is suspended."""
        return find_suspension(name) is not None

    def suspend(self, name: str, at: datetime, deadline: Deadline | None = None) -> SiteChanges:
        """Suspend a host and its sites.

        The requests of its sites are rejected with 403 and their Amazon accounts are not called.
        Shortly before the deadline the rest is left for a repeated call.

        Raises:
            StoreUnavailable: A site changed at the same time in every attempt.
        """
        with store_errors():
            # First: from then on no site of this host can be added, so the query finds all.
            SuspensionItem(
                item_keys.hostname(name), item_keys.SUSPENSION, suspended_at=to_unix_ms(at)
            ).save()
        return self._change_sites(name, at, deadline)

    def resume(self, name: str, deadline: Deadline | None = None) -> SiteChanges:
        """Lift the suspension of a host and its sites.

        Shortly before the deadline the rest is left for a repeated call.

        Raises:
            NotFound: The host is not suspended and has no site.
            StoreUnavailable: A site changed at the same time in every attempt.
        """
        was_suspended = True
        try:
            with store_errors():
                SuspensionItem(item_keys.hostname(name), item_keys.SUSPENSION).delete(
                    condition=SuspensionItem.pk.exists()
                )
        except Conflict:
            was_suspended = False
        changes = self._change_sites(name, None, deadline)
        if not was_suspended and changes == SiteChanges():
            raise NotFound("No site exists at this URL, and its host is not suspended.")
        return changes

    def _change_sites(
        self, name: str, at: datetime | None, deadline: Deadline | None
    ) -> SiteChanges:
        """Change the sites that are in the other state, in a fixed order, while time is left."""
        sites = self._sites_of(name)
        # A site is changed as a whole, and a suspended one takes no new API key or connection.
        waiting = [site.pk for site in sites if (site.suspended_at is None) != (at is None)]
        changed, remaining = [], len(waiting)
        for site_id in waiting:
            if deadline is not None and not deadline.allows(MIN_SITE_SECONDS):
                break
            remaining -= 1
            if self._change_site(site_id, at):
                changed.append(site_id)
        return SiteChanges(tuple(changed), len(sites) - len(waiting), remaining)

    def _sites_of(self, name: str) -> list[SiteItem]:
        """Return the items of the sites of a host, in the order of their IDs."""
        with store_errors():
            items = list(HostSiteItem.query(item_keys.hostname(name), consistent_read=True))
        site_ids = {item.sk for item in items if isinstance(item, HostSiteItem)}
        # Sites of release 0.2.0 are listed by their own name only.
        owner = find(HostItem, item_keys.host(name), item_keys.SITE)
        if owner is not None and owner.site_id is not None:
            site_ids.add(owner.site_id)
        keys = [(site_id, item_keys.SITE) for site_id in site_ids]
        with store_errors():
            found = list(SiteItem.batch_get(keys, consistent_read=True))
        return sorted(found, key=lambda site: site.pk)

    def _change_site(self, site_id: str, at: datetime | None) -> bool:
        """Return False if the site was deleted in the meantime."""
        try:
            retry_on_conflict(lambda: self._write_suspended(site_id, at), self._clock)
        except NotFound:
            return False
        return True

    def _write_suspended(self, site_id: str, at: datetime | None) -> None:
        """Change a site, its API keys and its connections in one transaction.

        No API key or connection that is added at the same time stays usable.
        """
        known, now = get_site(site_id), self._clock.now()
        items = [*SitesItem.query(site_id, consistent_read=True)]
        items += SitesItem.query(sandbox_id_of(site_id), consistent_read=True)
        with TransactWrite(connection=self._connection) as transaction:
            transaction.update(
                known,
                [set_or_remove(SiteItem.suspended_at, to_unix_ms(at) if at else None)],
                # The version changes with every added API key or connection, so an item that was
                # added after the query makes this transaction fail.
                condition=SiteItem.pk.exists()
                & is_unchanged(SiteItem.version, known.version)
                & is_unchanged(SiteItem.suspended_at, known.suspended_at),
            )
            if (known.suspended_at is None) != (at is None):
                event = audit.suspension_changed(now, is_suspended=at is not None)
                record_events(transaction, site_id, event)
            for item in items:
                if isinstance(item, SiteApiKeyItem) and is_active(item, now):
                    key = ApiKeyItem(item_keys.api_key(item.key_hash), item_keys.SITE)
                    action = set_or_remove(ApiKeyItem.suspended, at is not None or None)
                    transaction.update(key, [action], condition=ApiKeyItem.pk.exists())
                elif isinstance(item, ConnectionItem):
                    action = set_or_remove(ConnectionItem.suspended, at is not None or None)
                    transaction.update(item, [action], condition=ConnectionItem.pk.exists())


def find_suspension(name: str) -> SuspensionItem | None:
    """Return the suspension of the host of a site, or None."""
    return find(SuspensionItem, item_keys.hostname(name), item_keys.SUSPENSION)


def check_not_suspended(transaction: TransactWrite, name: str) -> None:
    """Add the condition to a transaction that the host of a site is not suspended."""
    transaction.condition_check(
        SuspensionItem,
        item_keys.hostname(name),
        item_keys.SUSPENSION,
        condition=SuspensionItem.pk.does_not_exist(),
    )
