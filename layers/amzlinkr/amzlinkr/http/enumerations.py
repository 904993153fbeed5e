"""Values of the enumerations in a schema. Imported for refused requests only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import inspect


def allowed_values(schema: Any, path: str) -> list[str]:
    """Return the values of the enumeration at a path, sorted; none if there is no enumeration.

    The tag of a union is an enumeration as well. A path is one of msgspec's, without `$.`:
    `order`, or `items[0].kind`.
    """
    found = [inspect.type_info(schema)]
    for name in path.replace("[", ".[").split("."):
        found = [inner for outer in found for inner in _types_at(outer, name)]
    return sorted({value for one in found for value in _values(one)})


def _types_at(outer: inspect.Type, name: str) -> Iterator[inspect.Type]:
    """Yield the types of a field or of an entry: several if structs of a union have it."""
    for one in _members(outer):
        match one:
            case inspect.StructType():
                if name == one.tag_field:
                    yield inspect.LiteralType((str(one.tag),))
                yield from (field.type for field in one.fields if field.encode_name == name)
            case inspect.ListType() if name.startswith("["):
                yield one.item_type


def _values(type_: inspect.Type) -> Iterator[str]:
    for one in _members(type_):
        if isinstance(one, inspect.LiteralType):
            yield from map(str, one.values)


def _members(type_: inspect.Type) -> Iterator[inspect.Type]:
    """Yield the types of a union, or the type itself, without their descriptions."""
    match type_:
        case inspect.UnionType():
            for one in type_.types:
                yield from _members(one)
        case inspect.Metadata():
            yield from _members(type_.type)
        case _:
            yield type_
