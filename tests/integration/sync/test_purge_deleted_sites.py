"""Erasing takes as many rounds as it needs, and no longer than it has."""

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.clock import Deadline
from amzlinkr.storage import site_deletions
from amzlinkr.wiring import Dependencies
from tests.calls import Site
from tests.integration import aws_spy

ASINS = [f"B0TEST{number:04d}" for number in range(30)]


@pytest.fixture
def gone(site: Site) -> Site:
    """A site that has just left, with more rows than are deleted at once."""
    for first in range(0, len(ASINS), 10):
        assert site.post("/v1/import", {"items": ASINS[first : first + 10]}).status == 200
    host = site.get("/v1/site").json["site_url"].partition("://")[2]
    assert site.delete("/v1/site", confirm=host).status == 202
    return site


def rows(site: Site, config: Config) -> int:
    """How many products' rows there still are."""
    return sum(key.startswith(site.site_id) for key in aws_spy.table(config.products_table))


def test_all_rows_go_in_one_round_if_there_is_time(
    gone: Site, deps: Dependencies, aws: Config
) -> None:
    assert rows(gone, aws) > 2 * site_deletions.BATCH_WRITE_SIZE
    assert deps.site_deletions.purge_rows(gone.site_id, Deadline.after(deps.clock, 60))
    assert rows(gone, aws) == 0


def test_a_round_ends_when_its_time_does(gone: Site, deps: Dependencies, aws: Config) -> None:
    before = rows(gone, aws)
    assert not deps.site_deletions.purge_rows(gone.site_id, Deadline.after(deps.clock, 0))
    assert rows(gone, aws) > before - 2 * site_deletions.BATCH_WRITE_SIZE
    assert rows(gone, aws) > 0
