"""The four operations of the second Creators endpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.contract.creators_products import (
    FakeProduct,
    State,
    item_document,
    node_document,
    select_resources,
)
from tests.contract.creators_rules import Refusal
from tests.contract.creators_variants import Json, Variant

_REFUSALS = {
    "InvalidParameterValue": "The ItemIds {} provided in the request is invalid.",
    "ItemNotAccessible": "The ItemId {} is not accessible through the Creators API.",
    "ItemNotFound": "Item {} was not found.",
    "InvalidItemId": "'{}' is not a valid item id.",
}
_NO_RESULTS = {"code": "NoResults", "message": "No results found for your request."}


@dataclass(frozen=True)
class OperationContext:
    """The data for one request: the state, the variant, the marketplace domain, and the tag."""

    state: State
    variant: Variant
    domain: str
    tag: str

    def items(self, products: Sequence[FakeProduct], body: Json, link_code: str) -> list[Json]:
        """Return items with the requested resources, in reverse order."""
        resources = body.get("resources") or ["itemInfo.title"]
        documents = (
            item_document(each, self.domain, self.tag, self.variant.no_offer, link_code)
            for each in products
        )
        return [select_resources(document, resources) for document in documents][::-1]


def operation_response(operation: str, body: Json, context: OperationContext) -> Json:
    """Return the response to a valid request.

    Raises:
        Refusal: Nothing was found, and the variant responds with a 404.
    """
    return _OPERATIONS[operation](body, context)


def _get_items(body: Json, context: OperationContext) -> Json:
    known = {each.asin: each for each in context.state.products if not each.refused}
    requested = list(dict.fromkeys(body["itemIds"]))
    found = [known[asin] for asin in requested if asin in known]
    code = context.variant.refusal_code
    errors = [
        {"code": code, "message": _REFUSALS[code].format(asin)}
        for asin in requested
        if asin not in known
    ]
    if not found:
        return _no_results("Item", requested[0], errors, context.variant.no_items)
    items = context.items(found, body, "ogi")
    key = context.variant.items_key
    response: Json = {key: items if key == "items" else {"items": items}}
    return response | ({"errors": errors} if errors else {})


def _search_items(body: Json, context: OperationContext) -> Json:
    keywords = str(body.get("keywords", "")).lower()
    hits = [each for each in context.state.products if keywords in each.title.lower()]
    count = body.get("itemCount", 10)
    start = (body.get("itemPage", 1) - 1) * count
    page = hits[start : start + count]
    if not page and context.variant.no_hits == "empty":
        return {"searchResult": {"items": [], "totalResultCount": 0}}
    if not page:
        return _no_results("SearchResult", keywords, [dict(_NO_RESULTS)], context.variant.no_hits)
    url = f"https://{context.domain}/s/?field-keywords={keywords}&tag={context.tag}&linkCode=osi"
    return {
        "searchResult": {
            "items": context.items(page, body, "osi"),
            "totalResultCount": len(hits),
            "searchURL": url,
        }
    }


def _get_variations(body: Json, context: OperationContext) -> Json:
    asin = body["asin"]
    parents = {each.parent for each in context.state.products if asin in (each.asin, each.parent)}
    family = [each for each in context.state.products if each.parent and each.parent in parents]
    if not family:
        return {"errors": [dict(_NO_RESULTS)]}
    count = body.get("variationCount", 10)
    start = (body.get("variationPage", 1) - 1) * count
    summary: Json = {"variationCount": len(family), "pageCount": -(-len(family) // count)}
    if "variationSummary.variationDimension" in body.get("resources", ()):
        summary["variationDimensions"] = _dimensions(family)
    page = context.items(family[start : start + count], body, "ogv")
    return {"variationsResult": {"items": page, "variationSummary": summary}}


def _dimensions(family: Sequence[FakeProduct]) -> list[Json]:
    values: dict[str, dict[str, None]] = {}
    for each in family:
        for name, value in each.attributes:
            values.setdefault(name, {})[value] = None
    return [
        {
            "name": name,
            "displayName": name.replace("_name", "").title(),
            "locale": "en_US",
            "values": list(names),
        }
        for name, names in values.items()
    ]


def _get_browse_nodes(body: Json, context: OperationContext) -> Json:
    known = {node.id: node for node in context.state.nodes}
    requested = body["browseNodeIds"]
    errors = [
        {
            "code": "InvalidParameterValue",
            "message": f"The BrowseNodeId {node_id} provided in the request is invalid.",
        }
        for node_id in requested
        if node_id not in known
    ]
    resources = body.get("resources", ())
    nodes = [node_document(known[each], resources) for each in requested if each in known]
    if not nodes:
        return _no_results("BrowseNode", requested[0], errors, context.variant.no_items)
    response: Json = {"browseNodesResult": {"browseNodes": nodes}}
    return response | ({"errors": errors} if errors else {})


def _no_results(kind: str, requested: str, errors: list[Json], mode: str) -> Json:
    if mode == "errors":
        return {"errors": errors}
    refusal = Refusal(404, "ResourceNotFoundException")
    refusal.body |= {
        "message": "No results found for your request",
        "resourceType": kind,
        "resourceId": requested,
    }
    raise refusal


_OPERATIONS: Mapping[str, Callable[[Json, OperationContext], Json]] = {
    "getItems": _get_items,
    "searchItems": _search_items,
    "getVariations": _get_variations,
    "getBrowseNodes": _get_browse_nodes,
}
