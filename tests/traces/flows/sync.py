"""The price sync: planner and workers."""

from amzlinkr.storage.records import RateLimiterItem
from functions.refresh_shelves import app as refresh_shelves
from infra.local.fake_amazon.control_bodies import AccountBody, GoneBody, PriceBody
from tests.calls import plan_sync, run_sync, turn_switch
from tests.conftest import CREDENTIAL, TAG
from tests.site_client import Site
from tests.traces.world import World

ASINS = [f"B0TEST{number:04d}" for number in range(12)]


def _site(world: World, count: int = 3) -> Site:
    site = world.connected_site()
    assert site.post("/v1/import", {"items": ASINS[:count]}).status == 200
    world.clock.advance(hours=2)
    return site


def run(world: World) -> None:
    """Record a run of the planner with a due shelf, its refresh, and the next run."""
    _site(world)
    world.control.set_price(PriceBody(ASINS[0], "US", amount=4321))
    world.result("a run", lambda: plan_sync(world.deps))
    batch = world.work("a refresh", refresh_shelves, world.deps.config.refresh_queue_url)
    world.deliver("the same message again", refresh_shelves, batch)
    world.result("the next run", lambda: plan_sync(world.deps))


def idle_run(world: World) -> None:
    """Record a run of the planner without sites, and one without records."""
    world.result("a run", lambda: plan_sync(world.deps))
    world.fail_always("PutItem", "InternalServerError")
    world.fail_always("BatchGetItem", "InternalServerError")
    world.result("no records", lambda: plan_sync(world.deps))
    world.fail_always("Query", "InternalServerError")
    world.result("no table", lambda: plan_sync(world.deps))


def refreshes(world: World) -> None:
    """Record refreshes: unchanged, vanished products, a 429, an error, and too little time."""
    _site(world)
    url = world.deps.config.refresh_queue_url
    plan_sync(world.deps)
    world.work("unchanged", refresh_shelves, url)
    world.clock.advance(hours=2)
    world.control.set_gone(GoneBody(ASINS[0]))
    world.control.set_gone(GoneBody(ASINS[1], silently=True))
    plan_sync(world.deps)
    world.work("vanished", refresh_shelves, url)
    world.clock.advance(hours=2)
    plan_sync(world.deps)
    world.fault("429", api="creators", times=9)
    world.work("a 429", refresh_shelves, url)
    world.end_faults()
    world.clock.advance(hours=2)
    plan_sync(world.deps)
    world.fault("500", api="creators", times=9)
    world.work("an error", refresh_shelves, url)
    world.end_faults()
    world.clock.advance(hours=2)
    plan_sync(world.deps)
    world.work("no time", refresh_shelves, url, seconds=7.9)
    world.clock.advance(hours=2)
    plan_sync(world.deps)
    world.fail_always("TransactWriteItems", "InternalServerError")
    world.control.set_price(PriceBody(ASINS[2], "US", amount=4321))
    world.work("no transaction", refresh_shelves, url)


def leases(world: World) -> None:
    """Record leases: taken by another planner, at their end, and lost before the result."""
    site = _site(world)
    url = world.deps.config.refresh_queue_url
    world.before("UpdateItem", lambda: plan_sync(world.deps), "another planner")
    world.result("two planners", lambda: plan_sync(world.deps))
    world.receive(url)
    world.clock.advance(minutes=14)
    world.result("before the end", lambda: plan_sync(world.deps))
    world.clock.advance(minutes=2)
    world.result("after the end", lambda: plan_sync(world.deps))
    world.control.set_price(PriceBody(ASINS[0], "US", amount=4321))
    late = world.receive(url)
    world.clock.advance(minutes=16)
    plan_sync(world.deps)
    world.deliver("a lost lease", refresh_shelves, late)
    world.before(
        "TransactWriteItems",
        lambda: site.post("/v1/import", {"items": [ASINS[4]]}),
        "an import is stored first",
    )
    world.work("a changed shelf", refresh_shelves, url)


