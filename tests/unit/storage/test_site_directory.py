"""All sites: pages that together name each site once, and counts with a bounded number of reads."""

import pytest

from amzlinkr.domain.errors import InvalidCursor
from amzlinkr.domain.operator_views import ListedSite
from amzlinkr.storage import site_directory
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.stored_sites import claim_site, connect_site

SITES = [f"site_{number}" for number in range(7)]


def filled(stores: Dependencies) -> site_directory.SiteDirectory:
    """Store seven sites, of which two are connected and one is suspended."""
    for site_id in SITES:
        caller = claim_site(stores, site_id)
        if site_id in SITES[:2]:
            connect_site(stores, caller, "US", "DE")
    stores.suspensions.suspend("6.example", START)
    return stores.site_directory


@pytest.fixture
def directory(stores_in_memory: Dependencies) -> site_directory.SiteDirectory:
    return filled(stores_in_memory)


@pytest.mark.parametrize(("limit", "rows"), [(1, 9), (3, 20_000), (100, 4), (7, 9)])
def test_pages_name_each_site_once(
    directory: site_directory.SiteDirectory,
    monkeypatch: pytest.MonkeyPatch,
    limit: int,
    rows: int,
) -> None:
    monkeypatch.setattr(site_directory, "MAX_SCANNED_ROWS", rows)
    monkeypatch.setattr(site_directory, "ROWS_PER_REQUEST", 3)
    found: list[ListedSite] = []
    cursor = ""
    for _ in range(40):
        page = directory.page(cursor, limit)
        assert len(page.sites) <= limit
        found += page.sites
        if page.next_cursor is None:
            break
        cursor = page.next_cursor

    assert sorted(site.site_id for site in found) == SITES
    assert [site.site_id for site in found if site.suspended_at] == ["site_6"]
    assert {(site.site_url, site.created_at) for site in found} == {
        (f"https://{number}.example", START) for number in range(7)
    }


@pytest.mark.parametrize("cursor", ["x", "!!", "e30=", "WyJhIl0=", "WyJhIiwgMV0=", "\u2603"])
def test_malformed_cursor_is_refused(stores_in_memory: Dependencies, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        stores_in_memory.site_directory.page(cursor, 10)


def test_whole_requests_read_exactly_the_maximum_of_rows() -> None:
    assert site_directory.MAX_SCANNED_ROWS % site_directory.ROWS_PER_REQUEST == 0


def test_all_rows_are_counted_if_they_are_few(stores: Dependencies) -> None:
    directory = filled(stores)

    assert {site.site_id for site in directory.page("", 100).sites} == set(SITES)
    counts = directory.count()

    assert (counts.live, counts.sandbox, counts.suspended) == (7, 0, 1)
    assert counts.connections == {"unverified": 4}
    assert not counts.is_estimate


def test_many_rows_are_estimated_from_a_sample(
    directory: site_directory.SiteDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete = directory.count()
    monkeypatch.setattr(site_directory, "MAX_SCANNED_ROWS", 40)
    monkeypatch.setattr(site_directory, "ROWS_PER_REQUEST", 4)

    counts = directory.count()

    assert counts.is_estimate
    assert (counts.rows_read, counts.rows_total) == (40, complete.rows_total)
    assert 0 < counts.live <= round(7 * complete.rows_total / 40)
