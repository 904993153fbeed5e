"""The site itself: who it is, its Amazon connections, the state of its price sync."""

from collections.abc import Callable

from amzlinkr.domain.errors import NotFound
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.planning import actual_intervals
from amzlinkr.domain.ports import Budget
from amzlinkr.domain.shelves import ages
from amzlinkr.domain.sites import Site, email_of
from amzlinkr.http.presenters.sites import allowance_out, connection_out, site_out, sync_status
from amzlinkr.http.request import Request
from amzlinkr.http.responses import Answer, api_description
from amzlinkr.http.router import Edge
from amzlinkr.http.schemas.requests import SiteSettings
from amzlinkr.http.schemas.sites import (
    BudgetOut,
    Connections,
    MarketplaceList,
    MarketplaceOut,
    SyncStatus,
    UsageOut,
)
from amzlinkr.wiring import Dependencies, dependencies

AT_ONCE = 100
ENOUGH_SECONDS = 2.0
"""For saying how the sync of a large site stands."""


def list_marketplaces(request: Request, _deps: Dependencies) -> Answer:
    """The 22 shops, for the settings form."""
    request.nothing()
    shops = [MarketplaceOut.of(shop) for shop in MARKETPLACES.values()]
    return Answer(200, MarketplaceList(shops), cacheable=True, public=True)


def show_description(request: Request, _deps: Dependencies) -> Answer:
    """This API as an OpenAPI document, for programs and their makers."""
    request.nothing()
    return Answer(200, api_description(), cacheable=True, public=True)


def show_site(request: Request, deps: Dependencies) -> Answer:
    """The site with all its connections."""
    request.nothing()
    return Answer(200, site_out(deps.site(request.site_id)))


def change_site(request: Request, deps: Dependencies) -> Answer:
    """Another e-mail address, another marketplace as the one that is meant if none is named, or
    another interval; a shorter one holds for the next refresh already."""
    wish = request.body(SiteSettings)
    site = deps.site(request.site_id)
    email = None if wish.email is None else email_of(wish.email)
    primary = wish.primary_marketplace
    if primary is not None:
        primary = site.connection(primary).marketplace
    deps.sites.change(request.caller, deps.clock.now(), email, primary, wish.refresh_hours)
    changed = deps.site(site.site_id)
    if wish.refresh_hours is not None:
        hurry(changed, lambda: request.seconds_left > ENOUGH_SECONDS, deps)
    return Answer(200, site_out(changed))


def hurry(site: Site, may_go_on: Callable[[], bool], deps: Dependencies) -> None:
    """Let shelves that would rest longer than the site's interval be due when that is over, as many
    as there is time for; the others take the new interval after their next refresh."""
    now = deps.clock.now()
    due_at = {
        shelf: max(now, shelf.observed_at + site.interval)
        for shelf in deps.shelves.of_site(site.site_id)
        if shelf.slots
    }
    late = [shelf for shelf in due_at if shelf.due_at > due_at[shelf]]
    for start in range(0, len(late), AT_ONCE):
        if may_go_on():
            some = late[start : start + AT_ONCE]
            deps.each(some, lambda shelf: deps.shelves.make_due(shelf, due_at[shelf]))


def list_connections(request: Request, deps: Dependencies) -> Answer:
    """The state of each marketplace's Amazon account."""
    request.nothing()
    site = deps.site(request.site_id)
    shown = [connection_out(connection) for connection in site.connections.values()]
    return Answer(200, Connections(shown))


def disconnect(request: Request, deps: Dependencies) -> Answer:
    """Forget a marketplace's keys. What was imported with them expires 24 hours after it was last
    seen, and goes on if keys are entered again."""
    request.nothing()
    site = deps.site(request.site_id)
    connection = site.connections.get(request.path["marketplace"].upper())
    if connection is None:
        raise NotFound("There are no Amazon keys stored for this marketplace.")
    secret_ids = deps.sites.disconnect(request.caller, site, connection, deps.clock.now())
    deps.forget(secret_ids, lambda: request.seconds_left)
    deps.count("KeysForgotten")
    return Answer(204)


def show_usage(request: Request, deps: Dependencies) -> Answer:
    """What the site used of our limits and of its Amazon accounts'."""
    request.nothing()
    now, limits = deps.clock.now(), deps.config.limits
    site = deps.site(request.site_id)
    ours = (limits.calls, limits.jobs, limits.validations, limits.syncs, limits.keys)
    calls, jobs, validations, syncs, keys = (
        allowance_out(allowance, now) for allowance in deps.quotas.allowances(ours, site.site_id)
    )
    products = sum(len(shelf.slots) for shelf in deps.shelves.of_site(site.site_id))
    budgets = budgets_of(site, deps)
    return Answer(
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


def sync_now(request: Request, deps: Dependencies) -> Answer:
    """Make every shelf due at once, however fresh; if there are too many for the time that a
    caller waits, the next round of the sync goes on."""
    request.nothing()
    site, now = deps.site(request.site_id), deps.clock.now()
    deps.quotas.count(deps.config.limits.syncs, site.site_id)
    deps.syncs.ask(site.site_id, now)
    deps.make_due(site.site_id, now, lambda: request.seconds_left > ENOUGH_SECONDS)
    return Answer(202, status_of(site, deps))


def show_sync(request: Request, deps: Dependencies) -> Answer:
    """When the prices were and will be checked, and how much of Amazon's budget that took."""
    request.nothing()
    return Answer(200, status_of(deps.site(request.site_id), deps))


def status_of(site: Site, deps: Dependencies) -> SyncStatus:
    """The sync's state from the shelves and the accounts' budgets."""
    now = deps.clock.now()
    asked, budgets = site.interval, budgets_of(site, deps)
    filled = [shelf for shelf in deps.shelves.of_site(site.site_id) if shelf.slots]
    intervals = actual_intervals(filled, asked, now)
    return sync_status(filled, ages(filled, now, asked), asked, intervals, budgets)


def budgets_of(site: Site, deps: Dependencies) -> dict[str, Budget]:
    """What was used of each marketplace's Amazon account today."""
    connections = site.connections
    quota_ids = [connection.quota_id for connection in connections.values()]
    known = deps.quotas.budgets(quota_ids, deps.clock.now())
    return {shop: known[connection.quota_id] for shop, connection in connections.items()}


app = Edge(dependencies)
app.route("GET", "/v1/marketplaces", list_marketplaces, public=True)
app.route("GET", "/v1/openapi.json", show_description, public=True)
app.route("GET", "/v1/site", show_site, even_suspended=True)
app.route("PATCH", "/v1/site", change_site)
app.route("GET", "/v1/usage", show_usage)
app.route("GET", "/v1/connections", list_connections)
app.route("DELETE", "/v1/connections/<marketplace>", disconnect)
app.route("POST", "/v1/sync", sync_now)
app.route("GET", "/v1/sync", show_sync)
handler = app.handler
