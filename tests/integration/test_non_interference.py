"""What a site sees is the same whether or not another site is busy beside it."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from amzlinkr.storage import keys
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.control import AccountBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import Reply, Site, run_imports, run_sync
from tests.conftest import SECRET_KEY

ASINS = [f"B0TEST{number:04d}" for number in range(30)]
Script = list[tuple[str, Any]]


class Actor:
    """A site, and what it sees of itself: nothing that is an id, a cursor or a time."""

    def __init__(self, deps: Dependencies, amazon: FakeAmazon, name: str) -> None:
        self.access_key = f"AKIA{name.upper():T<16}"
        tags: dict[str, str | list[str]] = {"US": f"{name}-20", "DE": f"{name}-21"}
        amazon.control.put_account(
            self.access_key, AccountBody(secret_key=SECRET_KEY, partner_tags=tags)
        )
        self.tags = tags
        self.site = Site.new(deps)
        self.cursor = ""
        self.jobs: list[str] = []
        self.kids: list[str] = []

    def act(self, what: str, given: Any) -> Any:
        """Do it; the visible outcome."""
        doing: Callable[[Any], Any] = getattr(self, what)
        return what, doing(given)

    def connect(self, shop: str) -> Any:
        return self.site.connect(self.access_key, SECRET_KEY, str(self.tags[shop]), shop).status

    def disconnect(self, shop: str) -> Any:
        return self.site.delete(f"/v1/connections/{shop}").status

    def search(self, words: str) -> Any:
        return outcome(self.site.get("/v1/search", keywords=words), "items")

    def bring(self, asins: list[str]) -> Any:
        return outcome(self.site.post("/v1/import", {"items": asins}), "results")

    def queue(self, asins: list[str]) -> Any:
        reply = self.site.post("/v1/import", {"items": asins}, {"Idempotency-Key": "the-same"})
        self.jobs += [reply.json["job_id"]] if reply.status == 202 else []
        run_imports(self.site.deps)
        seen = [self.site.get(f"/v1/import/{job}").json for job in self.jobs]
        return reply.status, [(job["status"], job.get("done"), job.get("failed")) for job in seen]

    def remove(self, asin: str) -> Any:
        return self.site.delete(f"/v1/products/{asin}", marketplace="US").status

    def products(self, _: Any) -> Any:
        return outcome(self.site.get("/v1/products"), "products")

    def export(self, _: Any) -> Any:
        return outcome(self.site.get("/v1/export"), "products")

    def changes(self, _: Any) -> Any:
        found, self.cursor = self.site.changes(self.cursor)
        return [(change["asin"], change["kind"]) for change in found]

    def sync(self, _: Any) -> Any:
        status = self.site.post("/v1/sync").status
        run_sync(self.site.deps)
        return status

    def add_key(self, _: Any) -> Any:
        reply = self.site.post("/v1/keys")
        self.kids += [reply.json["kid"]] if reply.status == 201 else []
        return reply.status

    def drop_key(self, _: Any) -> Any:
        return self.site.delete(f"/v1/keys/{self.kids.pop()}").status if self.kids else None


def outcome(reply: Reply, name: str) -> Any:
    """Status, and each product's ASIN, title and price."""
    if reply.status >= 400:
        return reply.status, reply.json["code"]
    entries = [entry.get("product", entry) for entry in reply.json.get(name, ())]
    return reply.status, [(one.get("asin"), one.get("title"), one.get("price")) for one in entries]


def script(rng: random.Random, length: int) -> Script:
    """What a site may come to do."""
    steps: Script = [("connect", "US")]
    for _ in range(length):
        what = rng.choice(
            [
                "connect",
                "disconnect",
                "search",
                "bring",
                "bring",
                "queue",
                "remove",
                "products",
                "export",
                "changes",
                "changes",
                "sync",
                "add_key",
                "drop_key",
            ]
        )
        given: Any = {
            "connect": rng.choice(["US", "DE"]),
            "disconnect": rng.choice(["DE", "DE", "US"]),
            "search": rng.choice(["tea", "coffee"]),
            "bring": rng.sample(ASINS, 5),
            "queue": ASINS[:12],
            "remove": rng.choice(ASINS),
        }.get(what)
        steps.append((what, given))
    return [*steps, ("connect", "US"), ("products", None), ("changes", None)]


READING = ("search", "products", "export", "changes")


def interleave(deps: Dependencies, amazon: FakeAmazon, seed: int, length: int = 20) -> None:
    """The same script alone and beside another site's: nothing differs or is foreign."""
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    steps = script(rng, length)
    alone = Actor(deps, amazon, f"alone{seed}")
    beside, other = Actor(deps, amazon, f"beside{seed}"), Actor(deps, amazon, f"other{seed}")
    seen_alone = [alone.act(*step) for step in steps]
    seen = []
    others = iter(script(rng, 3 * length))
    for step in steps:
        for _ in range(rng.randrange(2)):
            other.act(*next(others, ("products", None)))
        if step[0] in READING:  # whatever is kept from one call to the next is the other's now
            other.act(*step)
        seen.append(beside.act(*step))
    assert seen == seen_alone, f"seed {seed}"
    nothing_foreign(beside.site, other)


def nothing_foreign(site: Site, other: Actor) -> None:
    """Every id and cursor of another site answers like one that never was."""
    cursor = other.site.get("/v1/changes").json["next_cursor"]
    for job in other.jobs:
        if not _own(site, job):
            assert site.get(f"/v1/import/{job}").text == site.get("/v1/import/job_absent").text
    for kid in [*other.kids, *(key["kid"] for key in other.site.get("/v1/keys").json["keys"])]:
        assert site.delete(f"/v1/keys/{kid}").text == site.delete("/v1/keys/absent00").text
    for path in ("/v1/changes", "/v1/products", "/v1/export"):
        foreign, garbage = (site.get(path, cursor=text) for text in (cursor, "garbage"))
        assert (foreign.status, foreign.text) == (400, garbage.text)


def _own(site: Site, job_id: str) -> bool:
    """Two sites may use the same Idempotency-Key, and then each has a job of its own."""
    return site.get(f"/v1/import/{job_id}").status == 200


@pytest.mark.parametrize("seed", range(2))
def test_two_sites_never_notice_each_other(
    deps: Dependencies, amazon: FakeAmazon, seed: int
) -> None:
    interleave(deps, amazon, seed)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(100, 200))
def test_many_pairs_of_sites_never_notice_each_other(
    deps: Dependencies, amazon: FakeAmazon, seed: int
) -> None:
    interleave(deps, amazon, seed, length=40)


def test_a_counter_without_its_site_would_be_noticed(
    deps: Dependencies, amazon: FakeAmazon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted flaw: all sites count together."""
    limits = deps.config.limits
    few = replace(limits, calls=replace(limits.calls, most=40))
    deps.config = replace(deps.config, limits=few)
    monkeypatch.setattr(keys, "count", lambda kind, _, period: f"count#{kind}#all#{period}")
    with pytest.raises((AssertionError, KeyError)):
        interleave(deps, amazon, 1)
