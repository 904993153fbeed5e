"""A site's api keys: a new one, which there are, and the end of one."""

from datetime import timedelta

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
    """Make another key, shown this once; the one there is goes on for the overlap."""
    payload = request.optional_body(ApiKeyRequest)
    own = mode_of(request.site_id)
    mode = payload.mode or own
    if mode == "live" and own == "test":
        raise InvalidRequest("mode", "A test key makes test keys only.", "Use a live key.")
    holder = request.site_id if mode == own else sandbox_id_of(request.site_id)
    deps.usage_counters.increment(deps.config.limits.keys, request.site_id)
    key = deps.new_api_key(mode)
    now = deps.clock.now()
    overlap = timedelta(hours=payload.overlap_hours)
    deps.api_keys.add(request.caller, holder, ApiKeyRecord(key.kid, key.digest), now, now + overlap)
    deps.count("ApiKeyCreated")
    return ApiResponse(201, NewApiKey(key.kid, mode, key.text.reveal(), now.replace(microsecond=0)))


def list_keys(request: Request, deps: Dependencies) -> ApiResponse:
    """The site's keys and, for a live key, those of its sandbox; the keys themselves are unknown
    here too."""
    request.expect_no_input()
    now = deps.clock.now()
    return ApiResponse(
        200,
        ApiKeyList(
            [
                api_key_out(key, holder, request.kid)
                for holder in site_ids_of(request)
                for key in deps.api_keys.list_for_site(holder, now)
            ]
        ),
    )


def revoke_key(request: Request, deps: Dependencies) -> ApiResponse:
    """End a key at once, be it the one this call came with."""
    request.expect_no_input()
    for holder in site_ids_of(request):
        try:
            deps.api_keys.revoke(holder, request.path["kid"])
        except NotFound:
            continue
        deps.count("ApiKeyRevoked")
        return ApiResponse(204)
    raise NotFound("This site has no such key.")


def site_ids_of(request: Request) -> list[str]:
    """Whose keys this caller may see: a test key knows the sandbox only."""
    own = request.site_id
    return [own] if is_sandbox(own) else [own, sandbox_id_of(own)]


app = Router(dependencies)
app.route("POST", "/v1/keys", add_key)
app.route("GET", "/v1/keys", list_keys)
app.route("DELETE", "/v1/keys/<kid>", revoke_key)
handler = app.handler
