"""The content of lists over time: order, repeated products, stale refreshes, definitions."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.catalog import Search
from amzlinkr.domain.list_refresh import (
    ListResults,
    distinct_items,
    has_same_results,
    list_shelf,
    with_definition,
    with_list_results,
    without_results,
)
from amzlinkr.domain.lists import ListDefinition, ListProblem
from amzlinkr.domain.products import Deal
from amzlinkr.domain.shelves import Shelf
from tests.clock import START
from tests.fakes import offer, product

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TEA = ListDefinition("tea", Search("tea"), 20)
ASINS = [f"B{number:09d}" for number in range(6)]
NEW = list_shelf("site_a", "US", "list#US#tea", TEA, START)


def results(*asins: str, after: timedelta = HOUR, amount: int = 1999) -> ListResults:
    at = START + after
    return ListResults(at, tuple(product(asin, offer(amount), at) for asin in asins))


def refreshed(shelf: Shelf, found: ListResults, requested: Shelf | None = None) -> Shelf:
    updated = with_list_results(shelf, found, HOUR, requested or shelf)
    assert updated is not None
    return updated


def test_new_list_is_due_without_results() -> None:
    assert (NEW.due_at, NEW.is_refreshed, NEW.is_observed, NEW.calls) == (START, True, False, 2)
    assert NEW.next_expiry is None
    assert NEW.product_names == ()


def test_results_have_the_time_of_the_first_request() -> None:
    shelf = refreshed(NEW, results(*ASINS[:3]))

    assert shelf.asins == tuple(ASINS[:3])
    assert {shelf.seen_at(slot) for slot in shelf.slots} == {START + HOUR}
    assert (shelf.due_at, shelf.next_expiry) == (START + 2 * HOUR, START + HOUR + DAY)
    assert shelf.product_names == ()


def test_search_that_finds_nothing_has_results_that_expire() -> None:
    shelf = refreshed(NEW, results())

    assert (shelf.has_results, shelf.slots) == (True, ())
    assert shelf.next_expiry == START + HOUR + DAY
    assert not has_same_results(NEW, shelf)


def test_list_is_due_when_a_deal_ends() -> None:
    ends_at = START + HOUR + timedelta(minutes=10)
    deal = replace(offer(), deal=Deal(ends_at=ends_at))
    found = ListResults(START + HOUR, (product(ASINS[0], deal, START + HOUR),))

    assert refreshed(NEW, found).due_at == ends_at


@given(
    st.lists(st.lists(st.sampled_from(ASINS), max_size=4), max_size=3), st.integers(1, len(ASINS))
)
def test_each_product_stands_once_at_its_first_place(pages: list[list[str]], size: int) -> None:
    found = distinct_items([[product(asin) for asin in page] for page in pages], size)

    expected = list(dict.fromkeys(asin for page in pages for asin in page))
    assert [item.asin for item in found] == expected[:size]


@pytest.mark.parametrize(("now", "due_at"), [(START, START), (START + 3 * HOUR, START + 2 * HOUR)])
def test_changed_list_is_due_by_now(now: datetime, due_at: datetime) -> None:
    filled = refreshed(NEW, results(*ASINS[:3]))

    assert with_definition(filled, replace(TEA, size=2), now).due_at == due_at


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (results(*ASINS[:3], after=2 * HOUR), True),
        (results(*ASINS[:3], after=HOUR + DAY), False),
        (results(ASINS[1], ASINS[0], ASINS[2]), False),
        (results(*ASINS[:2]), False),
        (results(*ASINS[:4]), False),
        (results(*ASINS[:3], amount=5), False),
        (results(), False),
    ],
    ids=["time", "a day later", "order", "fewer", "more", "price", "none"],
)
def test_change_is_all_that_a_reader_sees_but_the_time(other: ListResults, is_same: bool) -> None:
    before = refreshed(NEW, results(*ASINS[:3]))

    assert has_same_results(before, refreshed(before, other)) is is_same


def test_expired_list_that_returns_is_a_change() -> None:
    before = refreshed(NEW, results(*ASINS[:3]))
    expired = without_results(before)

    assert has_same_results(expired, without_results(expired))
    assert not has_same_results(expired, refreshed(expired, results(*ASINS[:3])))


def test_older_response_is_dropped() -> None:
    newest = refreshed(NEW, results(*ASINS[:3], after=2 * HOUR))

    assert with_list_results(newest, results(ASINS[0]), HOUR, newest) is None


def test_results_of_another_definition_are_dropped() -> None:
    replaced = with_definition(NEW, replace(TEA, search=Search("kettle")), START)

    assert with_list_results(replaced, results(ASINS[0]), HOUR, NEW) is None


def test_shelf_without_a_definition_has_another_search() -> None:
    undefined = replace(refreshed(NEW, results(*ASINS[:3])), definition=None)

    assert not with_definition(undefined, TEA, START).has_results


def test_another_search_drops_the_problem() -> None:
    problem = ListProblem("amazon_rejected_request", "No such category.", "Change it.", START)
    refused = replace(NEW, problem=problem)

    assert with_definition(refused, replace(TEA, size=2), START).problem == problem
    other = replace(TEA, search=Search("kettle"))
    assert with_definition(refused, other, START).problem is None
    assert refreshed(refused, results()).problem is None


def test_superseded_lease_keeps_the_due_time_and_the_newer_lease() -> None:
    requested = replace(NEW, lease="first")
    newer = replace(NEW, lease="second", leased_until=START + HOUR)

    stored = refreshed(newer, results(ASINS[0]), requested)

    assert (stored.due_at, stored.lease, stored.leased_until) == (START, "second", START + HOUR)
    assert stored.asins == (ASINS[0],)
    released = refreshed(requested, results(ASINS[0]), requested)
    assert (released.lease, released.leased_until) == ("", None)


@pytest.mark.parametrize(
    ("definition", "kept"),
    [
        (replace(TEA, size=2), 2),
        (replace(TEA, size=30), 3),
        (replace(TEA, search=Search("kettle")), 0),
        (replace(TEA, search=Search("tea", sort="Featured"), size=2), 0),
    ],
)
def test_only_another_search_drops_the_results(definition: ListDefinition, kept: int) -> None:
    filled = replace(refreshed(NEW, results(*ASINS[:3])), lease="x", leased_until=START + DAY)
    now: datetime = START + HOUR

    changed = with_definition(filled, definition, now)

    assert (changed.asins, changed.has_results) == (tuple(ASINS[:kept]), bool(kept))
    assert (changed.due_at, changed.lease, changed.leased_until) == (now, "", None)
    assert changed.definition == definition
