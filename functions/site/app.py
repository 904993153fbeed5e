"""The site itself: who it is, its Amazon connections, the state of its price sync."""

from collections.abc import Callable

from amzlinkr.domain.errors import NotFound
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.planning import actual_intervals
from amzlinkr.domain.ports import DailyBudget, OutboxEntry, Task
from amzlinkr.domain.shelves import count_by_age
from amzlinkr.domain.sites import Site, email_of
from amzlinkr.http.presenters.sites import (
    connection_out,
    limit_usage_out,
    marketplace_out,
    site_out,
    sync_status,
)
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse, api_description
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.requests import SiteSettings
from amzlinkr.http.schemas.sites import (
    BudgetOut,
    Connections,
    MarketplaceList,
    SyncStatus,
    UsageOut,
)
from amzlinkr.wiring import Dependencies, dependencies

SHELF_UPDATE_BATCH_SIZE = 100
_MIN_REMAINING_SECONDS = 2.0
"""For saying how the sync of a large site stands."""


def list_marketplaces(request: Request, _deps: Dependencies) -> ApiResponse:
    """The 22 shops, for the settings form."""
    request.expect_no_input()
    shops = [marketplace_out(shop) for shop in MARKETPLACES.values()]
    return ApiResponse(200, MarketplaceList(shops), cacheable=True, public=True)


def show_description(request: Request, _deps: Dependencies) -> ApiResponse:
    """This API as an OpenAPI document, for programs and their makers."""
    request.expect_no_input()
    return ApiResponse(200, api_description(), cacheable=True, public=True)


def show_site(request: Request, deps: Dependencies) -> ApiResponse:
    """The site with all its connections."""
    request.expect_no_input()
    return ApiResponse(200, site_out(deps.site(request.site_id)))


def change_site(request: Request, deps: Dependencies) -> ApiResponse:
    """Another e-mail address, another marketplace as the one that is meant if none is named, or
    another interval; a shorter one holds for the next refresh already."""
    payload = request.body(SiteSettings)
    site = deps.site(request.site_id)
    email = None if payload.email is None else email_of(payload.email)
    primary = payload.primary_marketplace
    if primary is not None:
        primary = site.connection(primary).marketplace
    deps.sites.change(request.caller, deps.clock.now(), email, primary, payload.refresh_hours)
    changed = deps.site(site.site_id)
    if payload.refresh_hours is not None:
        apply_shorter_interval(changed, lambda: request.seconds_left > _MIN_REMAINING_SECONDS, deps)
    return ApiResponse(200, site_out(changed))


def apply_shorter_interval(site: Site, may_go_on: Callable[[], bool], deps: Dependencies) -> None:
    """Let shelves that would rest longer than the site's interval be due when that is over, as many
    as there is time for; the others take the new interval after their next refresh."""
    now = deps.clock.now()
    due_at = {
        shelf: max(now, shelf.observed_at + site.interval)
        for shelf in deps.shelves.list_for_site(site.site_id)
        if shelf.slots
    }
    late = [shelf for shelf in due_at if shelf.due_at > due_at[shelf]]
    for start in range(0, len(late), SHELF_UPDATE_BATCH_SIZE):
        if may_go_on():
            some = late[start : start + SHELF_UPDATE_BATCH_SIZE]
            deps.map_concurrently(some, lambda shelf: deps.shelves.reschedule(shelf, due_at[shelf]))


def list_connections(request: Request, deps: Dependencies) -> ApiResponse:
    """The state of each marketplace's Amazon account."""
    request.expect_no_input()
    site = deps.site(request.site_id)
    shown = [connection_out(connection) for connection in site.connections.values()]
    return ApiResponse(200, Connections(shown))


def disconnect(request: Request, deps: Dependencies) -> ApiResponse:
    """Forget a marketplace's keys. What was imported with them expires 24 hours after it was last
    seen, and goes on if keys are entered again."""
    request.expect_no_input()
    site = deps.site(request.site_id)
    connection = site.connections.get(request.path["marketplace"].upper())
    if connection is None:
        raise NotFound("There are no Amazon keys stored for this marketplace.")
    secret_ids = deps.sites.disconnect(request.caller, site, connection, deps.clock.now())
    deps.delete_secrets(secret_ids, lambda: request.seconds_left)
    deps.count("CredentialsDeleted")
    return ApiResponse(204)


def show_usage(request: Request, deps: Dependencies) -> ApiResponse:
    """What the site used of our limits and of its Amazon accounts'."""
    request.expect_no_input()
    now, limits = deps.clock.now(), deps.config.limits
    site = deps.site(request.site_id)
    ours = (limits.calls, limits.jobs, limits.validations, limits.syncs, limits.keys)
    calls, jobs, validations, syncs, keys = (
        limit_usage_out(allowance, now)
        for allowance in deps.usage_counters.usage(ours, site.site_id)
    )
    products = sum(len(shelf.slots) for shelf in deps.shelves.list_for_site(site.site_id))
    budgets = budgets_of(site, deps)
    return ApiResponse(
        200,
        UsageOut(
            calls,
            jobs,
            validations,
            syncs,
            keys,
            BudgetOut(products, limits.products),
            {shop: BudgetOut(budget.used, budget.limit) for shop, budget in budgets.items()},
        ),
    )


def sync_now(request: Request, deps: Dependencies) -> ApiResponse:
    """Make every shelf due at once, however fresh; if there are too many for the time that a
    caller waits, the next round of the sync goes on."""
    request.expect_no_input()
    site, now = deps.site(request.site_id), deps.clock.now()
    deps.usage_counters.increment(deps.config.limits.syncs, site.site_id)
    deps.outbox.schedule(Task.SYNC_REQUEST, site.site_id, now)
    deps.reschedule_site(
        OutboxEntry(site.site_id, now), lambda: request.seconds_left > _MIN_REMAINING_SECONDS
    )
    return ApiResponse(202, status_of(site, deps))


def show_sync(request: Request, deps: Dependencies) -> ApiResponse:
    """When the prices were and will be checked, and how much of Amazon's budget that took."""
    request.expect_no_input()
    return ApiResponse(200, status_of(deps.site(request.site_id), deps))


def status_of(site: Site, deps: Dependencies) -> SyncStatus:
    """The sync's state from the shelves and the accounts' budgets."""
    now = deps.clock.now()
    asked, budgets = site.interval, budgets_of(site, deps)
    filled = [shelf for shelf in deps.shelves.list_for_site(site.site_id) if shelf.slots]
    intervals = actual_intervals(filled, asked, now)
    return sync_status(filled, count_by_age(filled, now, asked), asked, intervals, budgets)


def budgets_of(site: Site, deps: Dependencies) -> dict[str, DailyBudget]:
    """What was used of each marketplace's Amazon account today."""
    connections = site.connections
    quota_ids = [connection.account_key for connection in connections.values()]
    known = deps.rate_limiters.budgets(quota_ids, deps.clock.now())
    return {shop: known[connection.account_key] for shop, connection in connections.items()}


app = Router(dependencies)
app.route("GET", "/v1/marketplaces", list_marketplaces, public=True)
app.route("GET", "/v1/openapi.json", show_description, public=True)
app.route("GET", "/v1/site", show_site, allow_suspended=True)
app.route("PATCH", "/v1/site", change_site)
app.route("GET", "/v1/usage", show_usage)
app.route("GET", "/v1/connections", list_connections)
app.route("DELETE", "/v1/connections/<marketplace>", disconnect)
app.route("POST", "/v1/sync", sync_now)
app.route("GET", "/v1/sync", show_sync)
handler = app.handler
