"""The addition of waiting products: one transaction, without content, published once."""

from collections.abc import Callable
from typing import Any

import pytest

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.errors import ProductLimitReached
from amzlinkr.domain.products import StoredProduct
from amzlinkr.storage import item_keys
from amzlinkr.storage.product_repair import ProductRepair
from amzlinkr.storage.records import DetailsItem
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.fakes import product
from tests.integration.aws_spy import Arguments, intercept_calls, record_calls, run_before_call
from tests.unit.storage.lists import put

pytestmark = pytest.mark.memory_aws
ASINS = [f"B{number:09d}" for number in range(12)]


def feed(stores: Dependencies) -> list[tuple[str, str]]:
    entries = stores.products.changes("site_a", 0, 100).entries
    return [(entry.asin, entry.kind) for entry in entries if isinstance(entry, StoredProduct)]


def test_products_are_stored_once_and_without_content(
    stores: Dependencies, clock: FakeClock
) -> None:
    stores.product_writer.add_waiting("site_a", "US", [ASINS[0], ASINS[1], ASINS[0]])
    stores.product_writer.add_waiting("site_a", "US", ASINS[1:3])

    assert feed(stores) == [(asin, "waiting") for asin in ASINS[:3]]
    (shelf,) = stores.shelves.list_for_site("site_a")
    assert [(slot.asin, slot.is_waiting, slot.fingerprint) for slot in shelf.slots] == [
        (asin, True, None) for asin in ASINS[:3]
    ]
    assert (shelf.observed_at, shelf.due_at) == (clock.now(), clock.now())
    stored = stores.products.get("site_a", "US", ASINS[0])
    assert stored is not None
    assert (stored.details, stored.offer.price, stored.observed_at) == (None, None, clock.now())


def test_nothing_is_written_for_products_that_the_site_has(stores: Dependencies) -> None:
    stores.product_writer.add("site_a", "US", [product(ASINS[0])])
    stores.product_writer.add_waiting("site_a", "US", ASINS[1:2])

    with record_calls() as made:
        stores.product_writer.add_waiting("site_a", "US", ASINS[:2])

    assert set(made) == {"GetItem", "Query"}


def queries(run: Callable[[], object]) -> list[str]:
    """Return the conditions of the sort keys that a function queries."""
    found = []

    def note(operation: str, arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        if operation == "Query" and "BETWEEN" in (text := arguments["KeyConditionExpression"]):
            found.append(text)
        return proceed()

    with intercept_calls(note):
        run()
    return found


@pytest.mark.parametrize("is_waiting", [True, False])
def test_other_marketplaces_are_read_only_to_add_a_product(
    stores: Dependencies, is_waiting: bool
) -> None:
    def add(asins: list[str]) -> None:
        if is_waiting:
            stores.product_writer.add_waiting("site_a", "US", asins, 100)
        else:
            stores.product_writer.add("site_a", "US", [product(asin) for asin in asins], 100)

    assert queries(lambda: add(ASINS[:2]))
    assert not queries(lambda: add(ASINS[:2]))
    assert queries(lambda: add(ASINS[1:3]))


@pytest.mark.parametrize("other", ["AE", "DE", "US"])
def test_limit_counts_the_products_of_all_marketplaces(stores: Dependencies, other: str) -> None:
    add = stores.product_writer.add_waiting
    for code in ("AE", "DE", "IN", "US"):
        add("site_a", code, ASINS[:3], 12)
    put(stores, "beans")

    with pytest.raises(ProductLimitReached, match="has 12 of at most 12 products"):
        add("site_a", other, ASINS[2:4], 12)
    add("site_a", other, ASINS[2:4], 13)


def test_first_answer_adds_the_products(stores: Dependencies, clock: FakeClock) -> None:
    stores.product_writer.add_waiting("site_a", "US", ASINS[:3])
    (shelf,) = stores.shelves.list_for_site("site_a")
    clock.advance(minutes=5)
    found = {ASINS[0]: product(ASINS[0], observed_at=clock.now())}
    lookup = LookupResult(clock.now(), found, {ASINS[1]: "ItemNotFound"})

    stores.product_writer.refresh(shelf, lookup)

    assert feed(stores) == [(ASINS[2], "waiting"), (ASINS[0], "added"), (ASINS[1], "missing")]
    assert stores.products.get("site_a", "US", ASINS[0]) is not None
    assert DetailsItem.get("site_a", item_keys.details("US", ASINS[0])).details
    assert [slot.is_waiting for slot in stores.shelves.list_for_site("site_a")[0].slots] == [
        False, False, True,
    ]  # fmt: skip


def test_import_that_succeeds_at_the_same_time_wins(stores: Dependencies) -> None:
    def import_products() -> None:
        stores.product_writer.add("site_a", "US", [product(ASINS[0])])

    with run_before_call(4, import_products):
        stores.product_writer.add_waiting("site_a", "US", ASINS[:2])

    assert feed(stores) == [(ASINS[0], "added"), (ASINS[1], "waiting")]
    assert len(stores.shelves.list_for_site("site_a")) == 1


def test_repair_keeps_waiting_products(stores: Dependencies) -> None:
    stores.product_writer.add("site_a", "US", [product(ASINS[0])])
    stores.product_writer.add_waiting("site_a", "US", ASINS[1:2])
    DetailsItem("site_a", item_keys.details("US", ASINS[0])).delete()

    ProductRepair(stores.shelves, stores.product_writer).repair("site_a")

    assert feed(stores) == [(ASINS[0], "expired"), (ASINS[1], "waiting")]


def test_removed_product_can_wait_again(stores: Dependencies) -> None:
    stores.product_writer.add("site_a", "US", [product(ASINS[0])])
    stores.product_writer.remove("site_a", "US", ASINS[0])

    stores.product_writer.add_waiting("site_a", "US", ASINS[:1])

    assert feed(stores) == [(ASINS[0], "waiting")]
    assert stores.shelves.list_for_site("site_a")[0].due_at >= START
