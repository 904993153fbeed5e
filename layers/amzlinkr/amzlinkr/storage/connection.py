"""The connection to DynamoDB that all record classes share, and the read of one item."""

from __future__ import annotations

from contextlib import nullcontext
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from botocore.session import Session
from pynamodb.connection import Connection
from pynamodb.models import Model

from amzlinkr.config import Config
from amzlinkr.net.aws_client import CONSTRUCTION_LOCK, aws_session
from amzlinkr.storage.clock import ServerSyncedClock
from amzlinkr.storage.errors import store_errors
from amzlinkr.storage.records import (
    JobsItem,
    ProductsItem,
    QuotasTableItem,
    ShelfItem,
    SitesItem,
)

# Two attempts take at most 3 seconds, so that a request, which has 3.8, can still report a failure.
DYNAMODB_CONNECT_TIMEOUT_SECONDS, DYNAMODB_READ_TIMEOUT_SECONDS, MAX_RETRIES = 0.5, 1, 1
M = TypeVar("M", bound=Model)


class StorageConnection(Connection):
    """A connection that passes the date of each response to the server-synced clock."""

    clock: ServerSyncedClock | None = None

    @property
    def session(self) -> Session:
        """Return the session of all AWS clients, which parses botocore's data once."""
        return aws_session()

    @property
    def client(self) -> Any:
        """Return the client. Concurrent threads construct one."""
        with CONSTRUCTION_LOCK if self._client is None else nullcontext():
            return super().client

    def forget(self) -> None:
        """Close idle connections. The next call opens a new one."""
        if self._client is not None:
            self._client.close()

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> Any:
        sent_at = self.clock.monotonic() if self.clock else 0.0
        response = super()._make_api_call(operation_name, operation_kwargs)
        date = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
        if self.clock and date:
            self.clock.observe_server_date(parsedate_to_datetime(date), sent_at)
        return response


def connect() -> StorageConnection:
    """Return a connection in SDK retry mode `standard`, with timeouts that allow one retry."""
    return StorageConnection(
        connect_timeout_seconds=DYNAMODB_CONNECT_TIMEOUT_SECONDS,
        read_timeout_seconds=DYNAMODB_READ_TIMEOUT_SECONDS,
        max_retry_attempts=MAX_RETRIES,
    )


def find(model: type[M], hash_key: str, range_key: str | None = None) -> M | None:
    """Return one item, read consistently, or None if it does not exist.

    Raises:
        StoreUnavailable: The table did not respond.
    """
    with store_errors():
        try:
            # A stale read could accept a revoked API key, and decisions on it fail their condition.
            return model.get(hash_key, range_key, consistent_read=True)
        except model.DoesNotExist:
            return None


def bind(connection: Connection, config: Config) -> None:
    """Set the table names of this deployment, and the connection, on all record classes."""
    tables: dict[type[Model], str] = {
        SitesItem: config.sites_table,
        ProductsItem: config.products_table,
        ShelfItem: config.shelves_table,
        QuotasTableItem: config.quotas_table,
        JobsItem: config.jobs_table,
    }
    for table, name in tables.items():
        records: list[type[Model]] = [table, *table.__subclasses__()]
        # The connection keeps one description per table. The class with the most indexes has the
        # complete one; a class without them would hide the indexes from queries.
        with_most_indexes = max(records, key=lambda record: len(record._indexes))
        _set_table_name(with_most_indexes, name)
        connection.add_meta_table(with_most_indexes._get_connection().get_meta_table())
        # PynamoDB would create a connection, and with it a client, for every record class.
        for record in records:
            _set_table_name(record, name)
            record._get_connection().connection = connection


def _set_table_name(record: type[Model], name: str) -> None:
    record.Meta.table_name = name
    record._connection = None
