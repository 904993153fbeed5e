"""The four operations: from a checked request to the JSON of the response."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote_plus

from infra.local.fake_amazon import errors
from infra.local.fake_amazon.catalog import OMITTED, FakeCatalog, ListedProduct
from infra.local.fake_amazon.items import full_item
from infra.local.fake_amazon.marketplaces import Marketplace
from infra.local.fake_amazon.parameters import Parameters
from infra.local.fake_amazon.products import Seed, stable_asin, stable_number
from infra.local.fake_amazon.resources import (
    BROWSE_NODE_RESOURCES,
    ITEM_RESOURCES,
    SEARCH_RESOURCES,
    VARIATION_RESOURCES,
    select_resources,
)
from infra.local.fake_amazon.search import find_products, parse_query
from infra.local.fake_amazon.special_offers import Json, money
from infra.local.fake_amazon.vocabulary import vocabulary

MAX_IDS = 10
_MIN_VARIATIONS = 3
_HAS_VARIATIONS_PERCENT = 50


@dataclass(frozen=True)
class OperationCall:
    """A request that passed all checks that do not depend on the operation."""

    parameters: Parameters
    marketplace: Marketplace
    tag: str
    catalog: FakeCatalog
    today: date
    item_error: Callable[[str, str], Json]

    def render_item(self, listed: ListedProduct, link_code: str, resources: Sequence[str]) -> Json:
        """Return the item with the requested resources only."""
        return select_resources(full_item(listed, self.tag, link_code, self.today), resources)


def get_items(call: OperationCall) -> Json:
    """Run GetItems for up to ten IDs; errors of single IDs are part of the response."""
    call.parameters.choice("ItemIdType", ("ASIN",), "ASIN")
    requested = call.parameters.required_strings("ItemIds", MAX_IDS)
    language = call.parameters.language(call.marketplace)
    resources = call.parameters.resources(ITEM_RESOURCES)
    asins = list(dict.fromkeys(requested))
    codes = {asin: call.catalog.error_code_for(asin, call.marketplace) for asin in asins}
    found = _reorder([asin for asin in asins if not codes[asin]])
    response: Json = {}
    errors_found = [
        call.item_error(code, asin) for asin, code in codes.items() if code and code != OMITTED
    ]
    if errors_found:
        response["Errors"] = errors_found
    # Without errors the result is present, even if every ID is omitted silently.
    if found or not errors_found:
        listed = [call.catalog.look_up(asin, call.marketplace, language) for asin in found]
        response["ItemsResult"] = {
            "Items": [call.render_item(product, "ogi", resources) for product in listed]
        }
    return response


def search_items(call: OperationCall) -> Json:
    """Run SearchItems: at most ten pages of ten items."""
    query = parse_query(call.parameters)
    language = call.parameters.language(call.marketplace)
    resources = call.parameters.resources(SEARCH_RESOURCES)
    found = find_products(query, call.catalog, call.marketplace, language)
    start = (query.page - 1) * query.count
    page = found[start : start + query.count]
    if not page:
        return errors.no_results()
    words = quote_plus(query.text or query.brand or query.author)
    result: Json = {
        "Items": [call.render_item(listed, "osi", resources) for listed in page],
        "SearchURL": (
            f"https://{call.marketplace.name}/s?k={words}"
            f"&rh=p_n_availability%3A-1&tag={call.tag}&linkCode=osi"
        ),
        "TotalResultCount": len(found),
    }
    if "SearchRefinements" in resources:
        result["SearchRefinements"] = _refinements(found)
    return {"SearchResult": result}


def get_variations(call: OperationCall) -> Json:
    """Run GetVariations for a parent or any of its variations."""
    asin = call.parameters.text("ASIN")
    if not asin:
        raise errors.missing_parameter("ASIN")
    count = call.parameters.integer("VariationCount", 1, 10) or 10
    page = call.parameters.integer("VariationPage", 1, 10**6) or 1
    language = call.parameters.language(call.marketplace)
    resources = call.parameters.resources(VARIATION_RESOURCES)
    code = call.catalog.error_code_for(asin, call.marketplace)
    if code:
        return errors.no_results() if code == OMITTED else {"Errors": [call.item_error(code, asin)]}
    variations = [
        call.catalog.look_up(child, call.marketplace, language)
        for child in _variation_asins(asin, call)
    ]
    shown = variations[(page - 1) * count : page * count]
    if not shown:
        return errors.no_results()
    items = []
    for listed in shown:
        item = call.render_item(listed, "ogv", resources)
        item["VariationAttributes"] = [{"Name": "color_name", "Value": listed.product.color}]
        items.append(item)
    summary = _variation_summary(variations, count, resources)
    return {"VariationsResult": {"Items": items, "VariationSummary": summary}}


def get_browse_nodes(call: OperationCall) -> Json:
    """Run GetBrowseNodes: categories by ID."""
    ids = call.parameters.required_strings("BrowseNodeIds", MAX_IDS)
    call.parameters.language(call.marketplace)
    # Without `Resources` the default for items would apply, which browse nodes do not have.
    has_resources = call.parameters.fields.get("Resources")
    resources = call.parameters.resources(BROWSE_NODE_RESOURCES) if has_resources else []
    known = {kind.node: kind for kind in vocabulary().kinds}
    roots = {kind.root: kind for kind in vocabulary().kinds}
    nodes: list[Json] = []
    errors_found: list[Json] = []
    for node_id in dict.fromkeys(ids):
        kind = known.get(node_id) or roots.get(node_id)
        if kind is None:
            text = f"The BrowseNodeId {node_id} provided in the request is invalid."
            errors_found.append(
                {**call.item_error("InvalidParameterValue", node_id), "Message": text}
            )
            continue
        is_root = node_id == kind.root
        node = _node(node_id, kind.index if is_root else kind.group, is_root)
        if "BrowseNodes.Ancestor" in resources and not is_root:
            node["Ancestor"] = _node(kind.root, kind.index, is_root=None)
        if "BrowseNodes.Children" in resources and is_root:
            children = [child for child in known.values() if child.root == node_id]
            node["Children"] = [_node(child.node, child.group, is_root=None) for child in children]
        nodes.append(node)
    response: Json = {"BrowseNodesResult": {"BrowseNodes": nodes}} if nodes else {}
    return {**response, "Errors": errors_found} if errors_found else response


PAAPI_OPERATIONS: dict[str, tuple[str, Callable[[OperationCall], Json]]] = {
    "/paapi5/getitems": ("GetItems", get_items),
    "/paapi5/searchitems": ("SearchItems", search_items),
    "/paapi5/getvariations": ("GetVariations", get_variations),
    "/paapi5/getbrowsenodes": ("GetBrowseNodes", get_browse_nodes),
}


def _reorder(asins: list[str]) -> list[str]:
    ordered = sorted(asins, key=lambda asin: stable_number("order", asin, below=2**62))
    # Amazon guarantees no order. A fake that never keeps the requested order reveals callers
    # that rely on it.
    return ordered[1:] + ordered[:1] if ordered == asins else ordered


def _refinements(found: list[ListedProduct]) -> Json:
    indexes = sorted({listed.product.kind.index for listed in found})
    bins = [{"DisplayName": index, "Id": index} for index in indexes]
    return {"SearchIndex": {"Bins": bins, "DisplayName": "Department", "Id": "SearchIndex"}}


def _variation_asins(asin: str, call: OperationCall) -> list[str]:
    own = call.catalog.look_up(asin, call.marketplace).product
    parent = own.parent or asin
    if not own.parent and stable_number("family", asin, below=100) >= _HAS_VARIATIONS_PERCENT:
        return []
    seed = call.catalog.find_seed(asin)
    shared = Seed(seed.text, own.kind_number, own.brand, seed.author, parent)
    count = _MIN_VARIATIONS + stable_number("children", parent, below=12)
    children = [stable_asin("family", parent, str(index)) for index in range(count)]
    for child in children:
        # GetItems must later return the same product for this ASIN.
        call.catalog.store_seed(child, shared)
    # The requested variation is one of them, even if its ASIN was not generated here.
    return [asin, *(child for child in children if child != asin)] if own.parent else children


def _variation_summary(variations: list[ListedProduct], count: int, resources: list[str]) -> Json:
    style = variations[0].product.marketplace.style
    prices = [listed.price for listed in variations if listed.is_available]
    summary: Json = {"PageCount": -(-len(variations) // count), "VariationCount": len(variations)}
    bounds: Json = {}
    for name, pick in (("HighestPrice", max), ("LowestPrice", min)):
        if prices and f"VariationSummary.Price.{name}" in resources:
            bounds[name] = money(pick(prices), style)
    if bounds:
        summary["Price"] = bounds
    if "VariationSummary.VariationDimension" in resources:
        colors = sorted({listed.product.color for listed in variations})
        summary["VariationDimensions"] = [
            {"DisplayName": "Color", "Name": "color_name", "Values": colors}
        ]
    return summary


def _node(node_id: str, name: str, is_root: bool | None) -> Json:
    node: Json = {"ContextFreeName": name, "DisplayName": name, "Id": node_id}
    if is_root is not None:
        node["IsRoot"] = is_root
    return node
