"""API keys of a site, and the authorizer."""

from tests.calls import Reply, authorize, event_of, send, suspend
from tests.traces.world import World

CREATE = "POST /v1/keys"


def _authorize(world: World, title: str, api_key: str) -> None:
    headers = {"Authorization": f"Bearer {api_key}"}
    world.result(title, lambda: authorize(world.deps, headers))


def authorization(world: World) -> None:
    """Record calls of the authorizer: with the key of a site, and with other texts."""
    site = world.sign_up()
    _authorize(world, "an API key", site.api_key)
    _authorize(world, "again", site.api_key)
    world.clock.advance(days=1)
    _authorize(world, "the next day", site.api_key)
    world.fail("UpdateItem", "ProvisionedThroughputExceededException")
    world.clock.advance(days=1)
    _authorize(world, "its use is not recorded", site.api_key)
    _authorize(world, "no API key", "no key")
    unknown = site.api_key[:-6]
    _authorize(world, "a wrong checksum", unknown + "A" * 6)
    suspend(world.deps, site.site_id)
    _authorize(world, "suspended", site.api_key)
    world.result("no header", lambda: authorize(world.deps, None))


def rotation(world: World) -> None:
    """Record a new API key, the end of the earlier one, and a revocation."""
    site = world.sign_up()
    created = world.reply(CREATE, lambda: site.post("/v1/keys", {"overlap_hours": 1})).json
    world.reply("GET /v1/keys", lambda: site.get("/v1/keys"))
    world.clock.advance(minutes=59)
    _authorize(world, "before its end", site.api_key)
    world.clock.advance(minutes=2)
    _authorize(world, "after its end", site.api_key)
    world.reply("with the expired key", lambda: site.post("/v1/keys", {}))
    site = world.client(site.site_id, created["api_key"])
    read = world.reply("a key to read", lambda: site.post("/v1/keys", {"scope": "read"})).json
    world.reply("DELETE", lambda: site.delete(f"/v1/keys/{read['kid']}"))
    world.reply("again", lambda: site.delete(f"/v1/keys/{read['kid']}"))
    reader = world.client(site.site_id, read["api_key"], "read")
    world.reply("a read", lambda: reader.get("/v1/site"))
    world.reply("a change", lambda: reader.post("/v1/sync"))
    world.reply("its own", lambda: site.delete(f"/v1/keys/{site.kid}"))


def of_a_sandbox(world: World) -> None:
    """Record keys of a sandbox: the first one, another one, their list, and their end."""
    site = world.sign_up()
    first = world.reply("the first one", lambda: site.post("/v1/keys", {"mode": "test"})).json
    world.reply("another one", lambda: site.post("/v1/keys", {"mode": "test", "overlap_hours": 0}))
    world.reply("GET /v1/keys", lambda: site.get("/v1/keys"))
    _authorize(world, "the first one", first["api_key"])
    world.limit(api_keys=1)
    world.reply("beyond the limit", lambda: site.post("/v1/keys", {}))


def leaked(world: World) -> None:
    """Record reports of API keys: of a site, of an unknown one, and beyond the limit."""
    site = world.sign_up()
    event = event_of("POST", "/v1/keys/leaked", {"api_key": site.api_key})
    world.reply("POST /v1/keys/leaked", lambda: send(world.deps, event))
    world.reply("again", lambda: send(world.deps, event))
    world.limit(leak_reports=1)
    world.reply("beyond the limit", lambda: send(world.deps, event))
    text = event_of("POST", "/v1/keys/leaked", {"api_key": "no key"})
    world.reply("no API key", lambda: send(world.deps, text))


def revoked_during_a_call(world: World) -> None:
    """Record changes of a site with an API key that is revoked during the call."""
    site = world.sign_up()
    kid = site.post("/v1/keys", {"overlap_hours": 9}).json["kid"]
    world.before(
        "TransactWriteItems", lambda: site.delete(f"/v1/keys/{site.kid}"), "its key is revoked"
    )
    world.reply("PATCH /v1/site", lambda: site.patch("/v1/site", {"email": "new@example.com"}))
    world.reply("a list", lambda: site.put("/v1/lists/tea", {"keywords": "tea"}))
    world.reply("the other key", lambda: site.delete(f"/v1/keys/{kid}"))


def signing_secret(world: World) -> None:
    """Record the key that signs cursors: read once, and again after five minutes."""
    site = world.connected_site()
    for number in range(3):
        site.post("/v1/import", {"items": [f"B0TEST{number:04d}"]})

    def read(cursor: str = "") -> Reply:
        return site.get("/v1/products", limit="1", cursor=cursor)

    world.fresh_process()
    cursor = world.reply("a first cursor", read).json.get("next_cursor")
    world.reply("another one", read)
    world.clock.advance(minutes=5)
    world.fail("GetSecretValue", "InternalServiceError")
    world.reply("it cannot be read", lambda: read(cursor))
    world.clock.advance(minutes=5)
    world.reply("it is read again", lambda: read(cursor))
