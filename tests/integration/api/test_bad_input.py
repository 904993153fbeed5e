"""Malformed requests: each is rejected with problem+json, without a server error or a write."""

import json
import random
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from tests.calls import TEMPLATE, event_of, send
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site

ASIN = "B0TEST0001"
ROUTES = sorted(
    (event["Properties"]["Method"], event["Properties"]["Path"])
    for resource in TEMPLATE["Resources"].values()
    for event in resource.get("Properties", {}).get("Events", {}).values()
    if event["Type"] == "Api"
)
TAKES_BODY: dict[str, dict[str, Any]] = {
    "/v1/signup": {"site_url": "https://example.com", "email": "owner@example.com"},
    "/v1/signup/{signup_id}/verify": {"signup_secret": "none"},
    "/v1/validate": {
        "api": "paapi5", "access_key": ACCESS_KEY, "secret_key": SECRET_KEY,
        "partner_tag": TAG, "marketplace": "US",
    },
    "/v1/import": {"items": [ASIN]},
    "/v1/lists/{name}": {"keywords": "tea"},
    "/v1/site": {"email": "new@example.com"},
    "/v1/connections/{marketplace}": {"partner_tag": TAG},
    "/v1/keys": {"mode": "live"},
    "/v1/keys/leaked": {"api_key": "amzl_live_x"},
}  # fmt: skip
TAKES_QUERY: dict[str, dict[str, str]] = {
    "/v1/search": {"keywords": "tea"},
    "/v1/products": {},
    "/v1/products/{asin}": {},
    "/v1/lists": {},
    "/v1/changes": {},
    "/v1/import/{job_id}": {},
    "/v1/variations/{asin}": {},
    "/v1/browse_nodes": {"ids": "283155"},
    "/v1/diagnostics": {},
    "/v1/export": {},
    "/v1/audit": {},
}
CREATORS_KEYS = {
    "api": "creators", "credential_id": "amzn1.application-oa2-client.test",
    "credential_secret": "amzn1.oa2-cs.v1.test", "credential_version": "3.1",
    "partner_tag": TAG, "marketplace": "US",
}  # fmt: skip
ALL_FIELDS_OPTIONAL = ("/v1/site", "/v1/keys")
"""Routes that accept an empty object, and null for any field."""
ODD_VALUES: list[Any] = [
    None, True, 0, -1, 1.5, 10**400, [], {}, [[]], {"a": 1}, "", " ", "\x00", "é" * 5000,
    "' OR 1=1 --", "../../etc/passwd", "\u202e", "<script>", "NaN", ["x"] * 2000,
]  # fmt: skip
ODD_COUNTS = {"/v1/keys/leaked": 10, "/v1/lists/{name}": 12}
"""The numbers of odd values that these routes refuse: the others can be API keys or keywords."""
ODD_TEXTS = [
    "{", "[]", "null", "7", '"text"', "\x00", "{" * 3000, "[" * 100_000, '{"a":' * 5000,
    '{"items": [' + "9" * 5000 + "]}", '{"site_url": "\\ud800", "email": "a@b.cd"}',
    '{"\\ud800": 1}', '{"a\x00b": 1}', "\ufeff{}", "x" * 70_000, "é" * 40_000, "\ud800",
    '{"items": ["B0TEST0001"], "items": 7}', "1e999999", '{"items": NaN}',
]  # fmt: skip
ODD_QUERIES = [
    "\x00", "\ud800", "9" * 5000, "-1", "0", "101", "1.5", "1e3", "true", "é" * 600, "[]", "{}",
    "' OR 1=1", "💥" * 300, "\u202e", "AAAA", "=" * 40, "A" * 513, "%00", "\r\nX: y",
]  # fmt: skip
ODD_NAMES = [
    "x" * 3000, "é", "%00", "..", "B0TEST0001#details", "\x00", "\ud800", "💥", "a b", "#feed",
    "job_" + "0" * 32, "su_" + "f" * 32, "site", "key%23x", "B0TEST9999",
]  # fmt: skip


