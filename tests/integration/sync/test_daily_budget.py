"""Price sync with a daily budget that is too small for its sites, or without the quotas table."""

from datetime import timedelta

import pytest

from amzlinkr import telemetry
from amzlinkr.config import Config
from amzlinkr.domain.call_rate import INITIAL_CALL_RATE
from amzlinkr.domain.clock import next_midnight
from amzlinkr.domain.planning import calls_this_run
from amzlinkr.domain.ports import DailyBudget
from amzlinkr.services import sync
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import Reply, plan_sync, run_imports, run_sync
from tests.clock import FakeClock
from tests.config import local_config
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site

ASINS = [f"B0TEST{n:04d}" for n in range(60)]


def set_calls_per_run(deps: Dependencies, site: Site, calls: int) -> None:
    """Use up the daily budget until the account has this number of calls for each run."""
    now = deps.clock.now()
    account = deps.sites.require(site.site_id).connection("US").account_key
    used = next(
        used
        for used in range(8_640, 0, -1)
        if calls_this_run(DailyBudget(used, INITIAL_CALL_RATE), now) == calls
    )
    RateLimiterItem.get(account).update([RateLimiterItem.used.set(used)])


def test_small_budget_stretches_the_refresh_interval(
    site: Site, deps: Dependencies, clock: FakeClock
) -> None:
    for start in (0, 10, 20):
        site.post("/v1/import", {"items": ASINS[start : start + 10]})
    interval = site.get("/v1/sync").json["intervals"]["US"]
    assert interval == {"asked_seconds": 3600, "actual_seconds": 3600, "stretched": False}

    clock.advance(hours=1)
    set_calls_per_run(deps, site, calls=1)
    planned = []
    for _ in range(4):
        planned.append(run_sync(deps))
        clock.advance(minutes=5)
        set_calls_per_run(deps, site, calls=1)
    assert planned == [1, 1, 1, 0]

    clock.advance(hours=1)
    set_calls_per_run(deps, site, calls=0)
    clock.advance(minutes=30)
    interval = site.get("/v1/sync").json["intervals"]["US"]
    assert interval["stretched"]
    assert interval["actual_seconds"] > 3600 + 25 * 60


def test_first_shelf_of_each_site_precedes_second_shelves(
    site: Site, deps: Dependencies, clock: FakeClock, aws: Config
) -> None:
    for start in (0, 10, 20, 30):
        site.post("/v1/import", {"items": ASINS[start : start + 10]})
    small = Site.sign_up_and_connect(deps, ACCESS_KEY, SECRET_KEY, TAG)
    small.post("/v1/import", {"items": ASINS[:1]})
    clock.advance(hours=1, minutes=10)
    set_calls_per_run(deps, site, calls=2)

    assert plan_sync(deps) == 2
    assert [message["site_id"] for message in aws_spy.peek_bodies(aws.refresh_queue_url)] == [
        site.site_id,
        small.site_id,
    ]


def age_of_oldest_product(deps: Dependencies, site: Site) -> timedelta:
    shelves = deps.shelves.list_for_site(site.site_id)
    return deps.clock.now() - min(shelf.observed_at for shelf in shelves)


