"""Sites that leave: gone at once for everybody, and row by row after that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from pynamodb.connection import Connection as DynamoConnection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.clock import milliseconds, moment
from amzlinkr.domain.errors import NotFound, StoreUnavailable
from amzlinkr.domain.sites import Leaving, twin_of
from amzlinkr.storage import keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import (
    ApiKeyItem,
    HeldKeyItem,
    HostItem,
    JobsItem,
    LeavingItem,
    ProductsItem,
    ShelfItem,
    SiteItem,
    SitesItem,
)
from amzlinkr.storage.sites import connections_in, unchanged

MAX_RACES = 5
AT_ONCE = 25
"""Deletions in one call, as many as BatchWriteItem takes."""
TABLES: tuple[type[Model], ...] = (SitesItem, ShelfItem, ProductsItem, JobsItem)


class LeavingStore:
    """Who left, until nothing of them is there any more."""

    def __init__(self, connection: DynamoConnection) -> None:
        self._connection = connection

    def leave(self, site_id: str, now: datetime) -> Leaving:
        """End a site: from here on its keys and its host are nobody's. Raises `NotFound`."""
        for _ in range(MAX_RACES):
            try:
                with store_errors():
                    return self._write_leaving(site_id, now)
            except Conflict:
                continue
        raise StoreUnavailable("The site is being changed by somebody else.")

    def pending(self) -> list[Leaving]:
        """Sites that left and may still have rows or secrets."""
        with store_errors():
            items = list(LeavingItem.query(keys.LEAVING, consistent_read=True))
        return [
            Leaving(
                item.sk,
                moment(int(item.left_at)),
                tuple(msgspec.json.decode(item.secrets, type=list[str])),
            )
            for item in items
        ]

    def erase(self, site_id: str, may_go_on: Callable[[], bool]) -> bool:
        """Delete the rows of a site and of its sandbox; False if time ran out before all were."""
        return all(
            self._erase(table, partition, may_go_on)
            for partition in (site_id, twin_of(site_id))
            for table in TABLES
        )

    def close(self, leaving: Leaving) -> None:
        """Nothing is left to do for this site."""
        with store_errors():
            LeavingItem(keys.LEAVING, leaving.site_id).delete()

    def _erase(self, table: type[Model], partition: str, may_go_on: Callable[[], bool]) -> bool:
        with store_errors():
            batch: list[Model] = []
            for item in table.query(partition, consistent_read=True, page_size=10 * AT_ONCE):
                batch.append(item)
                if len(batch) == AT_ONCE:
                    _delete(table, batch)
                    batch = []
                    if not may_go_on():
                        return False
            _delete(table, batch)
        return True

    def _write_leaving(self, site_id: str, now: datetime) -> Leaving:
        items = list(SitesItem.query(site_id, consistent_read=True))
        site = next((item for item in items if isinstance(item, SiteItem)), None)
        if site is None:
            raise NotFound("This site does not exist any more.")
        secret_ids = tuple(one.secret_id for one in connections_in(items))
        items += SitesItem.query(twin_of(site_id), consistent_read=True)
        with TransactWrite(connection=self._connection) as transaction:
            transaction.save(
                LeavingItem(
                    keys.LEAVING,
                    site_id,
                    left_at=milliseconds(now),
                    secrets=msgspec.json.encode(secret_ids).decode(),
                )
            )
            transaction.delete(
                HostItem(keys.host(site.host), keys.SITE), condition=HostItem.site_id == site_id
            )
            transaction.delete(site, condition=unchanged(SiteItem.newest_kid, site.newest_kid))
            for item in items:
                if isinstance(item, HeldKeyItem):
                    transaction.delete(ApiKeyItem(keys.api_key(item.key_hash), keys.SITE))
                if item is not site:
                    transaction.delete(item)
        return Leaving(site_id, now, secret_ids)


def _delete(table: type[Model], items: list[Model]) -> None:
    if not items:
        return
    with table.batch_write() as batch:
        for item in items:
            batch.delete(item)