def bad_body(rng: random.Random, template: str) -> tuple[Any, bool]:
    """Return an invalid body, and whether the event marks it as base64."""
    good, end = TAKES_BODY.get(template, {}), ODD_COUNTS.get(template, 15)
    odd = ODD_VALUES[template in ALL_FIELDS_OPTIONAL : end]
    if template == "/v1/validate" and rng.random() < 0.5:
        # The shape of these secrets is unknown: Amazon rejects odd texts, not our validation.
        good, odd = CREATORS_KEYS, ODD_VALUES[:10]
    kind = rng.randrange(6)
    if kind == 0 and good:
        changed = {**good, rng.choice(sorted(good)): rng.choice(odd)}
        return json.dumps(changed), False
    if kind == 1 and good and template not in ALL_FIELDS_OPTIONAL:
        missing = rng.choice(sorted(good))
        return {name: value for name, value in good.items() if name != missing}, False
    if kind == 2:
        return {**good, rng.choice(["x", "", "é", "a" * 500, "__proto__"]): 1}, False
    if kind == 3:
        return rng.choice(["%%%", "AAA", "/w==", "\ud800", "gICA"]), True
    if kind == 4:
        return "".join(chr(rng.randrange(0x250)) for _ in range(rng.randrange(1, 60))), False
    return rng.choice(ODD_TEXTS), False


def bad_query(rng: random.Random, template: str) -> dict[str, list[str]]:
    """Return an invalid query."""
    good = TAKES_QUERY.get(template, {})
    name = rng.choice(["limit", "cursor", "marketplace", "page", "sort", "min_price", "in_stock"])
    match rng.randrange(4):
        case 0:
            return {**{n: [v] for n, v in good.items()}, name: ["1", "1"]}
        case 1:
            return {rng.choice(["nonsense", "é", "", "\x00", "a" * 300]): ["1"]}
        case 2:
            return {**{n: [v] for n, v in good.items()}, "cursor": [rng.choice(ODD_QUERIES)]}
        case _:
            return {name: [rng.choice(ODD_QUERIES)]}


def bad_request(rng: random.Random, foreign: list[str]) -> tuple[str, str, dict[str, Any]]:
    """Return the method, route, and event of a request with at least one error."""
    method, template = rng.choice([route for route in ROUTES if route[0] != "HEAD"])
    path = template
    if "{" in template:
        ids = {"{asin}": "B0NONE0001", "{marketplace}": "US", "{kid}": "abc", "{name}": "tea"}
        name = template[template.index("{") : template.index("}") + 1]
        absent = ids.get(name, "none")
        path = template.replace(name, rng.choice(ODD_NAMES) if rng.random() < 0.5 else absent)
    event = event_of(method, path, site_id="SITE")
    if method in ("POST", "PATCH", "PUT"):
        body, encoded = bad_body(rng, template)
        event |= {"body": body if isinstance(body, str) else json.dumps(body)}
        event["isBase64Encoded"] = encoded
    else:
        query = bad_query(rng, template)
        if "cursor" in query and rng.random() < 0.5:
            query["cursor"] = [rng.choice(foreign)]
        event["multiValueQueryStringParameters"] = query
        event["queryStringParameters"] = {name: given[-1] for name, given in query.items()}
    if template == "/v1/import" and rng.random() < 0.3:
        event["headers"] = {"idempotency-key": rng.choice(["", "x" * 300, "\ud800", "\x00", "é"])}
        event["body"] = json.dumps(TAKES_BODY[template])
        event["isBase64Encoded"] = False
    if rng.random() < 0.1:
        event["headers"] = {**event["headers"], "if-none-match": rng.choice(ODD_QUERIES)}
    return method, template, event


@pytest.fixture
def foreign(site: Site, deps: Dependencies) -> list[str]:
    """Return cursors of another site, and modified cursors of the site."""
    other = Site.sign_up_and_connect(deps, ACCESS_KEY, SECRET_KEY, TAG)
    for client in (site, other):
        client.post("/v1/import", {"items": [ASIN, "B0TEST0002"]})
    theirs = other.get("/v1/changes", limit="1").json["next_cursor"]
    own = site.get("/v1/changes", limit="1").json["next_cursor"]
    page = site.get("/v1/products", limit="1").json["next_cursor"]
    return [theirs, own[:-1], own + "A", own[::-1], page[:-2] + "AA", own.swapcase()]


