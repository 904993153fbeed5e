"""Endpoints for a site: settings, connections, usage, and the price sync."""

from amzlinkr import telemetry
from amzlinkr.domain.errors import NotFound
from amzlinkr.domain.marketplaces import marketplace
from amzlinkr.domain.sites import Site
from amzlinkr.domain.wrong_fields import WrongFields
from amzlinkr.http.presenters import sites as presenters
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse, located
from amzlinkr.http.router import Router
from amzlinkr.http.schemas import connections, requests, sync
from amzlinkr.wiring import Dependencies, dependencies, initialize

SHOW_CONNECTIONS = "GET /v1/connections lists the connections of the site."
_RESPONSE_RESERVE_SECONDS = 2.0  # the response of a large site takes this long


def show_site(request: Request, deps: Dependencies) -> ApiResponse:
    """Show the site and its connections."""
    request.expect_no_input()
    return ApiResponse(200, presenters.site_out(deps.sites.require(request.site_id)))


def change_site(request: Request, deps: Dependencies) -> ApiResponse:
    """Change the e-mail address, primary marketplace, or refresh interval."""
    payload = request.body(requests.SiteSettings)
    site = deps.sites.require(request.site_id)
    wrong, email, primary = WrongFields(), payload.email, payload.primary_marketplace
    with wrong:
        email = checked_email(payload.email)
    with wrong:
        primary = primary and site.connection(primary, "primary_marketplace").marketplace
    wrong.check()
    deps.usage_counters.increment(deps.config.limits.settings, site.site_id)
    changed = site.changed_settings(email, primary, payload.refresh_hours)
    deps.sites.change(request.caller, deps.clock.now(), *changed)
    stored = deps.sites.require(site.site_id)
    if payload.refresh_hours is not None:
        deadline = request.deadline.with_reserve(_RESPONSE_RESERVE_SECONDS)
        deps.sync_requests.apply_shorter_interval(stored, deadline)
    return ApiResponse(200, presenters.site_out(stored))


def checked_email(text: str | None) -> str | None:
    """Return the normalized e-mail address, or None for None. Raises `InvalidRequest`."""
    # Imported here, because other calls need not wait for it in a cold start.
    from amzlinkr.http.email_addresses import email_address

    return None if text is None else email_address(text)


def list_connections(request: Request, deps: Dependencies) -> ApiResponse:
    """List the connections to Amazon accounts."""
    request.expect_no_input()
    site = deps.sites.require(request.site_id)
    return ApiResponse(200, connections.Connections(presenters.site_out(site).connections))


def disconnect(request: Request, deps: Dependencies) -> ApiResponse:
    """Delete a connection and its credentials. Its products remain and expire in 24 hours."""
    request.expect_no_input()
    code = marketplace(request.path["marketplace"]).code
    site = deps.sites.require(request.site_id)
    connection = site.connections.get(code)
    if connection is None:
        raise NotFound(f"The {code} marketplace has no connection.", SHOW_CONNECTIONS)
    secret_ids = deps.sites.disconnect(request.caller, site, connection, deps.clock.now())
    deps.amazon_accounts.delete_secrets(secret_ids, request.deadline)
    telemetry.count("CredentialsDeleted")
    return ApiResponse(204)


def show_usage(request: Request, deps: Dependencies) -> ApiResponse:
    """Show the usage of our limits and of the daily budgets of the site's Amazon accounts."""
    request.expect_no_input()
    site = deps.sites.require(request.site_id)
    limits = deps.config.limits.of_site(site)
    windows = deps.config.limits.windows_of(site)
    usages = deps.usage_counters.usage(windows, site.site_id)
    shelves = deps.shelves.list_for_site(site.site_id)
    budgets, now = deps.amazon_accounts.budgets(site), deps.clock.now()
    return ApiResponse(200, presenters.usage_out(usages, shelves, limits, budgets, now))


def sync_now(request: Request, deps: Dependencies) -> ApiResponse:
    """Request a refresh of all products. If time runs out, the next price sync continues."""
    request.expect_no_input()
    site = deps.sites.require(request.site_id)
    deps.usage_counters.increment(deps.config.limits.of_site(site).syncs, site.site_id)
    deps.sync_requests.request_sync(site, request.deadline.with_reserve(_RESPONSE_RESERVE_SECONDS))
    return ApiResponse(202, sync_status_of(site, deps), located(request.api_url, "sync"))


def show_sync(request: Request, deps: Dependencies) -> ApiResponse:
    """Show the state of the price sync."""
    request.expect_no_input()
    return ApiResponse(200, sync_status_of(deps.sites.require(request.site_id), deps))


def sync_status_of(site: Site, deps: Dependencies) -> sync.SyncStatus:
    """Return the state of the price sync from the site's shelves and daily budgets."""
    shelves = [s for s in deps.shelves.list_for_site(site.site_id) if s.is_refreshed]
    budgets, now = deps.amazon_accounts.budgets(site), deps.clock.now()
    paused = deps.service_state.recent_switches().is_sync_stopped
    return presenters.sync_status(shelves, site, budgets, now, is_paused=paused)


app = Router(dependencies)
app.route("GET", "/v1/site", show_site, allow_suspended=True)
app.route("PATCH", "/v1/site", change_site)
app.route("GET", "/v1/usage", show_usage)
app.route("GET", "/v1/connections", list_connections)
app.route("DELETE", "/v1/connections/<marketplace>", disconnect)
app.route("POST", "/v1/sync", sync_now)
app.route("GET", "/v1/sync", show_sync)
handler = app.handler

initialize("dynamodb", "call_counter", "sync_requests", "amazon_accounts", "service_state")
