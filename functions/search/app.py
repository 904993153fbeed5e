"""The editor looks for products: by words, or by an ASIN or address to look up."""

import re

from amzlinkr.domain.asins import is_lookup, parse_reference
from amzlinkr.domain.catalog import Search, SearchPage
from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.ports import Priority
from amzlinkr.http.presenters.products import browse_node_out, product_out
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.products import BrowseNodes, DimensionOut, SearchResults, Variations
from amzlinkr.http.schemas.requests import BrowseNodesQuery, SearchQuery, VariationsQuery
from amzlinkr.wiring import Dependencies, dependencies

MAX_BROWSE_NODES = 10
NODE_ID = re.compile(r"[0-9]{1,19}", re.ASCII)


def search(request: Request, deps: Dependencies) -> ApiResponse:
    """One page of Amazon's results, or the one product that the keywords name."""
    query = request.query(SearchQuery)
    site = deps.site(request.site_id)
    deadline = deps.deadline(request.seconds_left)

    if is_lookup(query.keywords):
        named = parse_reference(query.keywords, "keywords")
        shop = named.marketplace.code if named.marketplace else query.marketplace
        catalog = deps.catalog(site, shop, Priority.INTERACTIVE)
        items = tuple(catalog.items([named.asin], deadline).found.values())
        found = SearchPage(items, len(items))
    else:
        catalog = deps.catalog(site, query.marketplace, Priority.INTERACTIVE)
        found = catalog.search(search_of(query), deadline)

    now = deps.clock.now()
    shown = [product_out(item, now) for item in found.items]
    return ApiResponse(
        200, SearchResults(shown, found.total, query.page, found.pages, found.search_url)
    )


def variations(request: Request, deps: Dependencies) -> ApiResponse:
    """One page of a product's family, by the ASIN of the parent or of any member."""
    query = request.query(VariationsQuery)
    named = parse_reference(request.path["asin"], "asin")
    catalog = deps.catalog(deps.site(request.site_id), query.marketplace, Priority.INTERACTIVE)
    family = catalog.variations(named.asin, query.page, deps.deadline(request.seconds_left))

    now = deps.clock.now()
    shown = [product_out(item, now) for item in family.items]
    dimensions = [DimensionOut(d.name, d.label, d.values) for d in family.dimensions]
    return ApiResponse(200, Variations(shown, dimensions, query.page, family.pages))


def browse_nodes(request: Request, deps: Dependencies) -> ApiResponse:
    """Categories by number, each with those above and below it."""
    query = request.query(BrowseNodesQuery)
    ids = node_ids(query.ids)
    catalog = deps.catalog(deps.site(request.site_id), query.marketplace, Priority.INTERACTIVE)
    nodes = catalog.browse_nodes(ids, deps.deadline(request.seconds_left))

    known = {node.id for node in nodes}
    missing = [number for number in ids if number not in known]
    return ApiResponse(200, BrowseNodes([browse_node_out(node) for node in nodes], missing))


def node_ids(text: str) -> list[str]:
    """Up to ten different category numbers. Raises `InvalidRequest`."""
    ids = list(dict.fromkeys(part.strip() for part in text.split(",")))
    if len(ids) > MAX_BROWSE_NODES or not all(NODE_ID.fullmatch(number) for number in ids):
        raise InvalidRequest(
            "ids",
            "These are not one to ten category numbers, separated by commas.",
            "A category number has up to 19 digits, for example ids=283155,1000.",
        )
    return ids


def search_of(query: SearchQuery) -> Search:
    """The query in the domain's words. Raises `InvalidRequest` if it cannot find anything."""
    keywords = query.keywords.strip()
    if not keywords:
        raise InvalidRequest("keywords", "This is empty.", "Enter words, an ASIN or an address.")
    if query.min_price and query.max_price and query.min_price > query.max_price:
        raise InvalidRequest(
            "max_price", "The highest price is below the lowest.", "Swap them, or leave one out."
        )
    return Search(
        keywords=keywords,
        category=query.category,
        page=query.page,
        sort=query.sort,
        brand=query.brand,
        min_price=query.min_price,
        max_price=query.max_price,
        min_rating=query.min_rating,
        min_saving=query.min_saving,
        in_stock=query.in_stock,
    )


app = Router(dependencies)
app.route("GET", "/v1/search", search)
app.route("GET", "/v1/variations/<asin>", variations)
app.route("GET", "/v1/browse_nodes", browse_nodes)
handler = app.handler
