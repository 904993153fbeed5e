"""A process may die before any AWS call, or after it was carried out: the end state is the same.

Every story below is run once undisturbed to count its AWS calls, then killed at each of them in
both ways and done again as the world would: the queue delivers the message anew, the client sends
the request anew, the planner comes round when the lease is over.
"""

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from amzlinkr.config import Config
from amzlinkr.wiring import Dependencies
from functions.import_worker import app as import_chunks
from functions.price_sync import app as price_sync
from functions.refresh_shelves import app as refresh_shelves
from infra.local.fake_amazon.control import AccountBody, PriceBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import Context, Site, run_imports, run_sync, sqs_event
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy

ASINS = [f"B0TEST{n:04d}" for n in range(12)]


@dataclass
class Stage:
    """One run; `site` has nothing yet, and `run_number` tells its requests from other runs'."""

    deps: Dependencies
    clock: FakeClock
    amazon: FakeAmazon
    site: Site
    run_number: int
    messages: list[Any] = field(default_factory=list)

    @property
    def once(self) -> dict[str, str]:
        return {"Idempotency-Key": f"click {self.run_number}"}

    def prices(self, amount: int) -> None:
        for asin in ASINS[:3]:
            self.amazon.control.set_price(PriceBody(asin, "US", amount=amount))

    def take(self, url: str) -> None:
        """The waiting messages, as they will be delivered, also a second time."""
        self.messages = aws_spy.messages(url)
        assert self.messages

    def deliver(self, worker: Any) -> None:
        aws_spy.give(worker, self.fresh_process)
        assert worker.handler(sqs_event(self.messages), Context())["batchItemFailures"] == []

    def fresh_process(self) -> Dependencies:
        """The same tables, but nothing that an earlier process remembered."""
        fresh = Dependencies(self.deps.config, self.clock)
        fresh.map_concurrently.max_threads = 1
        self.deps = self.site.deps = fresh
        return fresh


def prepare_refresh(stage: Stage) -> None:
    stage.prices(1111)
    stage.site.post("/v1/import", {"items": ASINS[:4]})
    stage.prices(2222)
    stage.clock.advance(hours=2)
    aws_spy.give(price_sync, lambda: stage.deps)
    price_sync.handler({}, Context())
    stage.take(stage.deps.config.refresh_queue_url)


def prepare_plan(stage: Stage) -> None:
    stage.prices(1111)
    stage.site.post("/v1/import", {"items": ASINS[:4]})
    stage.prices(2222)
    stage.clock.advance(hours=2)


def plan(stage: Stage) -> None:
    aws_spy.give(price_sync, stage.fresh_process)
    price_sync.handler({}, Context())


def later_rounds(stage: Stage) -> None:
    """What the next minutes bring: the queue, and the planner once the lease is over."""
    run_sync(stage.deps)
    stage.clock.advance(minutes=16)
    run_sync(stage.deps)


def prepare_expiry(stage: Stage) -> None:
    """Four products of an account that Amazon retired, a day and an hour ago."""
    stage.amazon.control.put_account(ACCESS_KEY, AccountBody(state="ok"))
    stage.site.post("/v1/import", {"items": ASINS[:4]})
    stage.amazon.control.put_account(ACCESS_KEY, AccountBody(state="retired"))
    assert stage.site.get("/v1/search", keywords="tea").status == 424
    stage.clock.advance(hours=25)


def prepare_import(stage: Stage) -> None:
    wanted = ["B0NONE0001", *ASINS[:4], *[ASINS[3]] * 6]
    assert stage.site.post("/v1/import", {"items": wanted}, stage.once).status == 202
    stage.take(stage.deps.config.import_queue_url)


def prepare_products(stage: Stage) -> None:
    stage.site.post("/v1/import", {"items": ASINS[:3]})


def delete(stage: Stage) -> None:
    stage.site.deps = stage.fresh_process()
    assert stage.site.delete(f"/v1/products/{ASINS[1]}").status in (204, 404)


def import_at_once(stage: Stage) -> None:
    stage.site.deps = stage.fresh_process()
    wanted = {"items": [*ASINS[:4], "B0NONE0001"]}
    assert stage.site.post("/v1/import", wanted, stage.once).status == 200


def import_as_job(stage: Stage) -> None:
    stage.site.deps = stage.fresh_process()
    assert stage.site.post("/v1/import", {"items": ASINS}, stage.once).status == 202


