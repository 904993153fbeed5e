"""Endpoints for products: list, show and remove imported ones, and read the change feed."""

from functools import partial

from amzlinkr.domain.clock import latest_possible_now
from amzlinkr.domain.errors import NotFound
from amzlinkr.domain.feed import FeedPosition, checked_at
from amzlinkr.domain.marketplaces import marketplace
from amzlinkr.domain.product_filter import ProductFilter, asins_of
from amzlinkr.http.paging import Paging
from amzlinkr.http.presenters.lists import changes_out
from amzlinkr.http.presenters.products import product_out, products_out
from amzlinkr.http.presenters.sites import connection_state
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.feed import Changes
from amzlinkr.http.schemas.products import ProductList
from amzlinkr.http.schemas.requests import MarketplaceQuery, PageQuery, ProductsQuery, RemovalQuery
from amzlinkr.wiring import Dependencies, dependencies, initialize


def list_products(request: Request, deps: Dependencies) -> ApiResponse:
    """List a page of imported products of all marketplaces or one, in the order of their keys."""
    query = request.query(ProductsQuery)
    site = deps.sites.require(request.site_id)
    code = marketplace(query.marketplace).code if query.marketplace else None
    wanted = ProductFilter.from_texts(code, query.asins, query.price_status, query.availability)
    # A cursor of one filter is invalid with another.
    paging = Paging(deps.signer, f"products/{wanted}", site.site_id)
    after = paging.start(query.cursor, str)
    now = partial(latest_possible_now, deps.clock)
    page = deps.products.select(site.site_id, wanted, after, query.limit, now)
    # The latest possible time: a slow clock must not prolong the 24 hours of the content.
    at = now()
    # A product may have expired since it was read.
    shown = [product for product in page.products if wanted.matches(product, at)]
    products = products_out(shown, at, site.partner_tags)
    cursor = paging.next(page.next_key_after(shown, len(products)))
    return ApiResponse(200, ProductList(products, bool(cursor), cursor), cacheable=True)


def show_product(request: Request, deps: Dependencies) -> ApiResponse:
    """Show one imported product."""
    code = marketplace_code_of(request, deps)
    product = deps.products.get(request.site_id, code, request.path["asin"].upper())
    if product is None:
        raise NotFound("This product is not imported in this marketplace.")
    tags = deps.sites.require(request.site_id).partner_tags
    now = latest_possible_now(deps.clock)
    return ApiResponse(200, product_out(product, now, tags), cacheable=True)


def remove_product(request: Request, deps: Dependencies) -> ApiResponse:
    """Remove a product. The change feed contains its removal."""
    code = marketplace_code_of(request, deps)
    deps.removals.remove(request.site_id, code, request.path["asin"].upper())
    return ApiResponse(204)


def remove_products(request: Request, deps: Dependencies) -> ApiResponse:
    """Remove those of the given products that are imported. See `remove_product`."""
    query, site = request.query(RemovalQuery), deps.sites.require(request.site_id)
    deps.removals.remove_many(site, query.marketplace, asins_of(query.asins), request.deadline)
    return ApiResponse(204)


def list_changes(request: Request, deps: Dependencies) -> ApiResponse:
    """List products and lists that changed after the cursor, each once, in its latest state.

    The order of the reads matters: the time, the shelves, the page, and last the time that decides
    which content is expired (see `FeedPosition` and `checked_at`).

    The page is the last one only if no change was written between the read of the shelves and the
    end of the page. Otherwise a product that moves to another shelf, or is removed and imported
    again, could be missing from both reads, and `checked_at` would confirm an outdated price. Nor
    is it the last one while a product is expired without an entry that states it.

    After a restart from the beginning, products and lists that the feed does not name were removed.
    """
    query = request.query(PageQuery)
    site_id, now = request.site_id, deps.clock.now()
    paging = Paging(deps.signer, "changes", site_id)
    position = paging.start(query.cursor, FeedPosition) or FeedPosition.start(now)
    site = deps.sites.require(site_id)
    feed, shelves = deps.change_feed.read_shelves(site_id)
    position.check(now, feed)
    changed = deps.products.changes(site_id, position.after, query.limit, feed.last_seq)
    was_changed = deps.products.feed_state(site_id) != feed
    # After the last read, because content may expire during the reads.
    responded_at = latest_possible_now(deps.clock)
    has_expired = any(shelf.has_expired_content(responded_at) for shelf in shelves)
    shown = changes_out(changed.entries, responded_at, site.partner_tags)
    page = changed.entries[: len(shown)]
    is_cut = changed.has_more or len(shown) < len(changed.entries)
    has_more = is_cut or was_changed or has_expired
    next_position = position.advance(page, now, feed, has_more=has_more)
    cursor, times = paging.next(next_position), checked_at(shelves, page)
    connections = {code: connection_state(c) for code, c in sorted(site.connections.items())}
    return ApiResponse(200, Changes(shown, cursor, has_more, times, connections))


def marketplace_code_of(request: Request, deps: Dependencies) -> str:
    """Return the marketplace of the query, or the site's primary one."""
    query = request.query(MarketplaceQuery)
    if query.marketplace:
        return marketplace(query.marketplace).code
    return deps.sites.require(request.site_id).marketplace_or_primary(None)


app = Router(dependencies)
app.route("GET", "/v1/products", list_products)
app.route("GET", "/v1/products/<asin>", show_product)
app.route("DELETE", "/v1/products/<asin>", remove_product)
app.route("DELETE", "/v1/products", remove_products)
app.route("GET", "/v1/changes", list_changes)
handler = app.handler

initialize("dynamodb", "secretsmanager", "call_counter", "sites", "change_feed", "service_state")
