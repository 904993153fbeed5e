"""Shelves after any sequence of imports and removals."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from amzlinkr.domain.catalog import Search
from amzlinkr.domain.changes import Fingerprint
from amzlinkr.domain.lists import ListDefinition
from amzlinkr.domain.removals import remove_products
from amzlinkr.domain.shelves import (
    MAX_SHELF_SIZE,
    Shelf,
    Slot,
    add_products,
    batches,
    own_time,
)
from tests.clock import START
from tests.fakes import product

HOUR = timedelta(hours=1)
MARKETPLACES = ("US", "DE")


class ShelfMachine(RuleBasedStateMachine):
    """The shelves of one site under imports and removals."""

    def __init__(self) -> None:
        super().__init__()
        self.shelves: dict[str, Shelf] = {}
        self.opened = 0
        self.placed: dict[str, set[str]] = {marketplace: set() for marketplace in MARKETPLACES}

    @rule(
        marketplace=st.sampled_from(MARKETPLACES),
        numbers=st.sets(st.integers(0, 60), max_size=MAX_SHELF_SIZE),
    )
    def import_products(self, marketplace: str, numbers: set[int]) -> None:
        wanted = {f"B0{number:08d}" for number in numbers}
        new = sorted(wanted - self.placed[marketplace])
        mine = [shelf for shelf in self.shelves.values() if shelf.marketplace == marketplace]
        free_slots = sum(MAX_SHELF_SIZE - len(shelf.slots) for shelf in mine)
        self.opened += 1
        seen = START + timedelta(minutes=self.opened)
        empty = Shelf("site", marketplace, f"{marketplace}{self.opened}", (), seen, seen + HOUR)
        products = [product(asin, observed_at=seen, marketplace=marketplace) for asin in new]

        changed = add_products(products, mine, empty)

        self.placed[marketplace] |= wanted
        opened = [shelf for shelf in changed if shelf.shelf_id not in self.shelves]
        self.shelves |= {shelf.shelf_id: shelf for shelf in changed}
        assert len(opened) == (len(new) > free_slots)
        assert sum(len(shelf.slots) for shelf in opened) == max(0, len(new) - free_slots)

    @precondition(lambda self: any(self.placed.values()))
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        marketplace = data.draw(
            st.sampled_from([name for name in MARKETPLACES if self.placed[name]])
        )
        names = st.sampled_from(sorted(self.placed[marketplace]))
        asins = data.draw(st.one_of(st.sets(names, max_size=1), st.sets(names)))
        before = [shelf for shelf in self.shelves.values() if shelf.marketplace == marketplace]
        ages = {asin: shelf.last_seen_at(asin) for shelf in before for asin in shelf.asins}

        changed, moved = remove_products(asins, before)

        self.shelves |= {new.shelf_id: new for new in changed}
        self.shelves = {name: kept for name, kept in self.shelves.items() if kept.slots}
        self.placed[marketplace] -= asins
        for new in changed:
            assert {name: new.last_seen_at(name) for name in new.asins}.items() <= ages.items()
            assert new.next_expiry is None or new.due_at <= new.next_expiry
        homes = {asin: shelf for shelf in before for asin in shelf.asins}
        new_homes = {asin: shelf.shelf_id for shelf in changed for asin in shelf.asins}
        assert moved == {
            asin: homes[asin] for asin, at in new_homes.items() if at != homes[asin].shelf_id
        }
        assert len(moved) <= len(asins)

    @invariant()
    def every_product_is_on_one_shelf_of_its_marketplace(self) -> None:
        for marketplace in MARKETPLACES:
            placed = [
                asin
                for shelf in self.shelves.values()
                if shelf.marketplace == marketplace
                for asin in shelf.asins
            ]
            assert sorted(placed) == sorted(self.placed[marketplace])

    @invariant()
    def no_shelf_exceeds_the_size_of_a_call(self) -> None:
        assert all(len(shelf.slots) <= MAX_SHELF_SIZE for shelf in self.shelves.values())

    @invariant()
    def number_of_calls_is_minimal(self) -> None:
        for marketplace in MARKETPLACES:
            mine = [shelf for shelf in self.shelves.values() if shelf.marketplace == marketplace]
            with_free_slots = [shelf for shelf in mine if len(shelf.slots) < MAX_SHELF_SIZE]
            assert len(with_free_slots) <= 1
            assert len(mine) == -(-len(self.placed[marketplace]) // MAX_SHELF_SIZE)


TestShelves = ShelfMachine.TestCase


@given(st.lists(st.integers(0, 99).map(lambda number: f"B0{number:08d}"), max_size=120))
def test_batches_are_full_and_distinct(asins: list[str]) -> None:
    calls = batches(asins)

    assert len(calls) == -(-len(set(asins)) // MAX_SHELF_SIZE)
    assert all(len(call) == MAX_SHELF_SIZE for call in calls[:-1])
    assert [asin for call in calls for asin in call] == list(dict.fromkeys(asins))


def test_fullest_shelf_is_filled_first() -> None:
    empty = Shelf("site", "US", "new", (), START, START + HOUR)
    nine = add_products([product(f"B0{n:08d}") for n in range(9)], [], empty)[0]
    three = add_products([product(f"B1{n:08d}") for n in range(3)], [], empty)[0]

    changed = add_products([product("B2LAST0000")], [three, nine], empty)

    assert [shelf.asins for shelf in changed] == [(*nine.asins, "B2LAST0000")]


@pytest.mark.parametrize(("site_id", "minutes"), [("site_a", 10), ("test_a", 60)])
def test_shelf_of_a_sandbox_is_not_due_before_the_interval(site_id: str, minutes: int) -> None:
    at = START + timedelta(hours=12)
    slot = Slot("B000000001", Fingerprint("1", "2", "3"), changes_at=START + timedelta(minutes=10))
    shelf = Shelf(site_id, "US", "s1", (slot,), START, at)

    assert shelf.with_capped_due_at().due_at == START + timedelta(minutes=minutes)
    # A sync request makes it due immediately.
    assert shelf.due_by(START) == START


TEA = Shelf(
    "site", "US", "tea", (), START, START + HOUR, definition=ListDefinition("tea", Search())
)


def test_results_of_a_list_are_content_even_if_there_are_none() -> None:
    filled = replace(TEA, has_results=True)

    assert (TEA.is_observed, TEA.next_expiry) == (False, None)
    assert (filled.is_observed, filled.next_expiry) == (True, START + 24 * HOUR)


def test_content_expires_after_24_hours() -> None:
    empty = Shelf("site", "US", "s", (), START, START + HOUR)
    (shelf,) = add_products([product("B000000001", observed_at=START)], [], empty)

    assert not shelf.has_expired_content(START + 23 * HOUR)
    assert shelf.has_expired_content(START + 24 * HOUR)
    assert shelf.expired_asins(START + 24 * HOUR) == ("B000000001",)


def test_slot_has_a_time_of_its_own_only_if_it_differs() -> None:
    assert own_time(START, START) is None
    assert own_time(START, START + HOUR) == START
