"""The repair of lists: every damage is found, lists stay, and their results are retrieved again."""

from collections.abc import Callable

import pytest

from amzlinkr.domain.feed import FeedState
from amzlinkr.storage import item_keys
from amzlinkr.storage.list_records import ListDetailsItem, ListItem
from amzlinkr.storage.product_items import read_feed_state
from amzlinkr.storage.product_repair import ProductRepair, SiteRepair
from amzlinkr.storage.records import FeedItem, ProductsItem
from amzlinkr.storage.shelf_items import item_from_shelf
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.fakes import product
from tests.unit.storage.lists import ASINS, HOUR, SITE, feed, filled, put, refresh, shelf_of


@pytest.fixture
def deps(stores_in_memory: Dependencies) -> Dependencies:
    """Return stores with a site that has a product, a filled list, a new one, and a removed one."""
    stores_in_memory.product_writer.add(SITE, "US", [product(ASINS[0])])
    filled(stores_in_memory, "tea", ASINS[:3])
    put(stores_in_memory, "new")
    put(stores_in_memory, "gone")
    stores_in_memory.product_writer.lists.remove(SITE, "gone")
    return stores_in_memory


def repair(deps: Dependencies) -> SiteRepair:
    return ProductRepair(deps.shelves, deps.product_writer).repair(SITE)


def lose(*models: type[ProductsItem]) -> None:
    """Delete all rows of the products table of these kinds, or all of them."""
    for item in ProductsItem.query(SITE):
        if not models or isinstance(item, models):
            item.delete()


def test_undamaged_lists_stay_as_they_are(deps: Dependencies) -> None:
    before = deps.list_store.page(SITE, None, 9)

    assert repair(deps) == SiteRepair(0, 0)
    assert deps.list_store.page(SITE, None, 9) == before


@pytest.mark.parametrize(
    ("damage", "cleared"),
    [
        (lose, 3),
        (lambda: lose(FeedItem), 2),
        (lambda: lose(ListItem), 2),
        (lambda: lose(ListDetailsItem), 1),
        (lambda: ListItem(SITE, item_keys.list_content("new")).delete(), 1),
    ],
    ids=["all", "feed", "lists", "details", "one"],
)
def test_damaged_lists_lose_their_results_and_are_due(
    deps: Dependencies, damage: Callable[[], None], cleared: int
) -> None:
    damage()

    assert repair(deps) == SiteRepair(cleared, 0)

    assert repair(deps) == SiteRepair(0, 0)
    tea = deps.list_store.get(SITE, "tea")
    assert tea is not None
    assert tea.items == () or cleared == 1
    assert [one.name for one in deps.list_store.page(SITE, None, 9).lists] == ["new", "tea"]
    assert {name for name, _ in feed(deps)} >= {"tea", "new", ASINS[0]}
    assert read_feed_state(SITE).is_complete
    assert shelf_of(deps, "new").due_at <= START + HOUR
    assert refresh(deps, "tea", ASINS[:3], START + 2 * HOUR) or cleared == 1


def test_list_that_a_restore_of_the_shelves_lost_is_removed(deps: Dependencies) -> None:
    item_from_shelf(shelf_of(deps, "tea")).delete()

    assert repair(deps) == SiteRepair(0, 1)
    assert ("tea", "list_removed") in feed(deps)


def test_list_that_a_restore_of_the_shelves_brought_back_is_filled_again(
    deps: Dependencies,
) -> None:
    shelf = shelf_of(deps, "tea")
    deps.product_writer.lists.remove(SITE, "tea")
    item_from_shelf(shelf).save()

    assert repair(deps) == SiteRepair(1, 0)
    assert feed(deps)[-1] == ("tea", "list")
    assert not shelf_of(deps, "tea").has_results


def test_feed_with_lists_only_can_be_lost(deps: Dependencies) -> None:
    deps.product_writer.remove(SITE, "US", ASINS[0])
    lose()

    assert FeedState(0).is_lost(deps.shelves.list_for_site(SITE))
