"""The worker releases a lease for which it has no time, and counts refreshes of live sites."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest

from amzlinkr import telemetry
from amzlinkr.domain.amazon_errors import AmazonThrottled
from amzlinkr.domain.catalog import RESULTS_PER_PAGE, Search
from amzlinkr.domain.changes import Change
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.connections import State
from amzlinkr.domain.errors import NotConnected
from amzlinkr.domain.lists import ListDefinition
from amzlinkr.domain.products import Kind
from amzlinkr.domain.shelf_refresh import RefreshResult
from amzlinkr.queues.messages import RefreshShelf
from amzlinkr.services.amazon_accounts import MIN_WORKER_CALL_SECONDS, AmazonAccounts
from amzlinkr.services.list_searches import FURTHER_CALL_SECONDS
from amzlinkr.services.shelf_refresher import (
    ShelfRefresher,
    count_failure,
    record_list_refresh,
    record_refresh,
)
from amzlinkr.storage.sites import SiteStore
from tests.clock import START, FakeClock
from tests.fakes import product
from tests.unit.services.test_sync import ACCOUNT, shelf, shelf_store, site_with


@pytest.mark.parametrize(
    ("lease", "seconds", "released"),
    [("old", MIN_WORKER_CALL_SECONDS - 0.1, False), ("new", MIN_WORKER_CALL_SECONDS - 0.1, True)],
)
def test_shelf_is_released_without_time_unless_its_lease_was_superseded(
    clock: FakeClock, metrics: Counter[str], lease: str, seconds: float, released: bool
) -> None:
    store = shelf_store([], clock)
    store.get.return_value = shelf(1, "new")
    refresher = ShelfRefresher(mock.Mock(), store, mock.Mock(), mock.Mock(), clock)

    refresher.refresh(RefreshShelf("site_a", "US", "1", lease), Deadline.after(clock, seconds))

    assert store.release_lease.call_count == metrics["ShelvesReleased"] == released


def refresher(store: Any, clock: FakeClock) -> ShelfRefresher:
    return ShelfRefresher(mock.Mock(), store, mock.Mock(), mock.Mock(), clock)


def test_shelf_that_changed_since_is_released_as_it_is_now(clock: FakeClock) -> None:
    store, read = shelf_store([], clock), shelf(1, "lease")
    changed = replace(read, version=read.version + 1)
    store.release_lease.side_effect = [False, True]
    store.get.return_value = changed

    refresher(store, clock).release(read, START + timedelta(hours=1))

    assert [call.args[0] for call in store.release_lease.call_args_list] == [read, changed]


def test_superseded_lease_is_not_released(clock: FakeClock) -> None:
    store, read = shelf_store([], clock), shelf(1, "lease")
    store.release_lease.return_value = False
    store.get.return_value = replace(read, lease="newer")

    refresher(store, clock).release(read, START + timedelta(hours=1))

    assert store.release_lease.call_count == 1


@pytest.mark.parametrize(("state", "calls"), [(State.THROTTLED, 1), (State.NOT_ELIGIBLE, 0)])
def test_rate_limiter_decides_about_a_throttled_account(
    clock: FakeClock, state: State, calls: int
) -> None:
    store, accounts = shelf_store([], clock), mock.create_autospec(AmazonAccounts, instance=True)
    accounts.catalog.side_effect = AmazonThrottled
    store.get.return_value = shelf(1, "new")
    down = replace(ACCOUNT, state=state, next_probe_at=START + timedelta(hours=1))
    sites = mock.create_autospec(SiteStore, instance=True)
    sites.require.return_value = site_with(down)

    ShelfRefresher(sites, store, mock.Mock(), accounts, clock).refresh(
        RefreshShelf("site_a", "US", "1", "new"), Deadline.after(clock, 60)
    )

    assert accounts.catalog.call_count == calls
    assert store.release_lease.call_count == 1


SEARCH = Search(keywords="kettle")


@pytest.mark.parametrize(
    ("size", "further_calls"), [(RESULTS_PER_PAGE, 0), (2 * RESULTS_PER_PAGE + 1, 2)]
)
def test_list_needs_time_for_each_of_its_calls(
    clock: FakeClock, metrics: Counter[str], size: int, further_calls: int
) -> None:
    store = shelf_store([], clock)
    store.get.return_value = replace(shelf(1, "new"), definition=ListDefinition("a", SEARCH, size))
    seconds = MIN_WORKER_CALL_SECONDS + further_calls * FURTHER_CALL_SECONDS - 0.1

    refresher(store, clock).refresh(
        RefreshShelf("site_a", "US", "1", "new"), Deadline.after(clock, seconds)
    )

    assert metrics == {"ShelvesReleased": 1}


@pytest.fixture
def failed_percent(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the recorded values of `ShelvesFailed`."""
    values: list[float] = []
    monkeypatch.setattr(telemetry, "measure", lambda _name, value, _unit: values.append(value))
    return values


@pytest.mark.parametrize(("site", "counted"), [("site_a", 1), ("test_a", 0)])
def test_refreshes_of_live_sites_are_counted(
    metrics: Counter[str], failed_percent: list[float], site: str, counted: int
) -> None:
    refreshed = replace(shelf(1), site_id=site)
    changes = [Change("price", product("B000000001"), details_changed=False)] * 3
    cleared: dict[str, Kind] = {"B000000002": "expired", "B000000003": "missing"}

    assert count_failure(site, NotConnected()) is bool(counted)
    record_refresh(RefreshResult(refreshed, changes, cleared), refreshed)
    record_list_refresh(refreshed, is_changed=True)
    record_list_refresh(refreshed, is_changed=False)

    assert failed_percent == [1, 0, 0, 0] * counted
    assert metrics == Counter(
        {
            "RefreshFailed_not_connected": counted,
            "ShelvesRefreshed": 3 * counted,
            "ProductsChanged": 3 * counted,
            "ProductsExpired": counted,
            "ProductsMissing": counted,
            "ListsChanged": counted,
        }
    )
