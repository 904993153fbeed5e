"""Malformed API Gateway events, sent to the handlers: each is rejected without a server error."""

import base64
import copy
import json
import random
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from functions.authorizer import app as authorizer
from tests.calls import METHOD_ARN, ROUTES, Context, event_of, router_for, set_dependencies
from tests.integration import aws_spy
from tests.integration.api.test_bad_input import ROUTES as ROUTE_LIST
from tests.integration.api.test_bad_input import TAKES_BODY, TAKES_QUERY
from tests.site_client import Site

DEEP = "[" * 10_000 + "]" * 10_000
ODD: list[Any] = [
    None, True, False, 0, -1, 2**63, 10**400, 1.5, float("nan"), float("inf"), "", " ", "\x00",
    "\ud800", "é" * 70_000, "x" * 65_537, DEEP, '{"a":' * 9_000, "\ufeff{}", "{}", "null", "NaN",
    "' OR 1=1 --", "../../etc/passwd", "%2e%2e%2f", "<script>", "\u202e", [], {}, [[]], [None],
    {"a": {"b": []}}, ["a", 1], {"": ""}, b"bytes".hex(), "=" * 9, "====", "A===",
    "\r\nSet-Cookie: a=b",
]  # fmt: skip
LEAKS = ("Traceback", 'File "', "object at 0x", "NoneType", "botocore", "msgspec", "KeyError")


MAX_DEPTH = 20
"""The depth to which events are changed: a replaced part may have thousands of levels."""


def paths_in(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of keys to every part of an event."""
    found = [path] if path else []
    if isinstance(node, dict):
        for key, value in node.items():
            found += paths_in(value, (*path, key)) if len(path) < MAX_DEPTH else []
    return found


def malform(rng: random.Random, event: dict[str, Any]) -> dict[str, Any]:
    """Return an event with one to three parts replaced, dropped, or duplicated."""
    event = copy.deepcopy(event)
    for _ in range(rng.randint(1, 3)):
        *parents, name = rng.choice(paths_in(event))
        node: Any = event
        for key in parents:
            node = node[key] if isinstance(node, dict) and key in node else {}
        if not isinstance(node, dict):
            continue
        match rng.randrange(5):
            case 0:
                node.pop(name, None)
            case 1 if isinstance(node.get(name), str):
                node[name] = base64.b64encode(node[name].encode(errors="replace")).decode()
                event["isBase64Encoded"] = rng.choice([True, "yes", 1])
            case 2:
                node[str(name).upper()] = rng.choice(ODD)
            case _:
                node[name] = rng.choice(ODD)
    return event


def valid_event(method: str, path: str, site: Site) -> dict[str, Any]:
    """Return a valid event for a route, with placeholders as path parameters."""
    body = TAKES_BODY.get(path) if method in ("POST", "PATCH") else None
    headers = {"Content-Type": "application/json", "If-None-Match": '"x"', "Idempotency-Key": "k"}
    query = TAKES_QUERY.get(path) if method in ("GET", "HEAD", "DELETE") else None
    event = event_of(method, path, body, query, headers)
    authorizer = {"site_id": site.site_id, "kid": site.kid, "scope": "full"}
    event["requestContext"]["authorizer"] = authorizer
    return event


def send_malformed_events(site: Site, config: Config, count: int, seed: int) -> None:
    """Send malformed events to every route in turn, and check each response."""
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    refused, before = 0, aws_spy.table(config.sites_table)
    for number in range(count):
        route = ROUTE_LIST[number % len(ROUTE_LIST)]
        event = malform(rng, valid_event(*route, site))
        label = f"seed {seed}, event {number}: {str(event)[:700]!a}"
        router = router_for(*route)
        router.provide = lambda: site.deps
        with aws_spy.record_calls() as made:
            response = router.handler(event, Context())
        status, body = response["statusCode"], response.get("body") or ""
        assert 200 <= status < 500, (label, status, body)
        assert [word for word in LEAKS if word in body] == [], (label, body)
        json.dumps(response).encode()
        if event.get("httpMethod") == "HEAD":
            assert body == "", label
        elif status >= 400:
            refused += 1
            problem = json.loads(body)
            assert {"code", "action", "detail", "status", "request_id"} <= set(problem), label
            # Every request is counted. Only the transaction of a write detects an API key that
            # ended after the authorizer had checked it.
            if problem["code"] != "api_key_rejected":
                assert set(aws_spy.writes(made)) <= {"UpdateItem"}, label
    assert aws_spy.table(config.sites_table).keys() >= before.keys()
    assert refused > count / 3


def test_malformed_events_are_rejected(
    site: Site, aws: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    send_malformed_events(site, aws, 500, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_many_malformed_events_are_rejected(
    site: Site, aws: Config, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    send_malformed_events(site, aws, 1_000, seed)


@pytest.mark.parametrize("count", [800, pytest.param(10_000, marks=pytest.mark.slow)])
def test_authorizer_denies_malformed_events(site: Site, count: int) -> None:
    set_dependencies(authorizer, lambda: site.deps)
    rng = random.Random(count)  # noqa: S311 - reproducible, not secret
    event = {
        "type": "REQUEST",
        "methodArn": METHOD_ARN,
        "headers": {"Authorization": "Bearer x"},
        "requestContext": {"requestId": "test-request"},
    }
    for number in range(count):
        changed = malform(rng, event)
        changed["methodArn"] = METHOD_ARN
        with aws_spy.record_calls() as made:
            result = effect(changed)
        assert (result, made) == ("Deny", []), (number, str(changed)[:300])


def effect(event: dict[str, Any]) -> str:
    """Return Allow or Deny."""
    policy = authorizer.handler(event, Context())
    return str(policy["policyDocument"]["Statement"][0]["Effect"])


@pytest.mark.parametrize("context", [None, {}, {"site_id": ""}, {"site_id": "\ud800"}])
def test_request_without_a_site_is_unauthorized(
    deps: Dependencies, context: dict[str, str] | None
) -> None:
    router = ROUTES["products"]
    router.provide = lambda: deps
    event = event_of("GET", "/v1/products")
    event["requestContext"]["authorizer"] = context
    response = router.handler(event, Context())
    assert (response["statusCode"], json.loads(response["body"])["code"]) == (
        401,
        "api_key_missing",
    )
