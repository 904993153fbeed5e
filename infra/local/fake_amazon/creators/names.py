"""Conversion of PA-API's PascalCase names to the Creators API's camelCase.

The names of fields in a response have exceptions; those of resources in a request have none.
"""

from infra.local.fake_amazon.resources import (
    BROWSE_NODE_RESOURCES,
    ITEM_RESOURCES,
    SEARCH_RESOURCES,
    VARIATION_RESOURCES,
)

_IRREGULAR = {
    "ASIN": "asin",
    "EANs": "eans",
    "HighRes": "hiRes",
    "ISBNs": "isbns",
    "UPCs": "upcs",
    "URL": "url",
}
_PAAPI_ONLY_PREFIXES = ("Offers.", "RentalOffers.")


def camel_name(name: str) -> str:
    """Return the name of a field in a response."""
    return _IRREGULAR.get(name, name[:1].lower() + name[1:])


def camel_json(value: object) -> object:
    """Return the JSON with this API's names; integral amounts become integers."""
    if isinstance(value, dict):
        # PA-API adds a `__type` to each error; the Creators API does not.
        return {camel_name(k): camel_json(v) for k, v in value.items() if k != "__type"}
    if isinstance(value, list):
        return [camel_json(entry) for entry in value]
    # The Creators API returns the amount 12, PA-API 12.0.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _by_camel_name(resources: frozenset[str]) -> dict[str, str]:
    # Not `camel_name`: a request names `highRes`, although the response contains `hiRes`.
    return {
        ".".join(part[:1].lower() + part[1:] for part in resource.split(".")): resource
        for resource in resources
        if not resource.startswith(_PAAPI_ONLY_PREFIXES)
    }


RESOURCES_BY_OPERATION = {
    "SearchItems": _by_camel_name(SEARCH_RESOURCES),
    "GetItems": _by_camel_name(ITEM_RESOURCES),
    "GetVariations": _by_camel_name(VARIATION_RESOURCES),
    "GetBrowseNodes": _by_camel_name(BROWSE_NODE_RESOURCES),
}
