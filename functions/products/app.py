"""What the site imported, and what changed since it last asked."""

from datetime import datetime

from amzlinkr.domain.errors import NotFound
from amzlinkr.domain.marketplaces import marketplace
from amzlinkr.domain.shelves import oldest_by_marketplace
from amzlinkr.http.edge import Edge, Request
from amzlinkr.http.inputs import MarketplaceQuery, PageQuery, ProductsQuery
from amzlinkr.http.outputs import Changes, ConnectionState, ProductList
from amzlinkr.http.responses import Answer, change_out, connection_state, product_out
from amzlinkr.wiring import Dependencies, dependencies


def list_products(request: Request, deps: Dependencies) -> Answer:
    """A page of imported products, in the order of marketplace and ASIN."""
    query = request.query(ProductsQuery)
    site = deps.site(request.site_id)
    shop = marketplace(query.marketplace).code if query.marketplace else site.primary
    purpose = f"products/{shop}"
    after = (
        deps.sealer.open_cursor(purpose, site.site_id, query.cursor, str) if query.cursor else None
    )
    page = deps.products.page(site.site_id, shop, after, query.limit)
    more = deps.sealer.cursor(purpose, site.site_id, page.last) if page.last else None
    now = deps.clock.now()
    shown = [product_out(product, now) for product in page.products]
    return Answer(200, ProductList(shown, more, more is not None), cacheable=True)


def show_product(request: Request, deps: Dependencies) -> Answer:
    """One imported product."""
    shop = shop_of(request, deps)
    product = deps.products.get(request.site_id, shop, request.path["asin"].upper())
    if product is None:
        raise NotFound("This product is not imported in this marketplace.")
    return Answer(200, product_out(product, deps.clock.now()), cacheable=True)


def remove_product(request: Request, deps: Dependencies) -> Answer:
    """Take a product out; the feed says `removed`."""
    shop = shop_of(request, deps)
    if not deps.collection.remove(request.site_id, shop, request.path["asin"].upper()):
        raise NotFound("This product is not imported in this marketplace.")
    return Answer(204)


def list_changes(request: Request, deps: Dependencies) -> Answer:
    """Every product that changed behind the cursor, once, in its newest state."""
    query = request.query(PageQuery)
    site_id, seal = request.site_id, deps.sealer
    after = seal.open_cursor("changes", site_id, query.cursor, int) if query.cursor else 0
    changed = deps.products.changes(site_id, after, query.limit + 1)
    shown = changed[: query.limit]
    now = deps.clock.now()
    return Answer(
        200,
        Changes(
            [change_out(product, now) for product in shown],
            seal.cursor("changes", site_id, shown[-1].seq if shown else after),
            len(changed) > len(shown),
            checked_at(site_id, deps),
            accounts(site_id, deps),
        ),
    )


def checked_at(site_id: str, deps: Dependencies) -> dict[str, datetime]:
    """Per marketplace: the oldest moment at which one of its products was seen at Amazon."""
    return dict(sorted(oldest_by_marketplace(deps.shelves.of_site(site_id)).items()))


def accounts(site_id: str, deps: Dependencies) -> dict[str, ConnectionState]:
    """Per marketplace: whether its Amazon account works, so that the site hears of it by itself."""
    connections = deps.site(site_id).connections
    return {shop: connection_state(connections[shop]) for shop in sorted(connections)}


def shop_of(request: Request, deps: Dependencies) -> str:
    """The marketplace a request is about."""
    query = request.query(MarketplaceQuery)
    if query.marketplace:
        return marketplace(query.marketplace).code
    return deps.site(request.site_id).marketplace_or_primary(None)


app = Edge(dependencies)
app.route("GET", "/v1/products", list_products)
app.route("GET", "/v1/products/<asin>", show_product)
app.route("DELETE", "/v1/products/<asin>", remove_product)
app.route("GET", "/v1/changes", list_changes)
handler = app.handler
