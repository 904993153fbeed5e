"""Products of a site: import, reads, changes, removal."""

from infra.local.fake_amazon.control_bodies import AccountBody, GoneBody, PriceBody
from tests.conftest import CREDENTIAL
from tests.site_client import Site
from tests.traces.world import World

ASINS = [f"B0TEST{number:04d}" for number in range(12)]
IMPORT = "POST /v1/import"


def _import(site: Site, asins: list[str]) -> None:
    reply = site.post(IMPORT.split()[1], {"items": asins})
    assert reply.status in (200, 202), reply.text


def inline_import(world: World) -> None:
    """Record imports during a request: new products, refused entries, the same products again."""
    site = world.connected_site()
    world.clock.advance(minutes=5)
    items = [*ASINS[:2], "B0NONE0001", "no product", "https://www.amazon.de/dp/B0TEST0002"]
    world.reply(IMPORT, lambda: site.post("/v1/import", {"items": items}))
    world.clock.advance(minutes=5)
    world.reply("again", lambda: site.post("/v1/import", {"items": ASINS[:2]}))
    world.control.set_price(PriceBody(ASINS[0], "US", amount=4321))
    world.clock.advance(hours=2)
    world.reply("another price", lambda: site.post("/v1/import", {"items": ASINS[:1]}))


def import_conflicts(world: World) -> None:
    """Record imports while another one takes the place on the shelf, and the number in the feed."""
    site = world.connected_site()
    _import(site, ASINS[:1])
    world.clock.advance(minutes=5)
    world.before(
        "TransactWriteItems", lambda: _import(site, ASINS[1:3]), "another import is stored first"
    )
    world.reply("another import", lambda: site.post("/v1/import", {"items": ASINS[3:4]}))
    world.clock.advance(minutes=5)
    world.before(
        "TransactWriteItems",
        lambda: site.delete(f"/v1/products/{ASINS[1]}"),
        "another product is removed first",
    )
    world.reply("a removal", lambda: site.post("/v1/import", {"items": ASINS[4:5]}))
    world.clock.advance(minutes=5)
    world.fail_always("TransactWriteItems", "TransactionInProgressException")
    world.reply("no transaction", lambda: site.post("/v1/import", {"items": ASINS[5:6]}))


def full_site(world: World) -> None:
    """Record imports beyond the maximum of products, and onto a second shelf."""
    site = world.connected_site()
    _import(site, ASINS[:9])
    world.clock.advance(minutes=5)
    world.reply("a second shelf", lambda: site.post("/v1/import", {"items": ASINS[9:11]}))
    world.limit(products=11)
    world.clock.advance(minutes=5)
    world.reply("no place", lambda: site.post("/v1/import", {"items": [ASINS[0], ASINS[11]]}))


def waiting(world: World) -> None:
    """Record imports while the account is down, which wait; reads of waiting products."""
    site = world.connected_site()
    world.clock.advance(minutes=5)
    world.control.put_account(CREDENTIAL[0], AccountBody(state="not_eligible"))
    world.reply("the first one", lambda: site.post("/v1/import", {"items": ASINS[:2]}))
    world.reply("while down", lambda: site.post("/v1/import", {"items": ASINS[2:3]}))
    world.reply("GET /v1/products", lambda: site.get("/v1/products"))
    world.reply("GET /v1/changes", lambda: site.get("/v1/changes"))


def reads(world: World) -> None:
    """Record reads: one product, pages, filters, and products that expired or vanished."""
    site = world.connected_site()
    _import(site, ASINS[:3])
    world.reply("one", lambda: site.get(f"/v1/products/{ASINS[0]}"))
    tag = site.get(f"/v1/products/{ASINS[0]}").headers["etag"]
    world.placeholders.add(tag, "etag")
    world.reply("unchanged", lambda: site.get(f"/v1/products/{ASINS[0]}", {"If-None-Match": tag}))
    world.reply("none", lambda: site.get("/v1/products/B0NONE0001"))
    page = world.reply("a page", lambda: site.get("/v1/products", limit="2")).json
    cursor = page.get("next_cursor")
    world.reply("the next page", lambda: site.get("/v1/products", limit="2", cursor=cursor))
    asins = f"{ASINS[1]},B0NONE0001"
    world.reply("by ASIN", lambda: site.get("/v1/products", marketplace="US", asins=asins))
    world.reply("by status", lambda: site.get("/v1/products", price_status="missing", limit="1"))
    world.reply("a wrong cursor", lambda: site.get("/v1/products", cursor="abc"))
    world.clock.advance(hours=25)
    world.reply("expired", lambda: site.get(f"/v1/products/{ASINS[0]}"))


def changes(world: World) -> None:
    """Record the change feed: its pages, expired products, and a cursor that is too old."""
    site = world.connected_site()
    _import(site, ASINS[:3])
    page = world.reply("the beginning", lambda: site.get("/v1/changes", limit="2")).json
    cursor = page.get("next_cursor")
    page = world.reply("the next page", lambda: site.get("/v1/changes", cursor=cursor)).json
    site.delete(f"/v1/products/{ASINS[0]}")
    world.control.set_price(PriceBody(ASINS[1], "US", amount=4321))
    world.clock.advance(hours=2)
    _import(site, ASINS[1:2])
    cursor = page.get("next_cursor")
    world.reply("a removal and a price", lambda: site.get("/v1/changes", cursor=cursor))
    world.clock.advance(hours=25)
    world.reply("expired products", lambda: site.get("/v1/changes", cursor=cursor))
    world.clock.advance(days=30)
    world.reply("too old", lambda: site.get("/v1/changes", cursor=cursor))


