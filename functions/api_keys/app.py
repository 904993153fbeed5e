"""API keys of a site: create, list, and revoke."""

from datetime import timedelta

from amzlinkr import telemetry
from amzlinkr.domain.errors import InvalidRequest, NotFound
from amzlinkr.domain.sites import ApiKeyRecord, is_sandbox, mode_of, sandbox_id_of
from amzlinkr.http.presenters.sites import api_key_out
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.router import Router
from amzlinkr.http.schemas.requests import ApiKeyRequest
from amzlinkr.http.schemas.sites import ApiKeyList, NewApiKey
from amzlinkr.wiring import Dependencies, dependencies


def add_key(request: Request, deps: Dependencies) -> ApiResponse:
    """Create an API key and return it, this once. The current key expires after the overlap."""
    payload = request.optional_body(ApiKeyRequest)
    own_mode = mode_of(request.site_id)
    mode = payload.mode or own_mode
    if mode == "live" and own_mode == "test":
        raise InvalidRequest(
            "mode", "A test API key can create test API keys only.", "Use a live API key."
        )
    site_id = request.site_id if mode == own_mode else sandbox_id_of(request.site_id)
    deps.usage_counters.increment(deps.config.limits.keys, request.site_id)
    key = deps.new_api_key(mode)
    record, now = ApiKeyRecord(key.kid, key.digest), deps.clock.now()
    overlap = timedelta(hours=payload.overlap_hours)
    deps.api_keys.add(request.caller, site_id, record, now, now + overlap)
    telemetry.count("ApiKeyCreated")
    return ApiResponse(201, NewApiKey(key.kid, mode, key.text.reveal(), now.replace(microsecond=0)))


def list_keys(request: Request, deps: Dependencies) -> ApiResponse:
    """List the API keys that the caller may manage, without their secret part."""
    request.expect_no_input()
    now = deps.clock.now()
    keys = [
        api_key_out(key, site_id, request.kid)
        for site_id in site_ids_of(request)
        for key in deps.api_keys.list_for_site(site_id, now)
    ]
    return ApiResponse(200, ApiKeyList(keys))


def revoke_key(request: Request, deps: Dependencies) -> ApiResponse:
    """Revoke an API key immediately. It may be the key of this request."""
    request.expect_no_input()
    for site_id in site_ids_of(request):
        try:
            deps.api_keys.revoke(site_id, request.path["kid"])
        except NotFound:
            continue
        telemetry.count("ApiKeyRevoked")
        return ApiResponse(204)
    raise NotFound("This site has no such API key.")


def site_ids_of(request: Request) -> list[str]:
    """Return the sites of the API keys that the caller may manage; a test key has one."""
    own = request.site_id
    return [own] if is_sandbox(own) else [own, sandbox_id_of(own)]


app = Router(dependencies)
app.route("POST", "/v1/keys", add_key)
app.route("GET", "/v1/keys", list_keys)
app.route("DELETE", "/v1/keys/<kid>", revoke_key)
handler = app.handler
