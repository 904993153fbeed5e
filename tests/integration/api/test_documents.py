"""The public documents: marketplaces, the OpenAPI document, and `security.txt`."""

import gzip
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from amzlinkr.http.presenters.problems import error_classes
from amzlinkr.http.response import DOCUMENTED_API_URL
from amzlinkr.wiring import Dependencies
from infra.openapi.document import document
from tests.calls import API_URL, Reply, event_of, send
from tests.clock import FakeClock
from tests.integration import aws_spy

CONTACT = "mailto:security@example.com"
DOCUMENTS = (
    "/v1/marketplaces", "/v1/openapi.json", "/v1/security.txt", "/v1/problems/rate_limited",
)  # fmt: skip
MAX_OPENAPI_BYTES = 200_000
"""Descriptions are a third of the document; see the costs in docs/security.md."""
MAX_OPENAPI_GZIP_BYTES = 30_000


def get(deps: Dependencies, document: str, **context: Any) -> Reply:
    event = event_of("GET", document)
    event["requestContext"] |= context
    return send(deps, event)


def fields_of(text: str) -> dict[str, str]:
    """Return the fields of a `security.txt`, and check that each occurs once."""
    pairs = [line.split(": ", 1) for line in text.splitlines()]
    assert len(dict(pairs)) == len(pairs)
    return {name: value for name, value in pairs}


def test_marketplaces_are_public_and_cacheable(deps: Dependencies) -> None:
    reply = send(deps, event_of("GET", "/v1/marketplaces"))
    marketplaces = {shown["code"]: shown for shown in reply.json["marketplaces"]}
    assert len(marketplaces) == 22
    assert (marketplaces["JP"]["currency"], marketplaces["JP"]["decimals"]) == ("JPY", 0)
    assert (marketplaces["DE"]["currency"], marketplaces["DE"]["decimals"]) == ("EUR", 2)
    assert marketplaces["UK"]["domain"] == "www.amazon.co.uk"
    assert marketplaces["DE"]["regions"] == {"paapi5": "eu-west-1", "creators": "EU"}
    again = event_of("GET", "/v1/marketplaces", headers={"If-None-Match": reply.headers["etag"]})
    assert send(deps, again).status == 304


@pytest.mark.parametrize("path", DOCUMENTS)
def test_documents_need_no_call_to_aws_and_are_cached(deps: Dependencies, path: str) -> None:
    with aws_spy.record_calls() as made:
        first = get(deps, path)
        again = event_of("GET", path, headers={"If-None-Match": first.headers["etag"]})
        repeated = send(deps, again)

    assert (first.status, made) == (200, [])
    assert first.headers["cache-control"] == "public, max-age=3600"
    assert (repeated.status, repeated.text) == (304, "")
    assert repeated.headers["etag"] == first.headers["etag"]
    other = event_of("GET", path, headers={"If-None-Match": '"other"'})
    assert send(deps, other).text == first.text


@pytest.mark.parametrize("path", DOCUMENTS)
def test_documents_refuse_parameters_and_bodies(deps: Dependencies, path: str) -> None:
    assert send(deps, event_of("GET", path, query={"x": "1"})).json["field"] == "x"
    assert send(deps, event_of("GET", path, {"y": 1})).json["field"] == "y"


def test_openapi_document_is_the_committed_one_without_whitespace(deps: Dependencies) -> None:
    reply = get(deps, "/v1/openapi.json")

    text = json.dumps(document(), ensure_ascii=False, separators=(",", ":"))
    assert reply.text == text.replace(DOCUMENTED_API_URL, API_URL)


def test_openapi_document_is_small_on_the_wire(deps: Dependencies) -> None:
    body = get(deps, "/v1/openapi.json").text.encode()

    assert len(body) < MAX_OPENAPI_BYTES
    assert len(gzip.compress(body)) < MAX_OPENAPI_GZIP_BYTES


def test_security_txt_has_contact_expiry_and_canonical_url(
    deps: Dependencies, clock: FakeClock
) -> None:
    reply = get(deps, "/v1/security.txt", domainName="api.example.com", path="/v1/security.txt")

    fields = fields_of(reply.text)
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == CONTACT
    assert fields["Canonical"] == "https://api.example.com/v1/security.txt"
    assert set(fields) == {"Contact", "Expires", "Canonical"}


@pytest.mark.parametrize("hours", [0, 1, 23, 24, 24 * 400])
def test_security_txt_has_not_expired_whenever_it_is_read(
    deps: Dependencies, clock: FakeClock, hours: int
) -> None:
    clock.advance(hours=hours)

    expires = datetime.fromisoformat(fields_of(get(deps, "/v1/security.txt").text)["Expires"])

    # A cache may keep it for an hour.
    assert timedelta(days=100) < expires - clock.now() < timedelta(days=365)


def test_security_txt_without_a_known_url_has_no_canonical_field(deps: Dependencies) -> None:
    assert "Canonical" not in fields_of(get(deps, "/v1/security.txt", domainName=None).text)


def test_security_txt_without_a_contact_does_not_exist(deps: Dependencies) -> None:
    without = Dependencies(replace(deps.config, security_contact=None), deps.clock)

    reply = get(without, "/v1/security.txt")

    assert (reply.status, reply.json["code"]) == (404, "not_found")
    assert "operator" in reply.json["action"]


def test_each_problem_code_is_described_at_its_type(deps: Dependencies) -> None:
    for kind in error_classes():
        shown = get(deps, f"/v1/problems/{kind.code}").json
        assert (shown["code"], shown["type"]) == (kind.code, f"{API_URL}/problems/{kind.code}")
        assert len(shown["meaning"]) > 10
        assert shown["action"]
    assert get(deps, "/v1/problems/rate_limited").json["status"] == 429
    assert get(deps, "/v1/problems/unheard_of").json["code"] == "not_found"


@pytest.mark.parametrize("path", [*DOCUMENTS, "/v1/problems/unheard_of"])
def test_scripts_of_all_origins_may_read_public_documents(deps: Dependencies, path: str) -> None:
    reply = get(deps, path)

    assert reply.headers["access-control-allow-origin"] == "*"
    assert "ETag" in reply.headers["access-control-expose-headers"]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_head_has_the_headers_of_get_without_its_body(deps: Dependencies, path: str) -> None:
    shown, head = get(deps, path), send(deps, event_of("HEAD", path))

    assert (head.status, head.text) == (200, "")
    assert head.headers == shown.headers


@pytest.mark.parametrize(
    ("stage_url", "domain", "url"),
    [
        ("http://127.0.0.1:4566/restapis/a/api/_user_request_/v1", None, None),
        (None, "api.example.com", "https://api.example.com/v1"),
        (None, "evil\nexample", "/v1"),
        (None, None, "/v1"),
    ],
)
def test_urls_are_those_at_which_the_api_was_requested(
    deps: Dependencies, stage_url: str | None, domain: str | None, url: str | None
) -> None:
    event = event_of("GET", "/v1/problems/not_found", headers={"Host": "evil.example"})
    event["requestContext"]["domainName"] = domain
    event["stageVariables"] = {"api_url": stage_url} if stage_url else None

    assert send(deps, event).json["type"] == f"{url or stage_url}/problems/not_found"
