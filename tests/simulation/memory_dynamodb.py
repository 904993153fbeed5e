"""DynamoDB in memory, fast enough for thousands of schedules and compared with an emulator.

Each request is atomic. Only the parameters that the stores use are supported; others raise
`NotImplementedError`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any
from zlib import crc32

from tests.simulation.capacity import (
    GLOBAL_DOUBLES,
    KB,
    READ_KB,
    Entry,
    Ledger,
    size_of,
    units,
)
from tests.simulation.expressions import (
    Item,
    Names,
    Node,
    Values,
    comparable,
    condition,
    holds,
    name_of,
    update,
    updated,
    value_of,
)
from tests.simulation.memory_tables import Arguments, Index, Key, Table, client_error, snake

MAX_KEYS, MAX_ACTIONS, PAGE_BYTES = 100, 100, 1024 * 1024

FILTER = ("FilterExpression", "ExpressionAttributeNames", "ExpressionAttributeValues")


class MemoryDynamoDB:
    """The tables; `ledger` records the used capacity units, if it is enabled."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}
        self.ledger = Ledger()

    def call(self, operation: str, arguments: Arguments) -> Arguments:
        """Execute one request."""
        response: Arguments = getattr(self, snake(operation))(arguments)
        return response

    def create_table(self, arguments: Arguments) -> Arguments:
        self.tables[arguments["TableName"]] = Table(arguments["TableName"], arguments)
        return {}

    def delete_table(self, arguments: Arguments) -> Arguments:
        del self.tables[arguments["TableName"]]
        return {}

    def get_item(self, arguments: Arguments) -> Arguments:
        _only(arguments, "TableName", "Key", "ConsistentRead")
        table = self._table(arguments, "GetItem")
        item = table.items.get(table.key_of(arguments["Key"], "GetItem"))
        self._record_read("GetItem", table, "", [item] if item else [], arguments)
        return {"Item": dict(item)} if item is not None else {}

    def batch_get_item(self, arguments: Arguments) -> Arguments:
        found: dict[str, list[Item]] = {}
        requests = arguments["RequestItems"]
        if sum(len(request["Keys"]) for request in requests.values()) > MAX_KEYS:
            raise client_error("BatchGetItem", "ValidationException", "Too many items requested")
        for name, request in requests.items():
            _only(request, "Keys", "ConsistentRead")
            table = self._table({"TableName": name}, "BatchGetItem")
            keys = [table.key_of(key, "BatchGetItem") for key in request["Keys"]]
            if len(set(keys)) < len(keys):
                raise client_error("BatchGetItem", "ValidationException", "Duplicates in the keys")
            found[name] = [dict(table.items[key]) for key in keys if key in table.items]
            for key in keys:
                # A key without an item costs a unit, too (DynamoDB's pricing of reads).
                items = [table.items[key]] if key in table.items else []
                self._record_read("BatchGetItem", table, "", items, request)
        return {"Responses": found, "UnprocessedKeys": {}}

    def describe_table(self, arguments: Arguments) -> Arguments:
        _only(arguments, "TableName")
        table = self._table(arguments, "DescribeTable")
        described: Arguments = {
            "TableName": table.name,
            "ItemCount": len(table.items),
            "KeySchema": [{"AttributeName": name} for name in table.keys],
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": kind} for name, kind in table.kinds.items()
            ],
        }
        for index in table.indexes:
            group = "GlobalSecondaryIndexes" if index.is_global else "LocalSecondaryIndexes"
            described.setdefault(group, []).append({"IndexName": index.name})
        return {"Table": described}

    def scan(self, arguments: Arguments) -> Arguments:
        _only(
            arguments, "TableName", "ConsistentRead", "ProjectionExpression", "Limit",
            "ExclusiveStartKey", "Segment", "TotalSegments", *FILTER,
        )  # fmt: skip
        table = self._table(arguments, "Scan")
        # In the order of the hashes of the partition keys, as partitions are stored.
        keys = sorted(table.items, key=_scan_position)
        if segments := arguments.get("TotalSegments"):
            keys = [k for k in keys if _scan_position(k)[0] % segments == arguments["Segment"]]
        if start := arguments.get("ExclusiveStartKey"):
            position = _scan_position(table.key_of(start, "Scan"))
            keys = keys[bisect_right(keys, position, key=_scan_position) :]
        names = arguments.get("ExpressionAttributeNames", {})
        read = keys[: arguments.get("Limit")]
        last: Arguments = {}
        if len(read) < len(keys):
            last = {"LastEvaluatedKey": {name: table.items[read[-1]][name] for name in table.keys}}
        wanted = [names.get(n, n) for n in arguments.get("ProjectionExpression", "").split(", ")]
        kept = [
            {n: field for n, field in table.items[key].items() if wanted == [""] or n in wanted}
            for key in read
            if _passes_filter(table.items[key], arguments)
        ]
        return {"Items": kept, "Count": len(kept), "ScannedCount": len(read), **last}

    def batch_write_item(self, arguments: Arguments) -> Arguments:
        for name, requests in arguments["RequestItems"].items():
            for request in requests:
                kind, action = next(iter(request.items()))
                operation = {"PutRequest": "PutItem", "DeleteRequest": "DeleteItem"}[kind]
                self._write(operation, {"TableName": name, **action})
        return {"UnprocessedItems": {}}

    def put_item(self, arguments: Arguments) -> Arguments:
        return self._write("PutItem", arguments)

    def update_item(self, arguments: Arguments) -> Arguments:
        return self._write("UpdateItem", arguments)

    def delete_item(self, arguments: Arguments) -> Arguments:
        return self._write("DeleteItem", arguments)

    def _write(self, operation: str, arguments: Arguments) -> Arguments:
        table, key, after = self._prepare(operation, arguments)
        before = table.items.get(key)
        self._record_write(operation, table, key, after if after is not None else before, 1)
        if not self._is_condition_true(arguments, before):
            raise client_error(
                operation, "ConditionalCheckFailedException", "The conditional request failed"
            )
        if operation != "DeleteItem" or before is not None:
            self._record_indexes(operation, table, key, after, 1)
        table.put(key, after)
        match arguments.get("ReturnValues", "NONE"):
            case "NONE":
                return {}
            case "ALL_NEW":
                return {"Attributes": dict(after or {})}
            case "ALL_OLD":
                return {"Attributes": dict(before)} if before else {}
        raise NotImplementedError(arguments["ReturnValues"])

    def transact_write_items(self, arguments: Arguments) -> Arguments:
        actions = [next(iter(action.items())) for action in arguments["TransactItems"]]
        outcomes, reasons = [], []
        for kind, action in actions:
            operation = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}.get(
                kind, kind
            )
            table, key, after = self._prepare(operation, action)
            if operation == "ConditionCheck":
                after = table.items.get(key)
            is_true = self._is_condition_true(action, table.items.get(key))
            reasons.append({"Code": "None" if is_true else "ConditionalCheckFailed"})
            outcomes.append((operation, table, key, after))
        places = [(table.name, key) for _, table, key, _ in outcomes]
        if len(places) > MAX_ACTIONS or len(set(places)) < len(places):
            raise client_error(
                "TransactWriteItems", "ValidationException", "Too many items, or one twice"
            )
        for _, table, key, after in outcomes:
            self._record_write("Transact", table, key, after or table.items.get(key), 2)
        if any(reason["Code"] != "None" for reason in reasons):
            raise client_error(
                "TransactWriteItems",
                "TransactionCanceledException",
                "Transaction cancelled",
                CancellationReasons=reasons,
            )
        for operation, table, key, after in outcomes:
            if operation != "ConditionCheck":
                self._record_indexes("Transact", table, key, after, 2)
                table.put(key, after)
        return {}

    def _prepare(self, operation: str, arguments: Arguments) -> tuple[Table, Key, Item | None]:
        """Return the table, the key, and the item after the operation."""
        table = self._table(arguments, operation)
        if operation == "PutItem":
            key = table.key_of(arguments["Item"])
            after: Item | None = dict(arguments["Item"])
        else:
            key = table.key_of(arguments["Key"], operation)
            after = None
        if operation == "UpdateItem":
            base = table.items.get(key, dict(arguments["Key"]))
            names, values = _substitutes(arguments)
            try:
                after = updated(update(arguments["UpdateExpression"]), base, names, values)
            except LookupError as error:
                if self._is_condition_true(arguments, table.items.get(key)):
                    raise client_error(operation, "ValidationException", str(error)) from error
                after = dict(base)
        return table, key, after

    def _is_condition_true(self, arguments: Arguments, item: Item | None) -> bool:
        text = arguments.get("ConditionExpression")
        if text is None:
            return True
        return holds(condition(text), item or {}, *_substitutes(arguments))

    def query(self, arguments: Arguments) -> Arguments:
        _only(
            arguments, "TableName", "IndexName", "KeyConditionExpression", "ConsistentRead",
            "ExpressionAttributeNames", "ExpressionAttributeValues", "Limit",
            "ExclusiveStartKey", "ScanIndexForward", "FilterExpression",
        )  # fmt: skip
        table = self._table(arguments, "Query")
        index = table.index(arguments.get("IndexName"))
        if index.is_global and arguments.get("ConsistentRead"):
            raise client_error("Query", "ValidationException", "Consistent reads are not supported")
        limit, size = arguments.get("Limit") or len(table.items) + 1, 0
        if arguments.get("Limit") == 0:
            raise client_error("Query", "ValidationException", "Limit must be at least 1")
        seen: list[Item] = []
        last: Arguments = {}
        for key in self._rows(table, index, arguments):
            item = index.projection(table.items[key])
            seen.append(dict(item))
            size += size_of(item)
            if len(seen) >= limit or size > PAGE_BYTES:
                full = table.items[key]
                last = {"LastEvaluatedKey": {n: full[n] for n in (*table.keys, *index.keys)}}
                break
        self._record_read("Query", table, index.name, seen, arguments)
        kept = [item for item in seen if _passes_filter(item, arguments)]
        return {"Items": kept, "Count": len(kept), "ScannedCount": len(seen), **last}

    def _rows(self, table: Table, index: Index, arguments: Arguments) -> Iterator[Key]:
        names, values = _substitutes(arguments)
        parts = list(_conjuncts(condition(arguments["KeyConditionExpression"])))
        hash_value = next(
            comparable(values[part[2][1]])[1]
            for part in parts
            if part[0] == "=" and name_of(part[1], names) == index.keys[0]
        )
        rows = index.rows.get(hash_value, [])
        low, high = 0, len(rows)
        for part in parts:
            if name_of(part[1], names) != index.keys[0]:
                low, high = _narrow(rows, part, names, values, low, high)
        is_ascending = arguments.get("ScanIndexForward", True)
        if start := arguments.get("ExclusiveStartKey"):
            place = index.place(start, table.key_of(start, "Query"))
            if place and is_ascending:
                low = max(low, bisect_right(rows, place[1]))
            elif place:
                high = min(high, bisect_left(rows, place[1]))
        return (key for _, key in rows[low:high][:: 1 if is_ascending else -1])

    def _table(self, arguments: Arguments, operation: str) -> Table:
        found = self.tables.get(arguments["TableName"])
        if found is None:
            raise client_error(
                operation, "ResourceNotFoundException", "Requested resource not found"
            )
        return found

    def _record_read(
        self, operation: str, table: Table, index: str, items: list[Item], arguments: Arguments
    ) -> None:
        if self.ledger.is_enabled:
            size = sum(size_of(item) for item in items)
            share = 1.0 if arguments.get("ConsistentRead") else 0.5
            self.ledger.entries.append(
                Entry(operation, table.name, index, read=units(size, READ_KB) * share)
            )

    def _record_write(
        self, operation: str, table: Table, key: Key, item: Item | None, times: int
    ) -> None:
        if self.ledger.is_enabled:
            sizes = [size_of(version) for version in (item, table.items.get(key)) if version]
            write = units(max(sizes, default=0), KB) * times
            self.ledger.entries.append(Entry(operation, table.name, "", write=write))

    def _record_indexes(
        self, operation: str, table: Table, key: Key, after: Item | None, times: int
    ) -> None:
        if self.ledger.is_enabled:
            for index in table.indexes:
                doubled = 1 if index.is_global and not GLOBAL_DOUBLES else times
                write = index.write_units(table.items.get(key), after, key) * doubled
                self.ledger.entries.append(Entry(operation, table.name, index.name, write=write))


