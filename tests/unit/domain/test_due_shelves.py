"""The due shelves of a run: an account with calls is not delayed by the shelves of others."""

import tracemalloc
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amzlinkr.domain.clock import to_unix_ms
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.due_shelves import (
    AccountCalls,
    DueEntry,
    DueSelection,
    FindAccounts,
    account_calls,
    limit_sandboxes,
)
from amzlinkr.domain.planning import ConnectionKey, calls_this_run, plan_run
from amzlinkr.domain.ports import DailyBudget
from amzlinkr.domain.shelves import Shelf, Slot
from tests.clock import START

HOUR = timedelta(hours=1)
LATE = START.replace(hour=20)
EXHAUSTED, ONE_CALL, NEW = DailyBudget(8_640), DailyBudget(8_550), DailyBudget()
"""Budgets that have no, one, and 179 calls in a run at this time."""


def entry(account: str, number: int, site: int = 0, overdue: timedelta = HOUR) -> DueEntry:
    return DueEntry(to_unix_ms(LATE - overdue), f"{account}-{site}", "US", f"{number:03d}")


def connection(account: str, state: State = State.VALID) -> Connection:
    return Connection("US", "paapi5", "t-20", "…", "s", "1", account, START, state)


def accounts_with(calls: Mapping[str, int]) -> FindAccounts:
    """Return a function that finds the accounts of `entry`, with these calls."""

    def find(keys: list[ConnectionKey]) -> dict[ConnectionKey, AccountCalls]:
        accounts = {key: key[0].split("-")[0] for key in keys}
        return {key: AccountCalls(name, calls[name]) for key, name in accounts.items()}

    return find


def owners(entries: list[DueEntry]) -> Counter[str]:
    return Counter(one.site_id.split("-")[0] for one in entries)


@dataclass
class Mix:
    """Accounts with their budgets, states, and due shelves, and a limit of shelves per run."""

    budgets: dict[str, DailyBudget]
    connections: dict[ConnectionKey, Connection]
    due: set[DueEntry]
    limit: int

    def run(self, number: int) -> Counter[str]:
        """Plan one run and refresh what is sent. Return the sent shelves of each account."""

        def find(keys: list[ConnectionKey]) -> dict[ConnectionKey, AccountCalls]:
            return account_calls(keys, self.connections, self.budgets, LATE)

        # The index has no order.
        selected = DueSelection(self.limit, number, find).select(sorted(self.due, key=hash))
        read = {shelf_of(one): one for one in selected}
        sent = [read[one] for one in plan_run(read, self.connections, self.budgets, LATE).send]
        self.due -= set(sent)
        return owners(sent)


def shelf_of(one: DueEntry) -> Shelf:
    due_at = LATE - timedelta(milliseconds=to_unix_ms(LATE) - one.due_at)
    slots = (Slot("B000000001", None),)
    return Shelf(one.site_id, one.marketplace, one.shelf_id, slots, due_at - HOUR, due_at)


@st.composite
def mixes(draw: st.DrawFn) -> Mix:
    mix = Mix({}, {}, set(), draw(st.integers(1, 8)))
    for number in range(draw(st.integers(1, 6))):
        account = f"account{number}"
        mix.budgets[account] = draw(st.sampled_from([EXHAUSTED, ONE_CALL, NEW]))
        # The shelves of accounts without calls are overdue for longer than all others.
        has_calls = calls_this_run(mix.budgets[account], LATE) > 0
        state = draw(st.sampled_from([State.VALID, State.VALID, State.KEYS_REJECTED]))
        overdue = HOUR if has_calls and state is State.VALID else 20 * HOUR
        for site in range(draw(st.integers(1, 3))):
            mix.connections[f"{account}-{site}", "US"] = connection(account, state)
            for shelf in range(draw(st.integers(1, 8 if overdue == HOUR else 30))):
                mix.due.add(entry(account, shelf, site, overdue + timedelta(minutes=shelf)))
    return mix


