"""A site takes everything out, and leaves."""

from amzlinkr.domain.clock import latest_possible_now
from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.sites import is_sandbox
from amzlinkr.http.presenters.products import product_out
from amzlinkr.http.presenters.sites import api_key_out, connection_out, site_out
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.products import ExportPage
from amzlinkr.http.schemas.requests import DeleteSiteQuery, PageQuery
from amzlinkr.http.schemas.sites import SiteDeleted
from amzlinkr.wiring import Dependencies, dependencies


def export(request: Request, deps: Dependencies) -> ApiResponse:
    """Everything there is about the site, its products by pages.

    The moment that decides what is too old to be shown is taken last.
    """
    query = request.query(PageQuery)
    site = deps.site(request.site_id)
    after = (
        deps.signer.verify_cursor("export", site.site_id, query.cursor, str)
        if query.cursor
        else None
    )
    page = deps.products.page(site.site_id, None, after, query.limit)
    more = deps.signer.sign_cursor("export", site.site_id, page.next_key) if page.next_key else None
    keys = deps.api_keys.list_for_site(site.site_id, deps.clock.now())
    now = latest_possible_now(deps.clock)
    return ApiResponse(
        200,
        ExportPage(
            site=site_out(site),
            connections=[connection_out(one) for one in site.connections.values()],
            keys=[api_key_out(key, site.site_id, request.kid) for key in keys],
            products=[product_out(product, now) for product in page.products],
            next_cursor=more,
            has_more=more is not None,
        ),
    )


def delete_site(request: Request, deps: Dependencies) -> ApiResponse:
    """End the site, if its host name was typed to confirm; a worker removes its rows."""
    query = request.query(DeleteSiteQuery)
    site = deps.site(request.site_id)
    if is_sandbox(site.site_id):
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
    secret_ids = deps.site_deletions.delete_site(request.caller, now)
    deps.delete_secrets(secret_ids, lambda: request.seconds_left)
    deps.count("SiteDeleted")
    return ApiResponse(202, SiteDeleted("leaving", site.host, now))


app = Router(dependencies)
app.route("GET", "/v1/export", export, allow_suspended=True)
app.route("DELETE", "/v1/site", delete_site, allow_suspended=True)
handler = app.handler
