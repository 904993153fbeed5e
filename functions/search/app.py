"""GET /v1/search, /v1/variations and /v1/browse_nodes: calls forwarded to Amazon immediately."""

import re

from msgspec import UNSET

from amzlinkr.domain.asins import Reference, find_reference, parse_reference
from amzlinkr.domain.catalog import SearchPage
from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.ports import Catalog, Priority
from amzlinkr.http.presenters.products import browse_node_out, product_out
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.catalog import BrowseNodes, DimensionOut, SearchResults, Variations
from amzlinkr.http.schemas.search_requests import BrowseNodesQuery, SearchQuery, VariationsQuery
from amzlinkr.http.searches import check_terms, search_of
from amzlinkr.wiring import Dependencies, dependencies, initialize

MAX_BROWSE_NODES = 10
NODE_ID = re.compile(r"[0-9]{1,19}", re.ASCII)


def search(request: Request, deps: Dependencies) -> ApiResponse:
    """Return one page of Amazon's results, or the one product that the keywords name."""
    query = request.query(SearchQuery)
    check_terms(query)
    reference = find_reference(query.keywords or "")
    wanted = search_of(query, page=query.page, is_lookup=reference is not None)
    if reference is not None:
        # GetItems has no filters, so valid filters do not apply to a lookup.
        code = marketplace_code_of(reference, query.marketplace)
        lookup = catalog_of(request, code, deps).items([reference.asin], request.upstream_deadline)
        items = tuple(lookup.found.values())
        page = SearchPage(items if query.page == 1 else (), len(items))
    else:
        catalog = catalog_of(request, query.marketplace, deps)
        page = catalog.search(wanted, request.upstream_deadline)

    now = deps.clock.now()
    products = [product_out(item, now) for item in page.items]
    url = page.search_url or UNSET
    return ApiResponse(200, SearchResults(products, page.total, query.page, page.pages, url))


def variations(request: Request, deps: Dependencies) -> ApiResponse:
    """Return one page of a product's variations, by the ASIN of the parent or of a variation."""
    query = request.query(VariationsQuery)
    reference = parse_reference(request.path["asin"], "asin")
    catalog = catalog_of(request, marketplace_code_of(reference, query.marketplace), deps)
    page = catalog.variations(reference.asin, query.page, request.upstream_deadline)

    now = deps.clock.now()
    products = [product_out(item, now) for item in page.items]
    dimensions = [DimensionOut(d.name, d.label, d.values) for d in page.dimensions]
    return ApiResponse(200, Variations(products, dimensions, query.page, page.pages))


def browse_nodes(request: Request, deps: Dependencies) -> ApiResponse:
    """Return browse nodes by ID, each with its ancestors and children."""
    query = request.query(BrowseNodesQuery)
    ids = node_ids(query.ids)
    catalog = catalog_of(request, query.marketplace, deps)
    nodes = catalog.browse_nodes(ids, request.upstream_deadline)

    known = {node.id for node in nodes}
    missing = [node_id for node_id in ids if node_id not in known]
    return ApiResponse(200, BrowseNodes([browse_node_out(node) for node in nodes], missing))


def marketplace_code_of(reference: Reference, given: str | None) -> str | None:
    """Return the marketplace of the URL that names a product, or else the given one."""
    return reference.marketplace.code if reference.marketplace else given


def catalog_of(request: Request, marketplace_code: str | None, deps: Dependencies) -> Catalog:
    """Return the catalog of the site's account for interactive calls."""
    site = deps.sites.require(request.site_id)
    return deps.amazon_accounts.catalog(site, marketplace_code, Priority.INTERACTIVE)


def node_ids(text: str) -> list[str]:
    """Parse up to ten distinct browse node IDs. Raises `InvalidRequest`."""
    ids = list(dict.fromkeys(part.strip() for part in text.split(",")))
    if len(ids) > MAX_BROWSE_NODES or not all(NODE_ID.fullmatch(node_id) for node_id in ids):
        raise InvalidRequest(
            "ids",
            "This is not a list of one to ten browse node IDs, separated by commas.",
            "A browse node ID has up to 19 digits, for example ids=283155,1000.",
        )
    return ids


app = Router(dependencies)
app.route("GET", "/v1/search", search)
app.route("GET", "/v1/variations/<asin>", variations)
app.route("GET", "/v1/browse_nodes", browse_nodes)
handler = app.handler

initialize("dynamodb", "amazon", "call_counter", "amazon_accounts")
