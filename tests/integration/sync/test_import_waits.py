"""Import jobs of accounts without calls: they wait outside of the worker, in place of failing."""

from datetime import timedelta
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.clock import next_midnight, to_unix_ms
from amzlinkr.domain.imports import MAX_JOB_WAIT
from amzlinkr.domain.reservations import day_of
from amzlinkr.services.import_turns import MAX_QUEUE_WAIT_SECONDS, MAX_RECEIVES
from amzlinkr.storage.rate_limiter_store import MAX_IMPORT_WAIT_SECONDS
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from infra.local.fake_amazon.state import Fault
from tests.calls import run_imports
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY
from tests.integration import aws_spy
from tests.site_client import Site

pytestmark = pytest.mark.queue_time
ITEMS = ["B0NONE0001", *[f"B0TEST{n:04d}" for n in range(22)], "B0TEST0003"]


def change_limiter(deps: Dependencies, site: Site, **values: Any) -> None:
    """Overwrite attributes of the rate limiter of a site's account in the US."""
    account = deps.sites.require(site.site_id).connection("US").account_key
    changes = [getattr(RateLimiterItem, name).set(value) for name, value in values.items()]
    RateLimiterItem(account).update(changes)


def exhaust_day(deps: Dependencies, site: Site) -> None:
    change_limiter(deps, site, day=day_of(to_unix_ms(deps.clock.now())), used=8_640)


def queue_job(site: Site, amazon: FakeAmazon) -> str:
    """Queue a job of three chunks; return its status URL."""
    started = site.post("/v1/import", {"items": ITEMS})
    amazon.control.clear_calls()
    return str(started.json["status_url"])


def check_done(site: Site, job: str) -> None:
    """Check that a job has imported all its products, and lists the results in input order."""
    shown = site.get(job).json
    assert (shown["status"], shown["done"], shown["failed"]) == ("done", len(ITEMS), 1)
    assert [result["input"] for result in shown["results"]] == ITEMS
    assert [result["status"] for result in shown["results"]] == [
        "not_found", *["imported"] * (len(ITEMS) - 1)
    ]  # fmt: skip
    assert len(site.changes()[0]) == len(set(ITEMS)) - 1


def get_items_calls(amazon: FakeAmazon) -> int:
    return sum(call.operation == "GetItems" for call in amazon.control.calls())


def test_job_waits_for_the_next_day_however_often_it_is_tried(
    site: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon, aws: Config
) -> None:
    clock.advance(hours=8)
    exhaust_day(deps, site)
    job, midnight, deliveries = queue_job(site, amazon), next_midnight(clock.now()), 0
    while clock.now() < midnight:
        clock.slept.clear()
        responses = run_imports(deps)
        assert sum(clock.slept) <= MAX_IMPORT_WAIT_SECONDS * len(responses)
        assert aws_spy.peek_messages(aws.import_queue_url) == []
        deliveries += len(responses)
        clock.advance(seconds=MAX_QUEUE_WAIT_SECONDS)

    assert deliveries > 2 * MAX_RECEIVES
    assert (site.get(job).json["status"], get_items_calls(amazon)) == ("queued", 0)

    run_imports(deps)
    check_done(site, job)
    assert get_items_calls(amazon) == 3
    assert site.connection()["state"] == "valid"


