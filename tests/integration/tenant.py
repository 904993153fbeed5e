"""A site with marks of its own, and what it sees of the service: whole answers, without what is
random."""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import Reply, Site, event_of, run_erasure, run_imports, run_sync
from tests.conftest import SECRET_KEY

SHARED = [f"B0BOTH{number:04d}" for number in range(8)]
"""What any site may import."""
RANDOM = frozenset({"api_key", "job_id", "kid", "next_cursor", "request_id", "status_url"})
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
CAME_BACK = re.compile(r"B0\w{8} came back")
"""A diagnosis asks for a product of a shelf, and shelves have random names."""
ABSENT_JOB, ABSENT_KID = "job_" + "0" * 32, "absent00"
Step = tuple[str, int]
"""A route, and the seed of what is asked of it."""


@dataclass(frozen=True)
class Ask:
    """One request to a route."""

    names: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Actor:
    """A site whose e-mail address, host, tags, keys and products are nobody else's.

    Two sites with the same `goods` ask for the same products.
    """

    def __init__(self, deps: Dependencies, amazon: FakeAmazon, mark: str, goods: str) -> None:
        self.mark = mark
        self.access_key = f"AKIA{mark.upper():Q>16}"
        self.tags = {"US": f"{mark}-20", "DE": f"{mark}-21"}
        own: dict[str, str | list[str]] = {**self.tags}
        amazon.control.put_account(
            self.access_key, AccountBody(secret_key=SECRET_KEY, partner_tags=own)
        )
        self.asins = [f"B0{goods}{number:04d}" for number in range(20)]
        self.site = Site.new(deps, f"{mark}@example.com", f"/{mark}")
        self.host = str(self.site.get("/v1/site").json["site_url"]).partition("://")[2]
        self.cursors: dict[str, str] = {}
        self.jobs = [ABSENT_JOB]
        self.kids = [ABSENT_KID]
        self.heard: list[str] = []

    def event(self, route: str, rng: random.Random) -> dict[str, Any]:
        """A request to a route, as this site comes to send it."""
        method, path = route.split()
        ask = ASKS[route](self, rng)
        for name, value in ask.names.items():
            path = path.replace(f"{{{name}}}", value)
        return event_of(method, path, ask.body, ask.query, ask.headers)

    def act(self, step: Step) -> Any:
        """Ask for it; everything that is seen of the answer, but for what is random."""
        route, seed = step
        event = self.event(route, random.Random(seed))  # noqa: S311 - reproducible, not secret
        reply = self.site.send(event, seconds=25)
        self.learn(route, reply)
        limit = re.sub(r"t=\d+", "t=…", reply.headers.get("ratelimit", ""))
        return route, reply.status, limit, self.plain(reply.json if reply.text else None)

    def learn(self, route: str, reply: Reply) -> None:
        """Keep what later requests need, and let the workers do what this one wanted."""
        self.heard.append(reply.text)
        said = reply.json if reply.text else {}
        if reply.status == 202 and route in WORKERS:
            WORKERS[route](self.site.deps)
        self.jobs += [said["job_id"]] if route == "POST /v1/import" and "job_id" in said else []
        self.kids += [said["kid"]] if route == "POST /v1/keys" and "kid" in said else []
        if "next_cursor" in said:
            self.cursors[route] = said["next_cursor"] or ""

    def plain(self, said: Any) -> Any:
        """An answer as every site would see it that does the same."""
        if isinstance(said, list):
            return [self.plain(one) for one in said]
        if isinstance(said, dict):
            shown = {
                name: "…" if name in RANDOM and value else self.plain(value)
                for name, value in said.items()
            }
            # Keys of the same moment have no order.
            return shown | ({"keys": sorted(shown["keys"], key=str)} if "keys" in shown else {})
        if not isinstance(said, str):
            return said
        for own in self.marks():
            said = said.replace(own, "OWN")
        return CAME_BACK.sub("It came back", MOMENT.sub("TIME", said))

    def marks(self) -> list[str]:
        """What is this site's alone, the longest first."""
        own = (self.site.site_id, self.site.site_id.removeprefix("site_"), self.host, self.mark)
        keys = (self.access_key, self.access_key[-4:], *self.kids[1:])
        return sorted((*own, *keys, self.site.kid), key=len, reverse=True)

    def any_asin(self, rng: random.Random) -> str:
        """One of its own products, or one that others have too."""
        return rng.choice(self.asins[:6] + SHARED)

    def page(self, route: str, rng: random.Random) -> dict[str, str]:
        """The first page of a list, or the one behind the last that was read."""
        limit = {"limit": str(rng.choice([3, 100]))}
        behind = self.cursors.get(route, "") if rng.random() < 0.5 else ""
        return {**limit, "cursor": behind} if behind else limit


