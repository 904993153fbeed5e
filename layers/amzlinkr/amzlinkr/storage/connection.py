"""The connection to DynamoDB that all record classes share, and the read of one item."""

from __future__ import annotations

from collections.abc import Mapping
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
from amzlinkr.storage.job_records import JobsItem
from amzlinkr.storage.records import ProductsItem, QuotasTableItem, ShelfItem, SitesItem
from amzlinkr.storage.transaction_retries import pause_before_resending

# Two attempts take at most 3 seconds, so that a request, which has 3.8, can still report a failure.
DYNAMODB_CONNECT_TIMEOUT_SECONDS, DYNAMODB_READ_TIMEOUT_SECONDS, MAX_RETRIES = 0.5, 1, 1
_SENT_AT = "amzlinkr_sent_at"
M = TypeVar("M", bound=Model)


class StorageConnection(Connection):
    """A connection that passes the date of each response to the server-synced clock.

    It also retries canceled transactions. Both are handlers of botocore's events.
    """

    clock: ServerSyncedClock | None = None
    _ready_client: Any = None

    @property
    def session(self) -> Session:
        """Return the session of all AWS clients, which parses botocore's data once."""
        return aws_session()

    @property
    def client(self) -> Any:
        """Return the client with its handlers. Concurrent threads construct one."""
        is_ready = self._client is not None and self._client is self._ready_client
        with nullcontext() if is_ready else CONSTRUCTION_LOCK:
            client = super().client
            if client is not self._ready_client:
                self._register_handlers(client)
                self._ready_client = client
            return client

    def reset(self) -> None:
        """Close idle connections. The next call opens a new one."""
        if self._client is not None:
            self._client.close()

    def before_call(self, context: dict[str, Any], **_event: object) -> None:
        """Record when a request is sent."""
        if self.clock:
            context[_SENT_AT] = self.clock.monotonic()

    def after_call(
        self, context: Mapping[str, Any], parsed: Mapping[str, Any], **_event: object
    ) -> None:
        """Pass the date of a response to the clock."""
        date = parsed.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
        if self.clock and date:
            self.clock.observe_server_date(parsedate_to_datetime(date), context[_SENT_AT])

    def _register_handlers(self, client: Any) -> None:
        """Register with one client: the session is that of other clients and clocks as well."""
        handlers: dict[str, Any] = {
            "before-call.dynamodb": self.before_call,
            "after-call.dynamodb": self.after_call,
            "needs-retry.dynamodb.TransactWriteItems": pause_before_resending,
        }
        for event, handler in handlers.items():
            # With an ID, a second registration has no effect.
            client.meta.events.register(event, handler, unique_id=f"amzlinkr-{event}")


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
