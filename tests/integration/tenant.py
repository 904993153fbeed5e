"""A tenant with unique identifiers, which records responses without their random values."""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control_bodies import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import Reply, event_of, run_imports, run_purge, run_sync
from tests.conftest import SECRET_KEY
from tests.site_client import Site

SHARED_ASINS = [f"B0BOTH{number:04d}" for number in range(8)]
"""Products that any tenant may import."""
RANDOM_FIELDS = frozenset({"api_key", "job_id", "kid", "next_cursor", "request_id", "status_url"})
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DIAGNOSED_ASIN = re.compile(r"(?:^|(?<= ))B0\w{8}(?=[ .,:])")
"""The product in a sentence of a diagnosis, which is on the first of the randomly named shelves."""
UNKNOWN_JOB, UNKNOWN_KID = "job_" + "0" * 32, "absent00"
Step = tuple[str, int]
"""A route, and the seed of the request's random content."""


@dataclass(frozen=True)
class RequestParts:
    """The variable parts of one request to a route."""

    path_parameters: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Tenant:
    """A site with its own email address, host, tags, credentials, and products.

    Two tenants with the same `asin_part` request the same products.
    """

    def __init__(self, deps: Dependencies, amazon: FakeAmazon, label: str, asin_part: str) -> None:
        self.label = label
        self.access_key = f"AKIA{label.upper():Q>16}"
        self.partner_tags = {"US": f"{label}-20", "DE": f"{label}-21"}
        own: dict[str, str | list[str]] = {**self.partner_tags}
        amazon.control.put_account(
            self.access_key, AccountBody(secret_key=SECRET_KEY, partner_tags=own)
        )
        self.asins = [f"B0{asin_part}{number:04d}" for number in range(20)]
        self.site = Site.sign_up(deps, f"{label}@example.com", f"/{label}")
        self.host = self.site.host
        self.cursors: dict[str, str] = {}
        self.jobs = [UNKNOWN_JOB]
        self.kids = [UNKNOWN_KID]
        self.responses: list[str] = []

    def build_event(self, route: str, rng: random.Random) -> dict[str, Any]:
        """Return a random request to a route, such as `GET /v1/products/{asin}`."""
        method, path = route.split()
        parts = REQUESTS[route](self, rng)
        for name, value in parts.path_parameters.items():
            path = path.replace(f"{{{name}}}", value)
        return event_of(method, path, parts.body, parts.query, parts.headers)

    def run_step(self, step: Step) -> Any:
        """Send a step's request; return route, status, limit, and body without random values."""
        route, seed = step
        rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
        # Security events of one millisecond have no order.
        self.site.deps.clock.sleep(0.001)
        reply = self.site.send(self.build_event(route, rng), seconds=25)
        self.record(route, reply)
        limit = re.sub(r"t=\d+", "t=…", reply.headers.get("ratelimit", ""))
        return route, reply.status, limit, self.normalize(reply.json if reply.text else None)

    def record(self, route: str, reply: Reply) -> None:
        """Keep the IDs that later requests need, and run the workers that the request requires."""
        self.responses.append(reply.text)
        body = reply.json if reply.text else {}
        if reply.status in (201, 202) and route in WORKERS:
            WORKERS[route](self.site.deps)
        self.jobs += [body["job_id"]] if route == "POST /v1/import" and "job_id" in body else []
        self.kids += [body["kid"]] if route == "POST /v1/keys" and "kid" in body else []
        if "next_cursor" in body:
            self.cursors[route] = body["next_cursor"]

    def normalize(self, value: Any) -> Any:
        """Return a response value that is equal for all tenants that act the same."""
        if isinstance(value, list):
            return [self.normalize(entry) for entry in value]
        if isinstance(value, dict):
            fields = {
                name: "…" if name in RANDOM_FIELDS and content else self.normalize(content)
                for name, content in value.items()
            }
            # The order of API keys that were created in the same second is undefined.
            if "keys" in fields:
                fields["keys"] = sorted(fields["keys"], key=str)
            return fields
        if not isinstance(value, str):
            return value
        for identifier in self.identifiers():
            value = value.replace(identifier, "OWN")
        return DIAGNOSED_ASIN.sub("ASIN", TIMESTAMP.sub("TIME", value))

    def identifiers(self) -> list[str]:
        """Return all texts that only this tenant's responses may contain, the longest first."""
        own = (self.site.site_id, self.site.site_id.removeprefix("site_"), self.host, self.label)
        keys = (self.access_key, self.access_key[-4:], *self.kids[1:])
        return sorted((*own, *keys, self.site.kid), key=len, reverse=True)

    def choose_asin(self, rng: random.Random) -> str:
        """Return one of the tenant's own products or of the shared ones."""
        return rng.choice(self.asins[:6] + SHARED_ASINS)

    def page_query(self, route: str, rng: random.Random) -> dict[str, str]:
        """Return the query for the first page of a list or for the page after the last one read."""
        limit = {"limit": str(rng.choice([3, 100]))}
        cursor = self.cursors.get(route, "") if rng.random() < 0.5 else ""
        return {**limit, "cursor": cursor} if cursor else limit