def expiry(world: World) -> None:
    """Record a run that expires products, one of them at the same time as a refresh."""
    site = _site(world)
    world.control.put_account(CREDENTIAL[0], AccountBody(state="not_eligible"))
    run_sync(world.deps)
    world.clock.advance(hours=25)
    world.before(
        "TransactWriteItems",
        lambda: site.delete(f"/v1/products/{ASINS[2]}"),
        "a product is removed first",
    )
    world.result("a run", lambda: plan_sync(world.deps))
    world.reply("GET /v1/changes", lambda: site.get("/v1/changes"))
    world.control.put_account(CREDENTIAL[0], AccountBody(state="ok"))
    assert site.connect_creators(CREDENTIAL, TAG).status == 200
    run_sync(world.deps)
    world.clock.advance(hours=25)
    world.before("TransactWriteItems", lambda: plan_sync(world.deps), "another planner")
    world.result("two planners", lambda: plan_sync(world.deps))
    world.result("the next run", lambda: plan_sync(world.deps))


def recovery(world: World) -> None:
    """Record deferred shelves of an account that is down, and its recovery."""
    site = _site(world)
    world.control.put_account(CREDENTIAL[0], AccountBody(state="not_eligible"))
    plan_sync(world.deps)
    world.work("no access", refresh_shelves, world.deps.config.refresh_queue_url)
    world.clock.advance(minutes=30)
    world.result("a run while down", lambda: plan_sync(world.deps))
    world.control.put_account(CREDENTIAL[0], AccountBody(state="ok"))
    world.clock.advance(hours=2)
    assert site.get("/v1/search", keywords="tea").status == 200
    world.result("a run after it", lambda: plan_sync(world.deps))
    world.clock.advance(minutes=2)
    world.result("the next run", lambda: plan_sync(world.deps))


def requested(world: World) -> None:
    """Record a sync request of a site, its limit, and a shelf that changes at the same time."""
    site = world.connected_site()
    assert site.post("/v1/import", {"items": ASINS[:10]}).status == 200
    world.clock.advance(minutes=5)
    assert site.post("/v1/import", {"items": ASINS[10:]}).status == 200
    world.clock.advance(minutes=5)
    world.reply("POST /v1/sync", lambda: site.post("/v1/sync"))
    world.reply("GET /v1/sync", lambda: site.get("/v1/sync"))
    run_sync(world.deps)
    world.clock.advance(minutes=5)
    world.before(
        "UpdateItem",
        lambda: site.post("/v1/import", {"items": ["B0OTHER001"]}),
        "a shelf changes",
        3,
    )
    world.reply("with a changed shelf", lambda: site.post("/v1/sync"))
    world.clock.advance(minutes=1)
    world.result("a run", lambda: plan_sync(world.deps))
    world.limit(syncs=1)
    world.reply("beyond the limit", lambda: site.post("/v1/sync"))


def stopped(world: World) -> None:
    """Record runs while the operator has paused the sync, and in read-only mode."""
    _site(world)
    turn_switch(world.deps, "pause_sync")
    world.result("paused", lambda: plan_sync(world.deps))
    turn_switch(world.deps, "read_only", on=True)
    world.result("read-only", lambda: plan_sync(world.deps))


def queue_failures(world: World) -> None:
    """Record a run without a queue, and a message of another release."""
    _site(world)
    world.fail_always("SendMessageBatch", "InternalFailure")
    world.result("no queue", lambda: plan_sync(world.deps))
    world.clock.advance(minutes=16)
    plan_sync(world.deps)
    (message,) = world.receive(world.deps.config.refresh_queue_url)
    unreadable = {**message, "Body": '{"version": 99}'}
    world.deliver("a message of another release", refresh_shelves, [unreadable])


def budget(world: World) -> None:
    """Record a run of an account that has used most of its calls of the day."""
    site = _site(world)
    day = world.clock.now().date().isoformat()
    world.change_limiter(site, RateLimiterItem.day.set(day), RateLimiterItem.used.set(8_639))
    world.result("a run", lambda: plan_sync(world.deps))
