"""Crashes of a process before or after any AWS call: the end state is the same as without one.

Every scenario runs once undisturbed to count its AWS calls. It is then killed at some of them,
before or after the call, and repeated as in production: the queue delivers the message again, the
client sends the request again, or the price sync runs again after the lease. The slow variant kills
it before and after each of them.
"""

import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from unittest import mock

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.clock import to_unix_ms
from amzlinkr.services.import_turns import MAX_QUEUE_WAIT_SECONDS, MAX_WAITS
from amzlinkr.storage import product_removals
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from functions.import_worker import app as import_worker
from functions.refresh_shelves import app as refresh_shelves
from infra.local.fake_amazon.control_bodies import AccountBody, GoneBody, PriceBody
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import deliver, plan_sync, run_imports, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site

ASINS = [f"B0TEST{n:04d}" for n in range(12)]


@dataclass
class Run:
    """One run of a scenario; `site` has no products, and `number` makes its requests unique."""

    deps: Dependencies
    clock: FakeClock
    amazon: FakeAmazon
    site: Site
    number: int
    messages: list[Any] = field(default_factory=list)

    @property
    def idempotency_key(self) -> dict[str, str]:
        return {"Idempotency-Key": f"click {self.number}"}

    def set_prices(self, amount: int) -> None:
        for asin in ASINS[:3]:
            self.amazon.control.set_price(PriceBody(asin, "US", amount=amount))

    def keep_messages(self, url: str) -> None:
        """Keep the queued messages, to deliver them more than once."""
        self.messages = aws_spy.peek_messages(url)
        assert self.messages

    def deliver(self, worker: Any) -> None:
        assert deliver(self.fresh_process(), worker, self.messages) == []

    def fresh_process(self) -> Dependencies:
        """Return dependencies with the same tables and without the caches of a process."""
        fresh = Dependencies(self.deps.config, self.clock)
        fresh.map_concurrently.max_threads = 1
        self.deps = self.site.deps = fresh
        return fresh


def prepare_refresh(run: Run) -> None:
    prepare_plan(run)
    plan_sync(run.deps)
    run.keep_messages(run.deps.config.refresh_queue_url)


def prepare_plan(run: Run) -> None:
    run.set_prices(1111)
    run.site.post("/v1/import", {"items": ASINS[:4]})
    run.set_prices(2222)
    run.clock.advance(hours=2)


def prepare_omission(run: Run) -> None:
    """Let Amazon name one product as inaccessible, and omit another one silently."""
    prepare_plan(run)
    run.amazon.control.set_gone(GoneBody(ASINS[0]))
    run.amazon.control.set_gone(GoneBody(ASINS[3], silently=True))
    plan_sync(run.deps)
    run.keep_messages(run.deps.config.refresh_queue_url)


def deliver_and_restore(run: Run) -> None:
    run.deliver(refresh_shelves)
    for asin in (ASINS[0], ASINS[3]):
        run.amazon.control.set_gone(GoneBody(asin, gone=False))


def plan(run: Run) -> None:
    plan_sync(run.fresh_process())


def run_until_lease_ends(run: Run) -> None:
    """Run the price sync, and again after the lease."""
    run_sync(run.deps)
    run.clock.advance(minutes=16)
    run_sync(run.deps)


def prepare_expiry(run: Run) -> None:
    """Import four products, then let the account be retired for 25 hours."""
    run.amazon.control.put_account(ACCESS_KEY, AccountBody(state="ok"))
    run.site.post("/v1/import", {"items": ASINS[:4]})
    run.amazon.control.put_account(ACCESS_KEY, AccountBody(state="retired"))
    assert run.site.get("/v1/search", keywords="tea").status == 424
    run.clock.advance(hours=25)


def prepare_import(run: Run) -> None:
    items = ["B0NONE0001", *ASINS[:4], *[ASINS[3]] * 6]
    assert run.site.post("/v1/import", {"items": items}, run.idempotency_key).status == 202
    run.keep_messages(run.deps.config.import_queue_url)


def prepare_products(run: Run) -> None:
    run.site.post("/v1/import", {"items": ASINS[:3]})


def delete(run: Run) -> None:
    run.site.deps = run.fresh_process()
    assert run.site.delete(f"/v1/products/{ASINS[1]}").status in (204, 404)