WORKERS: dict[str, Callable[[Dependencies], object]] = {
    "POST /v1/import": run_imports,
    "POST /v1/sync": run_sync,
    "PUT /v1/lists/{name}": run_sync,
    "DELETE /v1/site": run_purge,
}


def no_input(_tenant: Tenant, _rng: random.Random) -> RequestParts:
    """Return a request without input."""
    return RequestParts()


def list_page(route: str) -> Callable[[Tenant, random.Random], RequestParts]:
    """Return a function that requests a page of this route's list."""
    return lambda tenant, rng: RequestParts(query=tenant.page_query(route, rng))


def credentials_request(tenant: Tenant, rng: random.Random) -> RequestParts:
    """Return a request that enters the tenant's credentials for one of its marketplaces."""
    marketplace_code = rng.choice(["US", "US", "DE"])
    return RequestParts(
        body={
            "api": "paapi5", "access_key": tenant.access_key, "secret_key": SECRET_KEY,
            "partner_tag": tenant.partner_tags[marketplace_code], "marketplace": marketplace_code,
        }
    )  # fmt: skip


def link_request(tenant: Tenant, rng: random.Random) -> RequestParts:
    """Return a request for a link-only connection."""
    marketplace_code = rng.choice(["DE", "DE", "US"])
    body = {"partner_tag": tenant.partner_tags[marketplace_code]}
    return RequestParts({"marketplace": marketplace_code}, body=body)


def import_request(tenant: Tenant, rng: random.Random) -> RequestParts:
    """Return an inline import, or a job with the idempotency key that all tenants use."""
    count = rng.choice([4, 4, 12])
    items = (
        rng.sample(tenant.asins + SHARED_ASINS, 4)
        if count == 4
        else [*SHARED_ASINS, *tenant.asins[:4]]
    )
    headers = {"Idempotency-Key": "shared-key"} if count > 4 and rng.random() < 0.5 else {}
    return RequestParts(body={"items": items}, headers=headers)


def settings_request(tenant: Tenant, rng: random.Random) -> RequestParts:
    """Return a change of the email address, refresh interval, or primary marketplace."""
    changes: list[dict[str, object]] = [
        {"email": f"{rng.randrange(9)}.{tenant.label}@example.com"},
        {"refresh_hours": rng.randrange(2, 9)},
        {"primary_marketplace": "US"},
    ]
    return RequestParts(body=rng.choice(changes))


def product_request(tenant: Tenant, rng: random.Random) -> RequestParts:
    """Return a request for one product, imported or not."""
    return RequestParts({"asin": tenant.choose_asin(rng)})


def list_name(_tenant: Tenant, rng: random.Random) -> RequestParts:
    """Return a request for one list, defined or not."""
    return RequestParts({"name": rng.choice(["tea", "coffee"])})


def list_request(tenant: Tenant, rng: random.Random) -> RequestParts:
    """Return a definition of a list, which finds products of the tenant's tag."""
    body = {"keywords": rng.choice(["tea", "coffee"]), "size": rng.choice([2, 11])}
    return RequestParts(list_name(tenant, rng).path_parameters, body=body)


REQUESTS: dict[str, Callable[[Tenant, random.Random], RequestParts]] = {
    "POST /v1/validate": credentials_request,
    "GET /v1/connections": no_input,
    "PUT /v1/connections/{marketplace}": link_request,
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
    "GET /v1/import/{job_id}": lambda tenant, _: RequestParts({"job_id": tenant.jobs[-1]}),
    "GET /v1/products": list_page("GET /v1/products"),
    "GET /v1/products/{asin}": product_request,
    "DELETE /v1/products/{asin}": product_request,
    "DELETE /v1/products": lambda tenant, rng: RequestParts(
        query={"asins": ",".join(tenant.choose_asin(rng) for _ in range(3))}
    ),
    "GET /v1/changes": list_page("GET /v1/changes"),
    "PUT /v1/lists/{name}": list_request,
    "GET /v1/lists": list_page("GET /v1/lists"),
    "GET /v1/lists/{name}": list_name,
    "DELETE /v1/lists/{name}": list_name,
    "GET /v1/sync": no_input,
    "POST /v1/sync": no_input,
    "GET /v1/site": no_input,
    "PATCH /v1/site": settings_request,
    "DELETE /v1/site": lambda tenant, _: RequestParts(query={"confirm": tenant.host}),
    "GET /v1/export": list_page("GET /v1/export"),
    "GET /v1/usage": no_input,
    "GET /v1/keys": no_input,
    "POST /v1/keys": lambda _, rng: RequestParts(
        body={"mode": rng.choice(["live", "live", "test"])}
    ),
    "GET /v1/audit": list_page("GET /v1/audit"),
    "DELETE /v1/keys/{kid}": lambda tenant, _: RequestParts({"kid": tenant.kids[-1]}),
}
"""A function that builds a random request, for each route of a site."""
