"""The catalogue's answers as the Creators API gives them, or the refusal in their place."""

from collections.abc import Sequence

from infra.local.fake_amazon.creators import errors
from infra.local.fake_amazon.creators.names import camel_json, camel_name
from infra.local.fake_amazon.parameters import Parameters
from infra.local.fake_amazon.products import stable_number

Json = dict[str, object]
_RESULTS = {
    "SearchItems": "SearchResult",
    "GetItems": "ItemsResult",
    "GetVariations": "VariationsResult",
    "GetBrowseNodes": "BrowseNodesResult",
}


def to_creators_response(operation: str, found: Json, parameters: Parameters) -> object:
    """The answer's JSON; where nothing at all was found, Amazon's 404."""
    if _RESULTS[operation] not in found and not _has_no_family(operation, found):
        raise _nothing_found(operation, parameters)
    answer = camel_json(found)
    if operation != "GetBrowseNodes":
        asked = parameters.strings("Resources", 100)
        for item in _items(answer):
            _say_null(item, asked)
    return answer


def _has_no_family(operation: str, found: Json) -> bool:
    wrong = found.get("Errors")
    codes = [error["Code"] for error in wrong] if isinstance(wrong, list) else []
    return operation == "GetVariations" and codes == ["NoResults"]


def _nothing_found(operation: str, parameters: Parameters) -> errors.CreatorsError:
    match operation:
        case "SearchItems":
            words = parameters.text("Keywords") or parameters.text("Title")
            text = "No results found for your search request"
            return errors.not_found(text, "SearchResult", words)
        case "GetBrowseNodes":
            ids = ",".join(parameters.strings("BrowseNodeIds", 10))
            text = "No browse nodes found for the requested browse node IDs."
            return errors.not_found(text, "BrowseNode", ids)
        case _:
            ids = ",".join(parameters.strings("ItemIds", 10)) or parameters.text("ASIN")
            text = "No items found for the requested item IDs."
            return errors.not_found(text, "Item", ids)


def _items(answer: object) -> list[Json]:
    results = list(answer.values()) if isinstance(answer, dict) else []
    return [item for one in results if isinstance(one, dict) for item in one.get("items", [])]


def _say_null(item: Json, asked: Sequence[str]) -> None:
    """Amazon leaves some of what it does not have out, and says null for the rest."""
    for resource in asked:
        _fill(item, [camel_name(part) for part in resource.split(".")], str(item["asin"]))


def _fill(node: Json, path: Sequence[str], place: str) -> None:
    name, rest = path[0], path[1:]
    place = f"{place}.{name}"
    if name not in node and stable_number("null", place, below=2):
        node[name] = None
    value = node.get(name)
    for inner in value if isinstance(value, list) else [value]:
        if rest and isinstance(inner, dict):
            _fill(inner, rest, place)
