"""DynamoDB in memory: fast enough for thousands of schedules, checked against an emulator.

Each request is atomic. It does what the stores ask of it and refuses everything else.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any

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
from tests.simulation.memory_tables import Arguments, Index, Key, Table, refused, snake

MOST_KEYS, MOST_ACTIONS, PAGE_BYTES = 100, 100, 1024 * 1024


class MemoryDynamoDB:
    """The tables; `ledger` says what they were used for, if it is switched on."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}
        self.ledger = Ledger()

    def call(self, operation: str, arguments: Arguments) -> Arguments:
        """Carry out one request."""
        answer: Arguments = getattr(self, snake(operation))(arguments)
        return answer

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
        self._note_read("GetItem", table, "", [item] if item else [], arguments)
        return {"Item": dict(item)} if item is not None else {}

    def batch_get_item(self, arguments: Arguments) -> Arguments:
        found: dict[str, list[Item]] = {}
        wanted = arguments["RequestItems"]
        if sum(len(request["Keys"]) for request in wanted.values()) > MOST_KEYS:
            raise refused("BatchGetItem", "ValidationException", "Too many items requested")
        for name, request in wanted.items():
            _only(request, "Keys", "ConsistentRead")
            table = self._table({"TableName": name}, "BatchGetItem")
            keys = [table.key_of(key, "BatchGetItem") for key in request["Keys"]]
            if len(set(keys)) < len(keys):
                raise refused("BatchGetItem", "ValidationException", "Duplicates in the keys")
            found[name] = [dict(table.items[key]) for key in keys if key in table.items]
            for item in found[name]:
                self._note_read("BatchGetItem", table, "", [item], request)
        return {"Responses": found, "UnprocessedKeys": {}}

    def scan(self, arguments: Arguments) -> Arguments:
        _only(arguments, "TableName", "ConsistentRead")
        return {"Items": [dict(item) for item in self._table(arguments, "Scan").items.values()]}

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
        table, key, after = self._outcome(operation, arguments)
        before = table.items.get(key)
        self._note_write(operation, table, key, after if after is not None else before, 1)
        if not self._may(arguments, before):
            raise refused(
                operation, "ConditionalCheckFailedException", "The conditional request failed"
            )
        if operation != "DeleteItem" or before is not None:
            self._note_indexes(operation, table, key, after, 1)
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
            table, key, after = self._outcome(operation, action)
            if operation == "ConditionCheck":
                after = table.items.get(key)
            passed = self._may(action, table.items.get(key))
            reasons.append({"Code": "None" if passed else "ConditionalCheckFailed"})
            outcomes.append((operation, table, key, after))
        places = [(table.name, key) for _, table, key, _ in outcomes]
        if len(places) > MOST_ACTIONS or len(set(places)) < len(places):
            raise refused("TransactWriteItems", "ValidationException", "Items named twice, or many")
        for _, table, key, after in outcomes:
            self._note_write("Transact", table, key, after or table.items.get(key), 2)
        if any(reason["Code"] != "None" for reason in reasons):
            raise refused(
                "TransactWriteItems",
                "TransactionCanceledException",
                "Transaction cancelled",
                CancellationReasons=reasons,
            )
        for operation, table, key, after in outcomes:
            if operation != "ConditionCheck":
                self._note_indexes("Transact", table, key, after, 2)
                table.put(key, after)
        return {}

    def _outcome(self, operation: str, arguments: Arguments) -> tuple[Table, Key, Item | None]:
        """The table, the key, and the item there would be."""
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
                if self._may(arguments, table.items.get(key)):
                    raise refused(operation, "ValidationException", str(error)) from error
                after = dict(base)
        return table, key, after

    def _may(self, arguments: Arguments, item: Item | None) -> bool:
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
            raise refused("Query", "ValidationException", "Consistent reads are not supported")
        limit, size = arguments.get("Limit") or len(table.items) + 1, 0
        if arguments.get("Limit") == 0:
            raise refused("Query", "ValidationException", "Limit must be at least 1")
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
        self._note_read("Query", table, index.name, seen, arguments)
        filtered = arguments.get("FilterExpression")
        subs = _substitutes(arguments)
        kept = [one for one in seen if not filtered or holds(condition(filtered), one, *subs)]
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
                low, high = _narrowed(rows, part, names, values, low, high)
        if not arguments.get("ScanIndexForward", True):
            raise NotImplementedError("backwards")
        if start := arguments.get("ExclusiveStartKey"):
            place = index.place(start, table.key_of(start, "Query"))
            low = max(low, bisect_right(rows, place[1])) if place else low
        return (key for _, key in rows[low:high])

    def _table(self, arguments: Arguments, operation: str) -> Table:
        found = self.tables.get(arguments["TableName"])
        if found is None:
            raise refused(operation, "ResourceNotFoundException", "Requested resource not found")
        return found

    def _note_read(
        self, operation: str, table: Table, index: str, items: list[Item], arguments: Arguments
    ) -> None:
        if self.ledger.on:
            size = sum(size_of(item) for item in items)
            share = 1.0 if arguments.get("ConsistentRead") else 0.5
            self.ledger.entries.append(
                Entry(operation, table.name, index, read=units(size, READ_KB) * share)
            )

    def _note_write(
        self, operation: str, table: Table, key: Key, item: Item | None, times: int
    ) -> None:
        if self.ledger.on:
            sizes = [size_of(one) for one in (item, table.items.get(key)) if one]
            write = units(max(sizes, default=0), KB) * times
            self.ledger.entries.append(Entry(operation, table.name, "", write=write))

    def _note_indexes(
        self, operation: str, table: Table, key: Key, after: Item | None, times: int
    ) -> None:
        if self.ledger.on:
            for index in table.indexes:
                doubled = 1 if index.is_global and not GLOBAL_DOUBLES else times
                write = index.write_units(table.items.get(key), after, key) * doubled
                self.ledger.entries.append(Entry(operation, table.name, index.name, write=write))


def _conjuncts(node: Node) -> Iterator[Node]:
    if node[0] == "and":
        yield from _conjuncts(node[1])
        yield from _conjuncts(node[2])
    else:
        yield node


def _narrowed(
    rows: list[tuple[Any, Key]], part: Node, names: Names, values: Values, low: int, high: int
) -> tuple[int, int]:
    """The rows within a range condition."""
    bounds = [comparable(value_of(one, {}, names, values) or {})[1] for one in part[2:]]
    if part[0] == "begins_with":
        bounds.append(bounds[0] + chr(0x10FFFF))
    first = bisect_left(rows, bounds[0], key=lambda row: row[0])
    behind = bisect_right(rows, bounds[-1], key=lambda row: row[0])
    match part[0]:
        case "=" | "between" | "begins_with":
            return max(low, first), min(high, behind)
        case "<":
            return low, min(high, first)
        case "<=":
            return low, min(high, behind)
        case ">":
            return max(low, behind), high
        case ">=":
            return max(low, first), high
    raise NotImplementedError(part[0])


def _substitutes(arguments: Arguments) -> tuple[dict[str, str], dict[str, Any]]:
    return (
        arguments.get("ExpressionAttributeNames", {}),
        arguments.get("ExpressionAttributeValues", {}),
    )


def _only(arguments: Arguments, *known: str) -> None:
    unknown = set(arguments) - {*known, "ReturnConsumedCapacity"}
    if unknown:
        raise NotImplementedError(sorted(unknown))
