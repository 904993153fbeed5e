"""Fields and types of the schemas of a module."""

import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import msgspec


def schemas_of(module: ModuleType) -> list[type[msgspec.Struct]]:
    """Return the schemas that the module defines, not those that it imports."""
    return [
        value
        for _, value in inspect.getmembers(module, inspect.isclass)
        if issubclass(value, msgspec.Struct) and value.__module__ == module.__name__
    ]


def types_in(schema: type[msgspec.Struct]) -> Iterator[tuple[str, Any]]:
    """Yield the name of each field with every type inside its type, other schemas excluded."""
    for field in msgspec.inspect.type_info(schema).fields:  # type: ignore[attr-defined] # of a struct
        pending = [field.type]
        while pending:
            kind = pending.pop()
            yield field.name, kind
            members = [
                getattr(kind, name, None) for name in ("item_type", "key_type", "value_type")
            ]
            pending += [
                *getattr(kind, "types", ()),
                *(each for each in members if each is not None),
            ]


def shown_with(schema: type[msgspec.Struct], value: object) -> str:
    """Return the text form of an instance in which every field has this value."""
    return repr(schema(**dict.fromkeys(schema.__struct_fields__, value)))
