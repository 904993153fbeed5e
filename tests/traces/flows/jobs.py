"""Import jobs."""

from amzlinkr.domain.clock import to_unix_ms
from amzlinkr.storage.records import RateLimiterItem
from functions.import_worker import app as import_worker
from infra.local.fake_amazon.control_bodies import AccountBody
from tests.calls import plan_sync, turn_switch
from tests.conftest import CREDENTIAL
from tests.site_client import Site
from tests.traces.world import World

ASINS = [f"B0TEST{number:04d}" for number in range(23)]
KEY = {"Idempotency-Key": "click"}


def _start(site: Site, count: int = 12) -> str:
    reply = site.post("/v1/import", {"items": ASINS[:count]})
    assert reply.status == 202
    return str(reply.json["status_url"])


def life(world: World) -> None:
    """Record a job of two chunks: started, continued, finished, and delivered again."""
    site, url = world.connected_site(), world.deps.config.import_queue_url
    items = [*ASINS[:11], "no product", "B0NONE0001"]
    started = world.reply("POST /v1/import", lambda: site.post("/v1/import", {"items": items})).json
    first = world.work("the first chunk", import_worker, url)
    world.reply("GET /v1/import/{job_id}", lambda: site.get(started["status_url"]))
    world.clock.advance(seconds=5)
    world.work("the second chunk", import_worker, url)
    world.deliver("the first one again", import_worker, first)
    world.reply("GET /v1/import/{job_id}", lambda: site.get(started["status_url"], limit="2"))
    world.reply("none", lambda: site.get("/v1/import/job_" + "0" * 32))


def idempotency(world: World) -> None:
    """Record requests with an Idempotency-Key: again, with another body, and inline."""
    site = world.connected_site()
    items = {"items": ASINS[:12]}
    world.reply("the first", lambda: site.post("/v1/import", items, KEY))
    world.reply("again", lambda: site.post("/v1/import", items, KEY))
    world.reply("another body", lambda: site.post("/v1/import", {"items": ASINS[:11]}, KEY))
    other = {"Idempotency-Key": "other"}
    world.clock.advance(minutes=5)
    world.reply("inline", lambda: site.post("/v1/import", {"items": ASINS[:2]}, other))
    world.reply("inline again", lambda: site.post("/v1/import", {"items": ASINS[:2]}, other))
    world.limit(jobs=1)
    world.reply("beyond the limit", lambda: site.post("/v1/import", {"items": ASINS}))


def waits(world: World) -> None:
    """Record a chunk of a throttled account: two waits, and a new message in place of the third."""
    site, url = world.connected_site(), world.deps.config.import_queue_url
    later = to_unix_ms(world.clock.now()) + 6 * 3600 * 1000
    world.change_limiter(site, RateLimiterItem.next_at.set(later))
    _start(site)
    world.fresh_process()
    (message,) = world.receive(url)
    for number in (1, 2, 3):
        attributes = {**message["Attributes"], "ApproximateReceiveCount": str(number)}
        delivered = [{**message, "Attributes": attributes}]
        world.deliver(f"delivery {number}", import_worker, delivered)
        world.clock.advance(minutes=15)


def failures(world: World) -> None:
    """Record chunks that fail: of Amazon, of a table, in the last delivery, and without access."""
    site, url = world.connected_site(), world.deps.config.import_queue_url
    _start(site)
    world.fault("500", api="creators", times=9)
    (message,) = world.receive(url)
    world.deliver("an error of Amazon", import_worker, [message])
    world.end_faults()
    world.clock.advance(minutes=7)
    world.fail_always("TransactWriteItems", "InternalServerError")
    world.deliver("no transaction", import_worker, [message])
    world.clock.advance(minutes=7)
    attributes = {**message["Attributes"], "ApproximateReceiveCount": "6"}
    world.fail_always("TransactWriteItems", "InternalServerError")
    world.deliver("the last one", import_worker, [{**message, "Attributes": attributes}])
    assert site.post("/v1/import", {"items": ASINS[12:]}).status == 202
    (message,) = world.receive(url)
    attributes = {**message["Attributes"], "ApproximateReceiveCount": "7"}
    world.deliver("one too many", import_worker, [{**message, "Attributes": attributes}])
    world.control.put_account(CREDENTIAL[0], AccountBody(state="not_eligible"))
    world.clock.advance(minutes=7)
    world.work("without access", import_worker, url)


def two_jobs(world: World) -> None:
    """Record two jobs of a site one after the other, too little time, and the read-only mode."""
    site, url = world.connected_site(), world.deps.config.import_queue_url
    _start(site)
    world.clock.advance(seconds=1)
    world.reply("a second job", lambda: site.post("/v1/import", {"items": ASINS}))
    for number in range(2):
        world.work(f"chunk {number} of the first", import_worker, url)
        world.clock.advance(seconds=5)
    world.work("a chunk of the second", import_worker, url, seconds=7.9)
    turn_switch(world.deps, "read_only", on=True)
    world.clock.advance(minutes=1)
    world.result("the planner in read-only mode", lambda: plan_sync(world.deps))


def lost_message(world: World) -> None:
    """Record a job with a lost message, which the planner continues."""
    site, url = world.connected_site(), world.deps.config.import_queue_url
    _start(site)
    world.receive(url)
    world.result("too early", lambda: plan_sync(world.deps))
    world.clock.advance(minutes=6)
    world.result("a run", lambda: plan_sync(world.deps))
    world.work("the worker", import_worker, url)
    world.clock.advance(minutes=30)
    world.fail_always("SendMessageBatch", "InternalFailure")
    world.result("no queue", lambda: plan_sync(world.deps))


def read_only(world: World) -> None:
    """Record a chunk in read-only mode, and one of a suspended site."""
    site, url = world.connected_site(), world.deps.config.import_queue_url
    _start(site)
    turn_switch(world.deps, "read_only", on=True)
    batch = world.work("read-only", import_worker, url)
    turn_switch(world.deps, "read_only", on=False)
    assert site.delete("/v1/connections/US").status == 204
    world.clock.advance(hours=1)
    world.result("the planner", lambda: plan_sync(world.deps))
    world.deliver("not connected", import_worker, batch)
