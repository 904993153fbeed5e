"""Conventions of HTTP on the wire: absolute URLs, HEAD, request IDs, and all wrong fields."""

import json
from typing import Any

import pytest

from amzlinkr.wiring import Dependencies
from tests.calls import API_URL, Reply, event_of, run_imports, send
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.site_client import Site

JOB_ITEMS = [f"B0TEST{n:04d}" for n in range(12)]


def fields_of(problem: dict[str, Any]) -> list[str]:
    """Return the names of the wrong fields of a problem, and check their form."""
    assert problem["field"] == problem["errors"][0]["field"]
    assert problem["detail"] == problem["errors"][0]["detail"]
    assert all(set(error) == {"field", "detail"} for error in problem["errors"])
    return [error["field"] for error in problem["errors"]]


def remaining_calls(reply: Reply) -> int:
    """Return the remaining calls of the header `RateLimit`."""
    return int(reply.headers["ratelimit"].partition(";r=")[2].partition(";")[0])


def test_job_is_at_its_absolute_url(site: Site) -> None:
    started = site.post("/v1/import", {"items": JOB_ITEMS})
    run_imports(site.deps)

    assert started.json["status_url"] == f"{API_URL}/import/{started.json['job_id']}"
    assert started.headers["location"] == started.json["status_url"]
    assert site.get(started.json["status_url"]).json["total"] == len(JOB_ITEMS)


def test_pages_of_a_job_state_whether_another_follows(site: Site) -> None:
    url = site.post("/v1/import", {"items": JOB_ITEMS}).json["status_url"]

    first = site.get(url, limit="10").json
    last = site.get(url, cursor=first["next_cursor"]).json

    assert (first["has_more"], last["has_more"], "next_cursor" in last) == (True, False, False)
    assert [len(page["results"]) for page in (first, last)] == [10, 2]


def test_created_resources_have_a_location(site: Site) -> None:
    key = site.post("/v1/keys", {"mode": "test"})
    linked = site.put("/v1/connections/DE", {"partner_tag": "mysite-21"})
    replaced = site.put("/v1/connections/DE", {"partner_tag": "other-21"})
    tea = site.put("/v1/lists/tea", {"keywords": "tea"})
    synced = site.post("/v1/sync")

    assert key.headers["location"] == f"{API_URL}/keys/{key.json['kid']}"
    assert linked.headers["location"] == f"{API_URL}/connections/DE"
    assert (replaced.status, "location" in replaced.headers) == (200, False)
    assert tea.headers["location"] == f"{API_URL}/lists/tea"
    assert synced.headers["location"] == f"{API_URL}/sync"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/site"), ("HEAD", "/v1/site"), ("GET", "/v1/none"), ("DELETE", "/v1/lists/none")],
)
def test_every_response_has_its_request_id(site: Site, method: str, path: str) -> None:
    reply = site.send(event_of(method, path))

    assert reply.headers["request-id"] == "test-request"
    assert "access-control-allow-origin" not in reply.headers


def test_malformed_event_has_a_request_id(deps: Dependencies) -> None:
    event = event_of("GET", "/v1/marketplaces") | {"headers": 5}

    assert send(deps, event).headers["request-id"] == "test-request"


def test_head_is_counted_and_permitted_like_get(site: Site) -> None:
    shown, head = site.get("/v1/site"), site.send(event_of("HEAD", "/v1/site"))

    assert (head.status, head.text) == (200, "")
    assert head.headers["content-type"] == shown.headers["content-type"]
    remaining = [
        int(one.headers["ratelimit"].split(";r=")[1].split(";")[0]) for one in (shown, head)
    ]
    assert remaining[0] - remaining[1] == 1
    assert site.send(event_of("HEAD", "/v1/products/B000000000")).status == 404


@pytest.mark.parametrize("field", ["email", "primary_marketplace", "refresh_hours"])
def test_setting_that_is_null_is_refused_and_changes_nothing(site: Site, field: str) -> None:
    before = site.get("/v1/site").json

    refused = site.patch("/v1/site", {field: None})

    assert (refused.status, refused.json["field"]) == (422, field)
    assert site.get("/v1/site").json == before


def test_all_wrong_settings_are_named_by_their_own_fields(site: Site) -> None:
    unusable = site.patch("/v1/site", {"primary_marketplace": "00", "email": "no address"})
    mistyped = site.patch("/v1/site", {"email": 5, "refresh_hours": 99, "name": "x"})

    assert fields_of(unusable.json) == ["email", "primary_marketplace"]
    assert fields_of(mistyped.json) == ["email", "refresh_hours", "name"]


def test_all_wrong_fields_of_a_sign_up_are_named(deps: Dependencies) -> None:
    body = {"site_url": "ftp://example", "email": "no address"}

    assert fields_of(send(deps, event_of("POST", "/v1/signup", body)).json) == ["site_url", "email"]


def test_all_wrong_credentials_are_named_without_their_values(site: Site) -> None:
    refused = site.connect(ACCESS_KEY + "1", SECRET_KEY + "1", "?", "XX")

    assert fields_of(refused.json) == ["marketplace", "access_key", "secret_key", "partner_tag"]
    assert SECRET_KEY not in refused.text
    assert site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200


def test_all_wrong_filters_are_named(site: Site) -> None:
    listed = site.get("/v1/products", asins="?", price_status="x", availability="y")
    found = site.get("/v1/search", keywords="tea", min_price="9", max_price="1", delivery="x")

    assert fields_of(listed.json) == ["asins", "price_status", "availability"]
    assert fields_of(found.json) == ["max_price", "delivery"]


def test_throttling_of_the_sandbox_states_when_to_try_again(site: Site) -> None:
    sandbox = site.open_sandbox()
    sandbox.connect("AKIAMADEUPMADEUPMADE", "m" * 40, "made-up-20")

    refused = sandbox.get("/v1/search", keywords="amazon_throttled")

    assert (refused.status, refused.json["code"]) == (503, "amazon_throttled")
    assert refused.headers["retry-after"] == str(refused.json["retry_after"])
    assert refused.json["retry_after"] > 0


def test_no_response_has_a_null(site: Site) -> None:
    site.put("/v1/connections/DE", {"partner_tag": "mysite-21"})
    site.post("/v1/import", {"items": ["B000000001", "no address", "https://amzn.to/x"]})
    paths = (
        "site", "connections", "keys", "sync", "usage", "products", "lists", "changes", "audit",
        "export", "diagnostics", "search?keywords=tea", "diagnostics?marketplace=DE",
    )  # fmt: skip
    for path in paths:
        name, _, query = path.partition("?")
        pairs = dict([query.split("=")]) if query else {}
        shown = site.get(f"/v1/{name}", None, **pairs).json
        assert "null" not in json.dumps(shown), path
