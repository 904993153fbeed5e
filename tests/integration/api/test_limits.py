"""Our own limits: counted per site, returned in headers, and shown by `GET /v1/usage`."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import Reply, run_imports
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration.aws_spy import Arguments, intercept_calls
from tests.limits import with_limits
from tests.site_client import Site


def limited(site: Site, **maximums: int) -> Site:
    """Return a client of the same site with lower limits."""
    return Site(with_limits(site.deps, **maximums), site.site_id, site.api_key)


def test_headers_count_down_to_a_429(site: Site, clock: FakeClock) -> None:
    used = site.get("/v1/usage").json["calls"]["used"]
    limited_site = limited(site, calls=used + 3)

    responses = [limited_site.get("/v1/site").headers for _ in range(3)]
    assert [headers["ratelimit"].split(";")[1] for headers in responses] == ["r=2", "r=1", "r=0"]
    assert responses[0]["ratelimit-policy"] == f'"calls";q={used + 3};w=3600'
    refused = limited_site.get("/v1/site")

    assert (refused.status, refused.json["code"]) == (429, "rate_limited")
    wait = int(refused.headers["retry-after"])
    assert 0 < wait <= 3600
    assert f"r=0;t={wait}" in refused.headers["ratelimit"]
    clock.advance(seconds=wait)
    assert limited_site.get("/v1/site").status == 200


def test_error_responses_have_rate_limit_headers(site: Site) -> None:
    for reply in (site.get("/v1/products/B000000000"), site.get("/v1/site", nonsense="1")):
        assert reply.status in (404, 422)
        assert reply.headers["ratelimit"].startswith('"calls";r=')


def test_calls_with_a_read_key_do_not_use_up_those_of_the_full_key(site: Site) -> None:
    made = site.post("/v1/keys", {"scope": "read"}).json
    used = site.get("/v1/usage").json["calls"]["used"]
    full = limited(site, calls=used + 3)
    read = Site(full.deps, site.site_id, made["api_key"], "read")

    statuses = [read.get("/v1/products").status for _ in range(used + 4)]

    assert statuses == [200] * (used + 3) + [429]
    assert full.get("/v1/products").status == 200


@pytest.mark.parametrize("scope", ["full", "read"])
def test_other_calls_do_not_use_up_those_of_the_feed(site: Site, scope: str) -> None:
    """Otherwise, a user of the site who repeats other calls stops its price sync."""
    made = site.post("/v1/keys", {"scope": scope}).json
    full = limited(site, calls=4)
    client = Site(full.deps, site.site_id, made["api_key"], scope)

    others = [client.get("/v1/products").status for _ in range(6)]
    feed = [client.get("/v1/changes").status for _ in range(5)]

    assert (others[-1], feed) == (429, [200] * 4 + [429])


def test_reads_of_the_feed_of_a_sandbox_are_ordinary_calls(site: Site) -> None:
    sandbox = limited(site.open_sandbox(), calls_of_sandbox=2)

    assert [sandbox.get("/v1/changes").status for _ in range(3)] == [200, 200, 429]
    assert sandbox.get("/v1/site").status == 429


def test_key_is_revoked_although_the_calls_are_used_up(site: Site) -> None:
    made = site.post("/v1/keys", {"scope": "read"}).json
    spent = limited(site, calls=1)
    assert spent.get("/v1/products").status == 429

    assert spent.delete(f"/v1/keys/{made['kid']}").status == 204


def test_calls_of_one_site_do_not_count_for_another(site: Site, deps: Dependencies) -> None:
    other = Site.sign_up(deps)
    used = other.get("/v1/usage").json["calls"]["used"]
    for _ in range(5):
        site.get("/v1/site")
    assert other.get("/v1/usage").json["calls"]["used"] == used + 1


def test_credential_tests_are_limited_per_site(site: Site, amazon: FakeAmazon) -> None:
    limited_site = limited(site, validations=31, validations_of_account=10_000)
    replies = [
        limited_site.connect(ACCESS_KEY, SECRET_KEY[:-1] + "x", TAG).status for _ in range(31)
    ]
    assert replies == [422] * 30 + [429]


def test_credential_tests_are_limited_per_account_across_sites(deps: Dependencies) -> None:
    sites = [Site.sign_up(deps) for _ in range(4)]
    replies = [
        limited(client, validations_of_account=3).connect(ACCESS_KEY, SECRET_KEY, TAG).status
        for client in sites
    ]
    assert replies == [200, 200, 200, 429]


def test_product_limit_rejects_new_products_only(
    site: Site,
) -> None:
    limited_site = limited(site, products=3)
    asins = [f"B0TEST{number:04d}" for number in range(4)]
    assert limited_site.post("/v1/import", {"items": asins[:3]}).status == 200
    refused = limited_site.post("/v1/import", {"items": asins[3:]})

    assert (refused.status, refused.json["code"]) == (409, "product_limit_reached")
    assert "retry-after" not in refused.headers
    assert refused.headers["ratelimit-policy"].startswith('"calls"')
    job = limited_site.post("/v1/import", {"items": [f"B0MANY{n:04d}" for n in range(11)]})
    assert (job.status, job.json["code"]) == (409, "product_limit_reached")
    assert limited_site.post("/v1/import", {"items": asins[:3]}).status == 200
    assert limited_site.delete(f"/v1/products/{asins[0]}").status == 204
    assert limited_site.post("/v1/import", {"items": asins[3:]}).status == 200
    usage = limited_site.get("/v1/usage").json
    assert usage["products"] == {"used": 3, "limit": 3}


def test_jobs_are_limited_and_repeats_are_not_counted(site: Site) -> None:
    limited_site = limited(site, jobs=2)
    items = {"items": [f"B0TEST{number:04d}" for number in range(11)]}
    first = [
        limited_site.post("/v1/import", items, {"Idempotency-Key": "one"}).status for _ in range(3)
    ]
    assert first == [202, 202, 202]
    assert limited_site.post("/v1/import", items).status == 202
    refused = limited_site.post("/v1/import", items)
    assert (refused.status, refused.json["code"]) == (429, "rate_limited")
    assert limited_site.get("/v1/usage").json["jobs"]["used"] == 2
    assert refused.headers["ratelimit"].startswith('"jobs";r=0;')


@pytest.mark.parametrize(("kind", "counted"), [("live", 1), ("sandbox", 2), ("link_only", 2)])
def test_repeat_at_the_same_time_is_counted_only_where_the_limit_bounds_costs(
    site: Site, kind: str, counted: int
) -> None:
    if kind == "sandbox":
        site = site.open_sandbox()
        assert site.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
    elif kind == "link_only":
        site = Site.sign_up(site.deps, folder="/other")
        assert site.put("/v1/connections/US", {"partner_tag": TAG}).status == 201
    items = {"items": [f"B0TEST{number:04d}" for number in range(11)]}
    replies: list[Reply] = []

    def post() -> Reply:
        return site.post("/v1/import", items, {"Idempotency-Key": "one"})

    def repeat_first(operation: str, _: Arguments, proceed: Callable[[], Any]) -> Any:
        if operation == "TransactWriteItems" and not replies:
            replies.append(Reply(0, {}, ""))
            replies[0] = post()
        return proceed()

    with intercept_calls(repeat_first):
        replies.append(post())

    assert [reply.status for reply in replies] == [202, 202]
    assert replies[0].json == replies[1].json
    assert site.get("/v1/usage").json["jobs"]["used"] == counted


def test_reads_succeed_while_usage_counters_fail(site: Site) -> None:
    boto3.client("dynamodb").delete_table(TableName=site.deps.config.quotas_table)
    reply = site.get("/v1/products")
    assert reply.status == 200
    assert "ratelimit" not in reply.headers


def test_usage_shows_amazon_requests_by_marketplace(site: Site) -> None:
    site.get("/v1/search", keywords="tea")
    usage = site.get("/v1/usage").json
    assert usage["amazon_requests_today"]["US"]["used"] == 2
    assert usage["validations"]["used"] == 1
    assert usage["validations"]["period_seconds"] == 3600
    site.post("/v1/sync")
    site.post("/v1/keys")
    usage = site.get("/v1/usage").json
    assert (usage["syncs"]["used"], usage["keys"]["used"]) == (1, 1)


def test_sync_requests_are_limited_per_hour(site: Site, clock: FakeClock) -> None:
    limited_site = limited(site, syncs=2)
    assert [limited_site.post("/v1/sync").status for _ in range(3)] == [202, 202, 429]
    clock.advance(hours=1)
    assert limited_site.post("/v1/sync").status == 202


def test_sync_requests_of_a_sandbox_are_limited_per_day(site: Site, clock: FakeClock) -> None:
    sandbox = limited(site.open_sandbox(), syncs_of_sandbox=2)
    assert [sandbox.post("/v1/sync").status for _ in range(3)] == [202, 202, 429]
    clock.advance(hours=1)
    refused = sandbox.post("/v1/sync")
    assert (refused.status, refused.headers["ratelimit-policy"]) == (429, '"syncs";q=2;w=86400')
    assert sandbox.get("/v1/usage").json["syncs"]["limit"] == 2
    assert site.post("/v1/sync").status == 202


def test_calls_of_a_sandbox_have_their_own_limit(site: Site) -> None:
    sandbox = limited(site.open_sandbox(), calls_of_sandbox=2)

    assert [sandbox.get("/v1/site").status for _ in range(3)] == [200, 200, 429]
    assert sandbox.get("/v1/site").headers["ratelimit-policy"] == '"calls";q=2;w=3600'
    assert limited(site, calls_of_sandbox=1).get("/v1/site").status == 200


def test_removals_of_a_sandbox_are_limited_per_day(site: Site, clock: FakeClock) -> None:
    sandbox = connected_sandbox(site, removals_of_sandbox=2)
    asins = [f"B0DROP{number:04d}" for number in range(3)]
    for client in (sandbox, limited(site, removals_of_sandbox=2)):
        assert client.post("/v1/import", {"items": asins}).status == 200
        removed = [client.delete(f"/v1/products/{asin}") for asin in asins]
        is_sandbox = client is sandbox
        assert [reply.status for reply in removed] == [204, 204, 429 if is_sandbox else 204]
    clock.advance(days=1)
    assert sandbox.delete(f"/v1/products/{asins[2]}").status == 204


def connected_sandbox(site: Site, **maximums: int) -> Site:
    """Return a client of the site's sandbox with lower limits."""
    sandbox = limited(site.open_sandbox(), **maximums)
    assert sandbox.connect("AKIAMADEUPMADEUPMADE", "m" * 40, "made-up-20").status == 200
    return sandbox


