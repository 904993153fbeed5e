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
from tests.calls import Reply, Site, event_of, run_purge, run_imports, run_sync
from tests.conftest import SECRET_KEY

SHARED_ASINS = [f"B0BOTH{number:04d}" for number in range(8)]
"""What any site may import."""
RANDOM_FIELDS = frozenset({"api_key", "job_id", "kid", "next_cursor", "request_id", "status_url"})
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DIAGNOSED_ASIN = re.compile(r"B0\w{8} came back")
"""A diagnosis asks for a product of a shelf, and shelves have random names."""
UNKNOWN_JOB, UNKNOWN_KID = "job_" + "0" * 32, "absent00"
Step = tuple[str, int]
"""A route, and the seed of what is asked of it."""


@dataclass(frozen=True)
class RequestParts:
    """One request to a route."""

    path_parameters: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Tenant:
    """A site whose e-mail address, host, tags, keys and products are nobody else's.

    Two sites with the same `goods` ask for the same products.
    """

    def __init__(self, deps: Dependencies, amazon: FakeAmazon, mark: str, goods: str) -> None:
        self.label = mark
        self.access_key = f"AKIA{mark.upper():Q>16}"
        self.partner_tags = {"US": f"{mark}-20", "DE": f"{mark}-21"}
        own: dict[str, str | list[str]] = {**self.partner_tags}
        amazon.control.put_account(
            self.access_key, AccountBody(secret_key=SECRET_KEY, partner_tags=own)
        )
        self.asins = [f"B0{goods}{number:04d}" for number in range(20)]
        self.site = Site.sign_up(deps, f"{mark}@example.com", f"/{mark}")
        self.host = str(self.site.get("/v1/site").json["site_url"]).partition("://")[2]
        self.cursors: dict[str, str] = {}
        self.jobs = [UNKNOWN_JOB]
        self.kids = [UNKNOWN_KID]
        self.responses: list[str] = []

    def build_event(self, route: str, rng: random.Random) -> dict[str, Any]:
        """A request to a route, as this site comes to send it."""
        method, path = route.split()
        ask = REQUESTS[route](self, rng)
        for name, value in ask.path_parameters.items():
            path = path.replace(f"{{{name}}}", value)
        return event_of(method, path, ask.body, ask.query, ask.headers)

    def run_step(self, step: Step) -> Any:
        """Ask for it; everything that is seen of the answer, but for what is random."""
        route, seed = step
        event = self.build_event(route, random.Random(seed))  # noqa: S311 - reproducible, not secret
        reply = self.site.send(event, seconds=25)
        self.record(route, reply)
        limit = re.sub(r"t=\d+", "t=…", reply.headers.get("ratelimit", ""))
        return route, reply.status, limit, self.normalize(reply.json if reply.text else None)

    def record(self, route: str, reply: Reply) -> None:
        """Keep what later requests need, and let the workers do what this one wanted."""
        self.responses.append(reply.text)
        said = reply.json if reply.text else {}
        if reply.status == 202 and route in WORKERS:
            WORKERS[route](self.site.deps)
        self.jobs += [said["job_id"]] if route == "POST /v1/import" and "job_id" in said else []
        self.kids += [said["kid"]] if route == "POST /v1/keys" and "kid" in said else []
        if "next_cursor" in said:
            self.cursors[route] = said["next_cursor"] or ""

    def normalize(self, said: Any) -> Any:
        """An answer as every site would see it that does the same."""
        if isinstance(said, list):
            return [self.normalize(one) for one in said]
        if isinstance(said, dict):
            shown = {
                name: "…" if name in RANDOM_FIELDS and value else self.normalize(value)
                for name, value in said.items()
            }
            # Keys of the same moment have no order.
            return shown | ({"keys": sorted(shown["keys"], key=str)} if "keys" in shown else {})
        if not isinstance(said, str):
            return said
        for own in self.identifiers():
            said = said.replace(own, "OWN")
        return DIAGNOSED_ASIN.sub("It came back", MOMENT.sub("TIME", said))

    def identifiers(self) -> list[str]:
        """What is this site's alone, the longest first."""
        own = (self.site.site_id, self.site.site_id.removeprefix("site_"), self.host, self.label)
        keys = (self.access_key, self.access_key[-4:], *self.kids[1:])
        return sorted((*own, *keys, self.site.kid), key=len, reverse=True)

    def choose_asin(self, rng: random.Random) -> str:
        """One of its own products, or one that others have too."""
        return rng.choice(self.asins[:6] + SHARED_ASINS)

    def page_query(self, route: str, rng: random.Random) -> dict[str, str]:
        """The first page of a list, or the one behind the last that was read."""
        limit = {"limit": str(rng.choice([3, 100]))}
        behind = self.cursors.get(route, "") if rng.random() < 0.5 else ""
        return {**limit, "cursor": behind} if behind else limit


