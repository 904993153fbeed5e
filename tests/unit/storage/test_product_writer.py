"""Changes of products: one write each, decided again after a conflict, published in the feed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.shelf_refresh import RefreshResult
from amzlinkr.domain.shelves import Shelf
from amzlinkr.storage import item_keys
from amzlinkr.storage.records import DetailsItem, ShelfItem
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.fakes import offer, product
from tests.feed_pages import changed_products
from tests.integration.aws_spy import Arguments, intercept_calls, record_calls, run_before_call

ASINS = [f"B{number:09d}" for number in range(20)]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def add(stores: Dependencies, *asins: str) -> None:
    """Import products, ten at a time."""
    for start in range(0, len(asins), 10):
        products = [product(asin) for asin in asins[start : start + 10]]
        stores.product_writer.add("site_a", "US", products)


def shelves(stores: Dependencies) -> list[Shelf]:
    """Return the shelves of the site, the fullest first."""
    found = stores.shelves.list_for_site("site_a")
    return sorted(found, key=lambda shelf: -len(shelf.slots))


def feed(stores: Dependencies, after: int = 0) -> list[tuple[str, str]]:
    changes = changed_products(stores, "site_a", after, 100)
    return [(change.asin, change.kind) for change in changes]


def lookup(shelf: Shelf, amount: int = 1999, after: timedelta = HOUR) -> LookupResult:
    """Return Amazon's response for a shelf, with one price for all products."""
    at = START + after
    return LookupResult(at, {asin: product(asin, offer(amount), at) for asin in shelf.asins})


def delete_shelf(shelf: Shelf) -> None:
    ShelfItem("site_a", item_keys.shelf("US", shelf.shelf_id)).delete()


def test_product_without_a_shelf_is_removed(stores: Dependencies) -> None:
    add(stores, *ASINS[:2])
    delete_shelf(shelves(stores)[0])

    assert stores.product_writer.remove("site_a", "US", ASINS[0])

    assert stores.products.get("site_a", "US", ASINS[0]) is None
    assert feed(stores, after=2) == [(ASINS[0], "removed")]
    assert shelves(stores) == []


def test_refresh_of_a_deleted_shelf_writes_nothing(stores: Dependencies) -> None:
    add(stores, ASINS[0])
    (shelf,) = shelves(stores)
    delete_shelf(shelf)

    assert stores.product_writer.refresh(shelf, lookup(shelf, 5)) == RefreshResult(shelf)
    assert stores.product_writer.expire(shelf, START + 2 * DAY) == 0
    assert (shelves(stores), feed(stores, after=1)) == ([], [])


def test_expiry_deletes_the_content_and_is_published_once(stores: Dependencies) -> None:
    add(stores, *ASINS[:2])
    (shelf,) = shelves(stores)
    fresh = product(ASINS[1], offer(), START + HOUR)
    stores.product_writer.add("site_a", "US", [fresh])

    with record_calls() as made:
        assert stores.product_writer.expire(shelf, START + DAY - HOUR) == 0
    assert made == ["GetItem"]
    expired = [stores.product_writer.expire(shelf, START + DAY) for _ in range(2)]

    shown = stores.products.get_many("site_a", "US", ASINS[:2])
    assert expired == [1, 0]
    assert feed(stores, after=2) == [(ASINS[0], "expired")]
    assert (shown[ASINS[0]].details, shown[ASINS[0]].offer.price) == (None, None)
    assert shown[ASINS[1]].details == fresh.details
    with pytest.raises(DetailsItem.DoesNotExist):
        DetailsItem.get("site_a", item_keys.details("US", ASINS[0]))


def test_older_response_changes_nothing(stores: Dependencies) -> None:
    add(stores, ASINS[0])
    (shelf,) = shelves(stores)
    stores.product_writer.refresh(shelf, lookup(shelf, 5, 2 * HOUR))
    before = shelves(stores)

    assert stores.product_writer.refresh(shelf, lookup(shelf, 9, HOUR)) == RefreshResult(shelf)

    assert shelves(stores) == before
    assert feed(stores, after=1) == [(ASINS[0], "price")]


