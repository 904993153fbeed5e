"""Site deletion: revoke access in one transaction, then purge rows in the background."""

from __future__ import annotations

from datetime import datetime

from pynamodb.connection import Connection as DynamoConnection
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.clock import Clock, Deadline, from_unix_ms
from amzlinkr.domain.errors import ApiKeyRejected
from amzlinkr.domain.ports import Task
from amzlinkr.domain.sites import Caller, sandbox_id_of
from amzlinkr.storage import item_keys
from amzlinkr.storage.audit_records import AuditEventItem
from amzlinkr.storage.connection import find
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.host_records import HostItem, HostSiteItem
from amzlinkr.storage.job_records import JobsItem
from amzlinkr.storage.optimistic import is_unchanged, retry_on_conflict
from amzlinkr.storage.outbox import outbox_item, secret_deletion_item, secret_ids_of
from amzlinkr.storage.records import (
    ApiKeyItem,
    ConnectionItem,
    ProductsItem,
    ShelfItem,
    SignupItem,
    SiteApiKeyItem,
    SiteItem,
    SitesItem,
)
from amzlinkr.storage.site_items import (
    connections_from_items,
    delete_api_key,
    get_site,
    is_caller_active,
)

BATCH_WRITE_SIZE = 25
"""The maximum number of items in one BatchWriteItem call."""
SITE_TABLES: tuple[type[Model], ...] = (SitesItem, ShelfItem, ProductsItem, JobsItem)


class SiteDeletionStore:
    """The deletion of sites and of the rows that remain of deleted sites."""

    def __init__(self, connection: DynamoConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def delete_site(self, caller: Caller, now: datetime) -> tuple[str, ...]:
        """Delete the caller's site: revoke its API keys and release its host.

        Returns the names of the secrets to delete. The rows remain; `purge_rows` deletes them.
        The suspension of its host remains.

        Raises:
            NotFound: The site was deleted.
            ApiKeyRejected: The caller's API key expired or was revoked.
            StoreUnavailable: The site changed at the same time in every attempt.
        """
        return retry_on_conflict(lambda: self._write_site_deletion(caller, now), self._clock)

    def purge_rows(self, site_id: str, deadline: Deadline) -> bool:
        """Delete the rows of a site and of its sandbox.

        Returns False if the deadline passed first; call again to continue.
        """
        # `all` stops at the first table for which no time remains.
        site_ids = (site_id, sandbox_id_of(site_id))
        return (
            all(
                self._purge_table(table, partition, deadline)
                for partition in site_ids
                for table in SITE_TABLES
            )
            and all(
                self._purge_table(AuditEventItem, item_keys.audit_log(partition), deadline)
                for partition in site_ids
            )
            and all(self._purge_listed(partition, deadline) for partition in site_ids)
        )

    def _purge_listed(self, site_id: str, deadline: Deadline) -> bool:
        """Delete what partitions with rows of all sites list of this one."""
        pending = JobsItem.sk.startswith(item_keys.pending_job_prefix(site_id))
        recoveries = SitesItem.sk.startswith(item_keys.recovery(site_id, ""))
        return self._purge_table(
            JobsItem, item_keys.PENDING_JOBS, deadline, pending
        ) and self._purge_table(SitesItem, Task.ACCOUNT_RECOVERY.value, deadline, recoveries)

    def _purge_table(
        self,
        table: type[Model],
        partition: str,
        deadline: Deadline,
        sort_keys: Condition | None = None,
    ) -> bool:
        with store_errors():
            batch: list[Model] = []
            for item in table.query(
                partition, sort_keys, consistent_read=True, page_size=10 * BATCH_WRITE_SIZE
            ):
                batch.append(item)
                if len(batch) == BATCH_WRITE_SIZE:
                    _delete(table, batch)
                    batch = []
                    if deadline.is_over:
                        return False
            _delete(table, batch)
        return True

    def _write_site_deletion(self, caller: Caller, now: datetime) -> tuple[str, ...]:
        site_id = caller.site_id
        site = get_site(site_id)
        items = list(SitesItem.query(site_id, consistent_read=True))
        # Not a condition of the transaction, which deletes this API key and may name it only once.
        # If the key is revoked after this check, that deletion fails.
        if not is_caller_active(caller, now):
            raise ApiKeyRejected
        secret_ids = secret_ids_of(connections_from_items(items))
        items += SitesItem.query(sandbox_id_of(site_id), consistent_read=True)
        with TransactWrite(connection=self._connection) as transaction:
            # With the deletion: after a crash, the worker finds the rows to purge by this record.
            transaction.save(outbox_item(Task.SITE_DELETION, site_id, now))
            _release_host(transaction, site)
            # The version changes with every added API key or connection, so that none of them is
            # missing from the items read above.
            transaction.delete(site, condition=is_unchanged(SiteItem.version, site.version))
            for item in items:
                if isinstance(item, SiteApiKeyItem):
                    delete_api_key(transaction, item)
                elif item.pk != site_id or item.sk != item_keys.SITE:
                    # All but the site itself, which is deleted above.
                    transaction.delete(item)
            # Nothing refers to these secrets any more: without this record they would remain.
            for secret_id in secret_ids:
                transaction.save(secret_deletion_item(secret_id, now))
        return secret_ids


def _release_host(transaction: TransactWrite, site: SiteItem) -> None:
    """Allow a new claim of the site's host, unless that is suspended."""
    host = find(HostItem, item_keys.host(site.host), item_keys.SITE)
    if host is None:
        # The site was deleted after it was read: read again, which raises `NotFound`.
        raise Conflict
    # If the site was deleted and its host signed up again since the read, the host must stay.
    is_ours = HostItem.site_id == site.pk
    # The sign-up is valid for an hour. A repeated `verify` would create the site again.
    if host.signup_id is not None:
        transaction.delete(SignupItem(item_keys.signup(host.signup_id), item_keys.SITE))
    transaction.delete(host, condition=is_ours)
    transaction.delete(HostSiteItem(item_keys.hostname(site.host), site.pk))


def _delete(table: type[Model], items: list[Model]) -> None:
    """Delete items of one partition, each after everything that only it refers to.

    A crash in between then leaves the referring item, and the next run finds the rest through it.
    """
    for item in items:
        if isinstance(item, SiteApiKeyItem):
            ApiKeyItem(item_keys.api_key(item.key_hash), item_keys.SITE).delete()
        elif isinstance(item, ConnectionItem):
            for secret_id in secret_ids_of(connections_from_items([item])):
                secret_deletion_item(secret_id, from_unix_ms(0)).save()
    # Last, because the next run finds the items above only through these.
    with table.batch_write() as batch:
        for item in items:
            batch.delete(item)
