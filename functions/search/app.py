"""The editor looks for products: by words, or by an ASIN or address to look up."""

from amzlinkr.domain.asins import is_lookup, reference
from amzlinkr.domain.ports import Lane
from amzlinkr.domain.searching import Found, Search
from amzlinkr.http.edge import Edge, Request
from amzlinkr.http.inputs import SearchQuery
from amzlinkr.http.outputs import SearchResults
from amzlinkr.http.responses import Answer, product_out
from amzlinkr.wiring import Dependencies, dependencies


def search(request: Request, deps: Dependencies) -> Answer:
    """One page of Amazon's results, or the one product that the keywords name."""
    query = request.query(SearchQuery)
    site = deps.site(request.site_id)
    deadline = deps.deadline(request.seconds_left)

    if is_lookup(query.keywords):
        named = reference(query.keywords, "keywords")
        shop = named.marketplace.code if named.marketplace else query.marketplace
        catalog = deps.catalog(site.connection(shop), Lane.INTERACTIVE)
        items = tuple(catalog.items([named.asin], deadline).found.values())
        found = Found(items, len(items))
    else:
        catalog = deps.catalog(site.connection(query.marketplace), Lane.INTERACTIVE)
        found = catalog.search(search_of(query), deadline)

    now = deps.clock.now()
    shown = [product_out(item, now) for item in found.items]
    return Answer(200, SearchResults(shown, found.total, query.page, found.pages, found.search_url))


def search_of(query: SearchQuery) -> Search:
    """The query in the domain's words."""
    return Search(
        keywords=query.keywords,
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


app = Edge(dependencies)
app.route("GET", "/v1/search", search)
app.not_built("GET", "/v1/variations/<asin>")
app.not_built("GET", "/v1/browse_nodes")
handler = app.handler
