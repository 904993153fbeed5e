"""An account whose day is too short for its sites: fair, within the budget, and honest about it.
And an account nobody can count for, because the quotas table fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from amzlinkr.config import Config
from amzlinkr.domain.call_rate import INITIAL_CALL_RATE
from amzlinkr.domain.planning import calls_this_run
from amzlinkr.domain.ports import DailyBudget
from amzlinkr.storage.records import RateLimiterItem
from amzlinkr.wiring import Dependencies
from infra.local.fake_amazon.server import FakeAmazon
from tests.calls import Site, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.integration.sync.test_price_sync import plan

ASINS = [f"B0TEST{n:04d}" for n in range(60)]


def use_up(deps: Dependencies, site: Site, leaving: int) -> None:
    """Let the account have so few calls left for each of the day's rounds."""
    now = deps.clock.now()
    account = deps.sites.require(site.site_id).connection("US").account_key
    used = next(
        used
        for used in range(8_640, 0, -1)
        if calls_this_run(DailyBudget(used, INITIAL_CALL_RATE), now) == leaving
    )
    RateLimiterItem.get(account).update([RateLimiterItem.used.set(used)])


def test_the_interval_is_stretched_and_the_site_is_told(
    site: Site, deps: Dependencies, clock: FakeClock
) -> None:
    for start in (0, 10, 20):
        site.post("/v1/import", {"items": ASINS[start : start + 10]})
    told = site.get("/v1/sync").json["intervals"]["US"]
    assert told == {"asked_seconds": 3600, "actual_seconds": 3600, "stretched": False}

    clock.advance(hours=1)
    use_up(deps, site, leaving=1)
    rounds = []
    for _ in range(4):
        rounds.append(run_sync(deps))
        clock.advance(minutes=5)
        use_up(deps, site, leaving=1)
    assert rounds == [1, 1, 1, 0]

    clock.advance(hours=1)
    use_up(deps, site, leaving=0)
    clock.advance(minutes=30)
    told = site.get("/v1/sync").json["intervals"]["US"]
    assert told["stretched"]
    assert told["actual_seconds"] > 3600 + 25 * 60


def test_every_sites_first_shelf_goes_before_any_sites_second(
    site: Site, deps: Dependencies, clock: FakeClock, aws: Config
) -> None:
    for start in (0, 10, 20, 30):
        site.post("/v1/import", {"items": ASINS[start : start + 10]})
    small = Site.signed_up(deps, ACCESS_KEY, SECRET_KEY, TAG)
    small.post("/v1/import", {"items": ASINS[:1]})
    clock.advance(hours=1, minutes=10)
    use_up(deps, site, leaving=2)

    assert plan(deps) == 2
    assert [message["site_id"] for message in aws_spy.bodies(aws.refresh_queue_url)] == [
        site.site_id,
        small.site_id,
    ]


@contextmanager
def without_quotas(aws: Config) -> Iterator[None]:
    """The quotas table answers nobody."""
    real = BaseClient._make_api_call  # type: ignore[attr-defined] # every client's one way out

    def call(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        if parameters.get("TableName") == aws.quotas_table:
            answer: Any = {"Error": {"Code": "InternalServerError", "Message": "down"}}
            raise ClientError(answer, operation)
        return real(client, operation, parameters)

    with mock.patch.object(BaseClient, "_make_api_call", call):
        yield


def test_when_nobody_can_count_nobody_calls_amazon(
    site: Site, deps: Dependencies, clock: FakeClock, amazon: FakeAmazon, aws: Config
) -> None:
    site.post("/v1/import", {"items": ASINS[:10]})
    clock.advance(hours=1)
    amazon.control.forget_calls()
    assert plan(deps) == 1
    with without_quotas(aws):
        reply = site.get("/v1/search", keywords="tea")
        run_sync(deps)
    assert (reply.status, reply.json["code"]) == (503, "store_unavailable")
    assert amazon.control.calls() == []

    clock.advance(minutes=15)
    assert run_sync(deps) == 1
    assert len(amazon.control.calls()) == 1
