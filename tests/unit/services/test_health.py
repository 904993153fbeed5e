"""The metrics of the promises, from the due shelves of one run."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest

from amzlinkr import telemetry
from amzlinkr.domain.changes import Fingerprint
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.imports import PendingJob
from amzlinkr.domain.planning import MAX_NORMAL_DELAY, ConnectionKey, SyncRun
from amzlinkr.domain.ports import DailyBudget
from amzlinkr.domain.shelves import Shelf, Slot
from amzlinkr.services.health import (
    JOB_BATCH_SIZE,
    STALE_CONTENT_AGE,
    record_limits,
    record_oldest_import,
    record_run,
)
from amzlinkr.storage.jobs import JobStore
from amzlinkr.storage.rate_limiter_store import RateLimiterStore
from amzlinkr.storage.sites import SiteStore
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
VALID = Connection("US", "paapi5", "t-20", "…", "s", "1", "account", START, State.VALID)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Return the recorded values by metric."""
    found: dict[str, float] = {}
    monkeypatch.setattr(
        telemetry, "measure", lambda name, value, _unit: found.update({name: value})
    )
    return found


def shelf(site: str, overdue: timedelta, age: timedelta) -> Shelf:
    slots = (Slot("B000000001", Fingerprint("1", "2", "3"), START - age),)
    return Shelf(site, "US", "shelf", slots, START, START - overdue)


def jobs(pending: Iterable[PendingJob] | Exception) -> Any:
    store = mock.create_autospec(JobStore, instance=True)
    if isinstance(pending, Exception):
        store.all_pending.side_effect = pending
    else:
        store.all_pending.return_value = list(pending)
    return store


def test_account_without_calls_left_delays_its_own_shelves_only(
    measured: dict[str, float],
) -> None:
    due = [shelf("site_a", 9 * HOUR, 10 * HOUR), shelf("site_b", 2 * HOUR, 3 * HOUR)]
    connections = {
        ("site_a", "US"): replace(VALID, account_key="small"),
        ("site_b", "US"): VALID,
    }

    record_run(due, SyncRun(over_budget={"small"}), connections, START)

    assert measured["OldestDueShelfSeconds"] == (2 * HOUR).total_seconds()
    assert measured["OldestProductSeconds"] == (10 * HOUR).total_seconds()


@pytest.mark.parametrize(
    ("overdue", "age", "is_late"),
    [
        (MAX_NORMAL_DELAY, STALE_CONTENT_AGE, False),
        (MAX_NORMAL_DELAY + SECOND, HOUR, True),
        (HOUR / 60, STALE_CONTENT_AGE + SECOND, True),
    ],
)
def test_late_accounts_are_logged(
    monkeypatch: pytest.MonkeyPatch, overdue: timedelta, age: timedelta, is_late: bool
) -> None:
    logged: list[dict[str, Any]] = []
    log = mock.Mock(warning=lambda _, **values: logged.append(values))
    monkeypatch.setattr(telemetry, "log", log)

    record_run([shelf("site_a", overdue, age)], SyncRun(), {("site_a", "US"): VALID}, START)

    late = {
        "site_id": "site_a", "marketplace": "US", "over_budget": False,
        "overdue_seconds": overdue.total_seconds(), "content_seconds": age.total_seconds(),
    }  # fmt: skip
    assert logged == ([late] if is_late else [])


def test_states_of_accounts(measured: dict[str, float]) -> None:
    sites = ("site_a", "site_b", "site_c", "site_d", "test_a")
    down = replace(VALID, state=State.THROTTLED)
    connections = {(site, "US"): VALID for site in sites} | {("site_d", "US"): down}

    record_run([shelf(site, HOUR, HOUR) for site in sites], SyncRun(), connections, START)

    assert measured["AccountsDownPercent"] == 25
    assert measured["Accounts_throttled"] == 1


def test_run_without_due_shelves_records_the_ages_only(measured: dict[str, float]) -> None:
    record_run([], SyncRun(), {}, START)

    assert measured == {"OldestDueShelfSeconds": 0, "OldestProductSeconds": 0}


