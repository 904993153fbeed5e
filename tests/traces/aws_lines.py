"""AWS requests as lines of text: names and values are resolved, attributes are sorted."""

import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import Binary, TypeDeserializer

from tests.traces.value_lines import MAX_CHARS, ValueLines, indented, mark_of

MANY_TYPES = 8
MAX_OF_FORM = 1
Arguments = Mapping[str, Any]
_CLAUSES = re.compile(r"\b(SET|REMOVE|ADD|DELETE)\b ")
_LISTED = re.compile(r"type IN \(([^)]*)\)")
_PLACE = re.compile(r"[#:]\w+")
_TYPES = ("S", "N", "B", "BOOL", "NULL", "L", "M", "SS")
_NOT_SHOWN = frozenset(
    {"ExpressionAttributeNames", "ExpressionAttributeValues", "ReturnConsumedCapacity", "TableName"}
)
_EXPRESSIONS = {
    "KeyConditionExpression": "keys",
    "ConditionExpression": "if",
    "FilterExpression": "filter",
    "ProjectionExpression": "projection",
}
_NAMES = {
    "Key": "key",
    "Item": "item",
    "IndexName": "index",
    "Limit": "limit",
    "ScanIndexForward": "ascending",
    "ExclusiveStartKey": "start after",
    "ReturnValuesOnConditionCheckFailure": "returns on failure",
}
_deserialize = TypeDeserializer().deserialize


class AwsLines:
    """The requests of one trace."""

    def __init__(self, values: ValueLines) -> None:
        self._values = values

    def of_request(self, service: str, operation: str, arguments: Arguments) -> list[str]:
        """Return the lines of one request: a heading, and its parts, indented."""
        rest = dict(arguments)
        if "RequestItems" in rest:
            lines = self._of_batch(rest.pop("RequestItems"))
            return [f"{service} {operation}", *indented(lines), *indented(self._parts(rest))]
        if "TransactItems" in rest:
            actions = [next(iter(action.items())) for action in rest.pop("TransactItems")]
            lines = self._of_actions(actions)
            return [f"{service} {operation}", *indented(lines), *indented(self._parts(rest))]
        target = rest.pop("TableName", "") or rest.pop("QueueUrl", "").rpartition("/")[2]
        return self._headed(f"{service} {operation} {target}".rstrip(), rest)

    def _of_actions(self, actions: Sequence[tuple[str, Arguments]]) -> Iterator[str]:
        """Yield the lines of a transaction; the second of a form and later ones are short."""
        forms: Counter[str] = Counter()
        for kind, parts in actions:
            lines = self._headed(f"{kind} {parts['TableName']}", parts)
            form = " ".join([lines[0].split(" ")[1], *(line.split(":")[0] for line in lines[1:])])
            forms[form] += 1
            if forms[form] <= MAX_OF_FORM:
                yield from lines
            else:
                item = parts.get("Item", {})
                key = " ".join(json.dumps(_plain(item[name])) for name in ("pk", "sk") if item)
                text = self._values.replace("\n".join(lines))
                yield f"{lines[0]} {key} <in the same form, {mark_of(text)}>".replace("  ", " ")

    def _headed(self, heading: str, parts: Arguments) -> list[str]:
        """Return a heading with the key, and the other parts below it."""
        rest = dict(parts)
        if "Key" in rest:
            key = _plain(rest.pop("Key"))
            heading += " " + " ".join(json.dumps(key[name]) for name in sorted(key))
        if "ConsistentRead" in rest:
            heading += ", consistent" if rest.pop("ConsistentRead") else ", eventually consistent"
        if "ReturnValues" in rest:
            heading += f", returns {rest.pop('ReturnValues')}"
        return [heading, *indented(self._parts(rest))]

    def _of_batch(self, tables: Mapping[str, Any]) -> Iterator[str]:
        for table, requests in tables.items():
            if isinstance(requests, list):
                for request in requests:
                    ((kind, parts),) = request.items()
                    yield from self._headed(f"{kind} {table}", parts)
                continue
            # The order of keys is that of a set.
            keys = sorted((_plain(key) for key in requests["Keys"]), key=str)
            rest = {name: part for name, part in requests.items() if name != "Keys"}
            heading, *lines = self._headed(table, rest)
            yield from [heading, *indented(self._values.named("keys", keys)), *lines]

    def _parts(self, parts: Arguments) -> list[str]:
        names = parts.get("ExpressionAttributeNames", {})
        values = parts.get("ExpressionAttributeValues", {})
        lines: list[str] = []
        for part in sorted(parts):
            value = parts[part]
            if part in _NOT_SHOWN:
                continue
            if part == "UpdateExpression":
                lines += self._update(value, names, values)
            elif part in _EXPRESSIONS:
                lines += self._expression(_EXPRESSIONS[part], _resolved(value, names, values))
            elif part == "Entries":
                lines += [x for entry in value for x in self._values.named("entry", _plain(entry))]
            elif part == "Item":
                item = _plain(value)
                lines += [x for name in sorted(item) for x in self._values.named(name, item[name])]
            else:
                lines += self._values.named(_NAMES.get(part, part), _plain(value))
        return lines

    def _update(self, text: str, names: Arguments, values: Arguments) -> Iterator[str]:
        clauses = _CLAUSES.split(text)[1:]
        for verb, actions in zip(clauses[::2], clauses[1::2], strict=True):
            for action in _split(actions.strip(), ", "):
                yield from self._expression(verb.lower(), _resolved(action, names, values))

    def _expression(self, name: str, text: str) -> list[str]:
        line = f"{name}: {text}"
        if len(line) <= MAX_CHARS:
            return [line]
        if name == "set":
            attribute, _, value = text.partition(" = ")
            if value.startswith(("{", "[")):
                return self._values.named(f"set: {attribute} =", json.loads(value))
        first, *others = _split(_without_parentheses(text), " AND ")
        return [f"{name}: {first}", *(f"  and {other}" for other in others)]


