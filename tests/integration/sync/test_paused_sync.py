"""A paused price sync: nothing is enqueued, the queue is finished, and products still expire."""

from amzlinkr.wiring import Dependencies
from functions.refresh_shelves import app as refresh_shelves
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import plan_sync, run_imports, run_queue, run_sync, turn_switch
from tests.clock import FakeClock
from tests.iam.enforcer import PolicyEnforcer
from tests.site_client import Site

ASINS = [f"B0TEST{n:04d}" for n in range(12)]


def test_due_shelves_wait_until_the_sync_is_resumed(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock, guard: PolicyEnforcer
) -> None:
    site.post("/v1/import", {"items": ASINS[:10]})
    turn_switch(deps, "pause_sync")
    amazon.control.clear_calls()
    for _ in range(3):
        clock.advance(hours=1)
        assert run_sync(deps) == 0
    assert amazon.control.calls() == []
    # The planner is alive, and the products become stale: both stay visible.
    printed = "".join(guard.printed)
    assert printed.count('"SyncRunsCompleted"') >= 3
    assert "OldestDueShelfSeconds" in printed
    shown = site.get("/v1/sync").json
    assert (shown["paused"], "next_run_at" in shown) == (True, False)

    turn_switch(deps, "resume_sync")
    assert run_sync(deps) == 1
    shown = site.get("/v1/sync").json
    assert shown["paused"] is False
    assert shown["next_run_at"]


def test_workers_finish_what_was_queued_before(
    site: Site, deps: Dependencies, amazon: FakeAmazon, clock: FakeClock
) -> None:
    site.post("/v1/import", {"items": ASINS[:10]})
    clock.advance(hours=1)
    amazon.control.clear_calls()
    assert plan_sync(deps) == 1
    turn_switch(deps, "pause_sync")

    run_queue(deps, refresh_shelves, deps.config.refresh_queue_url)
    assert len(amazon.control.calls()) == 1


def test_imports_and_sync_requests_are_accepted(
    site: Site, deps: Dependencies, clock: FakeClock
) -> None:
    turn_switch(deps, "pause_sync")
    job = site.post("/v1/import", {"items": ASINS}).json
    run_imports(deps)
    assert site.get(f"/v1/import/{job['job_id']}").json["done"] == len(ASINS)
    assert site.post("/v1/sync").json["paused"] is True

    clock.advance(minutes=1)
    assert run_sync(deps) == 0
    turn_switch(deps, "resume_sync")
    assert run_sync(deps) == 2


def test_products_expire_in_a_pause_in_the_feed_and_in_the_table(
    site: Site, deps: Dependencies, clock: FakeClock
) -> None:
    site.post("/v1/import", {"items": ASINS[:10]})
    turn_switch(deps, "pause_sync")
    clock.advance(hours=24)
    plan_sync(deps)

    # Without a read in between: the planner itself removed the content.
    (shelf,) = deps.shelves.list_for_site(site.site_id)
    assert all(slot.fingerprint is None for slot in shelf.slots)
    products = site.get("/v1/products").json["products"]
    assert [product["price_status"] for product in products] == ["expired"] * 10
    assert all("price" not in product and "title" not in product for product in products)
