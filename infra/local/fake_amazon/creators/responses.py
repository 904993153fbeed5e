"""Conversion of an operation's result to the Creators API's response or error."""

from collections.abc import Sequence

from infra.local.fake_amazon.creators import errors
from infra.local.fake_amazon.creators.names import camel_json, camel_name
from infra.local.fake_amazon.parameters import Parameters
from infra.local.fake_amazon.products import stable_number
from infra.local.fake_amazon.special_offers import Json

_RESULTS = {
    "SearchItems": "SearchResult",
    "GetItems": "ItemsResult",
    "GetVariations": "VariationsResult",
    "GetBrowseNodes": "BrowseNodesResult",
}


def to_creators_response(operation: str, found: Json, parameters: Parameters) -> object:
    """Return the JSON of the response; raise Amazon's 404 if nothing was found."""
    if _RESULTS[operation] not in found and not _has_no_variations(operation, found):
        raise _not_found(operation, parameters)
    response = camel_json(found)
    if operation != "GetBrowseNodes":
        resources = parameters.strings("Resources", 100)
        for item in _items(response):
            _add_nulls(item, resources)
    return response


def _has_no_variations(operation: str, found: Json) -> bool:
    entries = found.get("Errors")
    codes = [error["Code"] for error in entries] if isinstance(entries, list) else []
    return operation == "GetVariations" and codes == ["NoResults"]


def _not_found(operation: str, parameters: Parameters) -> errors.CreatorsError:
    match operation:
        case "SearchItems":
            query = parameters.text("Keywords") or parameters.text("Title")
            text = "No results found for your search request"
            return errors.not_found(text, "SearchResult", query)
        case "GetBrowseNodes":
            ids = ",".join(parameters.strings("BrowseNodeIds", 10))
            text = "No browse nodes found for the requested browse node IDs."
            return errors.not_found(text, "BrowseNode", ids)
        case _:
            ids = ",".join(parameters.strings("ItemIds", 10)) or parameters.text("ASIN")
            text = "No items found for the requested item IDs."
            return errors.not_found(text, "Item", ids)


def _items(response: object) -> list[Json]:
    results = list(response.values()) if isinstance(response, dict) else []
    return [item for part in results if isinstance(part, dict) for item in part.get("items", [])]


def _add_nulls(item: Json, resources: Sequence[str]) -> None:
    """Set some absent resources to null, because Amazon omits some and returns null for others."""
    for resource in resources:
        _fill(item, [camel_name(part) for part in resource.split(".")], str(item["asin"]))


def _fill(node: Json, path: Sequence[str], parent: str) -> None:
    name, rest = path[0], path[1:]
    # The hash of ASIN and path decides, so that a response is always the same.
    full_name = f"{parent}.{name}"
    if name not in node and stable_number("null", full_name, below=2):
        node[name] = None
    value = node.get(name)
    for inner in value if isinstance(value, list) else [value]:
        if rest and isinstance(inner, dict):
            _fill(inner, rest, full_name)
