"""The rate limiter of an Amazon account."""

from amzlinkr.storage.records import RateLimiterItem
from infra.local.fake_amazon.state import Dialect
from tests.conftest import CREDENTIAL, TAG
from tests.site_client import Site
from tests.traces.world import World


def _search(site: Site) -> object:
    return site.get("/v1/search", keywords="tea")


def in_turn(world: World) -> None:
    """Record calls one after the other: the second waits, and a call after a pause does not."""
    site = world.connected_site()
    world.clock.advance(minutes=5)
    world.reply("the first", lambda: site.get("/v1/search", keywords="tea"))
    world.reply("the second", lambda: site.get("/v1/search", keywords="coffee"))
    world.clock.advance(minutes=1)
    world.reply("after a minute", lambda: site.get("/v1/search", keywords="milk"))


def conflicts(world: World) -> None:
    """Record a reservation that another process takes, once and in every attempt."""
    site = world.connected_site()
    other = world.connected_site("other.example")
    world.clock.advance(minutes=5)
    world.before("UpdateItem", lambda: _search(other), "another process reserves first", 2)
    world.reply("once", lambda: site.get("/v1/search", keywords="tea"))
    world.clock.advance(minutes=5)
    for number in (2, 3, 4):
        world.before("UpdateItem", lambda: _search(other), "another process reserves", number)
    world.reply("three times", lambda: site.get("/v1/search", keywords="tea"))


def throttled(world: World) -> None:
    """Record responses 429: once, several times, and with a time to wait; then a success."""
    site = world.connected_site()
    world.clock.advance(minutes=5)
    world.fault("429", api="creators")
    world.reply("once", lambda: site.get("/v1/search", keywords="tea"))
    world.clock.advance(minutes=5)
    world.fault("429", api="creators", times=9)
    world.reply("always", lambda: site.get("/v1/search", keywords="tea"))
    world.reply("immediately after", lambda: site.get("/v1/search", keywords="tea"))
    world.end_faults()
    world.clock.advance(hours=1)
    world.reply("a success", lambda: site.get("/v1/search", keywords="tea"))
    world.amazon.dialect = Dialect(retry_after="seconds")
    world.clock.advance(minutes=5)
    world.fault("429", api="creators", times=9)
    world.reply("with Retry-After", lambda: site.get("/v1/search", keywords="tea"))


def errors(world: World) -> None:
    """Record other failures of Amazon: with and without another attempt."""
    site = world.connected_site()
    for kind in ("500", "garbage", "truncated", "html", "timeout", "invalid_token"):
        world.clock.advance(minutes=5)
        world.fault(kind, api="creators", seconds=1.0)
        world.reply(kind, lambda: site.get("/v1/search", keywords="tea"))
    world.clock.advance(minutes=5)
    world.fault("500", api="creators", times=9)
    world.reply("500 always", lambda: site.get("/v1/search", keywords="tea"))


def unavailable(world: World) -> None:
    """Record a table that does not respond: before the call, after it, and after a 429."""
    site = world.connected_site()
    world.clock.advance(minutes=5)
    world.fail("UpdateItem", "InternalServerError", 2)
    world.reply("no reservation", lambda: site.get("/v1/search", keywords="tea"))
    world.clock.advance(minutes=5)
    world.fault("429", api="creators")
    world.fail("UpdateItem", "InternalServerError", 3)
    world.reply("no record of a 429", lambda: site.get("/v1/search", keywords="tea"))
    world.clock.advance(minutes=5)
    world.fault("429", api="creators")
    world.fail("UpdateItem", "InternalServerError", 5)
    world.reply("no record of a success", lambda: site.get("/v1/search", keywords="tea"))


def exhausted_day(world: World) -> None:
    """Record the end of the calls of a day, and the first one of the next day."""
    site = world.connected_site()
    day = world.clock.now().date().isoformat()
    world.change_limiter(site, RateLimiterItem.day.set(day), RateLimiterItem.used.set(8_640))
    world.fresh_process()
    world.reply("none left", lambda: site.get("/v1/search", keywords="tea"))
    world.reply("GET /v1/usage", lambda: site.get("/v1/usage"))
    world.clock.advance(hours=12)
    world.reply("the next day", lambda: site.get("/v1/search", keywords="tea"))


def growth(world: World) -> None:
    """Record calls after which the rate may grow."""
    site = world.connected_site()
    world.change_limiter(site, RateLimiterItem.consecutive_successes.set(600))
    world.fresh_process()
    world.reply("a grown rate", lambda: site.get("/v1/search", keywords="tea"))
    world.fault("429", api="creators")
    world.reply("a 429", lambda: site.get("/v1/search", keywords="tea"))
    assert site.connect_creators(CREDENTIAL, TAG).status == 200