WORKERS: dict[str, Callable[[Dependencies], object]] = {
    "POST /v1/import": run_imports,
    "POST /v1/sync": run_sync,
    "DELETE /v1/site": run_erasure,
}


def nothing(_actor: Actor, _rng: random.Random) -> Ask:
    """A request without any input."""
    return Ask()


def a_page(route: str) -> Callable[[Actor, random.Random], Ask]:
    """A page of the list that this route shows."""
    return lambda actor, rng: Ask(query=actor.page(route, rng))


def keys_of(actor: Actor, rng: random.Random) -> Ask:
    """Its Amazon keys for one of its marketplaces."""
    shop = rng.choice(["US", "US", "DE"])
    return Ask(
        body={
            "api": "paapi5", "access_key": actor.access_key, "secret_key": SECRET_KEY,
            "partner_tag": actor.tags[shop], "marketplace": shop,
        }
    )  # fmt: skip


def products_of(actor: Actor, rng: random.Random) -> Ask:
    """A few products at once, or more as a job that every site gives the same name."""
    count = rng.choice([4, 4, 12])
    items = rng.sample(actor.asins + SHARED, 4) if count == 4 else [*SHARED, *actor.asins[:4]]
    headers = {"Idempotency-Key": "the-same"} if count > 4 and rng.random() < 0.5 else {}
    return Ask(body={"items": items}, headers=headers)


def settings_of(actor: Actor, rng: random.Random) -> Ask:
    """Another e-mail address, interval or primary marketplace."""
    wishes: list[dict[str, object]] = [
        {"email": f"{rng.randrange(9)}.{actor.mark}@example.com"},
        {"refresh_hours": rng.randrange(2, 9)},
        {"primary_marketplace": "US"},
    ]
    return Ask(body=rng.choice(wishes))


def a_product(actor: Actor, rng: random.Random) -> Ask:
    """One product, imported or not."""
    return Ask({"asin": actor.any_asin(rng)})


ASKS: dict[str, Callable[[Actor, random.Random], Ask]] = {
    "POST /v1/validate": keys_of,
    "GET /v1/connections": nothing,
    "DELETE /v1/connections/{marketplace}": lambda _, rng: Ask(
        {"marketplace": rng.choice(["DE", "DE", "US"])}
    ),
    "GET /v1/diagnostics": nothing,
    "GET /v1/search": lambda _, rng: Ask(query={"keywords": rng.choice(["tea", "coffee"])}),
    "GET /v1/variations/{asin}": a_product,
    "GET /v1/browse_nodes": lambda _, rng: Ask(query={"ids": rng.choice(["283155", "1,2"])}),
    "POST /v1/import": products_of,
    "GET /v1/import/{job_id}": lambda actor, _: Ask({"job_id": actor.jobs[-1]}),
    "GET /v1/products": a_page("GET /v1/products"),
    "GET /v1/products/{asin}": a_product,
    "DELETE /v1/products/{asin}": a_product,
    "GET /v1/changes": a_page("GET /v1/changes"),
    "GET /v1/sync": nothing,
    "POST /v1/sync": nothing,
    "GET /v1/site": nothing,
    "PATCH /v1/site": settings_of,
    "DELETE /v1/site": lambda actor, _: Ask(query={"confirm": actor.host}),
    "GET /v1/export": a_page("GET /v1/export"),
    "GET /v1/usage": nothing,
    "GET /v1/keys": nothing,
    "POST /v1/keys": lambda _, rng: Ask(body={"mode": rng.choice(["live", "live", "test"])}),
    "DELETE /v1/keys/{kid}": lambda actor, _: Ask({"kid": actor.kids[-1]}),
}
"""How each route that belongs to a site is asked."""
