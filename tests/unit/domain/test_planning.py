"""A round of the price sync: fair between sites, within each credential's budget."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

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


def shelf(site: str, number: int, overdue: timedelta = HOUR, shop: str = "US") -> Shelf:
    slots = (Slot(f"B{number:09d}", Fingerprint("1", "2", "3")),)
    due_at = START - overdue
    return Shelf(site, shop, f"{site}-{number:05d}", slots, due_at - HOUR, due_at)


def connection(quota_id: str, state: State = State.VALID) -> Connection:
    return Connection("US", "paapi5", "t-20", "…", "s", "1", quota_id, START, state)


def ids(shelves: list[Shelf]) -> list[str]:
    return [one.site_id for one in shelves]


def test_a_site_with_very_many_shelves_does_not_hold_up_a_site_with_one() -> None:
    large = [shelf("large", number, 20 * HOUR) for number in range(10_000)]
    connections = {(site, "US"): connection("shared") for site in ("large", "small")}

    planned = plan_run([*large, shelf("small", 1)], connections, {"shared": DailyBudget()}, START)

    assert "small" in ids(planned.send[:2])
    assert len(planned.send) == calls_this_run(DailyBudget(), START)
    assert planned.delayed == 10_001 - len(planned.send)


def test_credentials_do_not_wait_for_each_other() -> None:
    shelves = [shelf(site, number) for site in ("a", "b") for number in range(50)]
    connections = {("a", "US"): connection("a"), ("b", "US"): connection("b")}
    spent = DailyBudget(INITIAL_CALL_RATE.day_limit)

    planned = plan_run(shelves, connections, {"a": spent, "b": FAST}, START)

    assert Counter(ids(planned.send)) == {"b": 50}


def test_what_is_about_to_expire_goes_first() -> None:
    old = [shelf("late", number, 23 * HOUR - URGENT_BEFORE_EXPIRY) for number in range(3)]
    many = [shelf(f"site{number}", number, 2 * HOUR) for number in range(60)]
    connections = {(one.site_id, "US"): connection("shared") for one in old + many}

    planned = plan_run([*many, *old], connections, {"shared": DailyBudget()}, START)

    assert ids(planned.send[:3]) == ["late"] * 3


def test_an_account_that_is_down_is_probed_with_one_shelf() -> None:
    down = connection("a", State.ACCESS_DENIED)
    shelves = [shelf("a", number) for number in range(5)]
    due = START - timedelta(minutes=1)
    probed = replace(down, next_probe_at=due)

    for account, calls in ((down, 0), (probed, 1)):
        planned = plan_run(shelves, {("a", "US"): account}, {"a": FAST}, START)
        assert (len(planned.send), len(planned.deferred)) == (calls, 5 - calls)


def test_what_workers_hold_counts_against_the_budget() -> None:
    calls = calls_this_run(DailyBudget(), START)
    held = [
        replace(shelf("a", number), shelf_id=f"held{number}", leased_until=START + HOUR)
        for number in range(calls - 2)
    ]
    free = [shelf("a", number) for number in range(10)]

    planned = plan_run([*held, *free], {("a", "US"): connection("a")}, {"a": DailyBudget()}, START)

    assert len(planned.send) == 2


@given(st.integers(0, 8_640), st.integers(0, 287))
def test_a_day_of_rounds_uses_what_the_day_allows_and_never_more(used: int, first: int) -> None:
    now = START.replace(hour=0) + first * RUN_INTERVAL
    start, limit, most = used, INITIAL_CALL_RATE.day_limit, 0
    while now.date() == START.date():
        calls = calls_this_run(DailyBudget(used), now)
        most = max(most, calls)
        used += calls
        now += RUN_INTERVAL
    rounds = 288 - first
    assert used <= limit
    assert used >= min(0.98 * limit, start + 300 * rounds)
    assert most <= 300


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 40)), unique=True, max_size=120),
    st.integers(0, 8_640),
)
def test_nobodys_second_shelf_goes_before_anybodys_first(
    names: list[tuple[str, int]], used: int
) -> None:
    shelves = [shelf(site, number, timedelta(minutes=number)) for site, number in names]
    connections = {(site, "US"): connection("shared") for site, _ in names}
    budget = DailyBudget(used)

    planned = plan_run(shelves, connections, {"shared": budget}, START)

    sent = Counter(ids(planned.send))
    owned = Counter(site for site, _ in names)
    assert len(planned.send) == min(len(names), calls_this_run(budget, START))
    for site, count in sent.items():
        assert all(count <= sent[other] + 1 for other in owned if sent[other] < owned[other])
        due = sorted(one.due_at for one in shelves if one.site_id == site)
        assert sorted(one.due_at for one in planned.send if one.site_id == site) == due[:count]


def test_only_fast_credentials_have_two_groups() -> None:
    assert {message_group_of("q", DailyBudget(), number) for number in range(10)} == {"q"}
    assert {message_group_of("q", FAST, number) for number in range(10)} == {"q-0", "q-1"}


def test_the_actual_interval_tells_how_long_shelves_wait() -> None:
    punctual, late = shelf("a", 1, timedelta(minutes=4)), shelf("a", 2, 3 * HOUR, "DE")
    soon = shelf("a", 3, -HOUR, "DE")

    assert actual_intervals([punctual, late, soon], HOUR, START) == {"US": HOUR, "DE": 4 * HOUR}


def test_the_last_round_of_a_day_has_calls_left() -> None:
    late = datetime.combine(START.date(), datetime.max.time(), START.tzinfo)

    assert calls_this_run(DailyBudget(8_600), late) == 39
