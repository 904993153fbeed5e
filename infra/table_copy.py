"""Copy of a restored table to another table, which then has exactly its rows.

Each row is written as it is, and rows that the restored table does not have are deleted, so an
interrupted copy is completed by another one. The operator's switches stay as they are.

The outbox is copied around all other rows. Work that was scheduled after the restored moment, such
as the deletion of a site, is deleted first: completed later, it would delete restored rows. The
restored work is written last: completed earlier, it would miss rows that are not yet written.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

from amzlinkr.domain.batches import in_batches
from amzlinkr.domain.ports import Task
from amzlinkr.storage import item_keys
from amzlinkr.storage.job_records import JobsItem
from amzlinkr.storage.records import ProductsItem
from infra.command_failures import CommandFailure

KEPT_PARTITION = item_keys.SERVICE_SWITCHES
"""The rows with which the operator has set the service to read-only for the restore."""
OUTBOX_PARTITIONS = tuple(task.value for task in Task)
_OTHER_PHASE = (KEPT_PARTITION, *OUTBOX_PARTITIONS)
_WRITE_SIZE, _READ_SIZE = 25, 100
"""The most rows that BatchWriteItem and BatchGetItem accept."""
_MAX_PAUSE_SECONDS = 5.0
_MAX_ATTEMPTS = 30
"""About two minutes, in which DynamoDB accepts no row of a batch, or only a few."""
_Row = dict[str, Any]


class TableClient(Protocol):
    """The calls of boto3's client for DynamoDB that a copy makes."""

    def describe_table(self, **arguments: Any) -> _Row:
        """Return a table's keys and indexes."""

    def scan(self, **arguments: Any) -> _Row:
        """Return a page of rows."""

    def query(self, **arguments: Any) -> _Row:
        """Return a page of the rows of one partition."""

    def batch_get_item(self, **arguments: Any) -> _Row:
        """Return rows by their keys."""

    def batch_write_item(self, **arguments: Any) -> _Row:
        """Write and delete rows."""


@dataclass(frozen=True, slots=True)
class CopyCount:
    """The numbers of rows that were written and deleted."""

    written: int
    deleted: int


class TableMismatch(Exception):
    """Two tables that are the same or of different kinds, or tables that are not copied."""


