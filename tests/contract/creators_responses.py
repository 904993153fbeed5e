"""The four operations of the second Creators endpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.contract.creators_products import (
    Goods,
    World,
    item_document,
    node_document,
    selected_item,
)
from tests.contract.creators_rules import Refused
from tests.contract.creators_variants import Dialect, Json

_REFUSALS = {
    "InvalidParameterValue": "The ItemIds {} provided in the request is invalid.",
    "ItemNotAccessible": "The ItemId {} is not accessible through the Creators API.",
    "ItemNotFound": "Item {} was not found.",
    "InvalidItemId": "'{}' is not a valid item id.",
}
_NO_RESULTS = {"code": "NoResults", "message": "No results found for your request."}


@dataclass(frozen=True)
class Shelf:
    """What one request looks at: the world in a dialect, a marketplace and a tag."""

    world: World
    dialect: Dialect
    domain: str
    tag: str

    def items(self, goods: Sequence[Goods], body: Json, link_code: str) -> list[Json]:
        """Items with the asked resources, in an order of the endpoint's own."""
        resources = body.get("resources") or ["itemInfo.title"]
        documents = (
            item_document(each, self.domain, self.tag, self.dialect.no_offer, link_code)
            for each in goods
        )
        return [selected_item(document, resources) for document in documents][::-1]


def operation_answer(operation: str, body: Json, shelf: Shelf) -> Json:
    """The answer to a valid request. Raises `Refused` for the documented 404s."""
    return _ANSWERS[operation](body, shelf)


def _get_items(body: Json, shelf: Shelf) -> Json:
    known = {each.asin: each for each in shelf.world.goods if not each.refused}
    wanted = list(dict.fromkeys(body["itemIds"]))
    found = [known[asin] for asin in wanted if asin in known]
    code = shelf.dialect.refusal_code
    errors = [
        {"code": code, "message": _REFUSALS[code].format(asin)}
        for asin in wanted
        if asin not in known
    ]
    if not found:
        return _nothing("Item", wanted[0], errors, shelf.dialect.no_items)
    items = shelf.items(found, body, "ogi")
    key = shelf.dialect.items_key
    answer: Json = {key: items if key == "items" else {"items": items}}
    return answer | ({"errors": errors} if errors else {})


def _search_items(body: Json, shelf: Shelf) -> Json:
    sought = str(body.get("keywords", "")).lower()
    hits = [each for each in shelf.world.goods if sought in each.title.lower()]
    count = body.get("itemCount", 10)
    start = (body.get("itemPage", 1) - 1) * count
    page = hits[start : start + count]
    if not page and shelf.dialect.no_hits == "empty":
        return {"searchResult": {"items": [], "totalResultCount": 0}}
    if not page:
        return _nothing("SearchResult", sought, [dict(_NO_RESULTS)], shelf.dialect.no_hits)
    url = f"https://{shelf.domain}/s/?field-keywords={sought}&tag={shelf.tag}&linkCode=osi"
    return {
        "searchResult": {
            "items": shelf.items(page, body, "osi"),
            "totalResultCount": len(hits),
            "searchURL": url,
        }
    }


def _get_variations(body: Json, shelf: Shelf) -> Json:
    asin = body["asin"]
    parents = {each.parent for each in shelf.world.goods if asin in (each.asin, each.parent)}
    family = [each for each in shelf.world.goods if each.parent and each.parent in parents]
    if not family:
        return {"errors": [dict(_NO_RESULTS)]}
    count = body.get("variationCount", 10)
    start = (body.get("variationPage", 1) - 1) * count
    summary: Json = {"variationCount": len(family), "pageCount": -(-len(family) // count)}
    if "variationSummary.variationDimension" in body.get("resources", ()):
        summary["variationDimensions"] = _dimensions(family)
    page = shelf.items(family[start : start + count], body, "ogv")
    return {"variationsResult": {"items": page, "variationSummary": summary}}


def _dimensions(family: Sequence[Goods]) -> list[Json]:
    values: dict[str, dict[str, None]] = {}
    for each in family:
        for name, value in each.attributes:
            values.setdefault(name, {})[value] = None
    return [
        {
            "name": name,
            "displayName": name.replace("_name", "").title(),
            "locale": "en_US",
            "values": list(those),
        }
        for name, those in values.items()
    ]


def _get_browse_nodes(body: Json, shelf: Shelf) -> Json:
    known = {node.id: node for node in shelf.world.nodes}
    wanted = body["browseNodeIds"]
    errors = [
        {
            "code": "InvalidParameterValue",
            "message": f"The BrowseNodeId {node_id} provided in the request is invalid.",
        }
        for node_id in wanted
        if node_id not in known
    ]
    resources = body.get("resources", ())
    nodes = [node_document(known[each], resources) for each in wanted if each in known]
    if not nodes:
        return _nothing("BrowseNode", wanted[0], errors, shelf.dialect.no_items)
    answer: Json = {"browseNodesResult": {"browseNodes": nodes}}
    return answer | ({"errors": errors} if errors else {})


def _nothing(kind: str, asked: str, errors: list[Json], way: str) -> Json:
    if way == "errors":
        return {"errors": errors}
    refused = Refused(404, "ResourceNotFoundException")
    refused.body |= {
        "message": "No results found for your request",
        "resourceType": kind,
        "resourceId": asked,
    }
    raise refused


_ANSWERS: Mapping[str, Callable[[Json, Shelf], Json]] = {
    "getItems": _get_items,
    "searchItems": _search_items,
    "getVariations": _get_variations,
    "getBrowseNodes": _get_browse_nodes,
}
