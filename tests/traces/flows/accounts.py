"""Connections to Amazon accounts."""

from infra.local.fake_amazon.control_bodies import AccountBody
from tests.conftest import ACCESS_KEY, CREDENTIAL, SECRET_KEY, TAG
from tests.traces.world import World

VALIDATE, DIAGNOSE = "POST /v1/validate", "GET /v1/diagnostics"


def creators(world: World) -> None:
    """Record credentials of the Creators API, for a first and a second marketplace, and again."""
    site = world.sign_up()
    world.reply(VALIDATE, lambda: site.connect_creators(CREDENTIAL, TAG))
    world.clock.advance(minutes=5)
    world.reply("a second marketplace", lambda: site.connect_creators(CREDENTIAL, "test-21", "DE"))
    world.clock.advance(minutes=5)
    world.reply("the first one again", lambda: site.connect_creators(CREDENTIAL, TAG))
    world.reply("GET /v1/connections", lambda: site.get("/v1/connections"))


def creators_token(world: World) -> None:
    """Record the access token that processes share, until it ends."""
    site = world.connected_site()
    world.fresh_process()
    world.clock.advance(minutes=5)
    world.reply("another process", lambda: site.get("/v1/search", keywords="tea"))
    world.clock.advance(minutes=54)
    world.fresh_process()
    world.reply("a token that ends", lambda: site.get("/v1/search", keywords="tea"))
    world.fault("token_expired")
    world.clock.advance(minutes=5)
    world.reply("a refused token", lambda: site.get("/v1/search", keywords="tea"))
    world.clock.advance(minutes=58)
    world.fresh_process()
    world.fail("UpdateItem", "ProvisionedThroughputExceededException", 3)
    world.reply("a token that cannot be stored", lambda: site.get("/v1/search", keywords="tea"))


def paapi(world: World) -> None:
    """Record credentials of PA-API, wrong ones, and those of the Creators API in their place."""
    site = world.sign_up()
    world.reply(VALIDATE, lambda: site.connect(ACCESS_KEY, SECRET_KEY, TAG))
    world.clock.advance(minutes=5)
    wrong = SECRET_KEY[::-1]
    world.placeholders.add(wrong, "secret")
    world.reply("a wrong secret", lambda: site.connect(ACCESS_KEY, wrong, TAG))
    world.clock.advance(minutes=5)
    world.reply("the other API", lambda: site.connect_creators(CREDENTIAL, TAG))


def not_usable(world: World) -> None:
    """Record correct credentials of accounts that cannot be called."""
    site = world.sign_up()
    world.control.put_account(CREDENTIAL[0], AccountBody(state="not_eligible"))
    world.reply("not eligible", lambda: site.connect_creators(CREDENTIAL, TAG))
    world.clock.advance(minutes=5)
    world.control.put_account(CREDENTIAL[0], AccountBody(state="ok"))
    world.fault("429", api="creators", times=4)
    world.reply("throttled", lambda: site.connect_creators(CREDENTIAL, TAG))
    world.control.put_account(ACCESS_KEY, AccountBody(state="retired"))
    world.clock.advance(minutes=5)
    world.reply("a retired API", lambda: site.connect(ACCESS_KEY, SECRET_KEY, TAG))
    wrong_region = (*CREDENTIAL[:2], "3.2")
    world.reply("a wrong region", lambda: site.connect_creators(wrong_region, TAG))


def in_kms(world: World) -> None:
    """Record credentials that KMS encrypts: stored, used, replaced, and deleted."""
    world.store_in_kms()
    site = world.sign_up()
    world.reply(VALIDATE, lambda: site.connect(ACCESS_KEY, SECRET_KEY, TAG))
    world.fresh_process()
    world.clock.advance(minutes=5)
    world.reply("GET /v1/search", lambda: site.get("/v1/search", keywords="tea"))
    world.reply("again", lambda: site.connect(ACCESS_KEY, SECRET_KEY, TAG))
    world.reply("DELETE", lambda: site.delete("/v1/connections/US"))


def limits(world: World) -> None:
    """Record connections beyond the limits of the service, of an account, and of validations."""
    site = world.connected_site()
    other = world.sign_up("other.example")
    world.clock.advance(minutes=5)
    world.limit(connections_of_account=1)
    world.reply("of an account", lambda: other.connect_creators(CREDENTIAL, TAG))
    world.limit(connections=1)
    world.reply("of the service", lambda: other.connect(ACCESS_KEY, SECRET_KEY, TAG))
    world.limit(validations=1)
    world.reply("of validations", lambda: site.connect_creators(CREDENTIAL, TAG))


