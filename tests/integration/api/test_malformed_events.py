"""Events as nobody should send them, straight into the handlers: refused, never a fault of ours."""

import base64
import copy
import json
import random
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from functions.authorizer import app as authorize
from tests.calls import ROUTES, Context, event_of, router_for
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
ARN = "arn:aws:execute-api:us-east-1:123456789012:api/api/GET/v1/site"


DEEPEST = 20
"""Nobody spoils what is spoiled already with a hundred levels."""


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in an event."""
    found = [path] if path else []
    if isinstance(node, dict):
        for key, value in node.items():
            found += places(value, (*path, key)) if len(path) < DEEPEST else []
    return found


def spoiled(rng: random.Random, event: dict[str, Any]) -> dict[str, Any]:
    """An event with one to three parts replaced, dropped or doubled."""
    event = copy.deepcopy(event)
    for _ in range(rng.randint(1, 3)):
        *above, name = rng.choice(places(event))
        node: Any = event
        for key in above:
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


def whole(method: str, path: str, site: Site) -> dict[str, Any]:
    """A right event for a route; names in its path are nobody's."""
    body = TAKES_BODY.get(path) if method in ("POST", "PATCH") else None
    headers = {"Content-Type": "application/json", "If-None-Match": '"x"', "Idempotency-Key": "k"}
    query = TAKES_QUERY.get(path) if method in ("GET", "DELETE") else None
    event = event_of(method, path, body, query, headers)
    authorizer = {"site_id": site.site_id, "kid": site.kid, "suspended": "false"}
    event["requestContext"]["authorizer"] = authorizer
    return event


def fuzz(site: Site, config: Config, count: int, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    refused, before = 0, aws_spy.table(config.sites_table)
    for number in range(count):
        route = ROUTE_LIST[number % len(ROUTE_LIST)]
        event = spoiled(rng, whole(*route, site))
        label = f"seed {seed}, event {number}: {str(event)[:700]!a}"
        edge = router_for(*route)
        edge.provide = lambda: site.deps
        with aws_spy.record_calls() as made:
            answer = edge.handler(event, Context())
        status, body = answer["statusCode"], answer.get("body") or ""
        assert 200 <= status < 500, (label, status, body)
        assert [word for word in LEAKS if word in body] == [], (label, body)
        json.dumps(answer).encode()
        if status >= 400:
            refused += 1
            problem = json.loads(body)
            assert {"code", "action", "detail", "status", "request_id"} <= set(problem), label
            # Counters of our limits go up whatever comes. That a key died since the authorizer
            # looked is seen only by the transaction that would write with it.
            if problem["code"] != "api_key_rejected":
                assert set(aws_spy.writes(made)) <= {"UpdateItem"}, label
    assert aws_spy.table(config.sites_table).keys() >= before.keys()
    assert refused > count / 3


def test_malformed_events_are_rejected(
    site: Site, aws: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    fuzz(site, aws, 1_500, seed=1)


@pytest.mark.prove
def test_many_malformed_events_are_rejected(
    site: Site, aws: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in range(20):
        fuzz(site, aws, 1_000, seed=100 + seed)


def test_authorizer_denies_malformed_events(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers, or says the one word that API Gateway makes a 401 of."""
    monkeypatch.setattr(authorize, "dependencies", lambda: site.deps)
    rng = random.Random(7)  # noqa: S311 - reproducible, not secret
    event = {"type": "REQUEST", "methodArn": ARN, "headers": {"Authorization": "Bearer x"}}
    for number in range(3_000):
        given = spoiled(rng, event)
        given["methodArn"] = ARN
        with aws_spy.record_calls() as made:
            said = effect(given)
        assert said in ("Unauthorized", "Deny"), (number, str(given)[:300])
        assert said == "Deny" or made == []


def effect(event: dict[str, Any]) -> str:
    """Allow or Deny, or what the authorizer raised."""
    try:
        answer = authorize.handler(event, None)
    except Exception as error:  # noqa: BLE001 - its one way to say 401
        return str(error)
    return str(answer["policyDocument"]["Statement"][0]["Effect"])


@pytest.mark.parametrize("told", [None, {}, {"site_id": ""}, {"site_id": "\ud800"}])
def test_request_without_a_site_is_unauthorized(
    deps: Dependencies, told: dict[str, str] | None
) -> None:
    edge = ROUTES["products"]
    edge.provide = lambda: deps
    event = event_of("GET", "/v1/products")
    event["requestContext"]["authorizer"] = told
    answer = edge.handler(event, Context())
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (401, "api_key_missing")
