"""A site: settings, usage, audit log, deletion."""

from tests.calls import event_of, run_purge, send
from tests.conftest import CREDENTIAL
from tests.traces.world import HOST, World


def settings(world: World) -> None:
    """Record reads and changes of settings, with a shorter interval of refreshes."""
    site = world.connected_site()
    world.clock.advance(minutes=5)
    assert site.connect_creators(CREDENTIAL, "test-21", "DE").status == 200
    assert site.patch("/v1/site", {"refresh_hours": 12}).status == 200
    assert site.post("/v1/import", {"items": ["B0TEST0001"]}).status == 200
    world.reply("GET /v1/site", lambda: site.get("/v1/site"))
    world.reply("an address", lambda: site.patch("/v1/site", {"email": "New@Example.org"}))
    world.reply("nothing", lambda: site.patch("/v1/site", {}))
    hours = {"refresh_hours": 2, "primary_marketplace": "US"}
    world.reply("an interval", lambda: site.patch("/v1/site", hours))
    world.before(
        "TransactWriteItems", lambda: site.delete("/v1/connections/DE"), "it is disconnected"
    )
    world.reply("a marketplace", lambda: site.patch("/v1/site", {"primary_marketplace": "DE"}))
    world.reply("not connected", lambda: site.patch("/v1/site", {"primary_marketplace": "DE"}))
    world.reply("too long an interval", lambda: site.patch("/v1/site", {"refresh_hours": 13}))
    world.limit(settings=1)
    world.reply("beyond the limit", lambda: site.patch("/v1/site", {"refresh_hours": 3}))


def calls(world: World) -> None:
    """Record calls and their count: at the limit, without a count, and of a suspended site."""
    site = world.connected_site()
    world.limit(calls=60)
    world.reply("GET /v1/usage", lambda: site.get("/v1/usage"))
    world.clock.advance(hours=1)
    world.limit(calls=1)
    world.reply("the first one", lambda: site.get("/v1/site"))
    world.reply("the second one", lambda: site.get("/v1/site"))
    world.limit(calls=60)
    world.fail("UpdateItem", "InternalServerError")
    world.reply("not counted", lambda: site.get("/v1/site"))
    event = event_of("GET", "/v1/site")
    event["requestContext"]["authorizer"] = {
        "site_id": site.site_id, "kid": site.kid, "scope": "full", "suspended": "true",
    }  # fmt: skip
    world.reply("suspended", lambda: send(world.deps, event))
    event["path"] = event["resource"] = "/v1/products"
    world.reply("a call that is not allowed then", lambda: send(world.deps, event))


def audit_log(world: World) -> None:
    """Record pages of the audit log."""
    site = world.connected_site()
    world.clock.advance(seconds=1)
    site.post("/v1/keys", {})
    page = world.reply("a page", lambda: site.get("/v1/audit", limit="2")).json
    cursor = page.get("next_cursor")
    world.reply("the next page", lambda: site.get("/v1/audit", limit="2", cursor=cursor))
    world.clock.advance(days=91)
    world.reply("after 91 days", lambda: site.get("/v1/audit"))


def deletion(world: World) -> None:
    """Record the deletion of a site, the purge of its rows and secrets, and later purges."""
    site = world.connected_site()
    world.sandbox_of(site)
    items = [f"B0TEST{number:04d}" for number in range(3)]
    assert site.post("/v1/import", {"items": items}).status == 200
    assert site.put("/v1/lists/tea", {"keywords": "tea", "size": 3}).status == 201
    world.reply("another name", lambda: site.delete("/v1/site", confirm="other.example"))
    host = f"{HOST}:80"
    world.before(
        "TransactWriteItems", lambda: site.delete("/v1/keys/" + site.kid), "its key is revoked"
    )
    world.reply("a revoked key", lambda: site.delete("/v1/site", confirm=host))
    again = world.sign_up()
    world.reply("DELETE /v1/site", lambda: again.delete("/v1/site", confirm=host))
    world.result("a purge", lambda: run_purge(world.deps))
    world.clock.advance(hours=1)
    world.result("after an hour", lambda: run_purge(world.deps))
    world.clock.advance(days=1)
    world.result("after a day", lambda: run_purge(world.deps))


def unused_secrets(world: World) -> None:
    """Record purges of secrets: of a connection that was not stored, with a failure."""
    site = world.sign_up()
    world.fail_always("TransactWriteItems", "InternalServerError")
    world.reply("not stored", lambda: site.connect_creators(CREDENTIAL, "test-20"))
    world.result("too early", lambda: run_purge(world.deps))
    world.clock.advance(hours=2)
    world.fail_always("DeleteSecret", "InternalServiceError")
    world.result("not deleted", lambda: run_purge(world.deps))
    world.clock.advance(hours=2)
    world.result("deleted", lambda: run_purge(world.deps))


def problems(world: World) -> None:
    """Record requests that no endpoint accepts, and public documents."""
    site = world.sign_up()
    world.reply("no JSON", lambda: site.post("/v1/import", "{"))
    world.reply("an unknown field", lambda: site.post("/v1/import", {"other": 1}))
    world.reply("an ID with a space", lambda: site.get("/v1/products/B0 EST"))
    world.reply("no ASCII", lambda: site.get("/v1/import/jöb"))
    world.reply("a long ID", lambda: site.get("/v1/import/" + "j" * 300))
    world.reply("security.txt", lambda: send(world.deps, event_of("GET", "/v1/security.txt")))
    world.fail_always("Query", "ProvisionedThroughputExceededException")
    world.reply("no table", lambda: site.get("/v1/site"))
