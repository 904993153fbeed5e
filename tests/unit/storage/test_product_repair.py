"""The repair of products: every damage is found, and a repair can be interrupted."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.storage.product_items import read_feed_state
from amzlinkr.storage.product_repair import ProductRepair, SiteRepair
from amzlinkr.storage.records import DetailsItem, FeedItem, OfferItem, ProductsItem, ShelfItem
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.fakes import product
from tests.feed_pages import changed_products
from tests.integration import aws_spy
from tests.unit.storage.reads import recorded_reads

SITE = "site_a"
ASINS = [f"B{number:09d}" for number in range(23)]


@pytest.fixture
def deps(stores_in_memory: Dependencies) -> Dependencies:
    """Return stores with a site that has two full shelves, a third one, and one in Germany."""
    add(stores_in_memory, "US", ASINS)
    add(stores_in_memory, "DE", ASINS[:2])
    stores_in_memory.product_writer.remove(SITE, "US", ASINS[22])
    return stores_in_memory


def add(deps: Dependencies, marketplace: str, asins: list[str]) -> None:
    for start in range(0, len(asins), 10):
        seen = [product(asin, marketplace=marketplace) for asin in asins[start : start + 10]]
        deps.product_writer.add(SITE, marketplace, seen)


def repair_of(deps: Dependencies) -> ProductRepair:
    return ProductRepair(deps.shelves, deps.product_writer)


def delete(*models: type[ProductsItem]) -> None:
    """Delete all rows of the products table of these kinds, or all of them."""
    for item in ProductsItem.query(SITE):
        if not models or isinstance(item, models):
            item.delete()


def shown(deps: Dependencies) -> dict[tuple[str, str], str]:
    """Return the kinds of the products by name, as the API and the feed show them."""
    page = deps.products.page(SITE, None, None, 100).products
    feed = changed_products(deps, SITE, 0, 100)
    assert {one for one in feed if not one.removed} == set(page)
    assert len({one.seq for one in feed}) == len(feed)
    return {(one.marketplace, one.asin): one.kind for one in page}


def placed(deps: Dependencies) -> set[tuple[str, str]]:
    shelves = deps.shelves.list_for_site(SITE)
    return {(shelf.marketplace, asin) for shelf in shelves for asin in shelf.asins}


def test_undamaged_products_stay_as_they_are(deps: Dependencies) -> None:
    before = shown(deps)

    assert repair_of(deps).repair(SITE) == SiteRepair(0, 0)
    assert shown(deps) == before
    assert set(before.values()) == {"added"}
    assert read_feed_state(SITE).is_complete


@pytest.mark.parametrize(
    ("damage", "cleared"),
    [
        (delete, 4),
        (lambda: delete(FeedItem), 4),
        (lambda: delete(OfferItem), 4),
        (lambda: delete(DetailsItem), 4),
        (lambda: OfferItem(SITE, f"US#{ASINS[3]}").delete(), 1),
        (lambda: OfferItem.get(SITE, f"US#{ASINS[3]}").update([OfferItem.offer.set("{}")]), 1),
    ],
)
def test_every_damage_is_found(
    damage: Callable[[], object], cleared: int, deps: Dependencies, clock: FakeClock
) -> None:
    damage()
    clock.advance(minutes=1)

    with recorded_reads() as reads:
        assert repair_of(deps).repair(SITE) == SiteRepair(cleared)

    assert reads.eventual == []
    kinds = shown(deps)
    assert kinds.keys() == placed(deps)
    assert list(kinds.values()).count("expired") >= cleared
    due = [shelf for shelf in deps.shelves.list_for_site(SITE) if shelf.due_at <= clock.now()]
    assert len(due) == cleared
    assert {kinds[shelf.marketplace, asin] for shelf in due for asin in shelf.asins} == {"expired"}
    assert read_feed_state(SITE).is_complete
    assert repair_of(deps).repair(SITE) == SiteRepair(0, 0)
    add(deps, "US", ASINS[:10])
    assert {shown(deps)["US", asin] for asin in ASINS[:10]} <= {"price", "added"}


def test_lost_product_is_stored_by_an_import(deps: Dependencies) -> None:
    delete(OfferItem)

    add(deps, "US", ASINS[:3])

    assert shown(deps) == {("US", asin): "price" for asin in ASINS[:3]}
    stored = deps.products.get_many(SITE, "US", ASINS[:3]).values()
    assert all(one.details is not None for one in stored)


def test_removal_of_a_product_that_its_shelf_lacks_changes_no_shelf(deps: Dependencies) -> None:
    shelves = deps.shelves.list_for_site(SITE, "US")
    full = next(shelf for shelf in shelves if len(shelf.slots) == 10)
    offer = OfferItem.get(SITE, f"US#{full.asins[0]}")
    offer.sk = "US#BUNPLACED1"
    offer.save()

    assert deps.product_writer.remove(SITE, "US", "BUNPLACED1")
    assert deps.shelves.list_for_site(SITE, "US") == shelves


@pytest.mark.parametrize("removed", [ASINS[0], ASINS[21]])
def test_products_of_earlier_shelves_are_cleared_and_later_ones_removed(
    removed: str, deps: Dependencies, clock: FakeClock
) -> None:
    earlier = list(ShelfItem.query(SITE))
    deps.product_writer.remove(SITE, "US", removed)  # of the first, a product takes the slot
    add(deps, "US", ["BLATER0001"])
    for item in ShelfItem.query(SITE):
        item.delete()
    for item in earlier:
        item.save()
    clock.advance(minutes=1)

    result = repair_of(deps).repair(SITE)

    assert result.removed == 1
    assert 1 <= result.cleared <= 2
    assert shown(deps).keys() == placed(deps)
    assert ("US", removed) in placed(deps)
    assert repair_of(deps).repair(SITE) == SiteRepair(0, 0)


@pytest.mark.parametrize("committed", [False, True])
def test_interrupted_repair_is_continued(committed: bool, deps: Dependencies) -> None:
    repair = repair_of(deps)
    for kill_at in range(1, 60):
        delete()
        with (
            suppress(aws_spy.ProcessKilled),
            aws_spy.record_calls(kill_at, committed=committed) as made,
        ):
            repair.repair(SITE)
        names = {item.sk for item in OfferItem.query(SITE) if isinstance(item, OfferItem)}
        if names != {f"{marketplace}#{asin}" for marketplace, asin in placed(deps)}:
            with pytest.raises(StoreUnavailable):
                add(deps, "DE", ASINS[2:3])
            with pytest.raises(StoreUnavailable):
                deps.change_feed.read_shelves(SITE)
        repair.repair(SITE)
        assert shown(deps).keys() == placed(deps)
        assert set(shown(deps).values()) == {"expired"}
        assert read_feed_state(SITE).is_complete
        if len(made) < kill_at:
            break
    else:
        raise AssertionError("the repair makes more calls")


def test_missing_products_stay_missing(deps: Dependencies) -> None:
    (shelf,) = deps.shelves.list_for_site(SITE, "DE")
    named = dict.fromkeys(ASINS[:1], "ItemNotAccessible")
    lookup = LookupResult(START, {ASINS[1]: product(ASINS[1], marketplace="DE")}, named)
    deps.product_writer.refresh(shelf, lookup)
    delete()

    repair_of(deps).repair(SITE)

    assert shown(deps)["DE", ASINS[0]] == "missing"


def test_sites_with_rows_are_found(deps: Dependencies) -> None:
    deps.product_writer.add("test_b", "US", [product(ASINS[0])])
    ShelfItem.get("test_b", next(iter(ShelfItem.query("test_b"))).sk).delete()

    assert repair_of(deps).site_ids() == [SITE, "test_b"]
