"""The site itself: who it is, its Amazon connections, the state of its price sync."""

from datetime import timedelta

from amzlinkr.domain.freshness import REFRESH_EVERY
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.planning import actual_intervals
from amzlinkr.domain.shelves import Shelf, ages
from amzlinkr.http.account_outputs import (
    Connections,
    MarketplaceList,
    MarketplaceOut,
    SiteOut,
    SyncStatus,
)
from amzlinkr.http.edge import Edge, Request
from amzlinkr.http.inputs import NoInput
from amzlinkr.http.responses import Answer, connection_out, sync_status
from amzlinkr.wiring import Dependencies, dependencies

SYNCS_AN_HOUR = 60
AN_HOUR = timedelta(hours=1)


def list_marketplaces(request: Request, _deps: Dependencies) -> Answer:
    """The 22 shops, for the settings form."""
    request.query(NoInput)
    shops = [MarketplaceOut.of(shop) for shop in MARKETPLACES.values()]
    return Answer(200, MarketplaceList(shops), cacheable=True)


def show_site(request: Request, deps: Dependencies) -> Answer:
    """The site with all its connections."""
    request.query(NoInput)
    site = deps.site(request.site_id)
    connections = [connection_out(connection) for connection in site.connections.values()]
    return Answer(
        200,
        SiteOut(site.site_id, site.url, site.email, site.created_at, site.primary, connections),
    )


def list_connections(request: Request, deps: Dependencies) -> Answer:
    """The state of each marketplace's Amazon account."""
    request.query(NoInput)
    site = deps.site(request.site_id)
    shown = [connection_out(connection) for connection in site.connections.values()]
    return Answer(200, Connections(shown))


def sync_now(request: Request, deps: Dependencies) -> Answer:
    """Make every shelf due at once, however fresh."""
    if request.body_bytes():
        request.body(NoInput)
    deps.quotas.count("sync", request.site_id, SYNCS_AN_HOUR, AN_HOUR)
    now = deps.clock.now()
    shelves = [shelf for shelf in deps.shelves.of_site(request.site_id) if shelf.slots]
    deps.each(shelves, lambda shelf: deps.shelves.make_due(shelf, now))
    return Answer(202, status_of(request.site_id, deps.shelves.of_site(request.site_id), deps))


def show_sync(request: Request, deps: Dependencies) -> Answer:
    """When the prices were and will be checked, and how much of Amazon's budget that took."""
    request.query(NoInput)
    return Answer(200, status_of(request.site_id, deps.shelves.of_site(request.site_id), deps))


def status_of(site_id: str, shelves: list[Shelf], deps: Dependencies) -> SyncStatus:
    """The sync's state from the shelves and the accounts' budgets."""
    now = deps.clock.now()
    connections = deps.site(site_id).connections
    known = deps.quotas.budgets([one.quota_id for one in connections.values()], now)
    budgets = {shop: known[connection.quota_id] for shop, connection in connections.items()}
    filled = [shelf for shelf in shelves if shelf.slots]
    intervals = actual_intervals(filled, REFRESH_EVERY, now)
    return sync_status(filled, ages(filled, now, REFRESH_EVERY), intervals, budgets)


app = Edge(dependencies)
app.route("GET", "/v1/marketplaces", list_marketplaces)
app.route("GET", "/v1/site", show_site)
app.route("GET", "/v1/connections", list_connections)
app.route("POST", "/v1/sync", sync_now)
app.route("GET", "/v1/sync", show_sync)
app.not_built("PATCH", "/v1/site")
app.not_built("DELETE", "/v1/site")
app.not_built("DELETE", "/v1/connections/<marketplace>")
app.not_built("GET", "/v1/export")
app.not_built("GET", "/v1/usage")
app.not_built("GET", "/v1/keys")
app.not_built("POST", "/v1/keys")
app.not_built("DELETE", "/v1/keys/<kid>")
handler = app.handler
