"""Translation of the Creators API's camelCase names into PA-API's PascalCase."""

from typing import Any

# Names in which PA-API does more than change the first letter.
_PASCAL = {
    "asin": "ASIN",
    "url": "URL",
    "eans": "EANs",
    "isbns": "ISBNs",
    "upcs": "UPCs",
}
_CAMEL = {"ASIN": "asin"}


def pascal(name: str) -> str:
    """Return PA-API's spelling of a name of the Creators API."""
    return _PASCAL.get(name) or name[:1].upper() + name[1:]


def pascal_tree(value: Any) -> Any:
    """Return JSON with all names in PA-API's spelling."""
    if isinstance(value, dict):
        return {pascal(name): pascal_tree(content) for name, content in value.items()}
    if isinstance(value, list):
        return [pascal_tree(entry) for entry in value]
    return value


def camel(name: str) -> str:
    """Return the Creators API's spelling of a name of PA-API."""
    return _CAMEL.get(name) or name[:1].lower() + name[1:]


def camel_resource(name: str) -> str:
    """Return the Creators API's spelling of a resource, for example `offersV2.listings.price`."""
    return ".".join(camel(part) for part in name.split("."))
