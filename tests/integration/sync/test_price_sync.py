"""The price sync: each due shelf is leased and queued once, by any number of runs."""

import boto3
import pytest

from amzlinkr.config import Config
from amzlinkr.services.import_turns import ImportTurns
from amzlinkr.wiring import Dependencies
from functions.price_sync import app as price_sync
from tests.calls import plan_sync, run_sync
from tests.clock import FakeClock
from tests.conftest import ACCESS_KEY, SECRET_KEY, TAG
from tests.integration import aws_spy
from tests.site_client import Site

ASINS = [f"B0TEST{n:04d}" for n in range(12)]


@pytest.fixture
def due(site: Site, clock: FakeClock) -> Site:
    """Return a site with two due shelves."""
    site.post("/v1/import", {"items": ASINS[:10]})
    site.post("/v1/import", {"items": ASINS[10:]})
    clock.advance(hours=1)
    return site


def test_second_run_leases_nothing(due: Site, deps: Dependencies, aws: Config) -> None:
    assert [plan_sync(deps, {}), plan_sync(deps, {})] == [2, 0]
    messages = aws_spy.peek_bodies(aws.refresh_queue_url)
    assert {message["site_id"] for message in messages} == {due.site_id}
    leases = {item["lease"] for item in aws_spy.table(aws.shelves_table).values()}
    assert {message["lease"] for message in messages} == leases
    assert len(leases) == 2


def test_event_content_is_ignored(due: Site, deps: Dependencies, clock: FakeClock) -> None:
    for event in (None, {}, {"source": "aws.events", "detail": {"x": 1}}):
        assert plan_sync(deps, event) == 2
        clock.advance(minutes=15)


def test_shelf_is_planned_from_its_due_time(
    site: Site, deps: Dependencies, clock: FakeClock
) -> None:
    site.post("/v1/import", {"items": ASINS[:10]})
    clock.advance(minutes=59)
    assert plan_sync(deps) == 0
    clock.advance(minutes=1)
    assert plan_sync(deps) == 1


def test_shelf_is_planned_again_after_its_lease(
    due: Site, deps: Dependencies, clock: FakeClock, aws: Config
) -> None:
    assert plan_sync(deps) == 2
    first = {message["lease"] for message in aws_spy.peek_bodies(aws.refresh_queue_url)}
    aws_spy.empty_queue(aws.refresh_queue_url)
    clock.advance(minutes=14)
    assert plan_sync(deps) == 0
    clock.advance(minutes=1)
    assert plan_sync(deps) == 2
    second = {message["lease"] for message in aws_spy.peek_bodies(aws.refresh_queue_url)}
    assert not first & second


def test_shelf_leased_by_another_run_is_skipped(due: Site, deps: Dependencies, aws: Config) -> None:
    shelf = deps.shelves.list_for_site(due.site_id)[0]
    now = deps.clock.now()
    assert deps.shelves.lease(shelf, "one", now, now.replace(hour=23))
    assert not deps.shelves.lease(shelf, "two", now, now.replace(hour=23))
    assert plan_sync(deps) == 1


def test_shelves_without_time_wait_for_the_next_run(due: Site, deps: Dependencies) -> None:
    assert plan_sync(deps, seconds=4) == 0
    assert plan_sync(deps) == 2


def test_site_without_a_connection_is_deferred(
    due: Site, deps: Dependencies, clock: FakeClock, aws: Config
) -> None:
    boto3.client("dynamodb").delete_item(
        TableName=aws.sites_table,
        Key={"pk": {"S": due.site_id}, "sk": {"S": "connection#US"}},
    )
    assert plan_sync(deps) == 0
    assert aws_spy.peek_bodies(aws.refresh_queue_url) == []
    clock.advance(hours=5)
    assert plan_sync(deps) == 0
    assert due.connect(ACCESS_KEY, SECRET_KEY, TAG).status == 200
    clock.advance(hours=1)
    assert plan_sync(deps) == 2


def test_empty_shelves_are_not_planned(due: Site, deps: Dependencies, clock: FakeClock) -> None:
    for asin in ASINS:
        assert due.delete(f"/v1/products/{asin}").status == 204
    clock.advance(hours=5)
    assert plan_sync(deps) == 0
    assert due.post("/v1/sync").status == 202
    assert run_sync(deps) == 0


def test_messages_contain_ids_only(due: Site, deps: Dependencies, aws: Config) -> None:
    plan_sync(deps)
    for message in aws_spy.peek_bodies(aws.refresh_queue_url):
        assert set(message) == {"site_id", "marketplace", "shelf_id", "lease"}


def test_import_jobs_use_a_part_of_a_run(
    deps: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds: list[float] = []
    monkeypatch.setattr(
        ImportTurns, "continue_pending", lambda _, deadline: seconds.append(deadline.remaining())
    )

    plan_sync(deps)

    assert seconds == [price_sync.MAX_IMPORT_SECONDS]
