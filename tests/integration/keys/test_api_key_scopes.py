"""Scopes of API keys: every route of the API with every scope, and rotation of each scope."""

import json

import pytest

from amzlinkr.wiring import Dependencies
from infra.openapi.operation import Operation
from infra.openapi.operations import OPERATIONS
from tests.calls import Context, authorize_key, event_of, find_owner, router_for
from tests.clock import FakeClock
from tests.integration import aws_spy
from tests.site_client import Site

READABLE = {
    "GET /v1/products",
    "GET /v1/products/{asin}",
    "GET /v1/changes",
    "GET /v1/lists",
    "GET /v1/lists/{name}",
    "GET /v1/sync",
    "GET /v1/usage",
}
"""All that an API key with the scope `read` may call, as far as the API has it."""
SITE_OPERATIONS = [operation for operation in OPERATIONS if not operation.public]


def route_of(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def code_of(deps: Dependencies, operation: Operation, context: dict[str, str]) -> str | None:
    """Return the problem code of a call with this context, or None if there is no problem."""
    path = operation.path
    for name, value in operation.path_parameters.items():
        path = path.replace(f"{{{name}}}", value)
    body = dict(operation.example) if operation.body is not None else None
    query = (
        None if operation.body is not None else {k: str(v) for k, v in operation.example.items()}
    )
    event = event_of(operation.method, path, body, query)
    event["requestContext"]["authorizer"] = context
    router = router_for(operation.method, path)
    router.provide = lambda: deps
    response = router.handler(event, Context())
    if response["statusCode"] < 400:
        return None
    return str(json.loads(response["body"])["code"])


def create(site: Site, **fields: object) -> Site:
    """Create an API key and return a client with it, and with the scope the authorizer states."""
    made = site.post("/v1/keys", fields)
    assert made.status == 201, made.text
    context = authorize_key(site.deps, made.json["api_key"])
    assert context is not None
    assert made.json["scope"] == context["scope"]
    return Site(site.deps, context["site_id"], made.json["api_key"], context["scope"])


@pytest.mark.parametrize("stated", ["read", "", "admin", None])
def test_read_key_may_call_readable_routes_only(
    site: Site, deps: Dependencies, subtests: pytest.Subtests, stated: str | None
) -> None:
    context = {"site_id": site.site_id, "kid": site.kid, "suspended": "false"}
    context |= {} if stated is None else {"scope": stated}

    for operation in SITE_OPERATIONS:
        with subtests.test(route=route_of(operation)):
            with aws_spy.record_calls() as made:
                code = code_of(deps, operation, context)

            if route_of(operation) in READABLE:
                assert code in (None, "not_found")
            else:
                assert (code, made) == ("scope_insufficient", [])


@pytest.mark.parametrize("operation", SITE_OPERATIONS, ids=route_of)
def test_full_key_may_call_every_route(
    site: Site, deps: Dependencies, operation: Operation
) -> None:
    context = {"site_id": site.site_id, "kid": site.kid, "suspended": "false", "scope": "full"}

    assert code_of(deps, operation, context) != "scope_insufficient"


def test_rejected_call_is_not_counted(site: Site) -> None:
    reader = create(site, scope="read")
    used = site.get("/v1/usage").json["calls"]["used"]

    refused = reader.post("/v1/sync")

    assert (refused.status, refused.json["code"]) == (403, "scope_insufficient")
    assert "'full'" in refused.json["action"]
    assert site.get("/v1/usage").json["calls"]["used"] == used + 1


@pytest.mark.parametrize("mode", ["live", "test"])
def test_read_key_cannot_manage_keys(site: Site, mode: str) -> None:
    reader = create(site, scope="read", mode=mode)
    before = site.get("/v1/keys").json

    refused = [
        reader.post("/v1/keys", {"scope": "read"}),
        reader.post("/v1/keys"),
        reader.delete(f"/v1/keys/{site.kid}"),
        reader.get("/v1/keys"),
    ]

    assert {reply.json["code"] for reply in refused} == {"scope_insufficient"}
    assert site.get("/v1/keys").json == before


def test_scopes_are_listed_and_exported(site: Site) -> None:
    reader = create(site, scope="read")
    tester = create(site, scope="read", mode="test")

    listed = {key["kid"]: key["scope"] for key in site.get("/v1/keys").json["keys"]}
    assert listed == {site.kid: "full", reader.kid: "read", tester.kid: "read"}
    exported = {key["kid"]: key["scope"] for key in site.get("/v1/export").json["keys"]}
    assert exported == {site.kid: "full", reader.kid: "read"}


@pytest.mark.parametrize("scope", ["write", "", None, 1, ["read"]])
def test_other_scopes_are_rejected(site: Site, scope: object) -> None:
    refused = site.post("/v1/keys", {"scope": scope})
    assert (refused.status, refused.json["field"]) == (422, "scope")


def test_read_key_replaces_read_keys_only(site: Site, deps: Dependencies, clock: FakeClock) -> None:
    first = create(site, scope="read")
    second = create(site, scope="read", overlap_hours=1)
    refused = site.post("/v1/keys", {"scope": "read"})
    assert (refused.status, refused.json["code"]) == (409, "too_many_keys")
    assert "'read'" in refused.json["detail"]
    assert create(site, scope="full").scope == "full"

    clock.advance(hours=1)
    active = [find_owner(deps, each.api_key) for each in (first, second, site)]
    assert [owner and owner.scope for owner in active] == [None, "read", "full"]


def test_last_full_key_does_not_expire_because_of_a_read_key(site: Site, clock: FakeClock) -> None:
    create(site, scope="read", overlap_hours=0)
    clock.advance(days=30)

    shown = {key["scope"]: key.get("expires_at") for key in site.get("/v1/keys").json["keys"]}
    assert shown == {"full": None, "read": None}