def repeated_and_worked(stage: Stage) -> None:
    import_as_job(stage)
    run_imports(stage.deps)


@dataclass(frozen=True)
class Story:
    """`act` is killed; `finish` is what the world does next, killed or not."""

    prepare: Callable[[Stage], None]
    act: Callable[[Stage], None]
    finish: Callable[[Stage], object]


STORIES = {
    "refresh": Story(
        prepare_refresh, lambda s: s.deliver(refresh_shelves), lambda s: s.deliver(refresh_shelves)
    ),
    "plan": Story(prepare_plan, plan, later_rounds),
    "expire": Story(prepare_expiry, plan, plan),
    "import chunk": Story(
        prepare_import, lambda s: s.deliver(import_chunks), lambda s: s.deliver(import_chunks)
    ),
    "delete": Story(prepare_products, delete, delete),
    "import at once": Story(lambda _stage: None, import_at_once, import_at_once),
    "import as job": Story(
        lambda _stage: None,
        import_as_job,
        repeated_and_worked,
    ),
}


def end_state(stage: Stage, config: Config) -> str:
    """Everything of the site that a reader or a later refresh could tell apart.

    Left out: random names (site, shelf, secret), which are told by what they hold; absolute times,
    because the disturbed run ends later (kept: how long after its observation a shelf is due, and
    whether a product is older than its shelf); shelves' versions, which only tell writers apart;
    and the limiter, since asking Amazon again is one more request. Feed numbers are kept: a
    transaction that was not committed takes none, so there are no gaps to forgive.
    """
    own = {
        name: {key: item for key, item in rows.items() if stage.site.site_id in key}
        for name, rows in aws_spy.tables(config, quotas=False).items()
    }
    shelves = {}
    for item in own[config.shelves_table].values():
        slots = sorted((slot[0], slot[1], slot[2] is None) for slot in json.loads(item["slots"]))
        # Under a lease the due time would be the lease's end.
        assert "lease" not in item
        later = int(item["due_at"] - item["observed_at"])
        shelves[item["sk"].partition("#")[2]] = [slots, later, "shard" in item]
    products = []
    for item in own[config.products_table].values():
        kept = {name: value for name, value in item.items() if name not in ("pk", "expires")}
        if "shelf_id" in kept:
            assert item["sk"].split("#")[1] in str(shelves[kept.pop("shelf_id")])
        products.append(kept)
    jobs = [
        {
            name: value.partition("#")[2] if name == "sk" else value
            for name, value in item.items()
            if name not in ("pk", "created_at", "expires")
        }
        for item in own[config.jobs_table].values()
    ]
    news, _ = stage.site.changes()
    fed = [(c["asin"], c["kind"], c.get("product", {}).get("price")) for c in news]
    parts = [sorted(map(str, rows)) for rows in (shelves.values(), products, jobs)]
    return json.dumps([*parts, fed], indent=1, default=str)


@pytest.mark.parametrize("name", STORIES)
def test_a_crash_anywhere_changes_nothing(
    name: str, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon, aws: Config
) -> None:
    story = STORIES[name]
    site = Site.signed_up(deps, ACCESS_KEY, SECRET_KEY, TAG)
    numbers = count()

    def run(kill_at: int = 0, *, committed: bool = False) -> tuple[str, int]:
        """The end state and how many calls were made; killed if it came so far."""
        clock.advance(minutes=10)
        stage = Stage(deps, clock, amazon, site, next(numbers))
        story.prepare(stage)
        with (
            aws_spy.aws_calls(kill_at, committed=committed) as made,
            contextlib.suppress(aws_spy.Killed),
        ):
            story.act(stage)
        story.finish(stage)
        ended = end_state(stage, aws)
        leave(stage)
        return ended, len(made)

    undisturbed, calls = run()
    assert calls > 3
    assert run()[0] == undisturbed
    for committed in (False, True):
        # The limiter makes a call more or less by the hour, so go on until no call is left.
        for kill_at in count(1):
            ended, made = run(kill_at, committed=committed)
            assert ended == undisturbed, (kill_at, committed)
            if made < kill_at:
                break
            assert made == kill_at
        assert kill_at > calls - 2


def leave(stage: Stage) -> None:
    """Take the site's shelves and messages off the stage, so that runs do not see each other."""
    for url in (stage.deps.config.refresh_queue_url, stage.deps.config.import_queue_url):
        aws_spy.purge(url)
    aws_spy.forget(stage.site.site_id, stage.deps.config)
