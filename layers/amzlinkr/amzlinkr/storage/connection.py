"""One connection for all tables: PynamoDB would make a client of its own for every record class."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

from pynamodb.connection import Connection
from pynamodb.models import Model

from amzlinkr.storage.clock import ServerSyncedClock
from amzlinkr.storage.records import (
    JobsItem,
    ProductsItem,
    QuotasTableItem,
    ShelfItem,
    SitesItem,
)

CONNECT_TIMEOUT, READ_TIMEOUT, RETRIES = 0.5, 1, 1


class StorageConnection(Connection):
    """The connection; a clock that shares the store's time hears the date of each answer."""

    clock: ServerSyncedClock | None = None

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> Any:
        sent_at = self.clock.monotonic() if self.clock else 0.0
        answer = super()._make_api_call(operation_name, operation_kwargs)
        date = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
        if self.clock and date:
            self.clock.observe_server_date(parsedate_to_datetime(date), sent_at)
        return answer


def connect() -> StorageConnection:
    """A client in SDK mode `standard`, with timeouts that leave room for another try."""
    return StorageConnection(
        connect_timeout_seconds=CONNECT_TIMEOUT,
        read_timeout_seconds=READ_TIMEOUT,
        max_retry_attempts=RETRIES,
    )


def bind(
    connection: Connection, sites: str, products: str, shelves: str, quotas: str, jobs: str
) -> None:
    """Point the records at the tables of this deployment, through this connection."""
    tables: dict[type[Model], str] = {
        SitesItem: sites,
        ProductsItem: products,
        ShelfItem: shelves,
        QuotasTableItem: quotas,
        JobsItem: jobs,
    }
    for table, name in tables.items():
        records: list[type[Model]] = [table, *table.__subclasses__()]
        with_most_indexes = max(records, key=lambda record: len(record._indexes))
        _set_table_name(with_most_indexes, name)
        connection.add_meta_table(with_most_indexes._get_connection().get_meta_table())
        for record in records:
            _set_table_name(record, name)
            record._get_connection().connection = connection


def _set_table_name(record: type[Model], name: str) -> None:
    record.Meta.table_name = name
    record._connection = None
