"""How the Creators API writes the names that the Product Advertising API writes in PascalCase."""

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
_GONE = ("Offers.", "RentalOffers.")


def camel_name(name: str) -> str:
    """A field's name in an answer."""
    return _IRREGULAR.get(name, name[:1].lower() + name[1:])


def camel_json(value: object) -> object:
    """The same JSON with this API's names; whole amounts lose their decimals."""
    if isinstance(value, dict):
        # The type that each error of the older API carries has no place here.
        return {camel_name(k): camel_json(v) for k, v in value.items() if k != "__type"}
    if isinstance(value, list):
        return [camel_json(entry) for entry in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _by_camel_name(resources: frozenset[str]) -> dict[str, str]:
    return {
        ".".join(part[:1].lower() + part[1:] for part in resource.split(".")): resource
        for resource in resources
        if not resource.startswith(_GONE)
    }


RESOURCES_BY_NAME = {
    "SearchItems": _by_camel_name(SEARCH_RESOURCES),
    "GetItems": _by_camel_name(ITEM_RESOURCES),
    "GetVariations": _by_camel_name(VARIATION_RESOURCES),
    "GetBrowseNodes": _by_camel_name(BROWSE_NODE_RESOURCES),
}