def test_oldest_import_is_that_of_a_live_site_whose_account_has_calls(
    measured: dict[str, float], clock: FakeClock
) -> None:
    pending = [
        PendingJob(site, "US", "job", START - hours * HOUR, START)
        for site, hours in (("site_a", 1), ("site_b", 2), ("site_c", 3), ("gone", 4), ("test_a", 5))
    ]
    valid = replace(VALID, since=START - 24 * HOUR)
    exhausted = replace(valid, account_key="exhausted")
    keys = ("site_a", valid), ("site_b", valid), ("site_c", exhausted)
    sites: Any = mock.create_autospec(SiteStore, instance=True)
    sites.connections.return_value = {(site, "US"): connection for site, connection in keys}
    budgets: Any = mock.create_autospec(RateLimiterStore, instance=True)
    spent = DailyBudget(used=8_640)
    budgets.budgets.return_value = {"account": DailyBudget(), "exhausted": spent}

    record_oldest_import(jobs(pending), sites, budgets, Deadline.after(clock, 10))
    assert measured == {"OldestImportSeconds": (2 * HOUR).total_seconds()}

    record_oldest_import(jobs([]), sites, budgets, Deadline.after(clock, 10))
    assert measured == {"OldestImportSeconds": 0}


def test_oldest_import_is_a_lower_bound_if_time_runs_out(
    measured: dict[str, float], clock: FakeClock
) -> None:
    pending = [
        PendingJob(f"site_{number:03d}", "US", f"job{age}", START - age * HOUR, START)
        for number in range(3 * JOB_BATCH_SIZE)
        # Only the oldest job of a site counts.
        for age in (1 + number // JOB_BATCH_SIZE, 0)
    ]
    sites: Any = mock.create_autospec(SiteStore, instance=True)
    budgets: Any = mock.create_autospec(RateLimiterStore, instance=True)
    budgets.budgets.return_value = {"account": DailyBudget()}

    def connections(keys: Iterable[ConnectionKey]) -> dict[ConnectionKey, Connection]:
        clock.advance(seconds=6)
        return dict.fromkeys(keys, replace(VALID, since=START - 24 * HOUR))

    sites.connections.side_effect = connections
    deadline = Deadline.after(clock, 10)

    record_oldest_import(jobs(pending), sites, budgets, deadline)

    # The third batch is not read. The clock is 12 seconds later.
    assert sites.connections.call_count == 2
    assert measured == {"OldestImportSeconds": pytest.approx((2 * HOUR).total_seconds(), abs=12)}


def test_used_part_of_the_limits(deps: Dependencies, measured: dict[str, float]) -> None:
    limits = replace(
        deps.config.limits,
        new_sites=replace(deps.config.limits.new_sites, maximum=4),
        connections=10,
    )
    deps.usage_counters.increment(limits.new_sites, "all")
    deps.secret_counts.add("secret-1", "account")

    record_limits(deps.usage_counters, deps.secret_counts, limits)

    assert measured == {"NewSitesUsedPercent": 25, "ConnectionsUsedPercent": 10}


def test_failed_read_does_not_fail_the_run(
    deps: Dependencies, measured: dict[str, float], faults: list[str]
) -> None:
    unavailable = mock.Mock()
    unavailable.usage.side_effect = StoreUnavailable()

    failing = jobs(StoreUnavailable())
    deadline = Deadline.after(deps.clock, 10)
    record_oldest_import(failing, deps.sites, deps.rate_limiters, deadline)
    record_limits(unavailable, deps.secret_counts, deps.config.limits)

    assert measured == {"PlanningFailed": 1}
    assert faults == ["StoreUnavailable"] * 2


def test_link_only_connections_are_not_accounts(measured: dict[str, float]) -> None:
    link_only = Connection.link_only("US", "t-20", START)
    due = [shelf("site_a", HOUR, HOUR), shelf("site_b", HOUR, HOUR)]

    record_run(due, SyncRun(), {("site_a", "US"): VALID, ("site_b", "US"): link_only}, START)
    assert measured.pop("AccountsDownPercent") == 0
    record_run(due[1:], SyncRun(), {("site_b", "US"): link_only}, START)

    assert "AccountsDownPercent" not in measured