def _without_parentheses(text: str) -> str:
    """Return an expression without the parentheses around the conjunctions at its top."""
    while text.startswith("(") and text.endswith(")") and len(_split(text[1:-1], " AND ")) > 1:
        parts = _split(text[1:-1], " AND ")
        if any(part.count("(") != part.count(")") for part in parts):
            return text
        text = " AND ".join([_without_parentheses(parts[0]), *parts[1:]])
    return text


def _split(text: str, separator: str) -> list[str]:
    """Split a text at the separators outside of parentheses and quotes."""
    parts, depth, begin, is_quoted = [], 0, 0, False
    is_between = False
    for place, char in enumerate(text):
        is_quoted ^= char == '"' and text[place - 1] != "\\"
        if is_quoted:
            continue
        depth += (char in "([{") - (char in ")]}")
        if depth == 0 and text.startswith(" BETWEEN ", place):
            is_between = True
        if depth == 0 and text.startswith(separator, place):
            if is_between and separator == " AND ":
                is_between = False
                continue
            parts.append(text[begin:place])
            begin = place + len(separator)
    return [*parts, text[begin:]]


def _resolved(text: str, names: Arguments, values: Arguments) -> str:
    def resolve(match: re.Match[str]) -> str:
        place = match[0]
        if place.startswith("#"):
            return str(names[place])
        return json.dumps(_plain(values[place]), sort_keys=True, ensure_ascii=False)

    return _LISTED.sub(_sorted_types, _PLACE.sub(resolve, text))


def _sorted_types(match: re.Match[str]) -> str:
    """Sort the types of items: their order is that in which modules were imported."""
    found = sorted(match[1].split(", "))
    return f"type IN ({', '.join(found) if len(found) < MANY_TYPES else '<all types>'})"


def _plain(value: Any) -> Any:  # noqa: PLR0911 - one per type
    """Return a value without the types of DynamoDB, and JSON texts as their content."""
    match value:
        case dict():
            is_typed = len(value) == 1 and next(iter(value)) in _TYPES
            parts = {name: _plain(value[name]) for name in value if not is_typed}
            return _plain(_deserialize(value)) if is_typed else parts  # type: ignore[arg-type] # typed
        case list() | tuple():
            return [_plain(part) for part in value]
        case set():
            return sorted(map(_plain, value))
        case Binary():
            return _of_bytes(value.value)  # type: ignore[attr-defined] # missing in the stubs
        case bytes():
            return _of_bytes(value)
        case str():
            return _of_text(value)
        case Decimal():
            return int(value) if value == int(value) else float(value)
    return value


def _of_bytes(value: bytes) -> Any:
    try:
        return {"compressed": _of_text(zlib.decompress(value).decode())}
    except zlib.error:
        return f"<{len(value)} bytes>"


def _of_text(text: str) -> Any:
    if not text.startswith(("{", "[")):
        return text
    try:
        content = json.loads(text)
    except ValueError:
        return text
    return {"json": _without_null(content)} if content else text


def _without_null(value: Any) -> Any:
    """Return JSON without members that are null: most searches have one member of many."""
    if isinstance(value, dict):
        return {name: _without_null(part) for name, part in value.items() if part is not None}
    return [_without_null(part) for part in value] if isinstance(value, list) else value