def prepare_two_shelves(run: Run) -> None:
    run.site.post("/v1/import", {"items": ASINS})
    run_imports(run.deps)


def delete_several(run: Run) -> None:
    """Remove several products, two or three with each transaction."""
    run.site.deps = run.fresh_process()
    with mock.patch.object(product_removals, "MAX_TRANSACTION_ITEMS", 15):
        reply = run.site.delete("/v1/products", asins=",".join(ASINS[1:6]))
    assert reply.status == 204


def import_inline(run: Run) -> None:
    run.site.deps = run.fresh_process()
    body = {"items": [*ASINS[:4], "B0NONE0001"]}
    assert run.site.post("/v1/import", body, run.idempotency_key).status == 200


def import_as_job(run: Run) -> None:
    run.site.deps = run.fresh_process()
    assert run.site.post("/v1/import", {"items": ASINS}, run.idempotency_key).status == 202


def import_again_and_run(run: Run) -> None:
    import_as_job(run)
    run_imports(run.deps)


def prepare_jobs(run: Run) -> None:
    """Queue a job of two chunks and one of a single chunk, of which one chunk is open."""
    for number, items in enumerate((ASINS[:11], ASINS[:2] * 6)):
        key = {"Idempotency-Key": f"{number} of {run.number}"}
        assert run.site.post("/v1/import", {"items": items}, key).status == 202
        run.clock.advance(seconds=1)
    run.keep_messages(run.deps.config.import_queue_url)
    assert len(run.messages) == 1


def import_all(run: Run) -> None:
    run_imports(run.fresh_process())


def import_all_after_redelivery(run: Run) -> None:
    """Import again once the message of a killed worker is visible; SQS drops no duplicates then."""
    run.clock.advance(minutes=7)
    import_all(run)
    run.deliver(import_worker)
    import_all(run)


def set_next_call(run: Run, delay: timedelta) -> None:
    """Make the account of the site wait this long for its next call."""
    account = run.deps.sites.require(run.site.site_id).connection("US").account_key
    next_at = to_unix_ms(run.clock.now() + delay)
    RateLimiterItem(account).update([RateLimiterItem.next_at.set(next_at)])


def prepare_throttled_job(run: Run) -> None:
    set_next_call(run, timedelta(hours=6))
    assert run.site.post("/v1/import", {"items": ASINS[:4] * 3}, run.idempotency_key).status == 202


def import_throttled(run: Run) -> None:
    """Try until a new message has taken the place of the first one, and has been tried too."""
    for _ in range(MAX_WAITS):
        import_all(run)
        run.clock.advance(seconds=MAX_QUEUE_WAIT_SECONDS)


def import_after_throttling(run: Run) -> None:
    """Import once the account has calls again, and the message of a killed worker is visible."""
    run.clock.advance(seconds=MAX_QUEUE_WAIT_SECONDS)
    set_next_call(run, timedelta())
    for _ in range(2):
        import_all(run)
        run.clock.advance(minutes=7)


def prepare_lost_message(run: Run) -> None:
    import_as_job(run)
    aws_spy.empty_queue(run.deps.config.import_queue_url)
    run.clock.advance(minutes=6)


def plan_and_import(run: Run) -> None:
    run.clock.advance(minutes=11)
    run_sync(run.fresh_process())
    import_all(run)


def import_without_access(run: Run) -> None:
    """Let an account without access import, and be restored after it."""
    run.amazon.control.put_account(ACCESS_KEY, AccountBody(state="not_eligible"))
    import_inline(run)


def prepare_recovery(run: Run) -> None:
    """Import waiting products, which the planner defers; then the account works again."""
    import_without_access(run)
    plan_sync(run.deps)
    run.clock.advance(minutes=5)
    run.amazon.control.put_account(ACCESS_KEY, AccountBody(state="ok"))


def search(run: Run) -> None:
    run.site.deps = run.fresh_process()
    assert run.site.get("/v1/search", keywords="tea").status == 200


def search_and_run(run: Run) -> None:
    """Search until the recovery is recorded, and run the price sync until the lease ends."""
    search(run)
    run.clock.advance(minutes=5)
    run_until_lease_ends(run)


