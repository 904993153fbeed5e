"""The operator's views: a bounded number of jobs, and sites by ID or URL."""

from datetime import timedelta

import pytest

from amzlinkr.domain.errors import InvalidRequest, NotFound
from amzlinkr.domain.imports import Chunk, Job
from amzlinkr.domain.service_switches import PlannerRun
from amzlinkr.domain.sites import Caller
from amzlinkr.services import operator_views
from amzlinkr.services.operator_views import OperatorViews
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.fakes import product
from tests.stored_sites import claim_site, connect_site

MINUTE = timedelta(minutes=1)


@pytest.fixture
def views(deps: Dependencies) -> OperatorViews:
    return OperatorViews(deps, deps.sign_up)


@pytest.mark.parametrize(("maximum", "jobs", "is_minimum"), [(9, 3, False), (2, 2, True)])
def test_pending_jobs_are_counted_up_to_a_maximum(
    deps: Dependencies,
    views: OperatorViews,
    monkeypatch: pytest.MonkeyPatch,
    maximum: int,
    jobs: int,
    *,
    is_minimum: bool,
) -> None:
    monkeypatch.setattr(operator_views, "MAX_COUNTED_JOBS", maximum)
    for number in range(3):
        chunks = (Chunk(0, "US", ("B000000001",)),)
        created_at = START + number * MINUTE
        deps.jobs.create_pending(Job(f"job_{number}", "site_a", (), chunks, created_at, "h", {}))

    pending = views.status().pending_imports

    assert (pending.jobs, pending.is_minimum) == (jobs, is_minimum)
    assert pending.oldest_created_at == START


def test_next_run_is_expected_five_minutes_after_the_last_one(
    deps: Dependencies, views: OperatorViews
) -> None:
    assert (views.status().last_run, views.status().next_run_at) == (None, None)
    run = PlannerRun(START, START + MINUTE, 4)
    deps.service_state.record_run(run)

    status = views.status()

    assert (status.last_run, status.next_run_at) == (run, START + 5 * MINUTE)


def test_site_is_found_by_its_id_or_url(
    deps: Dependencies, views: OperatorViews, caller: Caller
) -> None:
    connect_site(deps, caller, "DE")

    by_id, by_url = views.site(caller.site_id), views.site("https://a.example")

    assert by_id == by_url
    assert list(by_id.site.connections) == ["DE"]
    assert [key.kid for key in by_id.api_keys] == [caller.kid]


def test_longest_due_shelf_of_a_site_is_shown_from_its_due_time_on(
    deps: Dependencies, views: OperatorViews, caller: Caller, clock: FakeClock
) -> None:
    asins = [f"B{number:09d}" for number in range(20)]
    for call in (asins[:10], asins[10:]):
        found = [product(asin, observed_at=clock.now()) for asin in call]
        deps.product_writer.add(caller.site_id, "US", found, 20)
        clock.advance(minutes=5)
    due = sorted(shelf.due_at for shelf in deps.shelves.list_for_site(caller.site_id))

    assert len(due) == 2
    assert views.site(caller.site_id).oldest_due_at is None
    for now in due:
        clock.set(now)
        assert views.site(caller.site_id).oldest_due_at == due[0]


@pytest.mark.parametrize("name", ["site_unknown", "test_unknown", "https://b.example"])
def test_unknown_site_is_not_found(views: OperatorViews, name: str) -> None:
    with pytest.raises(NotFound, match=r"No site has this ID|No site exists at this URL"):
        views.site(name)


def test_name_that_is_neither_an_id_nor_a_url_is_refused(views: OperatorViews) -> None:
    with pytest.raises(InvalidRequest, match="'foo' is neither a site ID nor a URL"):
        views.site("foo")


def test_sites_are_listed_in_pages(deps: Dependencies, views: OperatorViews) -> None:
    expected = {claim_site(deps, f"site_{letter}").site_id for letter in "abc"}

    first = views.sites("", 2)
    second = views.sites(first.next_cursor or "", 2)

    assert len(first.sites) == 2
    assert {site.site_id for site in (*first.sites, *second.sites)} == expected
