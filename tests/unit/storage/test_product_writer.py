"""Changes of products: one write each, decided again after a conflict, published in the feed."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.feed import TOMBSTONE_RETENTION
from amzlinkr.domain.shelves import Shelf
from amzlinkr.storage import item_keys
from amzlinkr.storage.records import DetailsItem, OfferItem, ShelfItem
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.fakes import offer, product
from tests.integration.aws_spy import record_calls, run_before_call, writes

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
    changes = stores.products.changes("site_a", after, 100)
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


def test_refresh_without_changes_is_a_single_write(stores: Dependencies) -> None:
    add(stores, *ASINS[:3])
    (shelf,) = shelves(stores)
    with record_calls() as unchanged:
        stores.product_writer.refresh(shelf, lookup(shelf))
    with record_calls() as changed:
        stores.product_writer.refresh(shelf, lookup(shelf, 5, 2 * HOUR))

    assert writes(unchanged) == ["PutItem"]
    assert writes(changed) == ["TransactWriteItems"]
    assert feed(stores, after=3) == [(asin, "price") for asin in ASINS[:3]]


def test_refresh_of_a_deleted_shelf_writes_nothing(stores: Dependencies) -> None:
    add(stores, ASINS[0])
    (shelf,) = shelves(stores)
    delete_shelf(shelf)

    assert stores.product_writer.refresh(shelf, lookup(shelf, 5)) == []
    assert stores.product_writer.expire(shelf, START + 2 * DAY) == 0
    assert (shelves(stores), feed(stores, after=1)) == ([], [])


def test_tombstone_is_kept_as_long_as_cursors_need_it(stores: Dependencies) -> None:
    add(stores, ASINS[0])

    stores.product_writer.remove("site_a", "US", ASINS[0])

    item = OfferItem.get("site_a", item_keys.product("US", ASINS[0]))
    assert item.expires == int((START + TOMBSTONE_RETENTION).timestamp())
    with pytest.raises(DetailsItem.DoesNotExist):
        DetailsItem.get("site_a", item_keys.details("US", ASINS[0]))
    assert not stores.product_writer.remove("site_a", "US", ASINS[0])


def test_product_that_moves_to_a_free_slot_is_no_change_of_the_feed(stores: Dependencies) -> None:
    add(stores, *ASINS[:12])
    full, other = shelves(stores)

    stores.product_writer.remove("site_a", "US", full.asins[0])

    moved = other.asins[-1]
    assert [len(shelf.slots) for shelf in shelves(stores)] == [10, 1]
    assert shelves(stores)[0].shelf_id == full.shelf_id
    item = OfferItem.get("site_a", item_keys.product("US", moved))
    assert (item.shelf_id, feed(stores, after=12)) == (
        full.shelf_id, [(full.asins[0], "removed")],
    )  # fmt: skip
    shown = stores.products.get("site_a", "US", moved)
    assert shown is not None
    assert shown.observed_at == START


def test_empty_shelf_is_deleted(stores: Dependencies) -> None:
    add(stores, ASINS[0])

    stores.product_writer.remove("site_a", "US", ASINS[0])

    assert shelves(stores) == []


def test_expiry_deletes_the_content_and_is_published_once(stores: Dependencies) -> None:
    add(stores, *ASINS[:2])
    (shelf,) = shelves(stores)
    fresh = product(ASINS[1], offer(), START + HOUR)
    stores.product_writer.add("site_a", "US", [fresh])

    expired = [stores.product_writer.expire(shelf, START + age) for age in (DAY - HOUR, DAY, DAY)]

    shown = stores.products.get_many("site_a", "US", ASINS[:2])
    assert expired == [0, 1, 0]
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

    assert stores.product_writer.refresh(shelf, lookup(shelf, 9, HOUR)) == []

    assert shelves(stores) == before
    assert feed(stores, after=1) == [(ASINS[0], "price")]


def add_other(stores: Dependencies) -> None:
    add(stores, ASINS[11])


def remove_other(stores: Dependencies) -> None:
    stores.product_writer.remove("site_a", "US", ASINS[1])


def refresh_others(stores: Dependencies) -> None:
    for shelf in shelves(stores):
        stores.product_writer.refresh(shelf, lookup(shelf, 7))


@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize("change", [add_other, remove_other, refresh_others])
def test_addition_is_decided_again_after_a_change_before_any_of_its_calls(
    stores: Dependencies, change: Callable[[Dependencies], None], number: int
) -> None:
    add(stores, *ASINS[:10])

    with run_before_call(number, lambda: change(stores)) as made:
        add(stores, ASINS[10])

    decision = ["GetItem", "BatchGetItem", "Query", "TransactWriteItems"]
    assert made == (decision if number == 1 else 2 * decision)
    held = set(ASINS[:11]) | ({ASINS[11]} if change is add_other else set())
    held -= {ASINS[1]} if change is remove_other else set()
    found = shelves(stores)
    assert sorted(asin for shelf in found for asin in shelf.asins) == sorted(held)
    assert len(found) == -(-len(held) // 10)
    numbers = [entry.seq for entry in stores.products.changes("site_a", 0, 100)]
    assert numbers == sorted(set(numbers))
    assert set(stores.products.get_many("site_a", "US", ASINS)) == held


def test_import_of_nothing_makes_no_call(stores: Dependencies) -> None:
    with record_calls() as made:
        stores.product_writer.add("site_a", "US", [])

    assert made == []
