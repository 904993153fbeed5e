"""Our own limits: counted for each site, said in headers, shown by GET /v1/usage."""

from dataclasses import replace
from typing import Any

import boto3

from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import Site
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG


def limited(site: Site, **most: int) -> Site:
    """The same site where less is allowed."""
    limits = site.deps.config.limits
    changed: dict[str, Any] = {
        name: number if name == "products" else replace(getattr(limits, name), maximum=number)
        for name, number in most.items()
    }
    deps = Dependencies(
        replace(site.deps.config, limits=replace(limits, **changed)), site.deps.clock
    )
    deps.map_concurrently.max_threads = 1
    return Site(deps, site.site_id, site.api_key)


def test_calls_are_counted_down_in_the_headers_until_they_are_refused(
    site: Site, clock: FakeClock
) -> None:
    used = site.get("/v1/usage").json["calls"]["used"]
    few = limited(site, calls=used + 3)

    seen = [few.get("/v1/site").headers for _ in range(3)]
    assert [headers["ratelimit"].split(";")[1] for headers in seen] == ["r=2", "r=1", "r=0"]
    assert seen[0]["ratelimit-policy"] == f'"calls";q={used + 3};w=3600'
    refused = few.get("/v1/site")

    assert (refused.status, refused.json["code"]) == (429, "rate_limited")
    wait = int(refused.headers["retry-after"])
    assert 0 < wait <= 3600
    assert f"r=0;t={wait}" in refused.headers["ratelimit"]
    clock.advance(seconds=wait)
    assert few.get("/v1/site").status == 200


def test_a_refused_call_says_what_is_left_too(site: Site) -> None:
    for reply in (site.get("/v1/products/B000000000"), site.get("/v1/site", nonsense="1")):
        assert reply.status in (404, 422)
        assert reply.headers["ratelimit"].startswith('"calls";r=')


def test_one_sites_calls_cost_no_other_anything(site: Site, deps: Dependencies) -> None:
    other = Site.new(deps)
    used = other.get("/v1/usage").json["calls"]["used"]
    for _ in range(5):
        site.get("/v1/site")
    assert other.get("/v1/usage").json["calls"]["used"] == used + 1


def test_keys_may_be_tried_thirty_times_an_hour(site: Site, amazon: FakeAmazon) -> None:
    few = limited(site, validations=31, validations_of_keys=10_000)
    replies = [few.connect(ACCESS_KEY, SECRET_KEY[:-1] + "x", TAG).status for _ in range(31)]
    assert replies == [422] * 30 + [429]


def test_the_same_keys_are_not_tried_from_many_sites_without_end(deps: Dependencies) -> None:
    sites = [Site.new(deps) for _ in range(4)]
    replies = [
        limited(one, validations_of_keys=3).connect(ACCESS_KEY, SECRET_KEY, TAG).status
        for one in sites
    ]
    assert replies == [200, 200, 200, 429]


def test_products_over_the_limit_are_refused_and_those_there_may_be_imported_again(
    site: Site,
) -> None:
    few = limited(site, products=3)
    asins = [f"B0TEST{number:04d}" for number in range(4)]
    assert few.post("/v1/import", {"items": asins[:3]}).status == 200
    refused = few.post("/v1/import", {"items": asins[3:]})

    assert (refused.status, refused.json["code"]) == (429, "product_limit_reached")
    assert refused.headers["retry-after"] == "3600"
    assert refused.headers["ratelimit-policy"] == '"products";q=3'
    assert refused.headers["ratelimit"] == '"products";r=0;t=3600'
    assert few.post("/v1/import", {"items": asins[:3]}).status == 200
    assert few.delete(f"/v1/products/{asins[0]}").status == 204
    assert few.post("/v1/import", {"items": asins[3:]}).status == 200
    usage = few.get("/v1/usage").json
    assert usage["products"] == {"used": 3, "limit": 3}


def test_jobs_are_limited_and_asking_again_for_the_same_one_is_free(site: Site) -> None:
    few = limited(site, jobs=2)
    items = {"items": [f"B0TEST{number:04d}" for number in range(11)]}
    first = [few.post("/v1/import", items, {"Idempotency-Key": "one"}).status for _ in range(3)]
    assert first == [202, 202, 202]
    assert few.post("/v1/import", items).status == 202
    refused = few.post("/v1/import", items)
    assert (refused.status, refused.json["code"]) == (429, "rate_limited")
    assert few.get("/v1/usage").json["jobs"]["used"] == 2
    assert refused.headers["ratelimit"].startswith('"jobs";r=0;')


def test_readers_are_served_while_the_counter_is_down(site: Site) -> None:
    boto3.client("dynamodb").delete_table(TableName=site.deps.config.quotas_table)
    reply = site.get("/v1/products")
    assert reply.status == 200
    assert "ratelimit" not in reply.headers


def test_usage_names_amazons_budget_by_marketplace(site: Site) -> None:
    site.get("/v1/search", keywords="tea")
    usage = site.get("/v1/usage").json
    assert usage["amazon_requests_today"]["US"]["used"] == 2
    assert usage["validations"]["used"] == 1
    assert usage["validations"]["period_seconds"] == 3600
    site.post("/v1/sync")
    site.post("/v1/keys")
    usage = site.get("/v1/usage").json
    assert (usage["syncs"]["used"], usage["keys"]["used"]) == (1, 1)


def test_fresh_prices_may_be_asked_for_so_often_an_hour(site: Site, clock: FakeClock) -> None:
    few = limited(site, syncs=2)
    assert [few.post("/v1/sync").status for _ in range(3)] == [202, 202, 429]
    clock.advance(hours=1)
    assert few.post("/v1/sync").status == 202
