"""API keys of a site: create, list, and revoke."""

from datetime import timedelta

from amzlinkr.http.presenters.sites import api_key_out
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.requests import ApiKeyRequest
from amzlinkr.http.schemas.sites import ApiKeyList, NewApiKey
from amzlinkr.wiring import Dependencies, dependencies


def create_api_key(request: Request, deps: Dependencies) -> ApiResponse:
    """Create an API key and return it, this once. The current one expires after the overlap."""
    payload = request.optional_body(ApiKeyRequest)
    overlap = timedelta(hours=payload.overlap_hours)
    created = deps.site_api_keys.create(request.caller, payload.mode, overlap)
    return ApiResponse(
        201, NewApiKey(created.kid, created.mode, created.text.reveal(), created.created_at)
    )


def list_api_keys(request: Request, deps: Dependencies) -> ApiResponse:
    """List the API keys that the caller may manage, without their secret part."""
    request.expect_no_input()
    managed = deps.site_api_keys.list_for_caller(request.site_id)
    shown = [api_key_out(api_key, site_id, request.kid) for site_id, api_key in managed]
    return ApiResponse(200, ApiKeyList(shown))


def revoke_api_key(request: Request, deps: Dependencies) -> ApiResponse:
    """Revoke an API key immediately. It may be the API key of this request."""
    request.expect_no_input()
    deps.site_api_keys.revoke(request.site_id, request.path["kid"])
    return ApiResponse(204)


app = Router(dependencies)
app.route("POST", "/v1/keys", create_api_key)
app.route("GET", "/v1/keys", list_api_keys)
app.route("DELETE", "/v1/keys/<kid>", revoke_api_key)
handler = app.handler
