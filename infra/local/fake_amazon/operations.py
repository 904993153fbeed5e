"""The four operations, from a checked request to the answer's JSON."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote_plus

from infra.local.fake_amazon import errors
from infra.local.fake_amazon.catalog import FakeCatalog, ListedProduct
from infra.local.fake_amazon.items import full_item
from infra.local.fake_amazon.marketplaces import Marketplace
from infra.local.fake_amazon.offers import money
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
from infra.local.fake_amazon.vocabulary import vocabulary

Json = dict[str, object]
MAX_IDS = 10
_FEWEST_CHILDREN = 3
_HAS_FAMILY_PERCENT = 50


@dataclass(frozen=True)
class OperationCall:
    """A request that passed every check which does not depend on the operation."""

    parameters: Parameters
    marketplace: Marketplace
    tag: str
    catalog: FakeCatalog
    today: date
    item_error: Callable[[str, str], Json]

    def render_item(self, listed: ListedProduct, link_code: str, resources: Sequence[str]) -> Json:
        """The item, with what the request asked for."""
        return select_resources(full_item(listed, self.tag, link_code, self.today), resources)


def get_items(call: OperationCall) -> Json:
    """GetItems: up to ten ids; what is wrong with single ids is said inside the answer."""
    call.parameters.choice("ItemIdType", ("ASIN",), "ASIN")
    asked = call.parameters.required_strings("ItemIds", MAX_IDS)
    language = call.parameters.language(call.marketplace)
    resources = call.parameters.resources(ITEM_RESOURCES)
    asins = list(dict.fromkeys(asked))
    faults = {asin: call.catalog.error_code_for(asin, call.marketplace) for asin in asins}
    found = _reorder([asin for asin in asins if not faults[asin]])
    answer: Json = {}
    wrong = [call.item_error(code, asin) for asin, code in faults.items() if code]
    if wrong:
        answer["Errors"] = wrong
    if found:
        listed = [call.catalog.look_up(asin, call.marketplace, language) for asin in found]
        answer["ItemsResult"] = {
            "Items": [call.render_item(one, "ogi", resources) for one in listed]
        }
    return answer


def search_items(call: OperationCall) -> Json:
    """SearchItems: at most ten pages of ten."""
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
    """GetVariations: the family of a parent or of any of its children."""
    asin = call.parameters.text("ASIN")
    if not asin:
        raise errors.missing_parameter("ASIN")
    count = call.parameters.integer("VariationCount", 1, 10) or 10
    page = call.parameters.integer("VariationPage", 1, 10**6) or 1
    language = call.parameters.language(call.marketplace)
    resources = call.parameters.resources(VARIATION_RESOURCES)
    fault = call.catalog.error_code_for(asin, call.marketplace)
    if fault:
        return {"Errors": [call.item_error(fault, asin)]}
    family = [
        call.catalog.look_up(child, call.marketplace, language)
        for child in _variation_asins(asin, call)
    ]
    shown = family[(page - 1) * count : page * count]
    if not shown:
        return errors.no_results()
    items = []
    for listed in shown:
        item = call.render_item(listed, "ogv", resources)
        item["VariationAttributes"] = [{"Name": "color_name", "Value": listed.product.color}]
        items.append(item)
    summary = _variation_summary(family, count, resources)
    return {"VariationsResult": {"Items": items, "VariationSummary": summary}}


def get_browse_nodes(call: OperationCall) -> Json:
    """GetBrowseNodes: departments by number."""
    ids = call.parameters.required_strings("BrowseNodeIds", MAX_IDS)
    call.parameters.language(call.marketplace)
    wanted = call.parameters.fields.get("Resources")
    resources = call.parameters.resources(BROWSE_NODE_RESOURCES) if wanted else []
    known = {kind.node: kind for kind in vocabulary().kinds}
    roots = {kind.root: kind for kind in vocabulary().kinds}
    nodes: list[Json] = []
    wrong: list[Json] = []
    for node_id in dict.fromkeys(ids):
        kind = known.get(node_id) or roots.get(node_id)
        if kind is None:
            text = f"The BrowseNodeId {node_id} provided in the request is invalid."
            wrong.append({**call.item_error("InvalidParameterValue", node_id), "Message": text})
            continue
        is_root = node_id == kind.root
        node = _node(node_id, kind.index if is_root else kind.group, is_root)
        if "BrowseNodes.Ancestor" in resources and not is_root:
            node["Ancestor"] = _node(kind.root, kind.index, is_root=None)
        if "BrowseNodes.Children" in resources and is_root:
            below = [one for one in known.values() if one.root == node_id]
            node["Children"] = [_node(one.node, one.group, is_root=None) for one in below]
        nodes.append(node)
    answer: Json = {"BrowseNodesResult": {"BrowseNodes": nodes}} if nodes else {}
    return {**answer, "Errors": wrong} if wrong else answer


PAAPI_OPERATIONS: dict[str, tuple[str, Callable[[OperationCall], Json]]] = {
    "/paapi5/getitems": ("GetItems", get_items),
    "/paapi5/searchitems": ("SearchItems", search_items),
    "/paapi5/getvariations": ("GetVariations", get_variations),
    "/paapi5/getbrowsenodes": ("GetBrowseNodes", get_browse_nodes),
}


def _reorder(asins: list[str]) -> list[str]:
    ordered = sorted(asins, key=lambda asin: stable_number("order", asin, below=2**62))
    # Amazon promises no order; never giving the asked one finds those who rely on it.
    return ordered[1:] + ordered[:1] if ordered == asins else ordered


def _refinements(found: list[ListedProduct]) -> Json:
    indexes = sorted({listed.product.kind.index for listed in found})
    bins = [{"DisplayName": index, "Id": index} for index in indexes]
    return {"SearchIndex": {"Bins": bins, "DisplayName": "Department", "Id": "SearchIndex"}}


def _variation_asins(asin: str, call: OperationCall) -> list[str]:
    own = call.catalog.look_up(asin, call.marketplace).product
    parent = own.parent or asin
    if not own.parent and stable_number("family", asin, below=100) >= _HAS_FAMILY_PERCENT:
        return []
    seed = call.catalog.find_seed(asin)
    shared = Seed(seed.text, own.kind_number, own.brand, seed.author, parent)
    count = _FEWEST_CHILDREN + stable_number("children", parent, below=12)
    children = [stable_asin("family", parent, str(place)) for place in range(count)]
    for child in children:
        call.catalog.store_seed(child, shared)
    return [asin, *(child for child in children if child != asin)] if own.parent else children


def _variation_summary(family: list[ListedProduct], count: int, resources: list[str]) -> Json:
    style = family[0].product.marketplace.style
    prices = [listed.price for listed in family if listed.is_available]
    summary: Json = {"PageCount": -(-len(family) // count), "VariationCount": len(family)}
    bounds: Json = {}
    for name, pick in (("HighestPrice", max), ("LowestPrice", min)):
        if prices and f"VariationSummary.Price.{name}" in resources:
            bounds[name] = money(pick(prices), style)
    if bounds:
        summary["Price"] = bounds
    if "VariationSummary.VariationDimension" in resources:
        colours = sorted({listed.product.color for listed in family})
        summary["VariationDimensions"] = [
            {"DisplayName": "Color", "Name": "color_name", "Values": colours}
        ]
    return summary


def _node(node_id: str, name: str, is_root: bool | None) -> Json:
    node: Json = {"ContextFreeName": name, "DisplayName": name, "Id": node_id}
    if is_root is not None:
        node["IsRoot"] = is_root
    return node