def test_sandbox_has_its_own_product_limit(site: Site) -> None:
    sandbox = connected_sandbox(site, products_of_sandbox=3)
    asins = [f"B0TEST{number:04d}" for number in range(4)]
    assert sandbox.post("/v1/import", {"items": asins[:3]}).status == 200
    refused = sandbox.post("/v1/import", {"items": asins[3:]})

    assert (refused.status, refused.json["code"]) == (409, "product_limit_reached")
    assert refused.json["detail"] == (
        "The sandbox has 3 of at most 3 products. This import would add 1 products."
    )
    assert "retry-after" not in refused.headers
    assert sandbox.get("/v1/usage").json["products"] == {"used": 3, "limit": 3}
    live = limited(site, products_of_sandbox=3)
    assert live.post("/v1/import", {"items": asins}).status == 200


@pytest.mark.parametrize("is_sandbox", [False, True])
def test_jobs_submitted_together_do_not_exceed_the_limit(site: Site, is_sandbox: bool) -> None:
    client = (
        connected_sandbox(site, products_of_sandbox=20)
        if is_sandbox
        else limited(site, products=20)
    )
    jobs = [
        client.post("/v1/import", {"items": [f"B0MANY{job}{number:03d}" for number in range(20)]})
        for job in range(3)
    ]
    assert [job.status for job in jobs] == [202, 202, 202]
    run_imports(client.deps)

    assert client.get("/v1/usage").json["products"] == {"used": 20, "limit": 20}
    results = [
        result
        for job in jobs
        for result in client.get(job.json["status_url"]).json["results"]
        if result["status"] != "imported"
    ]
    assert [result["problem"]["code"] for result in results] == ["product_limit_reached"] * 40