def test_missing_product_is_stored_without_content_and_published_once(
    stores: Dependencies,
) -> None:
    add(stores, *ASINS[:3])
    (shelf,) = shelves(stores)
    results = []
    for hours in (1, 2, 3):
        answer = lookup(shelf, 1999, hours * HOUR)
        found = {asin: item for asin, item in answer.found.items() if asin == ASINS[2]}
        refused = {ASINS[0]: "ItemNotAccessible"}
        results.append(
            stores.product_writer.refresh(shelf, replace(answer, found=found, refused=refused))
        )

    assert [result.cleared for result in results] == [
        {ASINS[0]: "missing"}, {ASINS[1]: "missing"}, {},
    ]  # fmt: skip
    assert feed(stores, after=3) == [(ASINS[0], "missing"), (ASINS[1], "missing")]
    shown = stores.products.get_many("site_a", "US", ASINS[:2])
    assert [(item.details, item.offer.price) for item in shown.values()] == [(None, None)] * 2
    for asin in ASINS[:2]:
        with pytest.raises(DetailsItem.DoesNotExist):
            DetailsItem.get("site_a", item_keys.details("US", asin))
    assert shelves(stores)[0].asins == shelf.asins

    stores.product_writer.refresh(shelf, lookup(shelf, 7, 4 * HOUR))
    assert feed(stores, after=5) == [
        (ASINS[0], "added"), (ASINS[1], "added"), (ASINS[2], "price"),
    ]  # fmt: skip


def add_other(stores: Dependencies) -> None:
    add(stores, ASINS[11])


def remove_other(stores: Dependencies) -> None:
    stores.product_writer.remove("site_a", "US", ASINS[1])


def refresh_others(stores: Dependencies) -> None:
    for shelf in shelves(stores):
        stores.product_writer.refresh(shelf, lookup(shelf, 7))


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("change", [add_other, remove_other, refresh_others])
def test_addition_is_decided_again_after_a_change_before_any_of_its_calls(
    stores: Dependencies, change: Callable[[Dependencies], None], number: int
) -> None:
    add(stores, *ASINS[:10])

    with run_before_call(number, lambda: change(stores)) as made:
        add(stores, ASINS[10])

    decision = ["GetItem", "BatchGetItem", "Query", "BatchGetItem", "TransactWriteItems"]
    assert made == (decision if number == 1 else 2 * decision)
    held = set(ASINS[:11]) | ({ASINS[11]} if change is add_other else set())
    held -= {ASINS[1]} if change is remove_other else set()
    found = shelves(stores)
    assert sorted(asin for shelf in found for asin in shelf.asins) == sorted(held)
    assert len(found) == -(-len(held) // 10)
    numbers = [entry.seq for entry in changed_products(stores, "site_a", 0, 100)]
    assert numbers == sorted(set(numbers))
    assert set(stores.products.get_many("site_a", "US", ASINS)) == held


def written_shelves(stores: Dependencies, *asins: str) -> int:
    """Add products, and return how many shelves this writes."""
    written: list[str] = []

    def intercept(operation: str, arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        if operation == "PutItem":
            written.append(arguments["TableName"])
        for change in arguments.get("TransactItems", []):
            (details,) = change.values()
            written.append(details["TableName"])
        return proceed()

    with intercept_calls(intercept):
        add(stores, *asins)
    return written.count(ShelfItem.Meta.table_name)


def test_only_shelves_of_the_added_products_are_written(stores: Dependencies) -> None:
    add(stores, *ASINS)

    assert written_shelves(stores, ASINS[3]) == 1
    assert written_shelves(stores, "B0NEW00001") == 1
    assert written_shelves(stores, ASINS[3], ASINS[13]) == 2


def test_changed_price_of_an_imported_product_is_published(stores: Dependencies) -> None:
    add(stores, *ASINS[:2])
    stores.product_writer.add("site_a", "US", [product(ASINS[0], offer(5), START + HOUR)])

    assert feed(stores, after=2) == [(ASINS[0], "price")]


def test_import_of_nothing_makes_no_call(stores: Dependencies) -> None:
    with record_calls() as made:
        stores.product_writer.add("site_a", "US", [])

    assert made == []


def test_product_of_yesterday_is_imported_without_content(stores: Dependencies) -> None:
    old = product(ASINS[1], offer(5), START - DAY)
    stores.product_writer.add("site_a", "US", [product(ASINS[0]), old])
    stores.product_writer.add("site_a", "US", [old])
    (shelf,) = shelves(stores)

    assert feed(stores, after=0) == [(ASINS[0], "added"), (ASINS[1], "expired")]
    assert [slot.fingerprint is None for slot in shelf.slots] == [False, True]
    assert stores.products.feed_state("site_a").last_seq == 2
    shown = stores.products.get("site_a", "US", ASINS[1])
    assert shown is not None
    assert (shown.details, shown.kind) == (None, "expired")
