"""Shelves under any sequence of imports and deletions."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from amzlinkr.domain.shelves import (
    MAX_SHELF_SIZE,
    Shelf,
    batches,
    count_by_age,
    oldest_by_marketplace,
    remove_product,
)
from amzlinkr.domain.shelves import add_products as place_on
from tests.clock import START
from tests.fakes import product

HOUR = timedelta(hours=1)
SHOPS = ("US", "DE")


class Shelving(RuleBasedStateMachine):
    """What an import and a deletion do to the shelves of one site."""

    def __init__(self) -> None:
        super().__init__()
        self.shelves: dict[str, Shelf] = {}
        self.opened = 0
        self.standing: dict[str, set[str]] = {shop: set() for shop in SHOPS}

    @rule(shop=st.sampled_from(SHOPS), numbers=st.sets(st.integers(0, 60), max_size=MAX_SHELF_SIZE))
    def import_some(self, shop: str, numbers: set[int]) -> None:
        wanted = {f"B0{number:08d}" for number in numbers}
        new = sorted(wanted - self.standing[shop])
        mine = [shelf for shelf in self.shelves.values() if shelf.marketplace == shop]
        holes = sum(MAX_SHELF_SIZE - len(shelf.slots) for shelf in mine)
        self.opened += 1
        seen = START + timedelta(minutes=self.opened)
        empty = Shelf("site", shop, f"{shop}{self.opened}", (), seen, seen + HOUR)
        products = [product(asin, observed_at=seen, marketplace=shop) for asin in new]

        changed = place_on(products, mine, empty)

        self.standing[shop] |= wanted
        opened = [shelf for shelf in changed if shelf.shelf_id not in self.shelves]
        self.shelves |= {shelf.shelf_id: shelf for shelf in changed}
        assert len(opened) == (len(new) > holes)
        assert sum(len(shelf.slots) for shelf in opened) == max(0, len(new) - holes)

    @precondition(lambda self: any(self.standing.values()))
    @rule(data=st.data())
    def delete_one(self, data: st.DataObject) -> None:
        shop = data.draw(st.sampled_from([shop for shop in SHOPS if self.standing[shop]]))
        asin = data.draw(st.sampled_from(sorted(self.standing[shop])))
        shelf = next(
            shelf
            for shelf in self.shelves.values()
            if shelf.marketplace == shop and asin in shelf.asins
        )

        others = [
            one
            for one in self.shelves.values()
            if one.marketplace == shop and one.shelf_id != shelf.shelf_id
        ]
        ages = {one: other.last_seen_at(one) for other in [shelf, *others] for one in other.asins}

        changed, moved = remove_product(shelf, asin, others)

        self.shelves |= {one.shelf_id: one for one in changed}
        self.shelves = {name: one for name, one in self.shelves.items() if one.slots}
        self.standing[shop].discard(asin)
        for one in changed:
            assert {name: one.last_seen_at(name) for name in one.asins}.items() <= ages.items()
            assert one.next_expiry is None or one.due_at <= one.next_expiry
        assert moved is None or moved[0] in changed[0].asins

    @invariant()
    def every_product_stands_on_exactly_one_shelf_of_its_marketplace(self) -> None:
        for shop in SHOPS:
            placed = [
                asin
                for shelf in self.shelves.values()
                if shelf.marketplace == shop
                for asin in shelf.asins
            ]
            assert sorted(placed) == sorted(self.standing[shop])

    @invariant()
    def no_shelf_holds_more_than_one_call_can_ask_for(self) -> None:
        assert all(len(shelf.slots) <= MAX_SHELF_SIZE for shelf in self.shelves.values())

    @invariant()
    def calls_are_as_few_as_can_be(self) -> None:
        for shop in SHOPS:
            mine = [shelf for shelf in self.shelves.values() if shelf.marketplace == shop]
            with_holes = [shelf for shelf in mine if len(shelf.slots) < MAX_SHELF_SIZE]
            assert len(with_holes) <= 1
            assert len(mine) == -(-len(self.standing[shop]) // MAX_SHELF_SIZE)


TestShelving = Shelving.TestCase


@given(st.lists(st.integers(0, 99).map(lambda number: f"B0{number:08d}"), max_size=120))
def test_calls_are_full_and_repeat_nothing(asins: list[str]) -> None:
    calls = batches(asins)

    assert len(calls) == -(-len(set(asins)) // MAX_SHELF_SIZE)
    assert all(len(call) == MAX_SHELF_SIZE for call in calls[:-1])
    assert [asin for call in calls for asin in call] == list(dict.fromkeys(asins))


def test_the_fullest_shelf_is_filled_first() -> None:
    empty = Shelf("site", "US", "new", (), START, START + HOUR)
    nine = place_on([product(f"B0{n:08d}") for n in range(9)], [], empty)[0]
    three = place_on([product(f"B1{n:08d}") for n in range(3)], [], empty)[0]

    changed = place_on([product("B2LAST0000")], [three, nine], empty)

    assert [shelf.asins for shelf in changed] == [(*nine.asins, "B2LAST0000")]


def test_a_moved_product_is_looked_at_before_it_expires() -> None:
    old, new = (
        place_on(
            [product(f"B{n}{at:%d%H}00000"[:10], observed_at=at) for n in range(count)],
            [],
            Shelf("site", "US", f"{at:%H}", (), at, at + HOUR),
        )[0]
        for at, count in ((START - timedelta(hours=22), 3), (START, 10))
    )
    later = replace(new, due_at=START + timedelta(hours=12))

    (filled, left), moved = remove_product(later, later.asins[0], [old])

    assert moved == (old.asins[-1], old)
    assert (len(filled.slots), len(left.slots)) == (10, 2)
    assert filled.last_seen_at(old.asins[-1]) == START - timedelta(hours=22)
    assert filled.due_at == START + timedelta(hours=2)


def test_ages_count_fresh_stale_and_failing_products() -> None:
    seen = [START, START - 3 * HOUR, START - timedelta(hours=24)]
    products = [product(f"B0{n:08d}", observed_at=at) for n, at in enumerate(seen)]
    shelf = place_on(products, [], Shelf("site", "US", "s", (), START, START + HOUR))[0]

    counted = count_by_age([shelf], START, HOUR)

    assert (counted.fresh, counted.stale, counted.failing) == (1, 1, 1)


def test_the_oldest_observation_of_each_marketplace_is_found() -> None:
    shelves = [
        place_on(
            [product("B000000001", observed_at=START), product("B000000002", observed_at=at)],
            [],
            Shelf("site", shop, "s", (), START, START + HOUR),
        )[0]
        for shop, at in (("US", START - HOUR), ("DE", START - 30 * HOUR))
    ]

    oldest = oldest_by_marketplace(shelves)

    assert oldest == {"US": START - HOUR, "DE": START - 30 * HOUR}