def torn_reads(world: World) -> None:
    """Record reads of which the second request sees another product than the first."""
    site = world.connected_site()
    _import(site, ASINS[:2])
    world.clock.advance(hours=2)
    world.control.set_price(PriceBody(ASINS[0], "US", amount=4321))
    world.before("Query", lambda: _import(site, ASINS[:1]), "a price changes", 2)
    world.reply("a page of the feed", lambda: site.get("/v1/changes"))
    world.before(
        "Query", lambda: site.delete(f"/v1/products/{ASINS[0]}"), "a product is removed", 1
    )
    world.reply("a page of products", lambda: site.get("/v1/products"))


def removal(world: World) -> None:
    """Record removals: of a product, of none, and of one that changes at the same time."""
    site = world.connected_site()
    _import(site, ASINS[:3])
    world.reply("DELETE", lambda: site.delete(f"/v1/products/{ASINS[0]}"))
    world.reply("again", lambda: site.delete(f"/v1/products/{ASINS[0]}"))
    world.clock.advance(hours=2)
    world.control.set_price(PriceBody(ASINS[1], "US", amount=4321))
    world.before("TransactWriteItems", lambda: _import(site, ASINS[1:2]), "its price changes")
    world.reply("a changed one", lambda: site.delete(f"/v1/products/{ASINS[1]}"))
    world.clock.advance(minutes=1)
    world.reply("imported again", lambda: site.post("/v1/import", {"items": ASINS[:1]}))
    asins = ",".join([*ASINS[:3], "B0UNKNOWN0"])
    world.reply("several", lambda: site.delete("/v1/products", asins=asins))


def vanished(world: World) -> None:
    """Record products that Amazon names as inaccessible, or omits."""
    site = world.connected_site()
    _import(site, ASINS[:2])
    world.clock.advance(hours=2)
    world.control.set_gone(GoneBody(ASINS[0], code="ItemNotAccessible"))
    world.control.set_gone(GoneBody(ASINS[1], silently=True))
    world.reply("both", lambda: site.post("/v1/import", {"items": ASINS[:2]}))
    world.clock.advance(minutes=5)
    world.reply("again", lambda: site.post("/v1/import", {"items": ASINS[:2]}))


def searches(world: World) -> None:
    """Record searches with all filters, variations, and browse nodes."""
    site = world.paapi_site()
    world.clock.advance(minutes=5)
    world.reply(
        "GET /v1/search",
        lambda: site.get(
            "/v1/search", keywords="tea", brand="Maker", category="Kitchen", sort="Price:LowToHigh",
            min_price="100", max_price="9000", min_rating="3", min_saving="5", in_stock="false",
            condition="New", delivery="Prime", browse_node="283155", page="2",
        ),
    )  # fmt: skip
    world.clock.advance(minutes=5)
    world.reply("variations", lambda: site.get(f"/v1/variations/{ASINS[0]}", page="2"))
    world.clock.advance(minutes=5)
    ids = ",".join(str(number) for number in range(1, 11))
    world.reply("browse nodes", lambda: site.get("/v1/browse_nodes", ids=ids))
    world.reply("too many", lambda: site.get("/v1/browse_nodes", ids=f"{ids},11"))


def searches_of_creators(world: World) -> None:
    """Record the same requests to the Creators API, and to another marketplace."""
    site = world.connected_site()
    world.clock.advance(minutes=5)
    world.reply(
        "GET /v1/search",
        lambda: site.get(
            "/v1/search", title="tea", min_price="100", delivery="Prime", browse_node="283155"
        ),
    )
    world.clock.advance(minutes=5)
    world.reply("variations", lambda: site.get(f"/v1/variations/{ASINS[0]}"))
    world.clock.advance(minutes=5)
    world.reply("browse nodes", lambda: site.get("/v1/browse_nodes", ids="283155"))
    world.reply("not connected", lambda: site.get("/v1/search", keywords="tea", marketplace="JP"))


def export(world: World) -> None:
    """Record pages of the export of a site."""
    site = world.connected_site()
    _import(site, ASINS[:3])
    site.put("/v1/lists/tea", {"keywords": "tea", "size": 3})
    cursor = world.reply("a page", lambda: site.get("/v1/export", limit="2")).json.get(
        "next_cursor"
    )
    world.reply("the next page", lambda: site.get("/v1/export", cursor=cursor))


def sandbox(world: World) -> None:
    """Record a sandbox: its connection, an import, and its limits."""
    sandbox = world.sandbox_of(world.sign_up())
    world.reply(
        "a connection", lambda: sandbox.connect("AKIAMADEUPMADEUPMADE", "m" * 40, "made-up-20")
    )
    world.reply("an import", lambda: sandbox.post("/v1/import", {"items": ASINS[:2]}))
    assert sandbox.put("/v1/lists/tea", {"keywords": "tea"}).status == 201
    world.reply("GET /v1/changes", lambda: sandbox.get("/v1/changes"))
    world.limit(products_of_sandbox=2, jobs_of_sandbox=0, removals_of_sandbox=0)
    world.reply("another one", lambda: sandbox.post("/v1/import", {"items": ASINS[2:3]}))
    world.reply("a job", lambda: sandbox.post("/v1/import", {"items": ASINS}))
    world.reply("a removal", lambda: sandbox.delete(f"/v1/products/{ASINS[0]}"))
