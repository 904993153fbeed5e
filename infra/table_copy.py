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

from amzlinkr.domain.ports import Task
from amzlinkr.storage import item_keys

KEPT_PARTITION = item_keys.SERVICE_SWITCHES
"""The rows with which the operator has set the service to read-only for the restore."""
OUTBOX_PARTITIONS = tuple(task.value for task in Task)
_OTHER_PHASE = (KEPT_PARTITION, *OUTBOX_PARTITIONS)
_WRITE_SIZE, _READ_SIZE = 25, 100
"""The most rows that BatchWriteItem and BatchGetItem accept."""
_MAX_PAUSE_SECONDS = 5.0
_Row = dict[str, Any]


class TableClient(Protocol):
    """The calls of boto3's client for DynamoDB that a copy makes."""

    def describe_table(self, **arguments: Any) -> _Row:
        """Return a table's keys."""

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
    """Two tables that are the same, or that have other keys."""


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
        """
        names = self._key_names(self.source)
        if self.source == self.target or names != self._key_names(self.target):
            raise TableMismatch(f"{self.source} is no restored state of {self.target}.")
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

    def _key_names(self, table: str) -> tuple[str, ...]:
        schema = self.client.describe_table(TableName=table)["Table"]["KeySchema"]
        return tuple(key["AttributeName"] for key in schema)

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
        for start in range(0, len(requests), _WRITE_SIZE):
            batch: Any = {self.target: list(requests[start : start + _WRITE_SIZE])}
            for pause in self._pauses():
                if not batch:
                    break
                self.sleep(pause)
                batch = self.client.batch_write_item(RequestItems=batch).get("UnprocessedItems")

    @staticmethod
    def _pauses() -> Iterator[float]:
        """Yield the seconds before each attempt: none before the first, then doubled ones."""
        yield 0.0
        pause = 0.05
        while True:
            yield pause
            pause = min(2 * pause, _MAX_PAUSE_SECONDS)
