"""Removals of several products: few transactions within the limit of DynamoDB, grouped by shelf."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from amzlinkr.storage.product_removals import MAX_TRANSACTION_ITEMS
from amzlinkr.wiring import Dependencies
from tests.integration.aws_spy import Arguments, intercept_calls, record_calls, writes
from tests.unit.storage.test_product_writer import add, delete_shelf, feed, shelves

MANY = [f"B1{number:08d}" for number in range(105)]


@contextmanager
def transaction_sizes() -> Iterator[list[int]]:
    """Yield a list that receives the number of items of each transaction in the block."""
    sizes: list[int] = []

    def count_items(operation: str, arguments: Arguments, proceed: Any) -> Any:
        if operation == "TransactWriteItems":
            sizes.append(len(arguments["TransactItems"]))
        return proceed()

    with intercept_calls(count_items):
        yield sizes


def remove_all(stores: Dependencies, asins: list[str]) -> list[tuple[str, ...]]:
    """Remove products, and return those of each transaction."""
    done, left = [], asins
    while removed := stores.product_writer.remove_some("site_a", "US", left):
        done.append(removed)
        left = [asin for asin in left if asin not in removed]
    return done


def test_hundred_products_of_ten_shelves_take_four_transactions(stores: Dependencies) -> None:
    add(stores, *MANY)
    with transaction_sizes() as sizes:
        done = remove_all(stores, MANY[:100])

    assert (len(sizes), len(done)) == (4, 4)
    assert max(sizes) <= MAX_TRANSACTION_ITEMS
    assert [len(removed) >= 30 for removed in done] == [True, True, True, False]
    in_order = [asin for removed in done for asin in removed]
    assert sorted(in_order) == MANY[:100]
    assert feed(stores, after=105) == [(asin, "removed") for asin in in_order]
    assert stores.products.feed_state("site_a").last_seq == 205
    (left,) = shelves(stores)
    assert sorted(left.asins) == MANY[100:]
    found = stores.products.get_many("site_a", "US", MANY)
    assert sorted(found) == MANY[100:]


@pytest.mark.parametrize("count", [1, 10])
def test_products_of_one_shelf_take_one_transaction(stores: Dependencies, count: int) -> None:
    add(stores, *MANY[:12])
    full, _ = shelves(stores)
    with record_calls() as made, transaction_sizes() as sizes:
        removed = stores.product_writer.remove_some("site_a", "US", full.asins[:count])

    assert removed == full.asins[:count]
    assert writes(made) == ["TransactWriteItems"]
    # An emptied shelf takes no products, and two products are on the other one.
    moved = 1 if count == 1 else 0
    assert sizes == [3 * count + 1 + 2 * moved + 1]
    assert [len(shelf.slots) for shelf in shelves(stores)] == ([10, 1] if moved else [2])


def test_products_of_many_shelves_fill_the_fewest_shelves(stores_in_memory: Dependencies) -> None:
    stores = stores_in_memory
    asins = [f"B2{number:08d}" for number in range(250)]
    add(stores, *asins)
    spread = sorted(shelf.asins[number % 10] for number, shelf in enumerate(shelves(stores)))

    with transaction_sizes() as sizes:
        done = remove_all(stores, spread)

    assert [len(removed) for removed in done] == [20, 5]
    assert max(sizes) <= MAX_TRANSACTION_ITEMS
    assert [len(shelf.slots) for shelf in shelves(stores)] == [10] * 22 + [5]
    placed = [asin for shelf in shelves(stores) for asin in shelf.asins]
    assert sorted(placed) == sorted(set(asins) - set(spread))
    found = stores.products.get_many("site_a", "US", placed)
    assert sorted(found) == sorted(placed)


def test_unknown_products_are_ignored_and_cause_no_write(stores: Dependencies) -> None:
    add(stores, *MANY[:2])

    removed = stores.product_writer.remove_some("site_a", "US", [*MANY[50:], MANY[0]])
    assert removed == (MANY[0],)
    with record_calls() as made:
        assert stores.product_writer.remove_some("site_a", "US", [MANY[0], *MANY[50:]]) == ()
        assert stores.product_writer.remove_some("site_a", "DE", MANY[1:2]) == ()

    assert writes(made) == []
    assert feed(stores, after=2) == [(MANY[0], "removed")]


def test_products_without_a_shelf_are_removed(stores: Dependencies) -> None:
    add(stores, *MANY[:12])
    delete_shelf(shelves(stores)[0])

    assert remove_all(stores, MANY[:11]) == [tuple(MANY[:11])]
    assert stores.products.get_many("site_a", "US", MANY[:12]).keys() <= {MANY[11]}