def prepare_recovered_plan(run: Run) -> None:
    prepare_recovery(run)
    search(run)
    run.clock.advance(minutes=5)


def import_again_and_lose_the_message(run: Run) -> None:
    import_as_job(run)
    aws_spy.empty_queue(run.deps.config.import_queue_url)
    plan_and_import(run)


LIST, MIXERS, SOFAS = "/v1/lists/tea", {"keywords": "hand mixer", "size": 11}, {"keywords": "sofa"}


def prepare_list(run: Run) -> None:
    """Define and fill a list."""
    assert run.site.put(LIST, MIXERS).status == 201
    run_sync(run.deps)
    run.clock.advance(hours=2)


def prepare_list_refresh(run: Run) -> None:
    """Let a list change at Amazon, and queue its refresh."""
    run.amazon.control.set_price(PriceBody(first_of_list(run), "US", amount=1111))
    prepare_list(run)
    run.amazon.control.set_price(PriceBody(first_of_list(run), "US", amount=2222))
    plan_sync(run.deps)
    run.keep_messages(run.deps.config.refresh_queue_url)


def first_of_list(run: Run) -> str:
    return str(run.site.get("/v1/search", keywords="hand mixer").json["items"][0]["asin"])


def put_list(run: Run) -> None:
    run.site.deps = run.fresh_process()
    assert run.site.put(LIST, SOFAS).status in (200, 201)


def put_list_again_and_fill(run: Run) -> None:
    """Send the definition again; a list that was leased and not enqueued waits for its lease."""
    put_list(run)
    run_until_lease_ends(run)
    assert len(run.site.get(LIST).json["items"]) == 10


def delete_list(run: Run) -> None:
    run.site.deps = run.fresh_process()
    assert run.site.delete(LIST).status in (204, 404)


@dataclass(frozen=True)
class Scenario:
    """Three steps: `act` is killed; `finish` follows in every run, killed or not."""

    prepare: Callable[[Run], None]
    act: Callable[[Run], None]
    finish: Callable[[Run], object]


SCENARIOS = {
    "refresh": Scenario(
        prepare_refresh, lambda s: s.deliver(refresh_shelves), lambda s: s.deliver(refresh_shelves)
    ),
    "omission": Scenario(
        prepare_omission, lambda s: s.deliver(refresh_shelves), deliver_and_restore
    ),
    "plan": Scenario(prepare_plan, plan, run_until_lease_ends),
    "expire": Scenario(prepare_expiry, plan, plan),
    "import chunk": Scenario(
        prepare_import, lambda s: s.deliver(import_worker), lambda s: s.deliver(import_worker)
    ),
    "list refresh": Scenario(
        prepare_list_refresh,
        lambda s: s.deliver(refresh_shelves),
        lambda s: s.deliver(refresh_shelves),
    ),
    "list put": Scenario(lambda _run: None, put_list, put_list_again_and_fill),
    "list replace": Scenario(prepare_list, put_list, put_list_again_and_fill),
    "list delete": Scenario(prepare_list, delete_list, delete_list),
    "delete": Scenario(prepare_products, delete, delete),
    "delete several": Scenario(prepare_two_shelves, delete_several, delete_several),
    "import inline": Scenario(lambda _run: None, import_inline, import_inline),
    "import jobs of a site": Scenario(prepare_jobs, import_all, import_all_after_redelivery),
    "import of a throttled account": Scenario(
        prepare_throttled_job, import_throttled, import_after_throttling
    ),
    "import after a lost message": Scenario(prepare_lost_message, plan, plan_and_import),
    "import as job, lost message": Scenario(
        lambda _run: None, import_as_job, import_again_and_lose_the_message
    ),
    "waiting import": Scenario(lambda _run: None, import_without_access, import_without_access),
    "waiting recovery": Scenario(prepare_recovery, search, search_and_run),
    "waiting plan": Scenario(prepare_recovered_plan, plan, run_until_lease_ends),
    "import as job": Scenario(
        lambda _run: None,
        import_as_job,
        import_again_and_run,
    ),
}


