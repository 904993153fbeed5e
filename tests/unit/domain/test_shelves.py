"""Shelves under any sequence of imports and deletions."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from amzlinkr.domain.shelves import SHELF_SIZE, Shelf, ages, batches, oldest_by_marketplace
from amzlinkr.domain.shelves import place as place_on
from amzlinkr.domain.shelves import remove as remove_from
from tests.clock import START
from tests.fakes import product

HOUR = timedelta(hours=1)
SHOPS = ("US", "DE")


class Shelving(RuleBasedStateMachine):
    """What an import and a deletion do to the shelves of one site."""

    def __init__(self) -> None:
        super().__init__()
        self.shelves: dict[str, Shelf] = {}
        self.standing: dict[str, set[str]] = {shop: set() for shop in SHOPS}
        self.deleted = False

    @rule(shop=st.sampled_from(SHOPS), numbers=st.sets(st.integers(0, 60), max_size=SHELF_SIZE))
    def import_some(self, shop: str, numbers: set[int]) -> None:
        wanted = {f"B0{number:08d}" for number in numbers}
        new = sorted(wanted - self.standing[shop])
        mine = [shelf for shelf in self.shelves.values() if shelf.marketplace == shop]
        holes = sum(SHELF_SIZE - len(shelf.slots) for shelf in mine)
        empty = Shelf("site", shop, f"{shop}{len(self.shelves)}", (), START, START + HOUR)

        changed = place_on([product(asin, marketplace=shop) for asin in new], mine, empty)

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

        self.shelves[shelf.shelf_id] = remove_from(shelf, asin)

        self.standing[shop].discard(asin)
        self.deleted = True

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
        assert all(len(shelf.slots) <= SHELF_SIZE for shelf in self.shelves.values())

    @invariant()
    def without_deletions_a_marketplace_has_one_shelf_with_holes_at_most(self) -> None:
        for shop in SHOPS:
            mine = [shelf for shelf in self.shelves.values() if shelf.marketplace == shop]
            with_holes = [shelf for shelf in mine if len(shelf.slots) < SHELF_SIZE]
            assert self.deleted or len(with_holes) <= 1
            assert self.deleted or len(mine) == -(-len(self.standing[shop]) // SHELF_SIZE)


TestShelving = Shelving.TestCase


@given(st.lists(st.integers(0, 99).map(lambda number: f"B0{number:08d}"), max_size=120))
def test_calls_are_full_and_repeat_nothing(asins: list[str]) -> None:
    calls = batches(asins)

    assert len(calls) == -(-len(set(asins)) // SHELF_SIZE)
    assert all(len(call) == SHELF_SIZE for call in calls[:-1])
    assert [asin for call in calls for asin in call] == list(dict.fromkeys(asins))


def test_the_fullest_shelf_is_filled_first() -> None:
    empty = Shelf("site", "US", "new", (), START, START + HOUR)
    nine = place_on([product(f"B0{n:08d}") for n in range(9)], [], empty)[0]
    three = place_on([product(f"B1{n:08d}") for n in range(3)], [], empty)[0]

    changed = place_on([product("B2LAST0000")], [three, nine], empty)

    assert [shelf.asins for shelf in changed] == [(*nine.asins, "B2LAST0000")]


def test_ages_count_fresh_stale_and_failing_products() -> None:
    seen = [START, START - 3 * HOUR, START - timedelta(hours=24)]
    products = [product(f"B0{n:08d}", observed_at=at) for n, at in enumerate(seen)]
    shelf = place_on(products, [], Shelf("site", "US", "s", (), START, START + HOUR))[0]

    counted = ages([shelf], START, HOUR)

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
