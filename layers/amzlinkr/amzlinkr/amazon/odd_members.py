"""The readable part of an item in which some members do not have the documented type.

An odd member is omitted, and nothing else of its product. The exceptions are members that limit
what may be shown: in their place stands the strictest value.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec
from msgspec import structs

from amzlinkr.amazon.exact_json import convert
from amzlinkr.amazon.offer_shapes import Camel

_REQUIRED = ("asin", "item_info", "title")
"""Without them the item is unreadable: a product is not shown under another name."""
_LIMITS = ("violates_map", "access_type")
_UNREADABLE = "unreadable"
# Each API has its own spelling.
_UNKNOWN_AVAILABILITY = {"type": _UNREADABLE, "Type": _UNREADABLE}
_UNKNOWN_LISTINGS = [{"availability": _UNKNOWN_AVAILABILITY, "Availability": _UNKNOWN_AVAILABILITY}]
_IN_PLACE: Mapping[str, Any] = {
    # Hides the price.
    "violates_map": True,
    # An unknown access is read as the strictest one.
    "access_type": _UNREADABLE,
    # A deal with an unreadable end hides the price.
    "deal_details": {"endTime": _UNREADABLE, "EndTime": _UNREADABLE},
    # Without an availability or a condition the offer would count as available and new.
    "type": _UNREADABLE,
    "availability": _UNKNOWN_AVAILABILITY,
    "condition": {"value": "Unknown", "Value": "Unknown"},
    # Without listings the product would count as out of stock.
    "listings": _UNKNOWN_LISTINGS,
    "offers_v2": {"listings": _UNKNOWN_LISTINGS, "Listings": _UNKNOWN_LISTINGS},
}
"""What stands in place of an odd member, by the name of the field."""


def readable_item(shape: type[msgspec.Struct], item: object) -> object:
    """Return the readable part of a decoded item.

    Raises:
        msgspec.ValidationError: The item is no object, or has no readable ASIN or title.
    """
    if _is_readable(shape, item):
        return item
    part = _readable_part(shape, item)
    convert(shape, part)
    return part


def _is_readable(kind: Any, value: object) -> bool:
    try:
        convert(kind, value)
    except msgspec.ValidationError:
        return False
    return True


def _readable_part(kind: Any, value: object) -> Any:
    """Return the part of an odd value that can be read as one of the alternatives of a type."""
    alternatives = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    for alternative in alternatives:
        if get_origin(alternative) is list:
            return _readable_elements(get_args(alternative)[0], value)
        if isinstance(alternative, type) and issubclass(alternative, Camel):
            return _readable_members(alternative, value)
    return None


def _readable_elements(kind: Any, value: object) -> list[Any]:
    elements = value if isinstance(value, list) else [value]
    parts = (each if _is_readable(kind, each) else _readable_part(kind, each) for each in elements)
    return [part for part in parts if part]


def _readable_members(shape: type[Camel], value: object) -> dict[str, Any]:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    # A text in place of an object is its main member: "New" for {"value": "New"}.
    if isinstance(value, str) and shape.text_member:
        value = {_encoded_name(shape, shape.text_member): value}
    if not isinstance(value, dict):
        return {}
    parts = {}
    for field in structs.fields(shape):
        part = _readable_member(field, value.get(field.encode_name))
        if part is not None:
            parts[field.encode_name] = part
    return parts


def _readable_member(field: structs.FieldInfo, member: object) -> Any:
    if member is None or _is_readable(field.type, member):
        return member
    if part := _readable_part(field.type, member):
        return part
    # Some encoders write an absent object as an empty list.
    if member == [] and field.name not in _LIMITS:
        return None
    if field.name in _REQUIRED:
        raise msgspec.ValidationError(f"No readable {field.name}.")
    return _IN_PLACE.get(field.name)


def _encoded_name(shape: type[Camel], name: str) -> str:
    return next(field.encode_name for field in structs.fields(shape) if field.name == name)
