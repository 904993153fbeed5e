"""Access to routes: counted calls, suspended sites, scopes, read-only mode, and metrics."""

import json
from collections import Counter
from typing import Any

import pytest

from amzlinkr import telemetry
from amzlinkr.domain.clock import SystemClock
from amzlinkr.domain.errors import InternalError, NotFound
from amzlinkr.domain.limits import ONE_HOUR, Limit, LimitUsage
from amzlinkr.domain.service_switches import ServiceSwitches, SwitchedOn
from amzlinkr.http.request import Request
from amzlinkr.http.response import ApiResponse
from amzlinkr.http.router import Router
from tests.calls import Context, event_of
from tests.clock import START

USAGE = LimitUsage(Limit("calls", 100, ONE_HOUR), 40, 30)
READ_ONLY = ServiceSwitches(read_only=SwitchedOn(START, "ops", "maintenance"))


class Access:
    """Dependencies that record the counted sites."""

    def __init__(self, switches: ServiceSwitches) -> None:
        self.clock = SystemClock()
        self.call_counter = self.service_state = self
        self.switches = switches
        self.counted: list[str] = []

    def recent_switches(self) -> ServiceSwitches:
        return self.switches

    def count_call(self, name: str, *, is_account_setup: bool = False) -> LimitUsage:
        self.counted.append(name + "+" * is_account_setup)
        return USAGE


def fail(request: Request, _: Access) -> ApiResponse:
    raise NotFound if request.site_id.endswith("_a") else InternalError


def call(
    method: str,
    path: str,
    *,
    switches: ServiceSwitches | None = None,
    site_id: str | None = "site_a",
    authorizer: dict[str, str] | None = None,
) -> tuple[int, str | None, list[str], dict[str, Any]]:
    """Return the status, the code of the problem, the counted sites, and the headers."""
    deps = Access(switches or ServiceSwitches())
    router: Router[Access] = Router(lambda: deps)
    for verb in ("GET", "POST"):
        router.route(verb, "/v1/public", lambda *_: ApiResponse(204), public=True)
        router.route(verb, "/v1/site", lambda *_: ApiResponse(204), allow_suspended=True)
        router.route(verb, "/v1/products", lambda *_: ApiResponse(204))
        router.route(verb, "/v1/connections", lambda *_: ApiResponse(204))
        router.route(verb, "/v1/validate", lambda *_: ApiResponse(204))
    router.route("DELETE", "/v1/keys/<kid>", lambda *_: ApiResponse(204))
    router.route("POST", "/v1/keys/leaked", lambda *_: ApiResponse(204), public=True)
    router.route("GET", "/v1/failing", fail)
    event = event_of(method, path, site_id=site_id)
    context = event["requestContext"]
    context["authorizer"] = (context["authorizer"] or {}) | (authorizer or {})
    response = router.handler(event, Context())
    code = json.loads(response["body"])["code"] if response["body"] else None
    headers = {name: values[0] for name, values in response["multiValueHeaders"].items()}
    return response["statusCode"], code, deps.counted, headers


@pytest.mark.parametrize(
    ("method", "path", "authorizer", "expected"),
    [
        ("GET", "/v1/public", {}, (204, None, [])),
        ("GET", "/v1/public", {"suspended": "true", "scope": "read"}, (204, None, [])),
        ("POST", "/v1/public", {"suspended": "true", "scope": "read"}, (204, None, [])),
        ("GET", "/v1/products", {}, (204, None, ["site_a"])),
        ("GET", "/v1/connections", {}, (204, None, ["site_a+"])),
        ("POST", "/v1/connections", {}, (204, None, ["site_a"])),
        ("POST", "/v1/validate", {}, (204, None, ["site_a+"])),
        ("GET", "/v1/validate", {}, (204, None, ["site_a"])),
        ("GET", "/v1/products", {"scope": "read"}, (204, None, ["site_a#read"])),
        ("GET", "/v1/products", {"suspended": "true"}, (403, "site_suspended", [])),
        ("GET", "/v1/site", {"suspended": "true"}, (204, None, ["site_a"])),
        ("GET", "/v1/site", {"scope": "read"}, (403, "scope_insufficient", [])),
        ("POST", "/v1/products", {"scope": "read"}, (403, "scope_insufficient", [])),
        ("DELETE", "/v1/keys/k1", {}, (204, None, [])),
        ("DELETE", "/v1/keys/k1", {"suspended": "true"}, (403, "site_suspended", [])),
    ],
)
def test_call_is_permitted_and_counted(
    method: str,
    path: str,
    authorizer: dict[str, str],
    expected: tuple[int, str | None, list[str]],
) -> None:
    *found, headers = call(method, path, authorizer=authorizer)

    assert tuple(found) == expected
    assert ("RateLimit" in headers) is bool(expected[2])
    assert headers.get("RateLimit", '"calls";r=60;t=30') == '"calls";r=60;t=30'


@pytest.mark.parametrize("path", ["/v1/keys/k1", "/v1/keys/leaked"])
def test_key_can_end_in_read_only_mode(path: str) -> None:
    method = "POST" if path.endswith("leaked") else "DELETE"

    assert call(method, path, switches=READ_ONLY)[:3] == (204, None, [])


def test_call_that_is_not_permitted_is_refused_with_this_reason_in_read_only_mode() -> None:
    def code(**authorizer: str) -> str | None:
        return call("POST", "/v1/products", switches=READ_ONLY, authorizer=authorizer)[1]

    assert code() == "service_read_only"
    assert code(scope="read") == "scope_insufficient"
    assert code(suspended="true") == "site_suspended"


def test_failed_call_states_the_limit_too() -> None:
    status, code, counted, headers = call("GET", "/v1/failing")

    assert (status, code, counted) == (404, "not_found", ["site_a"])
    assert headers["RateLimit-Policy"] == '"calls";q=100;w=3600'


@pytest.mark.parametrize(
    ("site_id", "path", "counted"),
    [
        ("site_a", "/v1/failing", ["Problem_not_found"]),
        ("site_b", "/v1/failing", ["Problem_internal_error", "ApiFaults"]),
        ("test_a", "/v1/failing", []),
        ("test_b", "/v1/failing", []),
        (None, "/v1/nothing", ["Problem_not_found"]),
    ],
)
def test_problems_of_live_sites_are_counted(
    monkeypatch: pytest.MonkeyPatch,
    metrics: Counter[str],
    faults: list[str],
    site_id: str | None,
    path: str,
    counted: list[str],
) -> None:
    monkeypatch.setattr(telemetry, "count_of_api", telemetry.count)

    call("GET", path, site_id=site_id)

    assert metrics == Counter(counted)
    assert faults == (["InternalError"] if site_id in ("site_b", "test_b") else [])
