"""All wrong fields of a request, by its schema. Imported for refused requests only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, get_args

import msgspec

from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.http.schemas.requests import NoInput
from amzlinkr.http.validation import invalid_request_from, null_field

MAX_ERRORS = 50
"""The number of wrong fields that one problem names."""
_INDEX = re.compile(r"\[(\d+)\]\Z")


def add_wrong_fields(problem: InvalidRequest, value: object, schema: Any, source: str) -> None:
    """Add the other wrong fields of a request to the problem of the first one.

    Args:
        problem: The problem of one field.
        value: The request as it was decoded without a schema.
        schema: The type that the request has to fit.
        source: `body` or `query`. The values of a query are texts.
    """
    struct = _struct_of(value, schema)
    if struct is not None and isinstance(value, dict):
        for error in islice(_wrong_fields(value, struct, source), MAX_ERRORS):
            problem.add(error)
        del problem.errors[MAX_ERRORS:]


def _struct_of(value: object, schema: Any) -> type[msgspec.Struct] | None:
    """Return the schema, or the member of a union that the tag of the value selects."""
    for struct in get_args(schema) or (schema,):
        config = getattr(struct, "__struct_config__", None)
        if config is None:
            return None
        if config.tag is None or (
            isinstance(value, dict) and value.get(config.tag_field) == config.tag
        ):
            found: type[msgspec.Struct] = struct
            return found
    return None


def _wrong_fields(
    value: dict[str, object], struct: type[msgspec.Struct], source: str
) -> Iterator[InvalidRequest]:
    """Yield the problems of the fields, in the order of the schema, then of unknown ones."""
    known = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    for name, field in known.items():
        if name in value and value[name] is None:
            yield null_field(name)
        elif name in value or field.required:
            yield from _errors_of(name, value, field.type, source)
    others = value.keys() - known.keys() - {struct.__struct_config__.tag_field}
    for name in sorted(others):
        if error := _error_of({name: None}, NoInput, source):
            yield error


def _errors_of(
    name: str, value: dict[str, object], kind: Any, source: str
) -> Iterator[InvalidRequest]:
    """Yield the problem of a field, or of each entry of a list."""
    schema = msgspec.defstruct("Field", [(name, kind)])
    given = value.get(name)
    sent, passed = {name: given} if name in value else {}, 0
    while error := _error_of(sent, schema, source):
        index = _INDEX.search(error.field)
        if index is None or not isinstance(given, list):
            yield error
            return
        number = passed + int(index[1])
        error.errors = [(f"{name}[{number}]", error.detail)]
        yield error
        passed = number + 1
        if passed == len(given):
            return
        sent = {name: given[passed:]}


def _error_of(sent: dict[str, Any], schema: Any, source: str) -> InvalidRequest | None:
    try:
        msgspec.convert(sent, schema, strict=source != "query")
    except msgspec.ValidationError as error:
        return invalid_request_from(error, source, schema)
    return None
