"""After a recovery, the planner makes the deferred shelves of that connection due."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest

from amzlinkr.domain.catalog import Search
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.list_refresh import ListResults
from amzlinkr.domain.lists import ListDefinition
from amzlinkr.domain.ports import Task
from amzlinkr.domain.sites import Caller
from amzlinkr.services.account_recovery import RECOVERY_SETTLES_IN, AccountRecoveries
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock
from tests.fakes import product
from tests.integration.aws_spy import record_calls

pytestmark = pytest.mark.memory_aws
ASINS = [f"B{number:09d}" for number in range(12)]
HOUR = timedelta(hours=1)


def recover(deps: Dependencies, *codes: str) -> None:
    for code in codes or ("US",):
        deps.outbox.schedule(Task.ACCOUNT_RECOVERY, f"site_a#{code}", deps.clock.now())


def resume(deps: Dependencies, seconds: float = 60) -> None:
    recoveries = AccountRecoveries(deps.sites, deps.sync_requests)
    recoveries.resume_all(Deadline.after(deps.clock, seconds))


def pending(deps: Dependencies) -> list[str]:
    return [entry.subject for entry in deps.outbox.due(Task.ACCOUNT_RECOVERY, deps.clock.now())]


def defer_all(deps: Dependencies) -> None:
    for shelf in deps.shelves.list_for_site("site_a"):
        deps.shelves.reschedule(shelf, deps.clock.now() + HOUR)


def due_codes(deps: Dependencies) -> set[str]:
    found = deps.shelves.list_for_site("site_a")
    return {shelf.marketplace for shelf in found if shelf.due_at <= deps.clock.now()}


def test_shelves_of_the_recovered_marketplace_are_due(
    deps: Dependencies, caller: Caller, clock: FakeClock
) -> None:
    for code in ("US", "DE"):
        deps.product_writer.add_waiting("site_a", code, ASINS[:1])
    defer_all(deps)
    clock.advance(minutes=5)
    recover(deps, "DE")

    resume(deps)

    assert due_codes(deps) == {"DE"}


@pytest.mark.parametrize("is_filled", [False, True])
def test_lists_of_the_recovered_marketplace_are_due(
    deps: Dependencies, caller: Caller, clock: FakeClock, is_filled: bool
) -> None:
    """Make lists without results due since their definition, others since the interval."""
    for code in ("US", "DE"):
        definition = ListDefinition(f"tea-{code.lower()}", Search("tea"), 10)
        shelf, _ = deps.product_writer.lists.put("site_a", code, definition, 10)
        if is_filled:
            deps.product_writer.lists.refresh(shelf, ListResults(clock.now(), ()))
    clock.advance(hours=2 * is_filled)
    defer_all(deps)
    clock.advance(minutes=5)
    recover(deps, "DE")

    resume(deps)

    assert due_codes(deps) == {"DE"}


def test_shelf_that_is_deferred_again_right_after_the_recovery_is_due_in_the_next_run(
    deps: Dependencies, caller: Caller, clock: FakeClock
) -> None:
    deps.product_writer.add_waiting("site_a", "US", ASINS[:1])
    recover(deps)
    resume(deps)
    # A planner that read the connection before the recovery.
    defer_all(deps)
    clock.advance(seconds=RECOVERY_SETTLES_IN.total_seconds())

    resume(deps)

    assert due_codes(deps) == {"US"}
    assert pending(deps) == []


def test_recovery_of_a_deleted_site_is_completed(
    deps: Dependencies, caller: Caller, clock: FakeClock
) -> None:
    deps.outbox.schedule(Task.ACCOUNT_RECOVERY, "site_b#US", clock.now())
    clock.advance(minutes=1)

    resume(deps)

    assert pending(deps) == []


def test_site_interval_decides_which_shelf_was_deferred(
    deps: Dependencies, caller: Caller, clock: FakeClock
) -> None:
    deps.sites.change(caller, clock.now(), None, None, 12)
    products = [product(asin, observed_at=clock.now()) for asin in ASINS[:2]]
    deps.product_writer.add("site_a", "US", products)
    (shelf,) = deps.shelves.list_for_site("site_a")
    deps.shelves.reschedule(shelf, clock.now() + 14 * HOUR)
    clock.advance(hours=11)
    recover(deps)
    resume(deps)
    assert due_codes(deps) == set()
    clock.advance(hours=2)
    recover(deps)

    resume(deps)

    assert due_codes(deps) == {"US"}


def test_run_without_time_leaves_the_recovery_to_the_next_one(
    deps: Dependencies, caller: Caller, clock: FakeClock
) -> None:
    deps.product_writer.add_waiting("site_a", "US", ASINS[:1])
    defer_all(deps)
    recover(deps)
    clock.advance(minutes=5)

    with record_calls() as made:
        resume(deps, seconds=0)

    assert made == ["Query"]
    assert (due_codes(deps), pending(deps)) == (set(), ["site_a#US"])


def test_shelf_that_changes_at_the_same_time_leaves_the_recovery_to_the_next_run(
    deps: Dependencies, caller: Caller, clock: FakeClock
) -> None:
    deps.product_writer.add_waiting("site_a", "US", ASINS[:1])
    defer_all(deps)
    recover(deps)
    clock.advance(minutes=5)
    read = deps.shelves.list_for_site("site_a", "US")
    outdated = [replace(shelf, version=shelf.version - 1) for shelf in read]

    with mock.patch.object(deps.shelves, "list_for_site", return_value=outdated):
        resume(deps)

    assert pending(deps) == ["site_a#US"]
    resume(deps)
    assert (due_codes(deps), pending(deps)) == ({"US"}, [])


def test_table_that_fails_does_not_end_the_run(
    deps: Dependencies, caller: Caller, metrics: Counter[str], faults: list[str]
) -> None:
    recover(deps)

    with mock.patch.object(deps.sites, "get", side_effect=StoreUnavailable):
        resume(deps)

    assert (metrics["PlanningFailed"], faults) == (1, ["StoreUnavailable"])
    assert pending(deps) == ["site_a#US"]
