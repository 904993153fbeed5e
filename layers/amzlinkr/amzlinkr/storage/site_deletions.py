"""Sites that leave: gone at once for everybody, and row by row after that."""

from __future__ import annotations

from datetime import datetime

from pynamodb.connection import Connection as DynamoConnection
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.clock import Deadline, from_unix_ms
from amzlinkr.domain.errors import ApiKeyRejected
from amzlinkr.domain.ports import Task
from amzlinkr.domain.sites import Caller, sandbox_id_of
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.optimistic import CONCURRENT_CHANGE, is_unchanged, retry_on_conflict
from amzlinkr.storage.outbox import outbox_item, secret_deletion_item, secret_ids_of
from amzlinkr.storage.records import (
    ApiKeyItem,
    ConnectionItem,
    HostItem,
    JobsItem,
    ProductsItem,
    ShelfItem,
    SignupItem,
    SiteApiKeyItem,
    SiteItem,
    SitesItem,
)
from amzlinkr.storage.site_items import delete_api_key, get_site, is_caller_active
from amzlinkr.storage.sites import connections_in

BATCH_WRITE_SIZE = 25
"""Deletions in one call, as many as BatchWriteItem takes."""
SITE_TABLES: tuple[type[Model], ...] = (SitesItem, ShelfItem, ProductsItem, JobsItem)


class SiteDeletionStore:
    """Who left, until nothing of them is there any more."""

    def __init__(self, connection: DynamoConnection) -> None:
        self._connection = connection

    def delete_site(self, caller: Caller, now: datetime) -> tuple[str, ...]:
        """End a site: from here on its keys and its host are nobody's; the secrets to be forgotten.

        Who is suspended stays so: the host remembers it. Raises `NotFound`, and `ApiKeyRejected`
        if the caller's key ended meanwhile.
        """
        return retry_on_conflict(lambda: self._write_site_deletion(caller, now), CONCURRENT_CHANGE)

    def purge_rows(self, site_id: str, deadline: Deadline) -> bool:
        """Delete the rows of a site and of its sandbox.

        Returns False if the deadline passed first; call again to continue.
        """
        return all(
            self._purge_table(table, partition, deadline)
            for partition in (site_id, sandbox_id_of(site_id))
            for table in SITE_TABLES
        )

    def _purge_table(self, table: type[Model], partition: str, deadline: Deadline) -> bool:
        with store_errors():
            batch: list[Model] = []
            for item in table.query(
                partition, consistent_read=True, page_size=10 * BATCH_WRITE_SIZE
            ):
                batch.append(item)
                if len(batch) == BATCH_WRITE_SIZE:
                    _delete(table, batch)
                    batch = []
                    if not deadline.remaining():
                        return False
            _delete(table, batch)
        return True

    def _write_site_deletion(self, caller: Caller, now: datetime) -> tuple[str, ...]:
        site_id = caller.site_id
        site = get_site(site_id)
        items = list(SitesItem.query(site_id, consistent_read=True))
        if not is_caller_active(caller, now):
            raise ApiKeyRejected
        secret_ids = secret_ids_of(connections_in(items))
        items += SitesItem.query(sandbox_id_of(site_id), consistent_read=True)
        with TransactWrite(connection=self._connection) as transaction:
            transaction.save(outbox_item(Task.SITE_DELETION, site_id, now))
            self._release(transaction, site)
            transaction.delete(site, condition=is_unchanged(SiteItem.version, site.version))
            for item in items:
                if isinstance(item, SiteApiKeyItem):
                    delete_api_key(transaction, item)
                elif item.pk != site_id or item.sk != item_keys.SITE:
                    transaction.delete(item)
            for secret_id in secret_ids:
                transaction.save(secret_deletion_item(secret_id, now))
        return secret_ids

    def _release(self, transaction: TransactWrite, site: SiteItem) -> None:
        """Let the host be claimed anew; it remembers a suspension, and not whose it was."""
        try:
            host = HostItem.get(item_keys.host(site.host), item_keys.SITE, consistent_read=True)
        except HostItem.DoesNotExist as error:
            raise Conflict from error
        is_ours = HostItem.site_id == site.pk
        if host.signup_id is not None:
            transaction.delete(SignupItem(item_keys.signup(host.signup_id), item_keys.SITE))
        if site.suspended_at is None:
            transaction.delete(host, condition=is_ours)
            return
        actions: list[Action] = [
            HostItem.site_id.remove(),
            HostItem.signup_id.remove(),
            HostItem.suspended_at.set(site.suspended_at),
        ]
        transaction.update(host, actions, condition=is_ours)


def _delete(table: type[Model], items: list[Model]) -> None:
    """Delete rows of one partition, and before a row what only it leads to."""
    if not items:
        return
    for item in items:
        if isinstance(item, SiteApiKeyItem):
            ApiKeyItem(item_keys.api_key(item.key_hash), item_keys.SITE).delete()
        elif isinstance(item, ConnectionItem):
            for secret_id in secret_ids_of(connections_in([item])):
                secret_deletion_item(secret_id, from_unix_ms(0)).save()
    with table.batch_write() as batch:
        for item in items:
            batch.delete(item)
