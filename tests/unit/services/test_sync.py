"""Sync requests and planner runs stop at their deadline and continue in the next run."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest

from amzlinkr.domain.changes import Fingerprint
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.due_shelves import AccountCalls
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.planning import ConnectionKey, calls_this_run
from amzlinkr.domain.ports import DailyBudget, OutboxEntry, Task
from amzlinkr.domain.shelves import Shelf, Slot
from amzlinkr.domain.sites import Site
from amzlinkr.services import sync
from amzlinkr.services.concurrency import ConcurrentMap
from amzlinkr.services.sync import (
    LOOKUP_BATCH_SIZE,
    MAX_SHELVES_PER_RUN,
    MIN_ENQUEUE_SECONDS,
    SyncPlanner,
    SyncRequests,
)
from amzlinkr.storage.shelves import ShelfStore
from amzlinkr.storage.sites import SiteStore
from tests.clock import START, FakeClock

HOUR = timedelta(hours=1)
ONE_THREAD = ConcurrentMap(1)
REQUEST = OutboxEntry("site_a", START)
ACCOUNT = Connection("US", "paapi5", "t-20", "…", "s", "1", "account", START)
NOT_ELIGIBLE = replace(ACCOUNT, state=State.NOT_ELIGIBLE)


def shelf(number: int, lease: str = "") -> Shelf:
    """Return a shelf that was refreshed an hour ago and is due in an hour."""
    slots = (Slot(f"B{number:09d}", Fingerprint("1", "2", "3")),)
    return Shelf("site_a", "US", str(number), slots, START - HOUR, START + HOUR, lease)


def shelf_store(shelves: list[Shelf], clock: FakeClock, seconds_per_update: float = 0) -> Any:
    store = mock.create_autospec(ShelfStore, instance=True)
    store.list_for_site.return_value = store.due.return_value = shelves

    def reschedule(*_: object) -> bool:
        clock.advance(seconds=seconds_per_update)
        return True

    store.reschedule.side_effect = reschedule
    return store


def site_with(connection: Connection | None) -> Site:
    connections = {"US": connection} if connection else {}
    return Site("site_a", "a", "a", "a", START, "US", connections, None, HOUR)


def site_store(connection: Connection | None = ACCOUNT) -> Any:
    """Return a store in which each site has this connection for the US."""
    store = mock.create_autospec(SiteStore, instance=True)
    store.get.return_value = site_with(connection)
    return store


@pytest.fixture
def outbox() -> Any:
    return mock.Mock()


def test_rescheduled_shelves_are_due_since_the_request(clock: FakeClock, outbox: Any) -> None:
    store = shelf_store([shelf(1), shelf(2)], clock)
    requests = SyncRequests(site_store(), store, outbox, clock, ONE_THREAD)

    requests.request_sync(site_with(ACCOUNT), Deadline.after(clock, 10))

    outbox.schedule.assert_called_once_with(Task.SYNC_REQUEST, "site_a", START)
    requests.sites.get.assert_not_called()  # type: ignore[attr-defined] # a mock
    assert [call.args for call in store.reschedule.call_args_list] == [
        (shelf(1), START),
        (shelf(2), START),
    ]
    outbox.complete.assert_called_once_with(Task.SYNC_REQUEST, REQUEST)


@pytest.mark.parametrize(
    ("connection", "is_useful"),
    [
        (ACCOUNT, True),
        (replace(NOT_ELIGIBLE, last_ok_at=START), True),
        (NOT_ELIGIBLE, False),
        (Connection.link_only("US", "t-20", START), False),
        (None, False),
    ],
    ids=["account", "formerly valid", "never eligible", "link-only", "none"],
)
def test_shelves_without_an_account_that_ever_worked_keep_their_due_times(
    clock: FakeClock, outbox: Any, connection: Connection | None, is_useful: bool
) -> None:
    store = shelf_store([replace(shelf(1), due_at=START + 2 * HOUR)], clock)
    requests = SyncRequests(site_store(connection), store, outbox, clock, ONE_THREAD)

    requests.request_sync(site_with(connection), Deadline.after(clock, 10))
    requests.apply_shorter_interval(site_with(connection), Deadline.after(clock, 10))

    assert store.reschedule.call_count == 2 * is_useful
    # The request is complete: the recovery of an account makes its shelves due.
    outbox.complete.assert_called_once_with(Task.SYNC_REQUEST, REQUEST)


def test_empty_shelf_keeps_its_due_time(clock: FakeClock, outbox: Any) -> None:
    empty = replace(shelf(1), slots=(), due_at=START + 2 * HOUR)
    store = shelf_store([empty], clock)
    requests = SyncRequests(site_store(ACCOUNT), store, outbox, clock, ONE_THREAD)

    requests.apply_shorter_interval(site_with(ACCOUNT), Deadline.after(clock, 10))

    store.reschedule.assert_not_called()


def test_request_of_a_deleted_site_is_completed(clock: FakeClock, outbox: Any) -> None:
    store, sites = shelf_store([shelf(1)], clock), site_store()
    sites.get.return_value = None

    requests = SyncRequests(sites, store, outbox, clock, ONE_THREAD)
    requests.reschedule_site(REQUEST, Deadline.after(clock, 10))

    store.reschedule.assert_not_called()
    outbox.complete.assert_called_once_with(Task.SYNC_REQUEST, REQUEST)


def test_request_stays_in_the_outbox_if_time_runs_out(
    clock: FakeClock, outbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "SHELF_UPDATE_BATCH_SIZE", 1)
    store = shelf_store([shelf(1), shelf(2), shelf(3)], clock, seconds_per_update=6)
    requests = SyncRequests(site_store(), store, outbox, clock, ONE_THREAD)

    requests.reschedule_site(REQUEST, Deadline.after(clock, 10))

    assert store.reschedule.call_count == 2
    outbox.complete.assert_not_called()
    requests.reschedule_site(REQUEST, Deadline.after(clock, 0))
    assert store.list_for_site.call_count == 1


def test_request_stays_in_the_outbox_if_a_shelf_has_changed(clock: FakeClock, outbox: Any) -> None:
    store = shelf_store([shelf(1), shelf(2)], clock)
    store.reschedule.side_effect = [False, True]
    requests = SyncRequests(site_store(), store, outbox, clock, ONE_THREAD)

    requests.reschedule_site(REQUEST, Deadline.after(clock, 10))

    assert store.reschedule.call_count == 2
    outbox.complete.assert_not_called()


def test_failing_outbox_does_not_stop_the_planner(
    clock: FakeClock, outbox: Any, metrics: Counter[str], faults: list[str]
) -> None:
    outbox.due.side_effect = StoreUnavailable
    requests = SyncRequests(site_store(), shelf_store([], clock), outbox, clock, ONE_THREAD)

    requests.resume_requested_syncs(Deadline.after(clock, 10))

    assert (metrics, faults) == ({"PlanningFailed": 1}, ["StoreUnavailable"])


def planner(store: Any, clock: FakeClock, requests: Any) -> SyncPlanner:
    sites, limiters, queue = mock.Mock(), mock.Mock(), mock.Mock()
    sites.connections.return_value = {
        ("site_a", "US"): Connection("US", "paapi5", "t-20", "…", "s", "1", "account", START)
    }
    limiters.budgets.return_value = {"account": DailyBudget()}
    queue.send_all.side_effect = list
    return SyncPlanner(requests, sites, store, mock.Mock(), limiters, queue, clock, ONE_THREAD)


def test_pending_requests_receive_a_quarter_of_the_time(
    clock: FakeClock, metrics: Counter[str]
) -> None:
    requests = mock.create_autospec(SyncRequests, instance=True)
    requests.resume_requested_syncs.side_effect = lambda deadline: clock.advance(
        seconds=deadline.remaining()
    )
    deadline = Deadline.after(clock, 100)

    due = replace(shelf(1), due_at=START)
    planned = planner(shelf_store([due], clock), clock, requests).plan(deadline)

    assert (planned, deadline.remaining()) == (1, 75)
    assert metrics["SyncRunsCompleted"] == 1


def test_expiry_receives_half_of_the_time_and_all_shelves_are_planned(
    clock: FakeClock, metrics: Counter[str]
) -> None:
    old = [
        replace(shelf(number), observed_at=START - 25 * HOUR, due_at=START - HOUR)
        for number in range(1, 7)
    ]
    store = shelf_store(old, clock)
    store.get.side_effect = lambda _site, _code, shelf_id: next(
        one for one in old if one.shelf_id == shelf_id
    )
    tested = planner(store, clock, mock.create_autospec(SyncRequests, instance=True))

    def expire_slowly(*_: object) -> int:
        clock.advance(seconds=20)
        return 1

    tested.product_writer.expire.side_effect = expire_slowly  # type: ignore[attr-defined] # a mock

    assert tested.plan(Deadline.after(clock, 100)) == len(old)
    assert metrics["ProductsExpired"] == 3


def test_shelves_without_time_to_defer_them_wait_for_the_next_run(clock: FakeClock) -> None:
    store = shelf_store([replace(shelf(number), due_at=START) for number in (1, 2, 3)], clock)
    store.defer.side_effect = lambda *_: clock.advance(seconds=60)
    tested = planner(store, clock, mock.create_autospec(SyncRequests, instance=True))
    tested.sites.connections.return_value = {}  # type: ignore[attr-defined] # a mock

    tested.plan(Deadline.after(clock, 100))

    assert store.defer.call_count == 2


def test_planner_leases_nothing_without_time_to_enqueue(clock: FakeClock) -> None:
    store = shelf_store([replace(shelf(1), due_at=START)], clock)
    requests = mock.create_autospec(SyncRequests, instance=True)

    planned = planner(store, clock, requests).plan(Deadline.after(clock, MIN_ENQUEUE_SECONDS - 0.1))

    assert planned == 0
    store.lease.assert_not_called()


def test_shelf_that_was_refreshed_while_its_products_expired_is_not_planned(
    clock: FakeClock, metrics: Counter[str]
) -> None:
    old = replace(shelf(1), observed_at=START - 25 * HOUR, due_at=START - HOUR)
    store = shelf_store([old], clock)
    store.get.return_value = replace(old, due_at=START + HOUR)
    requests = mock.create_autospec(SyncRequests, instance=True)
    tested = planner(store, clock, requests)
    tested.product_writer.expire.return_value = 1  # type: ignore[attr-defined] # a mock

    planned = tested.plan(Deadline.after(clock, 100))

    assert planned == 0
    store.lease.assert_not_called()


def test_failing_expiry_does_not_stop_the_planning(clock: FakeClock, metrics: Counter[str]) -> None:
    old = replace(shelf(1), observed_at=START - 25 * HOUR, due_at=START - HOUR)
    store = shelf_store([old], clock)
    tested = planner(store, clock, mock.create_autospec(SyncRequests, instance=True))
    tested.product_writer.expire.side_effect = StoreUnavailable  # type: ignore[attr-defined] # a mock

    planned = tested.plan(Deadline.after(clock, 100))

    assert planned == 1
    assert (metrics["ExpireFailed"], metrics["ProductsExpired"]) == (1, 0)


def test_failing_queue_is_counted_by_shelf(
    clock: FakeClock, metrics: Counter[str], faults: list[str]
) -> None:
    due = [replace(shelf(number), due_at=START) for number in (1, 2)]
    store = shelf_store(due, clock)
    tested = planner(store, clock, mock.create_autospec(SyncRequests, instance=True))
    tested.queue.send_all.side_effect = StoreUnavailable  # type: ignore[attr-defined] # a mock

    planned = tested.plan(Deadline.after(clock, 100))

    assert planned == 0
    assert (metrics["PlanningFailed"], faults) == (2, ["StoreUnavailable"])


def test_shelves_that_the_queue_refuses_are_not_planned(
    clock: FakeClock, metrics: Counter[str]
) -> None:
    due = [replace(shelf(number), due_at=START) for number in (1, 2, 3, 4)]
    store = shelf_store(due, clock)
    store.lease.side_effect = [True, True, False, True]
    tested = planner(store, clock, mock.create_autospec(SyncRequests, instance=True))
    tested.queue.send_all.side_effect = lambda messages: messages[:2]  # type: ignore[attr-defined] # a mock

    planned = tested.plan(Deadline.after(clock, 100))

    assert planned == 2
    assert metrics["PlanningFailed"] == 1, "the shelf that another planner leased is no failure"


def test_failing_deferral_does_not_stop_the_others(clock: FakeClock, metrics: Counter[str]) -> None:
    due = [replace(shelf(number), due_at=START) for number in (1, 2)]
    store = shelf_store(due, clock)
    store.defer.side_effect = [StoreUnavailable, None]
    tested = planner(store, clock, mock.create_autospec(SyncRequests, instance=True))
    # Shelves without a connection are deferred.
    tested.sites.connections.return_value = {}  # type: ignore[attr-defined] # a mock

    tested.plan(Deadline.after(clock, 100))

    assert store.defer.call_count == 2
    assert metrics["PlanningFailed"] == 1


@pytest.mark.parametrize("is_connected", [True, False])
def test_shelf_is_deferred_until_the_next_check_of_its_account(
    clock: FakeClock, is_connected: bool
) -> None:
    due = replace(shelf(1), due_at=START)
    store = shelf_store([due], clock)
    tested = planner(store, clock, mock.create_autospec(SyncRequests, instance=True))
    down = replace(NOT_ELIGIBLE, next_probe_at=START + HOUR / 2)
    connections = {("site_a", "US"): down} if is_connected else {}
    tested.sites.connections.return_value = connections  # type: ignore[attr-defined] # a mock

    tested.plan(Deadline.after(clock, 100))

    store.defer.assert_called_once_with(due, START + (HOUR / 2 if is_connected else HOUR))


def test_requests_after_one_without_time_stay_in_the_outbox(clock: FakeClock, outbox: Any) -> None:
    outbox.due.return_value = [REQUEST, OutboxEntry("site_b", START)]
    store = shelf_store([shelf(number) for number in range(101)], clock, seconds_per_update=1)
    requests = SyncRequests(site_store(), store, outbox, clock, ONE_THREAD)

    requests.resume_requested_syncs(Deadline.after(clock, 10))

    store.list_for_site.assert_called_once_with("site_a")
    outbox.complete.assert_not_called()


def test_request_that_failed_does_not_delay_those_of_other_sites(
    clock: FakeClock, outbox: Any
) -> None:
    later = OutboxEntry("site_b", START)
    outbox.due.return_value = [REQUEST, later]
    store = shelf_store([shelf(1)], clock)
    store.reschedule.side_effect = [False, True]
    requests = SyncRequests(site_store(), store, outbox, clock, ONE_THREAD)

    requests.resume_requested_syncs(Deadline.after(clock, 10))

    outbox.complete.assert_called_once_with(Task.SYNC_REQUEST, later)


def test_accounts_are_read_in_batches_as_far_as_time_allows(clock: FakeClock) -> None:
    tested = planner(shelf_store([], clock), clock, mock.Mock())

    def connections(keys: list[ConnectionKey]) -> dict[ConnectionKey, Connection]:
        assert len(keys) <= LOOKUP_BATCH_SIZE
        clock.advance(seconds=6)
        return dict.fromkeys(keys, ACCOUNT)

    tested.sites.connections.side_effect = connections  # type: ignore[attr-defined] # a mock
    keys = [(f"site_{number}", "US") for number in range(350)]

    found = tested.accounts_of(keys, START, Deadline.after(clock, 10))

    assert found == dict.fromkeys(
        keys[:200], AccountCalls("account", calls_this_run(DailyBudget(), START))
    )


def test_due_shelves_are_selected_by_the_calls_of_their_accounts(clock: FakeClock) -> None:
    store = shelf_store([], clock)
    tested = planner(store, clock, mock.create_autospec(SyncRequests, instance=True))

    tested.plan(Deadline.after(clock, 100))

    now, limit, find_accounts = store.due.call_args.args
    assert (now, limit) == (START, MAX_SHELVES_PER_RUN)
    calls = calls_this_run(DailyBudget(), START)
    assert find_accounts([("site_a", "US"), ("site_b", "US")]) == {
        ("site_a", "US"): AccountCalls("account", calls),
        ("site_b", "US"): AccountCalls("site_b/US", 0),
    }
    # The lookups may take a quarter of the run.
    clock.advance(seconds=24.9)
    assert find_accounts([("site_a", "US")]) != {}
    clock.advance(seconds=0.1)
    assert find_accounts([("site_a", "US")]) == {}
