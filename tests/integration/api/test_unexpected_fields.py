"""Bad input in rarely tested places: rejected without a read, a call, or a write."""

import base64
import json
import re
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import authorize, event_of
from tests.integration import aws_spy
from tests.integration.api.test_bad_input import ROUTES, TAKES_BODY
from tests.site_client import Site

DEEP = '{"a":' + "[" * 25_000 + "]" * 25_000 + "}"
"""More levels than the JSON decoder reads on any supported Python version."""


@pytest.mark.parametrize("name", ["x" * 101, "é", "\x00", "💥", "a\nb"])
@pytest.mark.parametrize("path", ["/v1/products/{}", "/v1/import/{}"])
def test_invalid_path_parameter_is_not_looked_up(site: Site, path: str, name: str) -> None:
    with aws_spy.record_calls() as made:
        reply = site.get(path.format(name))
    assert (reply.status, reply.json["code"], made) == (404, "not_found", [])


@pytest.mark.parametrize("text", ["\ud800", "tea \udfff pot"])
def test_lone_surrogate_in_keywords_is_rejected(site: Site, amazon: FakeAmazon, text: str) -> None:
    calls = len(amazon.control.calls())
    reply = site.get("/v1/search", keywords=text)
    assert (reply.status, reply.json["field"]) == (422, "query")
    assert len(amazon.control.calls()) == calls


def test_deeply_nested_body_is_rejected(site: Site, aws: Config) -> None:
    before = aws_spy.tables(aws)
    for path in ("/v1/validate", "/v1/import", "/v1/keys"):
        reply = site.post(path, DEEP)
        assert reply.status == 422, (path, reply.text)
    assert aws_spy.tables(aws) == before


@pytest.mark.parametrize("junk", ["*", "\n", "é", "-", " "])
def test_invalid_base64_body_is_rejected(site: Site, junk: str) -> None:
    valid = base64.b64encode(json.dumps({"email": "new@example.com"}).encode()).decode()
    for text, status in ((valid, 200), (valid[:8] + junk + valid[8:], 422)):
        event: dict[str, Any] = event_of("PATCH", "/v1/site", text)
        event["isBase64Encoded"] = True
        assert site.send(event).status == status


@pytest.mark.parametrize("scheme", ["Digest ", "Cookie ", "Bearer:", "Bearers", "xBearer"])
def test_api_key_with_another_scheme_is_unauthorized(
    site: Site, deps: Dependencies, scheme: str
) -> None:
    headers = {"Authorization": scheme + site.api_key}
    with aws_spy.record_calls() as made:
        policy = authorize(deps, headers)
    assert policy["policyDocument"]["Statement"][0]["Effect"] == "Deny"
    assert made == []


NAMES = {"marketplace": "US", "name": "tea"}
WITH_BODY_OF_RESPONSE = [route for route in ROUTES if route[0] != "HEAD"]
"""The responses to HEAD do not name the field."""


def unexpected(method: str, template: str, **given: Any) -> dict[str, Any]:
    """Return a request of a route with input that it does not name."""
    path = re.sub(r"{(\w+)}", lambda match: NAMES.get(match[1], "none"), template)
    return event_of(method, path, **given)


def test_every_route_refuses_other_query_parameters(site: Site) -> None:
    with aws_spy.record_calls() as made:
        for method, template in WITH_BODY_OF_RESPONSE:
            reply = site.send(unexpected(method, template, query={"odd": "1"}))
            assert (reply.status, reply.json.get("field")) == (422, "odd"), (method, template)

    assert aws_spy.writes(made) == []


def test_every_route_refuses_other_members_of_a_body(site: Site) -> None:
    required = {
        ("DELETE", "/v1/products"): {"asins": "B0TEST0001"},
        ("GET", "/v1/browse_nodes"): {"ids": "1"},
    }
    with aws_spy.record_calls() as made:
        for method, template in WITH_BODY_OF_RESPONSE:
            body = {} if method in ("GET", "DELETE") else TAKES_BODY.get(template, {})
            query = required.get((method, template), {})
            event = unexpected(method, template, body={**body, "odd": 1}, query=query)
            reply = site.send(event)
            assert (reply.status, reply.json.get("field")) == (422, "odd"), (method, template)

    assert aws_spy.writes(made) == []