def test_job_that_waited_to_its_end_fails_with_the_reason(
    site: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    job, started_at = queue_job(site, amazon), clock.now()
    while clock.now() < started_at + MAX_JOB_WAIT:
        exhaust_day(deps, site)
        run_imports(deps)
        assert site.get(job).json["status"] == "queued"
        clock.advance(hours=1)

    run_imports(deps)
    shown = site.get(job).json
    assert (shown["status"], shown["failed"]) == ("failed", len(ITEMS))
    problem = shown["results"][0]["problem"]
    assert (problem["code"], problem["retryable"]) == ("amazon_throttled", True)
    assert problem["detail"].endswith("The import job waited 23 hours for the account.")
    assert "Import these products again." in problem["action"]
    assert get_items_calls(amazon) == 0


def test_job_of_an_account_that_amazon_throttles_waits_for_its_recovery(
    site: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    job = queue_job(site, amazon)
    started_at, refused = clock.now(), 10
    amazon.control.add_fault(Fault("429", times=refused))
    run_imports(deps)
    assert site.connection()["state"] == "throttled"
    while get_items_calls(amazon) < refused + 3:
        has_recovered = get_items_calls(amazon) > refused
        assert site.get(job).json["status"] == ("running" if has_recovered else "queued")
        clock.advance(minutes=1)
        run_imports(deps)

    check_done(site, job)
    # The pauses of the rate limiter double, from two seconds to a quarter of an hour.
    assert timedelta(minutes=15) < clock.now() - started_at < timedelta(minutes=45)


def test_worker_does_not_wait_for_a_slow_account_and_is_in_time_for_its_moment(
    site: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    job = queue_job(site, amazon)
    change_limiter(deps, site, next_at=to_unix_ms(clock.now()) + 10_000)
    clock.slept.clear()

    (waiting,) = run_imports(deps)
    assert len(waiting["batchItemFailures"]) == 1
    assert (clock.slept, get_items_calls(amazon)) == ([], 0)

    clock.advance(seconds=8.9)
    assert run_imports(deps) == []
    clock.advance(seconds=0.1)
    run_imports(deps)
    check_done(site, job)


def test_account_without_calls_does_not_delay_the_other_marketplaces(
    site: Site, deps: Dependencies, amazon: FakeAmazon
) -> None:
    account = AccountBody(secret_key=SECRET_KEY, partner_tags={"DE": "test-21"})
    access_key = ACCESS_KEY.replace("TEST", "DEDE", 1)
    amazon.control.put_account(access_key, account)
    assert site.connect(access_key, SECRET_KEY, "test-21", "DE").status == 200
    exhaust_day(deps, site)
    american = queue_job(site, amazon)
    german = [f"https://www.amazon.de/dp/{asin}" for asin in ITEMS[1:13]]
    mixed = site.post("/v1/import", {"items": [*ITEMS[1:12], *german]}).json["status_url"]

    run_imports(deps)

    assert site.get(american).json["done"] == 0
    results = site.get(mixed).json["results"]
    assert [result["status"] for result in results] == ["queued"] * 11 + ["imported"] * 12


def test_throttling_of_a_sandbox_fails_at_the_first_delivery(
    site: Site, deps: Dependencies
) -> None:
    sandbox = site.open_sandbox()
    sandbox.connect(ACCESS_KEY, SECRET_KEY, "made-up-20")
    items = ["B0TESTE429", *ITEMS[1:12]]
    job = sandbox.post("/v1/import", {"items": items}).json["status_url"]

    run_imports(deps)

    shown = sandbox.get(job).json
    assert (shown["status"], shown["done"]) == ("done", 12)
    assert shown["results"][0]["problem"]["code"] == "amazon_throttled"


@pytest.mark.parametrize("operation", ["ChangeMessageVisibility", "SendMessageBatch"])
def test_wait_that_the_queue_refuses_is_repeated(
    operation: str, site: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon
) -> None:
    """Check that the message stays in its queue, whichever call fails."""
    clock.advance(hours=11)
    exhaust_day(deps, site)
    job = queue_job(site, amazon)
    fails = operation == "ChangeMessageVisibility"
    name = "VisibilityTimeout" if fails else "Entries"
    with aws_spy.fail_calls(lambda arguments: name in arguments and len(arguments) <= 3, "Busy"):
        for _ in range(MAX_RECEIVES - 1):
            run_imports(deps)
            clock.advance(seconds=max(MAX_QUEUE_WAIT_SECONDS, 361))
    while clock.now().day == 23:
        run_imports(deps)
        clock.advance(seconds=MAX_QUEUE_WAIT_SECONDS)

    run_imports(deps)
    check_done(site, job)
