"""The worker releases a lease for which it has no time."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest

from amzlinkr.domain.clock import Deadline
from amzlinkr.queues.messages import RefreshShelf
from amzlinkr.services.amazon_accounts import MIN_WORKER_CALL_SECONDS
from amzlinkr.services.shelf_refresher import ShelfRefresher
from tests.clock import START, FakeClock
from tests.unit.services.test_sync import shelf, shelf_store


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
