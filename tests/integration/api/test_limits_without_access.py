"""Limits of live sites that never had a successful call to Amazon."""

from dataclasses import replace

import pytest

from amzlinkr.domain.clock import to_unix_ms
from amzlinkr.domain.limits import UNCOUNTED_CALLS
from amzlinkr.domain.product_limit import CONNECT_ACCOUNT
from amzlinkr.services.amazon_accounts import MAX_SECONDS_WITHOUT_ACCESS
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import run_imports, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.limits import with_limits
from tests.site_client import Site

ASINS = [f"B0TEST{number:04d}" for number in range(40)]


def limited(site: Site, **maximums: int) -> Site:
    """Return a client of the same site with lower limits."""
    return Site(with_limits(site.deps, **maximums), site.site_id, site.api_key)


@pytest.fixture
def linked(deps: Dependencies) -> Site:
    """Sign up a site with a link-only connection for the US."""
    site = Site.sign_up(deps)
    assert site.put("/v1/connections/US", {"partner_tag": "early-20"}).status == 201
    return site


def test_product_limit_names_the_remedy_and_ends_with_access(linked: Site) -> None:
    client = limited(linked, products_without_access=3)
    assert client.post("/v1/import", {"items": ASINS[:3]}).status == 200

    refused = client.post("/v1/import", {"items": ASINS[3:4]})

    assert (refused.status, refused.json["code"]) == (409, "product_limit_reached")
    assert refused.json["action"] == CONNECT_ACCOUNT
    assert refused.json["detail"] == (
        "The site has 3 of at most 3 products. This import would add 1 products."
    )
    assert "retry-after" not in refused.headers
    assert client.get("/v1/usage").json["products"] == {"used": 3, "limit": 3}
    assert client.post("/v1/import", {"items": ASINS[:3]}).status == 200
    assert client.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
    assert client.post("/v1/import", {"items": ASINS[:10]}).status == 200
    assert client.get("/v1/usage").json["products"]["used"] == 10


def test_account_that_lost_its_access_keeps_the_limits_of_a_site(
    linked: Site, amazon: FakeAmazon, clock: FakeClock
) -> None:
    client = limited(linked, products_without_access=3, jobs_without_access=1)
    assert client.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="not_eligible"))
    clock.advance(minutes=1)

    results = client.post("/v1/import", {"items": ASINS[:10]}).json["results"]

    assert {result["status"] for result in results} == {"waiting"}
    assert [client.post("/v1/import", {"items": ASINS[:11]}).status for _ in range(2)] == [202, 202]


def test_credentials_that_are_not_eligible_do_not_raise_the_limit(
    linked: Site, amazon: FakeAmazon
) -> None:
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="not_eligible"))
    client = limited(linked, products_without_access=3)
    assert client.connect(ACCESS_KEY, SECRET_KEY, TAG).json["status"] == "not_eligible"

    refused = client.post("/v1/import", {"items": ASINS[:4]})

    assert (refused.status, refused.json["action"]) == (409, CONNECT_ACCOUNT)


def test_jobs_submitted_together_do_not_exceed_the_limit(linked: Site) -> None:
    client = limited(linked, products_without_access=20)
    jobs = [
        client.post("/v1/import", {"items": ASINS[start : start + 20]}).json for start in (0, 20)
    ]
    run_imports(client.deps)

    assert client.get("/v1/usage").json["products"] == {"used": 20, "limit": 20}
    pages = [client.get(job["status_url"]).json["results"] for job in jobs]
    problems = [result["problem"] for page in pages for result in page if "problem" in result]
    assert len(problems) == 20
    assert {(one["code"], one["action"]) for one in problems} == {
        ("product_limit_reached", CONNECT_ACCOUNT)
    }


def test_jobs_are_limited_per_day(linked: Site, clock: FakeClock) -> None:
    client = limited(linked, jobs_without_access=2)
    body = {"items": ASINS[:11]}

    assert [client.post("/v1/import", body).status for _ in range(3)] == [202, 202, 429]
    assert client.get("/v1/usage").json["jobs"]["limit"] == 2
    clock.advance(days=1)
    assert client.post("/v1/import", body).status == 202


def test_many_calls_are_limited_per_day_and_few_are_not(linked: Site, clock: FakeClock) -> None:
    clock.advance(hours=1)
    client = limited(linked, calls_without_access=2)
    statuses = [client.get("/v1/products").status for _ in range(UNCOUNTED_CALLS + 2)]
    assert set(statuses) == {200}

    refused = client.get("/v1/products")

    assert (refused.status, refused.json["code"]) == (429, "rate_limited")
    assert refused.headers["ratelimit-policy"] == '"calls without API access";q=2;w=86400'
    assert refused.headers["ratelimit"].startswith('"calls without API access";r=0;t=')
    assert client.get("/v1/usage").status == 429
    # The polls of a site continue in the next hour, as Retry-After states.
    wait = int(refused.headers["retry-after"])
    assert 0 < wait <= 3600
    assert "POST /v1/validate" in refused.json["action"]
    clock.advance(seconds=wait)
    assert client.get("/v1/changes").status == 200
    usage = client.get("/v1/usage").json["calls_without_access"]
    assert (usage["used"], usage["limit"], usage["period_seconds"]) == (2, 2, 86_400)


