"""Endpoints for lists: define, show and remove searches that the price sync refreshes."""

from amzlinkr.domain.clock import latest_possible_now
from amzlinkr.domain.errors import NotFound
from amzlinkr.domain.lists import ListDefinition, check_list_name, is_list_name
from amzlinkr.http.paging import Paging
from amzlinkr.http.presenters.lists import list_out, lists_out
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse, located
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.lists import ListPageOut
from amzlinkr.http.schemas.requests import PageQuery
from amzlinkr.http.schemas.search_requests import ListInput
from amzlinkr.http.searches import list_search_of
from amzlinkr.wiring import Dependencies, dependencies, initialize

UNKNOWN_LIST = "The site has no list with this name."


def put_list(request: Request, deps: Dependencies) -> ApiResponse:
    """Define a list, or replace the one with this name. It is refreshed soon."""
    name = check_list_name(request.path["name"])
    payload = request.body(ListInput)
    definition = ListDefinition(name, list_search_of(payload), payload.size)
    site = deps.sites.require(request.site_id)
    stored, is_new = deps.lists.put(site, payload.marketplace, definition)
    shown = list_out(stored, latest_possible_now(deps.clock))
    if not is_new:
        return ApiResponse(200, shown)
    return ApiResponse(201, shown, located(request.api_url, f"lists/{name}"))


def show_list(request: Request, deps: Dependencies) -> ApiResponse:
    """Show one list with its results."""
    request.expect_no_input()
    stored = deps.list_store.get(request.site_id, known_name(request))
    if stored is None:
        raise NotFound(UNKNOWN_LIST)
    # After the read: results that expired in between are not shown.
    now = latest_possible_now(deps.clock)
    return ApiResponse(200, list_out(stored, now), cacheable=True)


def show_lists(request: Request, deps: Dependencies) -> ApiResponse:
    """List a page of lists with their results, by name."""
    query = request.query(PageQuery)
    paging = Paging(deps.signer, "lists", request.site_id)
    page = deps.list_store.page(request.site_id, paging.start(query.cursor, str), query.limit)
    shown = lists_out(page.lists, latest_possible_now(deps.clock))
    is_cut = len(shown) < len(page.lists)
    cursor = paging.next(shown[-1].name if is_cut else page.next_name)
    return ApiResponse(200, ListPageOut(shown, bool(cursor), cursor), cacheable=True)


def remove_list(request: Request, deps: Dependencies) -> ApiResponse:
    """Remove a list. The change feed contains its removal."""
    request.expect_no_input()
    if not deps.product_writer.lists.remove(request.site_id, known_name(request)):
        raise NotFound(UNKNOWN_LIST)
    return ApiResponse(204)


def known_name(request: Request) -> str:
    """Return the name in the path. Raises `NotFound` if no list can have it."""
    name = request.path["name"]
    if not is_list_name(name):
        raise NotFound(UNKNOWN_LIST)
    return name


app = Router(dependencies)
app.route("PUT", "/v1/lists/<name>", put_list)
app.route("GET", "/v1/lists", show_lists)
app.route("GET", "/v1/lists/<name>", show_list)
app.route("DELETE", "/v1/lists/<name>", remove_list)
handler = app.handler

initialize("dynamodb", "secretsmanager", "sqs", "call_counter", "lists", "service_state")
