"""The purge of a deleted site's rows, in as many runs as its time requires."""

import pytest

from amzlinkr import telemetry
from amzlinkr.config import Config
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import Task
from amzlinkr.storage import site_deletions
from amzlinkr.wiring import Dependencies
from tests.calls import run_purge
from tests.clock import FakeClock
from tests.integration import aws_spy
from tests.site_client import Site

ASINS = [f"B0TEST{number:04d}" for number in range(30)]


@pytest.fixture
def deleted(site: Site) -> Site:
    """Return a deleted site with more rows than one batch deletes."""
    for first in range(0, len(ASINS), 10):
        assert site.post("/v1/import", {"items": ASINS[first : first + 10]}).status == 200
    assert site.delete("/v1/site", confirm=site.host).status == 202
    return site


def rows(site: Site, config: Config) -> int:
    """Return the number of the site's rows in the products table."""
    return sum(key.startswith(site.site_id) for key in aws_spy.table(config.products_table))


def test_all_rows_are_purged_in_one_run_with_enough_time(
    deleted: Site, deps: Dependencies, aws: Config
) -> None:
    assert rows(deleted, aws) > 2 * site_deletions.BATCH_WRITE_SIZE
    assert deps.site_deletions.purge_rows(deleted.site_id, Deadline.after(deps.clock, 60))
    assert rows(deleted, aws) == 0


def test_purge_stops_when_its_time_is_over(deleted: Site, deps: Dependencies, aws: Config) -> None:
    before = rows(deleted, aws)
    assert not deps.site_deletions.purge_rows(deleted.site_id, Deadline.after(deps.clock, 0))
    assert rows(deleted, aws) > before - 2 * site_deletions.BATCH_WRITE_SIZE
    assert rows(deleted, aws) > 0


def test_incomplete_purge_is_counted_and_continues_however_old_it_is(
    deleted: Site, deps: Dependencies, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics: list[str] = []
    clock.advance(days=1)
    with monkeypatch.context() as patch:
        patch.setattr(telemetry, "count", metrics.append)
        patch.setattr(deps.site_deletions, "purge_rows", lambda *_: False)
        run_purge(deps)

    assert metrics == ["PurgeIncomplete"]
    assert [entry.subject for entry in deps.outbox.due(Task.SITE_DELETION, clock.now())] == [
        deleted.site_id
    ]


def test_failed_entries_are_counted_and_kept(
    deleted: Site, deps: Dependencies, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise StoreUnavailable

    metrics: list[str] = []
    deps.outbox.schedule(Task.SECRET_DELETION, "amzlinkr/unused", clock.now())
    monkeypatch.setattr(telemetry, "count", metrics.append)
    monkeypatch.setattr(deps.site_deletions, "purge_rows", fail)
    monkeypatch.setattr(deps.amazon_accounts, "delete_secret", fail)

    run_purge(deps)

    assert set(metrics) == {"SitePurgeFailed", "SecretNotDeleted"}
    assert [entry.subject for entry in deps.outbox.due(Task.SITE_DELETION, clock.now())] == [
        deleted.site_id
    ]


def test_metrics_are_written_if_the_outbox_cannot_be_read(
    deps: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise StoreUnavailable

    flushed: list[bool] = []
    monkeypatch.setattr(deps.outbox, "due", fail)
    monkeypatch.setattr(telemetry, "flush", lambda: flushed.append(True))

    with pytest.raises(StoreUnavailable):
        run_purge(deps)

    assert flushed == [True]
