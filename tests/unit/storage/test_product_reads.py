"""Products that change while they are read: read again, until all parts belong together."""

from collections.abc import Callable
from typing import Any

import pytest

from amzlinkr.domain.batches import in_batches
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.storage import item_keys
from amzlinkr.storage.product_reads import ProductReader
from amzlinkr.storage.records import OfferItem
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.fakes import offer, product
from tests.integration.aws_spy import Arguments, intercept_calls
from tests.unit.storage.test_products import ASINS, MINUTE, add


def change_before_each_read_of_shelves(
    stores: Dependencies, times: int
) -> Callable[[str, Arguments, Callable[[], Any]], Any]:
    """Return an interceptor that changes a price before the first reads of shelves."""
    amounts = iter(range(1, times + 1))
    is_changing = False

    def intercept(operation: str, arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        nonlocal is_changing
        reads_shelf = operation == "BatchGetItem" and "ShelvesTable" in arguments["RequestItems"]
        if reads_shelf and not is_changing and (amount := next(amounts, None)):
            is_changing = True
            newer = product(ASINS[0], offer(amount), START + amount * MINUTE)
            stores.product_writer.add("site_a", "US", [newer])
            is_changing = False
        return proceed()

    return intercept


def test_product_that_changes_during_a_read_is_read_again(stores: Dependencies) -> None:
    add(stores, [("US", ASINS[0])])
    with intercept_calls(change_before_each_read_of_shelves(stores, times=3)):
        shown = stores.products.get("site_a", "US", ASINS[0])

    assert shown is not None
    assert (shown.offer, shown.observed_at) == (offer(3), START + 3 * MINUTE)


def test_product_that_changes_during_every_read_is_unavailable(stores: Dependencies) -> None:
    add(stores, [("US", ASINS[0])])

    with (
        intercept_calls(change_before_each_read_of_shelves(stores, times=99)),
        pytest.raises(StoreUnavailable, match="changed each time") as failed,
    ):
        stores.products.get("site_a", "US", ASINS[0])
    assert not failed.value.is_fault


@pytest.mark.parametrize(
    ("kind", "is_damaged"),
    [("waiting", False), ("expired", True), ("missing", True), ("added", True)],
)
def test_kind_of_a_product_without_content_is_that_of_its_slot(
    stores_in_memory: Dependencies, kind: str, is_damaged: bool
) -> None:
    stores_in_memory.product_writer.add_waiting("site_a", "US", ASINS[:1])
    OfferItem("site_a", item_keys.product("US", ASINS[0])).update([OfferItem.kind.set(kind)])
    (shelf,) = stores_in_memory.shelves.list_for_site("site_a")

    damaged = ProductReader(stores_in_memory.shelves).find_damaged(shelf)

    assert damaged == (tuple(ASINS[:1]) if is_damaged else ())


@pytest.mark.parametrize(("number", "requests"), [(50, [100]), (51, [51, 1])])
def test_details_of_products_without_content_are_not_requested(
    stores: Dependencies, number: int, requests: list[int]
) -> None:
    """AWS bills the read of an item that is not there."""
    asins = [f"B{one:09d}" for one in range(number)]
    for batch in in_batches(asins[1:], 10):
        stores.product_writer.add_waiting("site_a", "US", batch, 100)
    add(stores, [("US", asins[0])])

    requested: list[int] = []

    def intercept(operation: str, arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        if operation == "BatchGetItem":
            for table, request in arguments["RequestItems"].items():
                requested.extend([len(request["Keys"])] if "ProductsTable" in table else [])
        return proceed()

    with intercept_calls(intercept):
        shown = stores.products.get_many("site_a", "US", asins)

    assert len(shown) == number
    assert [asin for asin, product in shown.items() if product.details] == asins[:1]
    assert requested == requests
