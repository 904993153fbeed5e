"""The first refresh of a list: enqueued early if the account has a call, else by the planner."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest

from amzlinkr.domain.call_rate import CallRate
from amzlinkr.domain.catalog import Search
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.lists import ListDefinition
from amzlinkr.domain.planning import TWO_GROUPS_BELOW_MS
from amzlinkr.domain.ports import DailyBudget
from amzlinkr.domain.service_switches import ServiceSwitches, SwitchedOn
from amzlinkr.domain.sites import Site
from amzlinkr.services.lists import SiteLists
from tests.clock import START, FakeClock
from tests.limits import HIGH_LIMITS
from tests.unit.storage.lists import HOUR, SITE, results_of

TEA = ListDefinition("tea", Search("tea"))
CONNECTION = Connection(
    "US", "paapi5", "t-20", "…0001", "secret", "v1", "account", START, State.VALID
)
STOPPED = ServiceSwitches(sync_paused=SwitchedOn(START, "ops", "test"))


@pytest.fixture
def site() -> Site:
    return Site(SITE, "h", "https://h", "a@h", START, "US", {"US": CONNECTION})


@pytest.fixture
def lists(stores_in_memory: Any, clock: FakeClock) -> SiteLists:
    """Return the service on stores in memory, with an account that has calls left."""
    planner = mock.Mock(product_writer=stores_in_memory.product_writer)
    planner.rate_limiters.budgets.return_value = {"account": DailyBudget()}
    state = mock.Mock()
    state.recent_switches.return_value = ServiceSwitches()
    return SiteLists(stores_in_memory.list_store, planner, state, HIGH_LIMITS, clock)


def enqueued(lists: SiteLists) -> list[Any]:
    planner: Any = lists.planner
    return [call.args[0] for call in planner.lease_and_enqueue.call_args_list]


def test_new_list_is_leased_and_enqueued_in_the_group_of_its_account(
    lists: SiteLists, site: Site
) -> None:
    stored, is_new = lists.put(site, None, TEA)

    assert (stored.definition, stored.items, is_new) == (TEA, (), True)
    ((shelf, group),) = enqueued(lists)[0]
    assert (shelf.definition, shelf.marketplace, group) == (TEA, "US", "account")


def down(lists: SiteLists, site: Site) -> Site:
    return replace(site, connections={"US": replace(CONNECTION, state=State.NOT_ELIGIBLE)})


def stopped(lists: SiteLists, site: Site) -> Site:
    lists.service_state.recent_switches.return_value = STOPPED  # type: ignore[attr-defined]
    return site


def exhausted(lists: SiteLists, site: Site) -> Site:
    planner: Any = lists.planner
    planner.rate_limiters.budgets.return_value = {"account": DailyBudget(used=99_999)}
    return site


def left_for_prices(lists: SiteLists, site: Site) -> Site:
    """At noon, the calls that imports and searches leave to the price sync begin at 6,264."""
    planner: Any = lists.planner
    planner.rate_limiters.budgets.return_value = {"account": DailyBudget(used=6_264)}
    return site


def unavailable(lists: SiteLists, site: Site) -> Site:
    planner: Any = lists.planner
    planner.rate_limiters.budgets.side_effect = StoreUnavailable()
    return site


@pytest.mark.parametrize("state", [down, stopped, exhausted, left_for_prices, unavailable])
def test_list_that_cannot_be_refreshed_now_is_stored_and_due(
    lists: SiteLists, site: Site, clock: FakeClock, state: Callable[[SiteLists, Site], Site]
) -> None:
    _, is_new = lists.put(state(lists, site), None, TEA)

    assert is_new
    assert enqueued(lists) == []
    planner: Any = lists.planner
    planner.lease_and_enqueue.assert_not_called()
    (shelf,) = planner.product_writer.lists._shelves.lists(SITE)
    assert shelf.due_at <= clock.now()


def test_list_uses_the_calls_that_imports_may_use(lists: SiteLists, site: Site) -> None:
    planner: Any = lists.planner
    planner.rate_limiters.budgets.return_value = {"account": DailyBudget(used=6_263)}

    lists.put(site, None, TEA)

    assert len(enqueued(lists)) == 1


def test_leased_list_is_not_enqueued_again(lists: SiteLists, site: Site, clock: FakeClock) -> None:
    lists.put(site, None, TEA)
    shelves = lists.planner.product_writer.lists._shelves
    (shelf,) = shelves.lists(SITE)
    shelves.lease(shelf, "lease", clock.now(), clock.now() + HOUR)

    lists.put(site, None, TEA)

    assert len(enqueued(lists)) == 1


def test_first_refresh_of_a_fast_account_is_in_its_first_group(
    lists: SiteLists, site: Site
) -> None:
    planner: Any = lists.planner
    fast = DailyBudget(call_rate=CallRate(TWO_GROUPS_BELOW_MS - 1))
    planner.rate_limiters.budgets.return_value = {"account": fast}

    lists.put(site, None, TEA)

    assert [group for _, group in enqueued(lists)[0]] == ["account-0"]


def test_same_list_again_is_not_enqueued_once_it_is_refreshed(
    lists: SiteLists, site: Site, clock: FakeClock
) -> None:
    lists.put(site, None, TEA)
    planner: Any = lists.planner
    writer = planner.product_writer.lists
    (shelf,) = writer._shelves.lists(SITE)
    writer.refresh(shelf, results_of(["B000000001"], START))
    clock.advance(minutes=1)

    stored, is_new = lists.put(site, None, TEA)

    assert not is_new
    assert [item.asin for item in stored.items] == ["B000000001"]
    assert len(enqueued(lists)) == 1


def test_list_that_is_removed_while_it_is_stored_again_is_shown_as_empty(
    lists: SiteLists, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists.put(site, None, TEA)
    read: Any = lists.store.get
    remove = lists.planner.product_writer.lists.remove

    def remove_and_read(site_id: str, name: str) -> Any:
        assert remove(site_id, name)
        return read(site_id, name)

    monkeypatch.setattr(lists.store, "get", remove_and_read)
    stored, is_new = lists.put(site, None, TEA)

    assert (stored.definition, stored.items, is_new) == (TEA, (), False)
