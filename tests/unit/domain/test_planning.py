"""Runs of the price sync: fair between sites, within the budget of each account."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.call_rate import INITIAL_CALL_RATE, CallRate
from amzlinkr.domain.changes import Fingerprint
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.planning import (
    RUN_INTERVAL,
    URGENT_BEFORE_EXPIRY,
    actual_intervals,
    calls_this_run,
    message_group_of,
    plan_run,
)
from amzlinkr.domain.ports import DailyBudget
from amzlinkr.domain.shelves import Shelf, Slot
from tests.clock import START

HOUR = timedelta(hours=1)
FAST = DailyBudget(0, CallRate(interval_ms=100, proven_ms=100, day_limit=864_000))


def shelf(site: str, number: int, overdue: timedelta = HOUR, marketplace: str = "US") -> Shelf:
    slots = (Slot(f"B{number:09d}", Fingerprint("1", "2", "3")),)
    due_at = START - overdue
    return Shelf(site, marketplace, f"{site}-{number:05d}", slots, due_at - HOUR, due_at)


def connection(account_key: str, state: State = State.VALID) -> Connection:
    return Connection("US", "paapi5", "t-20", "…", "s", "1", account_key, START, state)


def site_ids(shelves: list[Shelf]) -> list[str]:
    return [shelf.site_id for shelf in shelves]


def test_site_with_many_shelves_does_not_delay_a_site_with_one() -> None:
    large = [shelf("large", number, 20 * HOUR) for number in range(10_000)]
    connections = {(site, "US"): connection("shared") for site in ("large", "small")}

    run = plan_run([*large, shelf("small", 1)], connections, {"shared": DailyBudget()}, START)

    assert "small" in site_ids(run.send[:2])
    assert len(run.send) == calls_this_run(DailyBudget(), START)
    assert run.delayed == 10_001 - len(run.send)


def test_accounts_do_not_wait_for_each_other() -> None:
    shelves = [shelf(site, number) for site in ("a", "b") for number in range(50)]
    connections = {("a", "US"): connection("a"), ("b", "US"): connection("b")}
    spent = DailyBudget(INITIAL_CALL_RATE.day_limit)

    run = plan_run(shelves, connections, {"a": spent, "b": FAST}, START)

    assert Counter(site_ids(run.send)) == {"b": 50}


def test_shelf_about_to_expire_is_first() -> None:
    old = [shelf("late", number, 23 * HOUR - URGENT_BEFORE_EXPIRY) for number in range(3)]
    many = [shelf(f"site{number}", number, 2 * HOUR) for number in range(60)]
    connections = {(one.site_id, "US"): connection("shared") for one in old + many}

    run = plan_run([*many, *old], connections, {"shared": DailyBudget()}, START)

    assert site_ids(run.send[:3]) == ["late"] * 3


def test_account_that_is_down_is_probed_with_one_shelf() -> None:
    down = connection("a", State.ACCESS_DENIED)
    shelves = [shelf("a", number) for number in range(5)]
    due = START - timedelta(minutes=1)
    probed = replace(down, next_probe_at=due)

    for account, calls in ((down, 0), (probed, 1)):
        run = plan_run(shelves, {("a", "US"): account}, {"a": FAST}, START)
        assert (len(run.send), len(run.deferred)) == (calls, 5 - calls)


def test_leased_shelves_count_against_the_budget() -> None:
    calls = calls_this_run(DailyBudget(), START)
    leased = [
        replace(shelf("a", number), shelf_id=f"leased{number}", leased_until=START + HOUR)
        for number in range(calls - 2)
    ]
    free = [shelf("a", number) for number in range(10)]

    run = plan_run([*leased, *free], {("a", "US"): connection("a")}, {"a": DailyBudget()}, START)

    assert len(run.send) == 2


@given(st.integers(0, 8_640), st.integers(0, 287))
def test_runs_of_a_day_use_the_daily_allowance_and_never_more(used: int, first: int) -> None:
    now = START.replace(hour=0) + first * RUN_INTERVAL
    start, limit, largest = used, INITIAL_CALL_RATE.day_limit, 0
    while now.date() == START.date():
        calls = calls_this_run(DailyBudget(used), now)
        largest = max(largest, calls)
        used += calls
        now += RUN_INTERVAL
    runs = 288 - first
    assert used <= limit
    assert used >= min(0.98 * limit, start + 300 * runs)
    assert largest <= 300


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 40)), unique=True, max_size=120),
    st.integers(0, 8_640),
)
def test_first_shelf_of_every_site_is_before_any_second(
    names: list[tuple[str, int]], used: int
) -> None:
    shelves = [shelf(site, number, timedelta(minutes=number)) for site, number in names]
    connections = {(site, "US"): connection("shared") for site, _ in names}
    budget = DailyBudget(used)

    run = plan_run(shelves, connections, {"shared": budget}, START)

    sent = Counter(site_ids(run.send))
    owned = Counter(site for site, _ in names)
    assert len(run.send) == min(len(names), calls_this_run(budget, START))
    for site, count in sent.items():
        assert all(count <= sent[other] + 1 for other in owned if sent[other] < owned[other])
        due = sorted(one.due_at for one in shelves if one.site_id == site)
        assert sorted(one.due_at for one in run.send if one.site_id == site) == due[:count]


def test_only_fast_accounts_have_two_message_groups() -> None:
    assert {message_group_of("q", DailyBudget(), number) for number in range(10)} == {"q"}
    assert {message_group_of("q", FAST, number) for number in range(10)} == {"q-0", "q-1"}


@pytest.mark.parametrize(("interval_ms", "groups"), [(299, 2), (300, 1)])
def test_interval_decides_about_the_message_groups(interval_ms: int, groups: int) -> None:
    budget = replace(FAST, call_rate=replace(FAST.call_rate, interval_ms=interval_ms))

    assert len({message_group_of("q", budget, number) for number in range(10)}) == groups


def test_actual_interval_includes_the_delay_of_overdue_shelves() -> None:
    on_time, late = shelf("a", 1, timedelta(minutes=4)), shelf("a", 2, 3 * HOUR, "DE")
    soon = shelf("a", 3, -HOUR, "DE")

    assert actual_intervals([on_time, late, soon], HOUR, START) == {"US": HOUR, "DE": 4 * HOUR}


def test_last_run_of_a_day_has_calls_left() -> None:
    late = datetime.combine(START.date(), datetime.max.time(), START.tzinfo)

    assert calls_this_run(DailyBudget(8_600), late) == 40


def test_shelves_of_sandboxes_are_sent_after_those_of_all_live_sites() -> None:
    sandboxes = [shelf(f"test_{number}", n, 3 * HOUR) for number in range(50) for n in range(4)]
    live = [shelf("site_a", number) for number in range(20)]
    owners = {one.site_id for one in live + sandboxes}
    connections = {(site, "US"): connection(site) for site in owners}

    run = plan_run(sandboxes + live, connections, dict.fromkeys(owners, FAST), START)

    assert site_ids(run.send[:20]) == ["site_a"] * 20
    # Sandboxes take turns.
    assert len(set(site_ids(run.send[20:70]))) == 50
    assert len(run.send) == 220


def test_leased_shelf_without_a_connection_is_deferred() -> None:
    leased = replace(shelf("a", 1), lease="lease", leased_until=START + HOUR)

    run = plan_run([leased], {}, {}, START)

    assert (run.send, run.deferred) == ([], [leased])
