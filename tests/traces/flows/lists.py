"""Lists: searches that the service repeats."""

from functions.refresh_shelves import app as refresh_shelves
from infra.local.fake_amazon.control_bodies import AccountBody, PriceBody
from tests.calls import plan_sync, run_sync
from tests.conftest import CREDENTIAL
from tests.traces.world import World

PATH, MIXERS, SOFAS = "/v1/lists/tea", {"keywords": "hand mixer", "size": 11}, {"keywords": "sofa"}


def life(world: World) -> None:
    """Record a list: defined, filled, read, replaced, and deleted."""
    site = world.connected_site()
    world.clock.advance(minutes=5)
    world.reply("PUT", lambda: site.put(PATH, MIXERS))
    world.reply("GET", lambda: site.get(PATH))
    world.work("its refresh", refresh_shelves, world.deps.config.refresh_queue_url)
    world.reply("GET", lambda: site.get(PATH))
    world.reply("the same again", lambda: site.put(PATH, MIXERS))
    world.reply("another search", lambda: site.put(PATH, SOFAS))
    world.reply("GET /v1/lists", lambda: site.get("/v1/lists"))
    world.reply("GET /v1/changes", lambda: site.get("/v1/changes"))
    world.reply("DELETE", lambda: site.delete(PATH))
    world.reply("again", lambda: site.delete(PATH))
    world.reply("GET", lambda: site.get(PATH))
    world.reply("defined again", lambda: site.put(PATH, MIXERS))


def refreshes(world: World) -> None:
    """Record refreshes of a list: unchanged, another price, replaced, no access, expired."""
    site, url = world.connected_site(), world.deps.config.refresh_queue_url
    assert site.put(PATH, MIXERS).status == 201
    run_sync(world.deps)
    world.clock.advance(hours=2)
    plan_sync(world.deps)
    world.work("no time", refresh_shelves, url, seconds=11.9)
    world.clock.advance(minutes=20)
    plan_sync(world.deps)
    world.work("unchanged", refresh_shelves, url)
    asin = site.get(PATH).json["items"][0]["asin"]
    world.control.set_price(PriceBody(asin, "US", amount=4321))
    world.clock.advance(hours=2)
    plan_sync(world.deps)
    world.work("another price", refresh_shelves, url)
    world.clock.advance(hours=2)
    plan_sync(world.deps)
    world.before("TransactWriteItems", lambda: site.put(PATH, SOFAS), "the list is replaced first")
    world.control.set_price(PriceBody(asin, "US", amount=5432))
    world.work("replaced", refresh_shelves, url)
    world.clock.advance(hours=2)
    world.control.put_account(CREDENTIAL[0], AccountBody(state="not_eligible"))
    plan_sync(world.deps)
    world.work("no access", refresh_shelves, url)
    world.clock.advance(hours=25)
    world.result("expired", lambda: plan_sync(world.deps))
    world.reply("GET", lambda: site.get(PATH))


def limits(world: World) -> None:
    """Record lists beyond their maximum, without a connection, and with wrong names."""
    site = world.connected_site()
    world.limit(lists=1)
    assert site.put(PATH, MIXERS).status == 201
    world.reply("a second list", lambda: site.put("/v1/lists/b", MIXERS))
    world.reply("not connected", lambda: site.put(PATH, {**MIXERS, "marketplace": "JP"}))
    world.reply("a wrong name", lambda: site.put("/v1/lists/A!", MIXERS))
    world.reply("none", lambda: site.get("/v1/lists/other"))


def conflicts(world: World) -> None:
    """Record definitions of a list that changes at the same time, and torn reads of it."""
    site = world.connected_site()
    world.before("TransactWriteItems", lambda: site.put("/v1/lists/b", SOFAS), "another list")
    world.reply("with another list", lambda: site.put(PATH, MIXERS))
    world.before("TransactWriteItems", lambda: site.put(PATH, SOFAS), "the list is replaced")
    world.reply("replaced", lambda: site.put(PATH, {**SOFAS, "size": 5}))
    world.before("TransactWriteItems", lambda: site.put(PATH, MIXERS), "the list is replaced")
    world.reply("deleted", lambda: site.delete(PATH))