def end_state(run: Run, config: Config) -> str:
    """Return everything of the site that a reader or a later refresh could distinguish.

    Omitted are random IDs (site, shelf, secret), which are identified by their content; absolute
    times, because a killed run ends later, except the time from observation to due time and
    whether a product is older than its shelf; the versions of shelves, which only detect
    conflicts; and the rate limiter, because a repeated call is one more request. Sequence numbers
    of the feed are included: a transaction that is not committed takes none, so there are no gaps.
    """
    own = {
        name: {key: item for key, item in rows.items() if run.site.site_id in key}
        for name, rows in aws_spy.tables(config, quotas=False).items()
    }
    shelves = {}
    for item in own[config.shelves_table].values():
        slots = sorted(
            (asin, fingerprint, seen_at is None, omissions)
            for asin, fingerprint, seen_at, *omissions in json.loads(item["slots"])
        )
        # Under a lease the due time would be the lease's end.
        assert "lease" not in item
        due_after = int(item["due_at"] - item["observed_at"])
        definition = item.get("definition")
        shelves[item["sk"].partition("#")[2]] = [slots, due_after, "shard" in item, definition]
    products = []
    for item in own[config.products_table].values():
        kept = {
            name: value for name, value in item.items() if name not in ("pk", "began_at", "expires")
        }
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
    changes, _ = run.site.changes()
    feed = [
        (c.get("asin"), c["kind"], c.get("product", {}).get("price"), c.get("list", {}).get("name"))
        for c in changes
    ]
    parts = [sorted(map(str, rows)) for rows in (shelves.values(), products, jobs)]
    return json.dumps([*parts, feed], indent=1, default=str)


USUAL = 3
LONG = {
    "import jobs of a site": 7,
    "import of a throttled account": 12,
    "waiting import": 24,
    "waiting recovery": 24,
    "waiting plan": 60,
    "list refresh": 12,
    "list put": 9,
    "list replace": 9,
    "list delete": 9,
}
CASES = [
    *(pytest.param(name, USUAL, id=name) for name in SCENARIOS if name not in LONG),
    *(pytest.param(name, LONG[name], id=name, marks=pytest.mark.queue_time) for name in LONG),
    *(
        pytest.param(
            *(name, 1),
            id=f"{name}, every call",
            marks=[pytest.mark.slow, *([pytest.mark.queue_time] if name in LONG else [])],
        )
        for name in SCENARIOS
    ),
]
"""Scenarios, and at which AWS calls they are killed: every third, fewer of long ones, or all."""


@pytest.mark.parametrize(("name", "step"), CASES)
def test_end_state_is_the_same_after_a_crash_at_any_aws_call(
    name: str, step: int, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon, aws: Config
) -> None:
    scenario = SCENARIOS[name]
    site = Site.sign_up_and_connect(deps, ACCESS_KEY, SECRET_KEY, TAG)
    numbers = count()

    def execute(kill_at: int = 0, *, committed: bool = False) -> tuple[str, int]:
        """Return the end state and the number of AWS calls; kill `act` at `kill_at`, if given."""
        clock.advance(minutes=10)
        run = Run(deps, clock, amazon, site, next(numbers))
        scenario.prepare(run)
        with (
            aws_spy.record_calls(kill_at, committed=committed) as made,
            contextlib.suppress(aws_spy.ProcessKilled),
        ):
            scenario.act(run)
        scenario.finish(run)
        ended = end_state(run, aws)
        clear(run)
        return ended, len(made)

    undisturbed, calls = execute()
    assert calls > 3
    assert execute()[0] == undisturbed
    for committed in (False, True):
        # A process that ends after a call resembles one that ends before the next call.
        first = 1 + committed * (step // 2)
        # The rate limiter makes one call more in some runs, so stop only when none was killed.
        for kill_at in count(first, step):
            ended, made = execute(kill_at, committed=committed)
            assert ended == undisturbed, (kill_at, committed)
            if made < kill_at:
                break
            assert made == kill_at
        assert kill_at > calls - 2 * step


def clear(run: Run) -> None:
    """Delete the site's products, shelves, jobs, and messages, so that runs are independent."""
    for url in (run.deps.config.refresh_queue_url, run.deps.config.import_queue_url):
        aws_spy.empty_queue(url)
    aws_spy.delete_site_rows(run.site.site_id, run.deps.config)
