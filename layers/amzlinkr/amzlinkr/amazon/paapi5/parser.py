"""The JSON of PA-API 5.0: the shapes of `amzlinkr.amazon.shapes` with PascalCase names."""

from __future__ import annotations

import re
from functools import partial
from typing import Any, TypeVar, Union, cast, get_args, get_origin

import msgspec
from msgspec import structs

from amzlinkr.amazon.errors import PAAPI5
from amzlinkr.amazon.letter_case import case_normalizer
from amzlinkr.amazon.reader import Reader
from amzlinkr.amazon.shapes import Body, Item, Node

S = TypeVar("S", bound=msgspec.Struct)
_UPPER_CASE = {"asin": "ASIN", "url": "URL"}
_STRAY_SMALL_LETTER = re.compile(rb'"[a-z]\w*"\s*:')


def in_pascal_case(shape: type[S]) -> type[S]:
    """Return the shape with PascalCase member names, nested shapes included."""
    fields: list[Any] = [
        (
            field.name,
            _pascal_case_type(field.type),
            msgspec.field(default=field.default, name=_pascal(field.encode_name)),
        )
        for field in structs.fields(shape)
    ]
    derived = msgspec.defstruct(shape.__name__, fields, bases=(shape,), kw_only=True)
    return cast(type[S], derived)


def _pascal_case_type(kind: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return in_pascal_case(kind)
    parts = [_pascal_case_type(part) for part in get_args(kind)]
    if get_origin(kind) is list:
        return list[parts[0]]  # type: ignore[valid-type] # a type created at run time
    return Union[tuple(parts)] if parts else kind  # noqa: UP007 - created at run time


def _pascal(name: str) -> str:
    # An odd name of the Creators API is the ordinary one of PA-API, and the other way around.
    return _UPPER_CASE.get(name) or name[0].swapcase() + name[1:]


def has_odd_case(body: bytes) -> bool:
    """Return True if a member name begins with a small letter, as in `errors`."""
    return _STRAY_SMALL_LETTER.search(body) is not None


_BODY = in_pascal_case(Body)
reader = partial(
    Reader,
    service=PAAPI5,
    body=_BODY,
    item=in_pascal_case(Item),
    node=in_pascal_case(Node),
    has_odd_case=has_odd_case,
    normalize_case=case_normalizer(_BODY),
)
"""Create the reader of one marketplace: `reader(marketplace_code="US")`."""
