"""A site takes everything out, and leaves."""

from amzlinkr.domain.clock import latest
from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.sites import is_test
from amzlinkr.http.presenters.sites import connection_out, key_out, site_out
from amzlinkr.http.request import Request
from amzlinkr.http.responses import Answer, product_out
from amzlinkr.http.router import Edge
from amzlinkr.http.schemas.products import ExportPage
from amzlinkr.http.schemas.requests import LeaveQuery, PageQuery
from amzlinkr.http.schemas.sites import Left
from amzlinkr.wiring import Dependencies, dependencies


def export(request: Request, deps: Dependencies) -> Answer:
    """Everything there is about the site, its products by pages.

    The moment that decides what is too old to be shown is taken last.
    """
    query = request.query(PageQuery)
    site = deps.site(request.site_id)
    after = (
        deps.sealer.open_cursor("export", site.site_id, query.cursor, str) if query.cursor else None
    )
    page = deps.products.page(site.site_id, None, after, query.limit)
    more = deps.sealer.cursor("export", site.site_id, page.last) if page.last else None
    keys = deps.keys.held(site.site_id, deps.clock.now())
    now = latest(deps.clock)
    return Answer(
        200,
        ExportPage(
            site=site_out(site),
            connections=[connection_out(one) for one in site.connections.values()],
            keys=[key_out(key, site.site_id, request.kid) for key in keys],
            products=[product_out(product, now) for product in page.products],
            next_cursor=more,
            has_more=more is not None,
        ),
    )


def leave(request: Request, deps: Dependencies) -> Answer:
    """End the site, if its host name was typed to confirm; a worker removes its rows."""
    query = request.query(LeaveQuery)
    site = deps.site(request.site_id)
    if is_test(site.site_id):
        raise InvalidRequest(
            "Authorization", "The sandbox cannot leave by itself.", "Use a live key: it goes along."
        )
    if query.confirm.strip().casefold() != site.host.casefold():
        raise InvalidRequest(
            "confirm",
            "Leaving deletes the site, its keys and all its products, and cannot be undone.",
            f"Repeat the call with ?confirm={site.host} to confirm.",
        )
    now = deps.clock.now()
    secret_ids = deps.leaving.leave(request.caller, now)
    deps.forget(secret_ids, lambda: request.seconds_left)
    deps.count("SiteLeft")
    return Answer(202, Left("leaving", site.host, now))


app = Edge(dependencies)
app.route("GET", "/v1/export", export, even_suspended=True)
app.route("DELETE", "/v1/site", leave, even_suspended=True)
handler = app.handler