def _scan_position(key: Key) -> tuple[int, Key]:
    return crc32(str(key[0]).encode()), key


def _conjuncts(node: Node) -> Iterator[Node]:
    if node[0] == "and":
        yield from _conjuncts(node[1])
        yield from _conjuncts(node[2])
    else:
        yield node


def _narrow(
    rows: list[tuple[Any, Key]], part: Node, names: Names, values: Values, low: int, high: int
) -> tuple[int, int]:
    """Return the range of the rows that fulfill a range condition."""
    bounds = [comparable(value_of(operand, {}, names, values) or {})[1] for operand in part[2:]]
    if part[0] == "begins_with":
        bounds.append(bounds[0] + chr(0x10FFFF))
    first = bisect_left(rows, bounds[0], key=lambda row: row[0])
    after = bisect_right(rows, bounds[-1], key=lambda row: row[0])
    match part[0]:
        case "=" | "between" | "begins_with":
            return max(low, first), min(high, after)
        case "<":
            return low, min(high, first)
        case "<=":
            return low, min(high, after)
        case ">":
            return max(low, after), high
        case ">=":
            return max(low, first), high
    raise NotImplementedError(part[0])


def _passes_filter(item: Item, arguments: Arguments) -> bool:
    filtered = arguments.get("FilterExpression")
    return not filtered or holds(condition(filtered), item, *_substitutes(arguments))


def _substitutes(arguments: Arguments) -> tuple[dict[str, str], dict[str, Any]]:
    return (
        arguments.get("ExpressionAttributeNames", {}),
        arguments.get("ExpressionAttributeValues", {}),
    )


def _only(arguments: Arguments, *known: str) -> None:
    unknown = set(arguments) - {*known, "ReturnConsumedCapacity"}
    if unknown:
        raise NotImplementedError(sorted(unknown))