def send_bad_requests(site: Site, foreign: list[str], aws: Config, count: int, seed: int) -> None:
    """Send `count` random bad requests, and check each response and the tables."""
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    tables, secrets = aws_spy.tables(aws), aws_spy.secrets()
    statuses: dict[int, int] = {}
    number = 0
    while sum(statuses.values()) - statuses.get(200, 0) < count:
        number += 1
        method, template, event = bad_request(rng, foreign)
        if event["requestContext"]["authorizer"]:
            event["requestContext"]["authorizer"]["site_id"] = site.site_id
        label = f"#{number} {method} {template} {str(event)[:600]!a}"
        with aws_spy.record_calls() as made:
            reply = send(site.deps, event)
        statuses[reply.status] = statuses.get(reply.status, 0) + 1
        if reply.status != 200:
            assert 400 <= reply.status < 500, (label, reply.text)
        assert aws_spy.writes(made) == [], (label, reply.text)
        if reply.status == 200:
            # A random query can be valid; a read is then correct.
            assert method == "GET", label
            continue
        assert reply.headers["content-type"] == "application/problem+json", label
        problem = reply.json
        assert {"type", "title", "status", "detail", "code", "action", "retryable"} <= set(problem)
        assert problem["status"] == reply.status
        if problem["code"] in ("invalid_request", "invalid_cursor"):
            assert problem["field"], label
        assert SECRET_KEY not in reply.text, label
    assert aws_spy.tables(aws) == tables
    assert aws_spy.secrets() == secrets
    assert statuses[422] > count / 2
    assert statuses.get(200, 0) < count / 5
    assert {400, 404, 413, 422} <= set(statuses)


def test_malformed_requests_are_rejected(
    site: Site, foreign: list[str], aws: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    send_bad_requests(site, foreign, aws, 400, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_many_malformed_requests_are_rejected(
    site: Site, foreign: list[str], aws: Config, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    send_bad_requests(site, foreign, aws, 1_000, seed)


def test_every_route_of_the_template_responds(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.post("/v1/import", {"items": [ASIN]})
    job = site.post("/v1/import", {"items": [f"B0TEST{n:04d}" for n in range(11)]}).json["job_id"]
    names = {
        "{asin}": ASIN, "{job_id}": job, "{marketplace}": "US", "{name}": "tea",
        "{code}": "not_found",
    }  # fmt: skip
    assert len(ROUTES) > 20
    kid = site.post("/v1/keys", {"mode": "test"}).json["kid"]
    names["{kid}"] = kid
    deletions = [
        ("DELETE", "/v1/connections/{marketplace}"),
        ("PUT", "/v1/connections/{marketplace}"),
        ("DELETE", "/v1/site"),
    ]
    deletion_query = {"/v1/site": {"confirm": site.host}, "/v1/products": {"asins": ASIN}}
    for method, template in [route for route in ROUTES[::-1] if route not in deletions] + deletions:
        path = template
        for name, value in names.items():
            path = path.replace(name, value)
        query = deletion_query.get(template) if method == "DELETE" else TAKES_QUERY.get(template)
        reads = method in ("GET", "HEAD", "DELETE")
        body = None if reads else TAKES_BODY.get(template)
        reply = site.send(event_of(method, path, body, query if reads else None))
        if template == "/v1/signup/{signup_id}/verify":
            assert reply.json["code"] == "signup_not_found"
        else:
            assert reply.status in (200, 201, 202, 204), (method, template, reply.text)


def test_unknown_path_or_method_is_not_found(site: Site) -> None:
    for method, path in (("GET", "/v1/nothing"), ("PUT", "/v1/site"), ("GET", "/v1/import")):
        reply = send(site.deps, event_of(method, path, site_id=site.site_id))
        assert (reply.status, reply.json["code"]) == (404, "not_found")