@settings(max_examples=40)
@given(mixes())
def test_account_with_calls_is_refreshed_whatever_the_others_have(mix: Mix) -> None:
    working = {c.account_key for c in mix.connections.values() if not c.is_down}
    calls = {name: calls_this_run(mix.budgets[name], LATE) for name in working}
    waiting = {name: number for name, number in owners(list(mix.due)).items() if calls.get(name)}
    # A run is full of shelves that can be sent, but for one of each account, or sends all it can.
    own_runs = max((-(-number // calls[name]) for name, number in waiting.items()), default=0)
    runs = own_runs + -(-2 * sum(waiting.values()) // mix.limit)

    first = mix.run(0)
    if mix.limit >= 2 * len(waiting):
        assert first.keys() == waiting.keys()
    for number in range(1, runs):
        mix.run(number)

    assert not owners(list(mix.due)).keys() & waiting.keys()


@given(mixes())
@settings(max_examples=20)
def test_selection_does_not_depend_on_the_order_of_the_index(mix: Mix) -> None:
    def find(keys: list[ConnectionKey]) -> dict[ConnectionKey, AccountCalls]:
        return account_calls(keys, mix.connections, mix.budgets, LATE)

    orders = [sorted(mix.due), sorted(mix.due, reverse=True), sorted(mix.due, key=hash)]
    selected = [set(DueSelection(mix.limit, 1, find).select(one)) for one in orders]

    assert selected[0] == selected[1] == selected[2]
    assert len(selected[0]) == min(mix.limit, len(mix.due))


def test_account_comes_first_with_one_shelf_more_than_it_has_calls() -> None:
    due = [entry(name, number) for name in ("few", "many", "none") for number in range(50)]

    selected = DueSelection(35, 1, accounts_with({"few": 1, "many": 30, "none": 0})).select(due)

    assert owners(selected) == {"few": 2, "many": 31, "none": 2}
    # The one more shows that the account's shelves wait: it does not count as delayed by us.
    connections = {(f"{name}-0", "US"): connection(name) for name in ("few", "many", "none")}
    budgets = {"few": ONE_CALL, "many": NEW, "none": EXHAUSTED}
    run = plan_run(map(shelf_of, selected), connections, budgets, LATE)
    assert run.over_budget == {"few", "none"}


def test_rest_of_a_run_is_shared_by_the_accounts() -> None:
    large = [entry("large", number, site) for site in range(3) for number in range(50)]
    small = [entry("small", 0, overdue=timedelta(minutes=1))]

    selected = DueSelection(7, 1, accounts_with({"large": 0, "small": 0})).select(large + small)

    assert owners(selected) == {"large": 6, "small": 1}
    sites = Counter(one.site_id for one in selected)
    assert sites == {"large-0": 2, "large-1": 2, "large-2": 2, "small-0": 1}


def test_longest_overdue_shelves_of_a_connection_are_first() -> None:
    due = [entry("one", number, overdue=timedelta(minutes=number)) for number in range(30)]

    assert sorted(DueSelection(4, 1).select(due)) == sorted(due)[:4]


def test_connections_are_not_read_if_all_shelves_are() -> None:
    due = [entry("one", number) for number in range(5)]

    def fail(_keys: list[ConnectionKey]) -> dict[ConnectionKey, AccountCalls]:
        pytest.fail("The accounts are not required.")

    assert DueSelection(5, 1, fail).select(due) == due


def test_each_connection_is_read_once() -> None:
    read: list[ConnectionKey] = []

    def find(keys: list[ConnectionKey]) -> Mapping[ConnectionKey, AccountCalls]:
        read.extend(keys)
        return accounts_with(dict.fromkeys("abc", 1))(keys)

    due = [entry(name, number) for number in range(20) for name in "abc"]
    DueSelection(2, 1, find).select(due)

    assert sorted(read) == [("a-0", "US"), ("b-0", "US"), ("c-0", "US")]


def test_more_accounts_than_shelves_are_read_in_turns() -> None:
    due = [entry(f"a{number}", 0) for number in range(20)]

    runs = [owners(DueSelection(4, number).select(due)) for number in range(60)]

    assert all(len(run) == 4 for run in runs)
    assert set().union(*runs) == owners(due).keys()


def test_connection_that_is_down_has_a_probe_or_no_call() -> None:
    keys = [(f"{name}-0", "US") for name in ("valid", "down", "probed", "deleted")]
    down = Connection(
        "US", "paapi5", "t-20", "…", "s", "1", "a", START, State.KEYS_REJECTED,
        next_probe_at=LATE + HOUR,
    )  # fmt: skip
    probed = Connection(
        "US", "paapi5", "t-20", "…", "s", "1", "a", START, State.KEYS_REJECTED,
        next_probe_at=LATE,
    )  # fmt: skip
    connections = dict(zip(keys, [connection("a"), down, probed], strict=False))

    assert account_calls(keys, connections, {"a": ONE_CALL}, LATE) == {
        keys[0]: AccountCalls("a", 1),
        keys[1]: AccountCalls("down-0/US", 0),
        keys[2]: AccountCalls("probed-0/US", 1),
        keys[3]: AccountCalls("deleted-0/US", 0),
    }


@pytest.mark.parametrize("sandboxes", [0, 10, 200])
def test_sandboxes_add_a_fixed_number_of_shelves_to_a_run(sandboxes: int) -> None:
    live = [entry("site_a", number) for number in range(20)]
    others = [
        entry(f"test_{site}", number, overdue=HOUR + timedelta(minutes=site))
        for site in range(sandboxes)
        for number in range(2)
    ]

    found = list(limit_sandboxes(sorted([*live, *others], key=hash), 30))

    of_sandboxes = [one for one in found if one.site_id.startswith("test_")]
    assert set(found) - set(of_sandboxes) == set(live)
    assert of_sandboxes == sorted(others)[:30]


def memory_of_sandboxes(count: int) -> int:
    """Return the peak memory, in bytes, of the limit of this many entries of sandboxes."""
    entries = (entry("test_a", number) for number in range(count))
    tracemalloc.start()
    try:
        assert len(list(limit_sandboxes(entries, 5))) == 5
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_sandboxes_do_not_fill_the_memory() -> None:
    memory_of_sandboxes(100)

    assert memory_of_sandboxes(4_000) < 2 * memory_of_sandboxes(100)
