"""A site's api keys: a new one, which there are, and the end of one."""

from datetime import timedelta

from amzlinkr.domain.errors import InvalidRequest, NotFound
from amzlinkr.domain.sites import KeyRecord, is_test, mode_of, twin_of
from amzlinkr.http.presenters.sites import key_out
from amzlinkr.http.request import Request
from amzlinkr.http.responses import Answer
from amzlinkr.http.router import Edge
from amzlinkr.http.schemas.requests import KeyRequest
from amzlinkr.http.schemas.sites import KeyList, NewKey
from amzlinkr.wiring import Dependencies, dependencies


def add_key(request: Request, deps: Dependencies) -> Answer:
    """Make another key, shown this once; the one there is goes on for the overlap."""
    wish = request.body_if_any(KeyRequest)
    own = mode_of(request.site_id)
    mode = wish.mode or own
    if mode == "live" and own == "test":
        raise InvalidRequest("mode", "A test key makes test keys only.", "Use a live key.")
    holder = request.site_id if mode == own else twin_of(request.site_id)
    deps.quotas.count(deps.config.limits.keys, request.site_id)
    key = deps.new_api_key(mode)
    now = deps.clock.now()
    overlap = timedelta(hours=wish.overlap_hours)
    deps.keys.add(request.caller, holder, KeyRecord(key.kid, key.digest), now, now + overlap)
    deps.count("KeyMade")
    return Answer(201, NewKey(key.kid, mode, key.text.reveal(), now.replace(microsecond=0)))


def list_keys(request: Request, deps: Dependencies) -> Answer:
    """The site's keys and, for a live key, those of its sandbox; the keys themselves are unknown
    here too."""
    request.nothing()
    now = deps.clock.now()
    return Answer(
        200,
        KeyList(
            [
                key_out(key, holder, request.kid)
                for holder in holders(request)
                for key in deps.keys.held(holder, now)
            ]
        ),
    )


def revoke_key(request: Request, deps: Dependencies) -> Answer:
    """End a key at once, be it the one this call came with."""
    request.nothing()
    for holder in holders(request):
        try:
            deps.keys.revoke(holder, request.path["kid"])
        except NotFound:
            continue
        deps.count("KeyRevoked")
        return Answer(204)
    raise NotFound("This site has no such key.")


def holders(request: Request) -> list[str]:
    """Whose keys this caller may see: a test key knows the sandbox only."""
    own = request.site_id
    return [own] if is_test(own) else [own, twin_of(own)]


app = Edge(dependencies)
app.route("POST", "/v1/keys", add_key)
app.route("GET", "/v1/keys", list_keys)
app.route("DELETE", "/v1/keys/<kid>", revoke_key)
handler = app.handler
