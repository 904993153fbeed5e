"""The JSON of the Creators API, and the correction of member names in odd letter case."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import msgspec

from amzlinkr.amazon import shapes
from amzlinkr.amazon.reader import Reader

SERVICE = "creators"
_STRAY_CAPITAL = re.compile(rb'"[A-Z]\w*"\s*:')
_SPELLINGS = {
    name.lower(): name
    for shape in vars(shapes).values()
    if isinstance(shape, type) and issubclass(shape, msgspec.Struct)
    for name in shape.__struct_encode_fields__
}


def has_odd_case(body: bytes) -> bool:
    """Return True if a member name begins with a capital letter.

    Examples in the Creators API documentation contain `Price`, `Values`, and `Value`.
    """
    return _STRAY_CAPITAL.search(body) is not None


def normalize_case(part: Any) -> Any:
    """Return a part of a response with all known member names in lowerCamelCase."""
    if isinstance(part, dict):
        return {
            _SPELLINGS.get(name.lower(), name): normalize_case(value)
            for name, value in part.items()
        }
    return [normalize_case(value) for value in part] if isinstance(part, list) else part


reader = partial(
    Reader,
    service=SERVICE,
    body=shapes.Body,
    item=shapes.Item,
    node=shapes.Node,
    has_odd_case=has_odd_case,
    normalize_case=normalize_case,
)
"""Create the reader of one marketplace: `reader(marketplace_code="US")`."""
