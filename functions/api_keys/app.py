"""API keys of a site: create, list, revoke, report as leaked; and the site's audit log."""

from datetime import timedelta

from amzlinkr.http.paging import Paging
from amzlinkr.http.presenters.sites import api_key_out, audit_event_out
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse, located
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.api_keys import ApiKeyList, NewApiKey
from amzlinkr.http.schemas.audit import AuditEvents
from amzlinkr.http.schemas.requests import ApiKeyRequest, LeakReport, PageQuery
from amzlinkr.wiring import Dependencies, dependencies, initialize


def create_api_key(request: Request, deps: Dependencies) -> ApiResponse:
    """Create an API key and return it, this once. The earlier one expires later."""
    payload = request.optional_body(ApiKeyRequest)
    overlap = timedelta(hours=payload.overlap_hours)
    created = deps.site_api_keys.create(request.caller, payload.mode, overlap, payload.scope)
    text = created.text.reveal()
    shown = NewApiKey(created.kid, created.mode, created.scope, text, created.created_at)
    return ApiResponse(201, shown, located(request.api_url, f"keys/{created.kid}"))


def list_api_keys(request: Request, deps: Dependencies) -> ApiResponse:
    """List the API keys that the caller may manage, without their secret part."""
    request.expect_no_input()
    managed = deps.site_api_keys.list_for_caller(request.site_id)
    shown = [api_key_out(api_key, site_id, request.kid) for site_id, api_key in managed]
    return ApiResponse(200, ApiKeyList(shown))


def revoke_api_key(request: Request, deps: Dependencies) -> ApiResponse:
    """Revoke an API key immediately. It may be the API key of this request."""
    request.expect_no_input()
    deps.site_api_keys.revoke(request.caller, request.path["kid"])
    return ApiResponse(204)


def report_leaked(request: Request, deps: Dependencies) -> ApiResponse:
    """Revoke an API key that was found in public. The response is the same for every text."""
    payload = request.body(LeakReport)
    deps.site_api_keys.report_leak(payload.api_key, request.source_ip)
    return ApiResponse(204)


def list_events(request: Request, deps: Dependencies) -> ApiResponse:
    """List the security events of the site's last 90 days, newest first."""
    query = request.query(PageQuery)
    paging = Paging(deps.signer, "audit", request.site_id)
    after = paging.start(query.cursor, str)
    page = deps.audit_log.page(request.site_id, after, query.limit, deps.clock.now())
    cursor = paging.next(page.next_key)
    events = [audit_event_out(event) for event in page.events]
    return ApiResponse(200, AuditEvents(events, has_more=bool(cursor), next_cursor=cursor))


app = Router(dependencies)
app.route("POST", "/v1/keys", create_api_key)
app.route("GET", "/v1/keys", list_api_keys)
app.route("DELETE", "/v1/keys/<kid>", revoke_api_key)
app.route("POST", "/v1/keys/leaked", report_leaked, public=True)
app.route("GET", "/v1/audit", list_events, allow_suspended=True)
handler = app.handler

initialize("dynamodb", "call_counter", "site_api_keys", "service_state")