def link_only(world: World) -> None:
    """Record a connection with a tag alone, another tag, and credentials in its place."""
    site = world.sign_up()
    path, tag = "/v1/connections/US", {"partner_tag": TAG}
    world.reply("PUT /v1/connections/US", lambda: site.put(path, tag))
    world.reply("the same again", lambda: site.put(path, tag))
    world.reply("another tag", lambda: site.put(path, {"partner_tag": "other-20"}))
    world.reply("an import", lambda: site.post("/v1/import", {"items": ["B0TEST0001"]}))
    world.reply("credentials", lambda: site.connect_creators(CREDENTIAL, TAG))
    world.reply("a tag again", lambda: site.put(path, tag))


def disconnect(world: World) -> None:
    """Record deletion of a connection, of the primary one, and of one that changes."""
    site = world.connected_site()
    world.clock.advance(minutes=5)
    assert site.connect_creators(CREDENTIAL, "test-21", "DE").status == 200
    world.clock.advance(minutes=5)
    world.before(
        "TransactWriteItems",
        lambda: site.connect(ACCESS_KEY, SECRET_KEY, TAG),
        "other credentials are stored first",
    )
    world.reply("a changed one", lambda: site.delete("/v1/connections/US"))
    world.reply("DELETE /v1/connections/US", lambda: site.delete("/v1/connections/US"))
    world.fail("DeleteSecret", "InternalServiceError")
    world.reply("its secret remains", lambda: site.delete("/v1/connections/DE"))
    world.reply("one that does not exist", lambda: site.delete("/v1/connections/JP"))


def diagnosis(world: World) -> None:
    """Record diagnoses: with a product, without access, without a token, and not connected."""
    site = world.connected_site()
    world.clock.advance(minutes=5)
    world.reply(DIAGNOSE, lambda: site.get("/v1/diagnostics"))
    site.post("/v1/import", {"items": ["B0TEST0001"]})
    world.clock.advance(minutes=5)
    world.reply("with a product", lambda: site.get("/v1/diagnostics"))
    world.control.put_account(CREDENTIAL[0], AccountBody(state="not_eligible"))
    world.clock.advance(minutes=5)
    world.reply("not eligible", lambda: site.get("/v1/diagnostics"))
    world.clock.advance(hours=2)
    world.control.put_account(CREDENTIAL[0], AccountBody(state="ok"))
    world.fault("500", api="token", times=9)
    world.fresh_process()
    world.reply("no token", lambda: site.get("/v1/diagnostics"))
    world.reply("not connected", lambda: site.get("/v1/diagnostics", marketplace="JP"))


def outage_and_recovery(world: World) -> None:
    """Record an account that goes down, its probes, its recovery, and the second failure of one."""
    site = world.connected_site()
    world.clock.advance(minutes=5)
    world.control.put_account(CREDENTIAL[0], AccountBody(state="access_denied"))
    world.reply("denied", lambda: site.get("/v1/search", keywords="tea"))
    world.reply("down", lambda: site.get("/v1/search", keywords="tea"))
    world.clock.advance(hours=2)
    world.reply("a probe", lambda: site.get("/v1/search", keywords="tea"))
    world.clock.advance(hours=12)
    world.control.put_account(CREDENTIAL[0], AccountBody(state="ok"))
    world.before(
        "TransactWriteItems",
        lambda: site.connect_creators(CREDENTIAL, TAG),
        "the same credentials are stored first",
    )
    world.reply("recovered", lambda: site.get("/v1/search", keywords="tea"))


def rejected(world: World) -> None:
    """Record calls with credentials that Amazon rejects, and successes at intervals."""
    site = world.paapi_site()
    for hours in (2.5, 1, 3.5):
        world.clock.advance(hours=hours)
        world.reply(f"{hours} hours later", lambda: site.get("/v1/search", keywords="tea"))
    world.clock.advance(minutes=5)
    world.control.put_account(ACCESS_KEY, AccountBody(secret_key="0" * 40))
    world.reply("rejected", lambda: site.get("/v1/search", keywords="tea"))
    for minutes in (14, 2, 29, 2):
        world.clock.advance(minutes=minutes)
        world.reply(f"{minutes} minutes later", lambda: site.get("/v1/search", keywords="tea"))


def retired(world: World) -> None:
    """Record calls to PA-API after its retirement, as different responses state it."""
    site = world.paapi_site()
    world.clock.advance(minutes=5)
    world.control.put_account(ACCESS_KEY, AccountBody(state="retired"))
    world.reply("retired", lambda: site.get("/v1/search", keywords="tea"))
    world.clock.advance(minutes=5)
    world.reply("a second call", lambda: site.get("/v1/search", keywords="tea"))