def test_backlog_of_an_account_without_calls_delays_no_other_account(
    site: Site,
    amazon: FakeAmazon,
    deps: Dependencies,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured: dict[str, float] = {}
    monkeypatch.setattr(telemetry, "measure", lambda name, value, _: measured.update({name: value}))
    monkeypatch.setattr(sync, "MAX_SHELVES_PER_RUN", 2)
    for start in (0, 10, 20):
        site.post("/v1/import", {"items": ASINS[start : start + 10]})
    clock.advance(minutes=5)
    keys, tag = ("AKIAOTHEROTHEROTHER0", "o" * 40), "other-20"
    amazon.control.put_account(keys[0], AccountBody(secret_key=keys[1], partner_tags={"US": tag}))
    other = Site.sign_up_and_connect(deps, *keys, tag)
    other.post("/v1/import", {"items": ASINS[:3]})
    clock.advance(hours=2)
    set_calls_per_run(deps, site, calls=0)

    assert run_sync(deps) == 1

    assert age_of_oldest_product(deps, other) < timedelta(minutes=1)
    assert age_of_oldest_product(deps, site) > timedelta(hours=2)
    assert measured["OldestDueShelfSeconds"] == pytest.approx(3600, abs=60)


@pytest.mark.parametrize("path", ["/v1/search", pytest.param("/v1/import", marks=pytest.mark.slow)])
def test_calls_of_a_whole_day_leave_the_sync_its_part(
    site: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon, path: str
) -> None:
    def call() -> Reply:
        if path == "/v1/import":
            return site.post(path, {"items": ASINS[:1]})
        return site.get(path, keywords="tea")

    clock.set(next_midnight(clock.now()))
    site.post("/v1/import", {"items": ASINS[:30:3]})
    site.post("/v1/import", {"items": ASINS[30::3]})
    account = deps.sites.require(site.site_id).connection("US").account_key
    # The part that is reserved for the sync is 80 calls; two shelves per hour need 48.
    RateLimiterItem.get(account).update([RateLimiterItem.day_limit.set(160)])
    oldest, replies = timedelta(), []
    for _ in range(24 * 4 - 1):
        while (reply := call()).status == 200:
            replies.append(reply)
        refused_at = clock.now()
        run_sync(deps)
        clock.advance(minutes=15)
        oldest = max(oldest, age_of_oldest_product(deps, site))

    assert oldest <= timedelta(hours=1, minutes=30)
    assert len(replies) >= 80
    assert (reply.status, reply.json["code"]) == (503, "amazon_throttled")
    rest_of_day = (next_midnight(refused_at) - refused_at).total_seconds()
    assert reply.json["retry_after"] == pytest.approx(rest_of_day, abs=2)
    assert reply.headers["retry-after"] == str(reply.json["retry_after"])
    assert "reserved for the refresh of prices" in reply.json["detail"]
    assert "midnight UTC" in reply.json["action"]
    assert site.connection()["state"] == "valid"
    clock.advance(minutes=15)
    assert call().status == 200


def test_import_jobs_leave_the_sync_its_part_of_the_day(
    site: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    clock.set(next_midnight(clock.now()))
    site.post("/v1/import", {"items": ASINS[:1]})
    account = deps.sites.require(site.site_id).connection("US").account_key
    RateLimiterItem.get(account).update([RateLimiterItem.day_limit.set(8)])
    job = site.post("/v1/import", {"items": ASINS}).json
    amazon.control.clear_calls()

    responses = run_imports(deps)

    # 3.6 of 8 calls: the first import, and two chunks of the job. The next one is repeated later.
    assert [len(response["batchItemFailures"]) for response in responses] == [0, 0, 1]
    assert len(amazon.control.calls()) == 2
    assert site.get(job["status_url"]).json["done"] == 20
    clock.advance(hours=1)
    assert run_sync(deps) > 0
    assert len(amazon.control.calls()) > 2


def is_quotas_call(arguments: aws_spy.Arguments) -> bool:
    return bool(arguments.get("TableName") == local_config().quotas_table)


def test_amazon_is_not_called_without_the_quotas_table(
    site: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    site.post("/v1/import", {"items": ASINS[:10]})
    clock.advance(hours=1)
    amazon.control.clear_calls()
    assert plan_sync(deps) == 1
    with aws_spy.fail_calls(is_quotas_call, "InternalServerError"):
        reply = site.get("/v1/search", keywords="tea")
        run_sync(deps)
    assert (reply.status, reply.json["code"]) == (503, "store_unavailable")
    assert amazon.control.calls() == []

    clock.advance(minutes=15)
    assert run_sync(deps) == 1
    assert len(amazon.control.calls()) == 1