def test_waiting_products_do_not_exceed_the_limit(site: Site, amazon: FakeAmazon) -> None:
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="not_eligible"))
    client = limited(site, products=20)
    jobs = [
        client.post("/v1/import", {"items": [f"B0WAIT{job}{number:03d}" for number in range(20)]})
        for job in range(2)
    ]
    assert [job.status for job in jobs] == [202, 202]
    run_imports(client.deps)

    assert client.get("/v1/usage").json["products"] == {"used": 20, "limit": 20}
    assert client.get("/v1/sync").json["products"]["waiting"] == 20


def test_jobs_of_a_sandbox_have_their_own_limit(site: Site) -> None:
    sandbox = connected_sandbox(site, jobs_of_sandbox=1)
    items = {"items": [f"B0TEST{number:04d}" for number in range(11)]}
    assert [sandbox.post("/v1/import", items).status for _ in range(2)] == [202, 429]
    assert [site.post("/v1/import", items).status for _ in range(2)] == [202, 202]


def test_settings_changes_are_limited_per_hour(site: Site, clock: FakeClock) -> None:
    limited_site = limited(site, settings=2)

    def change(number: int) -> Reply:
        return limited_site.patch("/v1/site", {"email": f"owner{number}@example.com"})

    assert [change(number).status for number in range(2)] == [200, 200]
    refused = change(2)

    assert (refused.status, refused.json["code"]) == (429, "rate_limited")
    wait = int(refused.headers["retry-after"])
    assert refused.headers["ratelimit-policy"] == '"settings";q=2;w=3600'
    assert refused.headers["ratelimit"] == f'"settings";r=0;t={wait}'
    assert limited_site.get("/v1/site").json["email"] == "owner1@example.com"
    clock.advance(seconds=wait)
    assert change(3).status == 200
