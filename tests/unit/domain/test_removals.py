"""The removal of products: their shelves stay full, and as few products move as possible.

`ShelfMachine` in `test_shelves.py` covers sequences of imports and removals.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from amzlinkr.domain.removals import remove_products
from amzlinkr.domain.shelves import MAX_SHELF_SIZE, Shelf, Slot, add_products
from tests.clock import START
from tests.fakes import product

HOUR = timedelta(hours=1)


def shelf_of(shelf_id: str, count: int) -> Shelf:
    """Return a shelf with this number of products; their ASINs begin with its ID."""
    empty = Shelf("site", "US", shelf_id, (), START, START + HOUR)
    asins = [f"{shelf_id}{number:0{10 - len(shelf_id)}d}" for number in range(count)]
    return add_products([product(asin) for asin in asins], [], empty)[0]


def test_shelves_of_removed_products_only_become_empty() -> None:
    shelves = [shelf_of("A", 10), shelf_of("B", 10), shelf_of("C", 4)]

    changed, moved = remove_products([*shelves[0].asins, *shelves[2].asins], shelves)

    assert [(shelf.shelf_id, shelf.slots) for shelf in changed] == [("A", ()), ("C", ())]
    assert moved == {}


def test_removed_product_does_not_move() -> None:
    full, last = shelf_of("A", 10), shelf_of("B", 3)

    changed, moved = remove_products([full.asins[0], last.asins[-1]], [full, last])

    assert [shelf.asins for shelf in changed] == [
        (*full.asins[1:], last.asins[1]), last.asins[:1],
    ]  # fmt: skip
    assert moved == {last.asins[1]: last}


def test_fewest_products_move() -> None:
    shelves = [shelf_of("A", 10), shelf_of("B", 10), shelf_of("C", 10)]
    removed = [*shelves[0].asins[:9], *shelves[1].asins[:1], *shelves[2].asins[:2]]

    changed, moved = remove_products(removed, shelves)

    assert moved == {shelves[0].asins[9]: shelves[0]}
    assert sorted(len(shelf.slots) for shelf in changed) == [0, 8, 10]


def test_unknown_products_change_nothing_and_no_other_product_moves() -> None:
    # Two shelves with free slots, as a restore from a backup may leave them.
    shelves = [shelf_of("A", 6), shelf_of("B", 6)]

    assert remove_products(["Z000000000"], shelves) == ([], {})
    changed, moved = remove_products([*shelves[0].asins[:1], "Z000000000"], shelves)

    assert (len(changed), list(moved)) == (2, [shelves[0].asins[-1]])


def test_product_moves_from_the_shelf_with_the_fewest_products() -> None:
    empty = Shelf("site", "US", "new", (), START, START + HOUR)
    sizes = {"full": 9, "small": 2, "half": 5}
    full, small, half = (
        add_products(
            [product(f"B{size}{number:08d}") for number in range(size)],
            [],
            replace(empty, shelf_id=shelf_id),
        )[0]
        for shelf_id, size in sizes.items()
    )

    changed, moved = remove_products(full.asins[:1], [half, full, small])

    assert moved == {small.asins[-1]: small}
    assert [shelf.asins for shelf in changed] == [
        (*full.asins[1:], small.asins[-1]),
        small.asins[:-1],
    ]


def test_moved_product_is_refreshed_before_it_expires() -> None:
    old, new = (
        add_products(
            [product(f"B{n}{at:%d%H}00000"[:10], observed_at=at) for n in range(count)],
            [],
            Shelf("site", "US", f"{at:%H}", (), at, at + HOUR),
        )[0]
        for at, count in ((START - timedelta(hours=22), 3), (START, 10))
    )
    later = replace(new, due_at=START + timedelta(hours=12))

    (filled, left), moved = remove_products(later.asins[:1], [old, later])

    assert moved == {old.asins[-1]: old}
    assert (len(filled.slots), len(left.slots)) == (10, 2)
    assert filled.last_seen_at(old.asins[-1]) == START - timedelta(hours=22)
    assert filled.due_at == START + timedelta(hours=2)


def test_free_slot_is_filled_from_the_emptiest_shelf() -> None:
    empty = Shelf("site", "US", "", (), START, START + HOUR)
    two, three = (
        replace(
            add_products([product(f"B{count}{n:08d}") for n in range(count)], [], empty)[0],
            shelf_id=str(count),
        )
        for count in (2, 3)
    )
    full = add_products([product(f"B0{n:08d}") for n in range(MAX_SHELF_SIZE)], [], empty)[0]

    (filled, left), moved = remove_products(full.asins[:1], [three, two, full])

    assert moved == {two.asins[-1]: two}
    assert (filled.asins[-1], left.asins) == (two.asins[-1], two.asins[:-1])


@pytest.mark.parametrize("is_waiting", [True, False])
def test_only_a_waiting_product_brings_its_due_time_along(is_waiting: bool) -> None:
    slots = [Slot(f"B00000000{n}", None, START, is_waiting=is_waiting) for n in range(4)]
    kept = Shelf("site", "US", "kept", tuple(slots[:3]), START, START + 2 * HOUR)
    source = Shelf("site", "US", "source", (slots[3],), START, START + HOUR)

    (filled, _), moved = remove_products([slots[0].asin], [kept, source])

    assert moved == {slots[3].asin: source}
    assert filled.due_at == START + (1 if is_waiting else 2) * HOUR