@dataclass(frozen=True)
class TableCopy:
    """The copy of one table to another, in segments that are read in parallel."""

    client: TableClient
    source: str
    target: str
    sleep: Callable[[float], None] = time.sleep

    def run(self, segments: int) -> CopyCount:
        """Copy all rows, and delete those that the source does not have.

        Raises:
            TableMismatch: These cannot be a table and its restored state.
            CommandFailure: DynamoDB did not accept all rows of a batch.
        """
        names = self._check_tables()
        deleted = self._delete_others(self._outbox(self.target), names)

        def write(number: int) -> int:
            return self._write_rows(self._segment(self.source, number, segments))

        def delete(number: int) -> int:
            return self._delete_others(self._segment(self.target, number, segments), names)

        with ThreadPoolExecutor(segments) as pool:
            written = sum(pool.map(write, range(segments)))
            deleted += sum(pool.map(delete, range(segments)))
        written += self._write_rows(self._outbox(self.source))
        return CopyCount(written, deleted)

    def _check_tables(self) -> tuple[str, ...]:
        """Return the names of the key attributes, if a copy of these tables is possible."""
        if self.source == self.target:
            raise TableMismatch(f"{self.source} cannot be copied to itself.")
        source, target = (
            self.client.describe_table(TableName=table)["Table"]
            for table in (self.source, self.target)
        )
        if _schema_of(source) != _schema_of(target):
            raise TableMismatch(
                f"{self.source} is not a restored state of {self.target}: their keys or indexes "
                "differ. Check the names of the tables."
            )
        for table in (self.source, self.target):
            self._check_rows(table)
        return tuple(key["AttributeName"] for key in source["KeySchema"])

    def _check_rows(self, table: str) -> None:
        """Raise `TableMismatch` for the table of the products or the jobs.

        The second has the keys of the sites table, and no index either.
        """
        rows = self.client.scan(TableName=table, Limit=_READ_SIZE)["Items"]
        types = {row["type"]["S"] for row in rows if "S" in row.get("type", {})}
        for base, name in ((ProductsItem, "products"), (JobsItem, "import jobs")):
            if types & _row_types(base):
                raise TableMismatch(
                    f"{table} has {name}, which must not be copied: only the tables of the sites "
                    "and the shelves are restored. Check the names of the tables."
                )

    def _write_rows(self, pages: Iterable[list[_Row]]) -> int:
        written = 0
        for rows in pages:
            self._write([{"PutRequest": {"Item": row}} for row in rows])
            written += len(rows)
        return written

    def _delete_others(self, pages: Iterable[list[_Row]], names: Sequence[str]) -> int:
        deleted = 0
        for rows in pages:
            keys = [{name: row[name] for name in names} for row in rows]
            existing = self._existing(keys)
            others = [key for key in keys if key not in existing]
            self._write([{"DeleteRequest": {"Key": key}} for key in others])
            deleted += len(others)
        return deleted

    def _outbox(self, table: str) -> Iterator[list[_Row]]:
        """Yield pages of the rows of the outbox, which only the sites table has."""
        for partition in OUTBOX_PARTITIONS:
            yield from self._pages(
                self.client.query,
                TableName=table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": partition}},
            )

    def _segment(self, table: str, segment: int, segments: int) -> Iterator[list[_Row]]:
        """Yield pages of all other rows of one segment, without the switches."""
        arguments = {"TableName": table, "Segment": segment, "TotalSegments": segments}
        for rows in self._pages(self.client.scan, **arguments):
            yield [row for row in rows if row["pk"].get("S") not in _OTHER_PHASE]

    @staticmethod
    def _pages(read: Callable[..., _Row], **arguments: Any) -> Iterator[list[_Row]]:
        start: dict[str, Any] = {}
        while True:
            page = read(ConsistentRead=True, Limit=_READ_SIZE, **arguments, **start)
            yield page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _existing(self, keys: Sequence[_Row]) -> list[_Row]:
        """Return those of these keys that the source has."""
        found: list[_Row] = []
        wanted: Any = {self.source: {"Keys": list(keys), "ConsistentRead": True}} if keys else {}
        for pause in self._pauses():
            if not wanted:
                return found
            self.sleep(pause)
            response = self.client.batch_get_item(RequestItems=wanted)
            for row in response["Responses"].get(self.source, []):
                found.append({name: row[name] for name in keys[0]})
            wanted = response.get("UnprocessedKeys")
        return found

    def _write(self, requests: Sequence[Any]) -> None:
        for part in in_batches(requests, _WRITE_SIZE):
            batch: Any = {self.target: list(part)}
            for pause in self._pauses():
                if not batch:
                    break
                self.sleep(pause)
                batch = self.client.batch_write_item(RequestItems=batch).get("UnprocessedItems")

    @staticmethod
    def _pauses() -> Iterator[float]:
        """Yield the seconds before each attempt: none before the first, then doubled ones.

        Raises:
            CommandFailure: There were too many attempts.
        """
        yield 0.0
        pause = 0.05
        for _ in range(_MAX_ATTEMPTS):
            yield pause
            pause = min(2 * pause, _MAX_PAUSE_SECONDS)
        raise CommandFailure(
            f"DynamoDB did not process all rows of a batch in {_MAX_ATTEMPTS} attempts. Repeat the "
            "step later: it completes the copy."
        )


def _schema_of(table: _Row) -> tuple[object, ...]:
    """Return what a table and its restored state have in common: key attributes and indexes."""
    indexes = [*table.get("LocalSecondaryIndexes", ()), *table.get("GlobalSecondaryIndexes", ())]
    return (
        table["KeySchema"],
        sorted(sorted(one.items()) for one in table["AttributeDefinitions"]),
        sorted(index["IndexName"] for index in indexes),
    )


def _row_types(base: type[JobsItem] | type[ProductsItem]) -> set[str]:
    """Return the values of `type` in the rows of a table."""
    return {str(base.type.get_discriminator(one)) for one in base.__subclasses__()}
