"""The variants in which the sources of the Creators API describe its responses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Variant:
    """One choice wherever the sources differ; the defaults follow Amazon's SDK."""

    items_key: Literal["itemsResult", "itemResults", "items"] = "itemsResult"
    error_type: Literal["type", "__type"] = "type"
    field_list: Literal["strings", "objects"] = "strings"
    absent: Literal["missing", "null"] = "missing"
    numbers: Literal["plain", "float"] = "plain"
    capitals: bool = False
    title_as_value: bool = False
    no_offer: Literal["missing", "empty", "null"] = "missing"
    times: Literal["seconds", "minutes", "days"] = "seconds"
    high_res_key: str = "hiRes"
    undocumented_resources: bool = True
    retry_after: Literal["body", "header", "absent"] = "body"
    no_hits: Literal["404", "errors", "empty"] = "404"
    no_items: Literal["404", "errors"] = "404"
    refusal_code: str = "InvalidParameterValue"
    token_type: str = "Bearer"
    expires_in: int = 3600


_TIMES = {"seconds": "%Y-%m-%dT%H:%M:%SZ", "minutes": "%Y-%m-%dT%H:%MZ", "days": "%Y-%m-%d"}

_CAPITALS = {"price": "Price", "values": "Values", "displayValue": "DisplayValue"}

_ITEM = (
    "score", "parentASIN", "images", "itemInfo", "offersV2", "browseNodeInfo", "customerReviews",
    "variationAttributes",
)  # fmt: skip
_ITEM_INFO = (
    "title", "features", "byLineInfo", "classifications", "contentInfo", "contentRating",
    "externalIds", "manufactureInfo", "productInfo", "technicalInfo", "tradeInInfo",
)  # fmt: skip
_LISTING = (
    "availability", "condition", "dealDetails", "isBuyBoxWinner", "loyaltyPoints", "merchantInfo",
    "price", "type", "violatesMAP",
)  # fmt: skip
_SIZES = ("small", "medium", "large", "hiRes")

_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "items": _ITEM,
    "itemInfo": _ITEM_INFO,
    "byLineInfo": ("brand", "manufacturer", "contributors"),
    "classifications": ("binding", "productGroup"),
    "title": ("label", "locale"),
    "images": ("primary", "variants"),
    "primary": _SIZES,
    "variants": _SIZES,
    "listings": _LISTING,
    "availability": ("message", "minOrderQuantity", "maxOrderQuantity"),
    "condition": ("subCondition", "conditionNote"),
    "merchantInfo": ("id", "name"),
    "price": ("pricePerUnit", "savingBasis", "savings"),
    "dealDetails": (
        "accessType", "badge", "startTime", "endTime", "percentClaimed",
        "earlyAccessDurationInMilliseconds",
    ),
    "searchResult": ("searchURL", "searchRefinements"),
    "variationsResult": ("variationSummary",),
    "variationSummary": ("pageCount", "price", "variationDimensions"),
    "browseNodes": ("ancestor", "children", "isRoot", "salesRank"),
    "": ("errors",),
}  # fmt: skip
"""The optional members of each object, by the name of its parent member; "" is the response."""


def encode_variant(value: object, variant: Variant, member: str = "") -> object:
    """Return a part of a response as the variant writes it, ready for `json.dumps`."""
    if isinstance(value, dict):
        return _encode_object(value, variant, member)
    if isinstance(value, list):
        return [encode_variant(each, variant, member) for each in value]
    if isinstance(value, datetime):
        return value.strftime(_TIMES[variant.times])
    if variant.numbers == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def error_body(refusal: Json, variant: Variant) -> Json:
    """Return an error response with the member names and shapes of the variant."""
    body = {name: value for name, value in refusal.items() if name != "type"}
    kind = refusal["type"]
    if variant.error_type == "__type":
        body["__type"] = f"com.amazon.creators#{kind}"
    else:
        body["type"] = kind
    if "fieldList" in body and variant.field_list == "objects":
        body["fieldList"] = [
            {"name": name, "message": "Value is not valid."} for name in body["fieldList"]
        ]
    return body


def _encode_object(value: Json, variant: Variant, member: str) -> Json:
    members = {
        _name(key, variant): encode_variant(each, variant, key) for key, each in value.items()
    }
    if variant.title_as_value and member == "title":
        members = {"Value": members["displayValue"]}
    if variant.absent == "null":
        for key in _MEMBERS.get(member, ()):
            members.setdefault(_name(key, variant), None)
    return members


def _name(key: str, variant: Variant) -> str:
    if key == "highRes":
        return variant.high_res_key
    return _CAPITALS.get(key, key) if variant.capitals else key
