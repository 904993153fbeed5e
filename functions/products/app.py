"""What the site imported, and what changed since it last asked."""

from amzlinkr.domain.clock import latest_possible_now
from amzlinkr.domain.errors import NotFound
from amzlinkr.domain.feed import FeedPosition, checked_at
from amzlinkr.domain.marketplaces import marketplace
from amzlinkr.http.presenters.products import change_out, product_out
from amzlinkr.http.presenters.sites import connection_state
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.products import Changes, ConnectionState, ProductList
from amzlinkr.http.schemas.requests import MarketplaceQuery, PageQuery, ProductsQuery
from amzlinkr.wiring import Dependencies, dependencies


def list_products(request: Request, deps: Dependencies) -> ApiResponse:
    """A page of imported products, in the order of marketplace and ASIN."""
    query = request.query(ProductsQuery)
    site = deps.site(request.site_id)
    shop = marketplace(query.marketplace).code if query.marketplace else site.primary
    purpose = f"products/{shop}"
    after = (
        deps.signer.verify_cursor(purpose, site.site_id, query.cursor, str)
        if query.cursor
        else None
    )
    page = deps.products.page(site.site_id, shop, after, query.limit)
    more = deps.signer.sign_cursor(purpose, site.site_id, page.next_key) if page.next_key else None
    now = latest_possible_now(deps.clock)
    shown = [product_out(product, now) for product in page.products]
    return ApiResponse(200, ProductList(shown, more, more is not None), cacheable=True)


def show_product(request: Request, deps: Dependencies) -> ApiResponse:
    """One imported product."""
    shop = marketplace_code_of(request, deps)
    product = deps.products.get(request.site_id, shop, request.path["asin"].upper())
    if product is None:
        raise NotFound("This product is not imported in this marketplace.")
    return ApiResponse(200, product_out(product, latest_possible_now(deps.clock)), cacheable=True)


def remove_product(request: Request, deps: Dependencies) -> ApiResponse:
    """Take a product out; the feed says `removed`."""
    shop = marketplace_code_of(request, deps)
    if not deps.product_writer.remove(request.site_id, shop, request.path["asin"].upper()):
        raise NotFound("This product is not imported in this marketplace.")
    return ApiResponse(204)


def list_changes(request: Request, deps: Dependencies) -> ApiResponse:
    """Every product that changed behind the cursor, once, in its newest state.

    The order matters: the moment, then the shelves, then the page (see `Place` and `checked_at`);
    last the moment that decides what is too old to be shown. The page is the last one only if
    nothing changed from before the shelves until after the page: a product that moves to another
    shelf, or goes and comes back, would otherwise be missed by both, and what the reader holds of
    it be vouched for.
    A reader sent back to the beginning learns what was removed from what the feed does not name.
    """
    query = request.query(PageQuery)
    site_id, seal, now = request.site_id, deps.signer, deps.clock.now()
    place = (
        seal.verify_cursor("changes", site_id, query.cursor, FeedPosition)
        if query.cursor
        else FeedPosition.start(now)
    )
    place.check(now)
    states = accounts(site_id, deps)
    last = deps.products.last_seq(site_id)
    shelves = deps.shelves.list_for_site(site_id)
    changed = deps.products.changes(site_id, place.after, query.limit + 1, last)
    shown = changed[: query.limit]
    has_more = len(changed) > query.limit or deps.products.last_seq(site_id) != last
    answered_at = latest_possible_now(deps.clock)
    return ApiResponse(
        200,
        Changes(
            [change_out(product, answered_at) for product in shown],
            seal.sign_cursor("changes", site_id, place.advance(shown, now, has_more=has_more)),
            has_more,
            checked_at(shelves, shown),
            states,
        ),
    )


def accounts(site_id: str, deps: Dependencies) -> dict[str, ConnectionState]:
    """Per marketplace: whether its Amazon account works, so that the site hears of it by itself."""
    connections = deps.site(site_id).connections
    return {shop: connection_state(connections[shop]) for shop in sorted(connections)}


def marketplace_code_of(request: Request, deps: Dependencies) -> str:
    """The marketplace a request is about."""
    query = request.query(MarketplaceQuery)
    if query.marketplace:
        return marketplace(query.marketplace).code
    return deps.site(request.site_id).marketplace_or_primary(None)


app = Router(dependencies)
app.route("GET", "/v1/products", list_products)
app.route("GET", "/v1/products/<asin>", show_product)
app.route("DELETE", "/v1/products/<asin>", remove_product)
app.route("GET", "/v1/changes", list_changes)
handler = app.handler
