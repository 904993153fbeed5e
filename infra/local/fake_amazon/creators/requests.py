"""Creators API requests: field validation, and conversion to the PA-API names of the operations."""

import re
from collections.abc import Mapping

from infra.local.fake_amazon.creators import errors
from infra.local.fake_amazon.creators.names import RESOURCES_BY_OPERATION
from infra.local.fake_amazon.parameters import Parameters

_CONDITIONS = ("Any", "New")
_DELIVERY_FLAGS = ("AmazonGlobal", "FreeShipping", "FulfilledByAmazon", "Prime")
_ASIN = re.compile(r"[0-9]{9}[0-9X]|[A-Z][A-Z0-9]{9}")
_MAX_CURRENCY_CHARS = 100
_EVERYWHERE = ("languagesOfPreference", "marketplace", "partnerTag", "properties", "resources")
_OF_ITEMS = (*_EVERYWHERE, "condition", "currencyOfPreference")
_FIELDS = {
    "SearchItems": (
        *_OF_ITEMS,
        *("actor", "artist", "author", "availability", "brand", "browseNodeId"),
        *("deliveryFlags", "itemCount", "itemPage", "keywords", "maxPrice", "minPrice"),
        *("minReviewsRating", "minSavingPercent", "searchIndex", "sortBy", "title"),
    ),
    "GetItems": (*_OF_ITEMS, "itemIds", "itemIdType"),
    "GetVariations": (*_OF_ITEMS, "asin", "variationCount", "variationPage"),
    "GetBrowseNodes": (*_EVERYWHERE, "browseNodeIds"),
}


def to_paapi_parameters(operation: str, body: Mapping[str, object]) -> Parameters:
    """Return the fields in PascalCase; raise the error for the first invalid field.

    The operations check the bounds that both APIs share.
    """
    fields = _known_fields(operation, body)
    _check_choices(fields)
    languages = fields.get("languagesOfPreference")
    # PA-API accepts several languages, this API one.
    if isinstance(languages, list) and len(languages) > 1:
        raise errors.invalid_field("languagesOfPreference")
    if "asin" in fields and not _ASIN.fullmatch(str(fields["asin"])):
        raise errors.invalid_field("asin")
    if "resources" in fields:
        fields["resources"] = _resources(operation, fields["resources"])
    return Parameters({_pascal_name(name): value for name, value in fields.items()})


def _known_fields(operation: str, body: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of the operation, without nulls.

    Unknown fields are ignored, but a known field in the wrong case is an error.
    """
    known = {name.lower(): name for name in _FIELDS[operation]}
    for name in body:
        expected = known.get(name.lower(), name)
        if name != expected:
            raise errors.invalid_field(expected)
    return {name: body[name] for name in known.values() if body.get(name) is not None}


def _check_choices(fields: Mapping[str, object]) -> None:
    if fields.get("condition", "Any") not in _CONDITIONS:
        raise errors.invalid_field("condition")
    flags = fields.get("deliveryFlags", [])
    if not isinstance(flags, list) or any(flag not in _DELIVERY_FLAGS for flag in flags):
        raise errors.invalid_field("deliveryFlags")
    currency = fields.get("currencyOfPreference", "USD")
    if not isinstance(currency, str) or not 0 < len(currency.strip()) <= _MAX_CURRENCY_CHARS:
        raise errors.invalid_field("currencyOfPreference")
    properties = fields.get("properties", {})
    if not isinstance(properties, dict) or not all(map(_is_text, properties.values())):
        raise errors.invalid_field("properties")


def _resources(operation: str, requested: object) -> list[str]:
    names = RESOURCES_BY_OPERATION[operation]
    if not isinstance(requested, list) or any(
        not _is_text(name) or name not in names for name in requested
    ):
        raise errors.invalid_field("resources")
    return [names[name] for name in requested]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _pascal_name(name: str) -> str:
    return "ASIN" if name == "asin" else name[:1].upper() + name[1:]