WORKERS: dict[str, Callable[[Dependencies], object]] = {
    "POST /v1/import": run_imports,
    "POST /v1/sync": run_sync,
    "DELETE /v1/site": run_purge,
}


def no_input(_actor: Tenant, _rng: random.Random) -> RequestParts:
    """A request without any input."""
    return RequestParts()


def list_page(route: str) -> Callable[[Tenant, random.Random], RequestParts]:
    """A page of the list that this route shows."""
    return lambda actor, rng: RequestParts(query=actor.page_query(route, rng))


def credentials_request(actor: Tenant, rng: random.Random) -> RequestParts:
    """Its Amazon keys for one of its marketplaces."""
    shop = rng.choice(["US", "US", "DE"])
    return RequestParts(
        body={
            "api": "paapi5", "access_key": actor.access_key, "secret_key": SECRET_KEY,
            "partner_tag": actor.partner_tags[shop], "marketplace": shop,
        }
    )  # fmt: skip


def import_request(actor: Tenant, rng: random.Random) -> RequestParts:
    """A few products at once, or more as a job that every site gives the same name."""
    count = rng.choice([4, 4, 12])
    items = (
        rng.sample(actor.asins + SHARED_ASINS, 4)
        if count == 4
        else [*SHARED_ASINS, *actor.asins[:4]]
    )
    headers = {"Idempotency-Key": "the-same"} if count > 4 and rng.random() < 0.5 else {}
    return RequestParts(body={"items": items}, headers=headers)


def settings_request(actor: Tenant, rng: random.Random) -> RequestParts:
    """Another e-mail address, interval or primary marketplace."""
    wishes: list[dict[str, object]] = [
        {"email": f"{rng.randrange(9)}.{actor.label}@example.com"},
        {"refresh_hours": rng.randrange(2, 9)},
        {"primary_marketplace": "US"},
    ]
    return RequestParts(body=rng.choice(wishes))


def product_request(actor: Tenant, rng: random.Random) -> RequestParts:
    """One product, imported or not."""
    return RequestParts({"asin": actor.choose_asin(rng)})


REQUESTS: dict[str, Callable[[Tenant, random.Random], RequestParts]] = {
    "POST /v1/validate": credentials_request,
    "GET /v1/connections": no_input,
    "DELETE /v1/connections/{marketplace}": lambda _, rng: RequestParts(
        {"marketplace": rng.choice(["DE", "DE", "US"])}
    ),
    "GET /v1/diagnostics": no_input,
    "GET /v1/search": lambda _, rng: RequestParts(
        query={"keywords": rng.choice(["tea", "coffee"])}
    ),
    "GET /v1/variations/{asin}": product_request,
    "GET /v1/browse_nodes": lambda _, rng: RequestParts(
        query={"ids": rng.choice(["283155", "1,2"])}
    ),
    "POST /v1/import": import_request,
    "GET /v1/import/{job_id}": lambda actor, _: RequestParts({"job_id": actor.jobs[-1]}),
    "GET /v1/products": list_page("GET /v1/products"),
    "GET /v1/products/{asin}": product_request,
    "DELETE /v1/products/{asin}": product_request,
    "GET /v1/changes": list_page("GET /v1/changes"),
    "GET /v1/sync": no_input,
    "POST /v1/sync": no_input,
    "GET /v1/site": no_input,
    "PATCH /v1/site": settings_request,
    "DELETE /v1/site": lambda actor, _: RequestParts(query={"confirm": actor.host}),
    "GET /v1/export": list_page("GET /v1/export"),
    "GET /v1/usage": no_input,
    "GET /v1/keys": no_input,
    "POST /v1/keys": lambda _, rng: RequestParts(
        body={"mode": rng.choice(["live", "live", "test"])}
    ),
    "DELETE /v1/keys/{kid}": lambda actor, _: RequestParts({"kid": actor.kids[-1]}),
}
"""How each route that belongs to a site is asked."""