def test_keys_for_reading_use_at_most_half_of_the_calls(linked: Site, clock: FakeClock) -> None:
    clock.advance(hours=1)
    client = limited(linked, calls_without_access=10)
    reader = replace(client, scope="read")
    statuses = [reader.get("/v1/products").status for _ in range(UNCOUNTED_CALLS + 7)]
    assert statuses == [200] * (UNCOUNTED_CALLS + 5) + [429] * 2

    statuses = [client.get("/v1/products").status for _ in range(UNCOUNTED_CALLS + 6)]

    assert statuses == [200] * (UNCOUNTED_CALLS + 5) + [429]


@pytest.mark.parametrize("path", ["/v1/search", "/v1/diagnostics"])
def test_calls_without_access_do_not_wait_for_the_call_rate(
    linked: Site, amazon: FakeAmazon, clock: FakeClock, path: str
) -> None:
    amazon.control.put_account(ACCESS_KEY, AccountBody(state="not_eligible"))
    assert linked.connect(ACCESS_KEY, SECRET_KEY, TAG).json["status"] == "not_eligible"
    query = {"keywords": "tea"} if path == "/v1/search" else {}
    clock.advance(seconds=60)
    key = linked.deps.sites.require(linked.site_id).connections["US"].account_key
    # Other calls of the account have reserved the next moments.
    next_at = to_unix_ms(clock.now()) + round(MAX_SECONDS_WITHOUT_ACCESS * 1_000) + 100
    RateLimiterItem(key).update([RateLimiterItem.next_at.set(next_at)])

    began = clock.monotonic()
    reply = linked.get(path, None, **query)

    assert (reply.status, reply.json["code"]) == (503, "amazon_throttled")
    assert clock.monotonic() - began < MAX_SECONDS_WITHOUT_ACCESS


def test_limit_with_fewer_calls_left_is_in_the_headers(linked: Site, clock: FakeClock) -> None:
    clock.advance(hours=1)
    client = limited(linked, calls_without_access=5)

    headers = [client.get("/v1/products").headers for _ in range(UNCOUNTED_CALLS + 2)]

    assert headers[UNCOUNTED_CALLS - 1]["ratelimit"].startswith('"calls";')
    assert headers[UNCOUNTED_CALLS]["ratelimit"].startswith('"calls without API access";r=4;')
    assert headers[-1]["ratelimit-policy"] == '"calls without API access";q=5;w=86400'


def test_calls_that_lead_to_access_are_not_refused(linked: Site, clock: FakeClock) -> None:
    clock.advance(hours=1)
    client = limited(linked, calls_without_access=1)
    calls = [client.get("/v1/products").status for _ in range(UNCOUNTED_CALLS + 2)]
    assert calls[-1] == 429

    assert client.get("/v1/connections").status == 200
    assert client.put("/v1/connections/US", {"partner_tag": "other-20"}).status == 200
    assert client.get("/v1/products").status == 429
    assert client.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200

    assert client.get("/v1/products").status == 200
    assert "calls_without_access" not in client.get("/v1/usage").json


def test_calls_that_lead_to_access_have_the_hourly_limit(linked: Site) -> None:
    client = limited(linked, calls=2)

    statuses = [client.get("/v1/connections").status for _ in range(3)]

    assert statuses[-1] == 429


def test_many_calls_of_a_site_with_access_are_not_limited_per_day(linked: Site) -> None:
    client = limited(linked, calls_without_access=1)
    assert client.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200

    assert {client.get("/v1/products").status for _ in range(UNCOUNTED_CALLS + 3)} == {200}


def test_sync_request_writes_no_shelf_without_an_account(linked: Site, clock: FakeClock) -> None:
    assert linked.post("/v1/import", {"items": ASINS[:3]}).status == 200
    clock.advance(minutes=61)
    run_sync(linked.deps)
    before = linked.deps.shelves.list_for_site(linked.site_id)

    assert linked.post("/v1/sync").status == 202
    assert linked.patch("/v1/site", {"refresh_hours": 1}).status == 200

    assert linked.deps.shelves.list_for_site(linked.site_id) == before
    assert linked.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
    clock.advance(minutes=5)
    run_sync(linked.deps)
    assert linked.get("/v1/sync").json["products"]["fresh"] == 3
