"""One table of the in-memory DynamoDB, with its indexes and errors."""

import re
from bisect import bisect_left, insort
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from tests.simulation.capacity import index_units, size_of
from tests.simulation.expressions import Item, comparable

Arguments = dict[str, Any]
Key = tuple[Any, ...]


def snake(operation: str) -> str:
    """Return the name of the method for an operation."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()


def client_error(operation: str, code: str, message: str, **more: Any) -> ClientError:
    """Return an error as botocore raises it."""
    response = {"Error": {"Code": code, "Message": message}, **more}
    response["ResponseMetadata"] = {"HTTPStatusCode": 400, "HTTPHeaders": {}, "RetryAttempts": 0}
    return ClientError(response, operation)  # type: ignore[arg-type] # the shape of botocore


@dataclass
class Index:
    """A table's rows in the order of one of its keys.

    `rows` maps a hash value to sorted pairs of range value and primary key.
    """

    name: str
    keys: tuple[str, ...]
    projected: tuple[str, ...] | None
    is_global: bool = False
    rows: dict[Any, list[tuple[Any, Key]]] = field(default_factory=dict)

    def place(self, item: Item | None, key: Key) -> tuple[Any, tuple[Any, Key]] | None:
        """Return an item's position; None if it lacks one of the keys."""
        if item is None or any(name not in item for name in self.keys):
            return None
        values = [comparable(item[name])[1] for name in self.keys]
        return values[0], (values[1] if len(values) > 1 else "", key)

    def move(self, before: Item | None, after: Item | None, key: Key) -> None:
        """Update the index after a change of the table."""
        old, new = self.place(before, key), self.place(after, key)
        if old == new:
            return
        if old is not None:
            rows = self.rows[old[0]]
            del rows[bisect_left(rows, old[1])]
        if new is not None:
            insort(self.rows.setdefault(new[0], []), new[1])

    def projection(self, item: Item) -> Item:
        """Return the part of an item that the index contains."""
        if self.projected is None:
            return item
        return {name: value for name, value in item.items() if name in self.projected}

    def write_units(self, before: Item | None, after: Item | None, key: Key) -> int:
        """Return the write units of a change."""
        old, new = self.place(before, key), self.place(after, key)
        projected = [
            self.projection(item) if place is not None and item is not None else None
            for item, place in ((before, old), (after, new))
        ]
        sizes = [None if item is None else size_of(item) for item in projected]
        return index_units(
            sizes[0], sizes[1], moved=old != new, changed=projected[0] != projected[1]
        )


class Table:
    """One table with its indexes."""

    def __init__(self, name: str, properties: Arguments) -> None:
        self.name = name
        self.keys = _names(properties["KeySchema"])
        self.kinds = {
            attribute["AttributeName"]: attribute["AttributeType"]
            for attribute in properties["AttributeDefinitions"]
        }
        self.items: dict[Key, Item] = {}
        self.primary = Index("", self.keys, None)
        self.indexes = [
            Index(index["IndexName"], _names(index["KeySchema"]), self._projected(index), is_global)
            for is_global, group in (
                (False, "LocalSecondaryIndexes"),
                (True, "GlobalSecondaryIndexes"),
            )
            for index in properties.get(group, [])
        ]

    def key_of(self, item: Item, operation: str = "PutItem") -> Key:
        """Return an item's primary key, or raise a `ValidationException` if it has none."""
        for name in self.keys:
            kind = self.kinds[name]
            if kind not in item.get(name, {}) or not item[name][kind]:
                raise client_error(operation, "ValidationException", f"One of the keys: {name}")
        return tuple(comparable(item[name])[1] for name in self.keys)

    def put(self, key: Key, after: Item | None) -> None:
        """Store, replace or delete an item."""
        before = self.items.get(key)
        for index in (self.primary, *self.indexes):
            index.move(before, after, key)
        if after is None:
            self.items.pop(key, None)
        else:
            self.items[key] = after

    def index(self, name: str | None) -> Index:
        """Return the index with this name, or the primary one."""
        return next(index for index in (self.primary, *self.indexes) if index.name == (name or ""))

    def _projected(self, index: Arguments) -> tuple[str, ...] | None:
        projection = index["Projection"]
        if projection["ProjectionType"] == "ALL":
            return None
        more = tuple(projection.get("NonKeyAttributes", ()))
        return (*self.keys, *_names(index["KeySchema"]), *more)


def _names(schema: list[Arguments]) -> tuple[str, ...]:
    return tuple(attribute["AttributeName"] for attribute in schema)
