"""Endpoints for offboarding: export of a site's data, and deletion of the site."""

from amzlinkr import telemetry
from amzlinkr.domain.clock import latest_possible_now
from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.sites import is_sandbox
from amzlinkr.http.paging import Paging
from amzlinkr.http.presenters.lists import lists_out
from amzlinkr.http.presenters.products import products_out
from amzlinkr.http.presenters.sites import api_key_out, site_out
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.exports import ExportPage
from amzlinkr.http.schemas.requests import DeleteSiteQuery, PageQuery
from amzlinkr.http.schemas.sites import SiteDeleted
from amzlinkr.wiring import Dependencies, dependencies, initialize


def export(request: Request, deps: Dependencies) -> ApiResponse:
    """Export all data of the site, with its products, then its lists, in pages."""
    query = request.query(PageQuery)
    site = deps.sites.require(request.site_id)
    paging = Paging(deps.signer, "export", site.site_id)
    after = paging.start(query.cursor, str) or ""
    page = deps.exports.page(site.site_id, after, query.limit)
    api_keys = deps.api_keys.list_for_site(site.site_id, deps.clock.now())
    shown = site_out(site)
    # Taken after all reads: content that expired in between is not exported.
    now = latest_possible_now(deps.clock)
    products = products_out(page.products, now, site.partner_tags)
    lists = lists_out(page.lists, now)
    exported = page.first(len(products), len(lists))
    cursor = paging.next(exported.next_position)
    return ApiResponse(
        200,
        ExportPage(
            site=shown,
            connections=shown.connections,
            keys=[api_key_out(api_key, site.site_id, request.kid) for api_key in api_keys],
            products=products,
            lists=lists[: len(exported.lists)],
            has_more=bool(cursor),
            next_cursor=cursor,
        ),
    )


def delete_site(request: Request, deps: Dependencies) -> ApiResponse:
    """Delete the site if `confirm` is its host. A scheduled function purges its rows."""
    query = request.query(DeleteSiteQuery)
    site = deps.sites.require(request.site_id)
    # Both sites are deleted together, and only the live one proves control of the host.
    if is_sandbox(site.site_id):
        raise InvalidRequest(
            "Authorization",
            "A sandbox site cannot be deleted alone.",
            "Use a live API key. It deletes the sandbox site too.",
        )
    if query.confirm.strip().casefold() != site.host.casefold():
        raise InvalidRequest(
            "confirm",
            "This call deletes the site, its API keys, and all its products. It cannot be undone.",
            f"Repeat the call with ?confirm={site.host} to confirm.",
        )
    now = deps.clock.now()
    secret_ids = deps.site_deletions.delete_site(request.caller, now)
    # Now if time permits; the outbox names the remaining ones for the scheduled worker.
    deps.amazon_accounts.delete_secrets(secret_ids, request.deadline)
    telemetry.count("SiteDeleted")
    return ApiResponse(202, SiteDeleted("leaving", site.host, now))


app = Router(dependencies)
app.route("GET", "/v1/export", export, allow_suspended=True)
app.route("DELETE", "/v1/site", delete_site, allow_suspended=True)
handler = app.handler

initialize("dynamodb", "call_counter", "sites", "exports", "api_keys", "service_state")
