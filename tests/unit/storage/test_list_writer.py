"""Changes of lists: one write each, decided again after a conflict, published in the feed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from amzlinkr.domain.catalog import Search
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.list_refresh import ListResults
from amzlinkr.domain.lists import ListDefinition, ListLimitReached
from amzlinkr.domain.products import Deal
from amzlinkr.storage import item_keys
from amzlinkr.storage.list_items import details_from_item
from amzlinkr.storage.list_records import ListDetailsItem, ListItem
from amzlinkr.storage.product_items import read_feed_state
from amzlinkr.storage.records import ProductsItem
from amzlinkr.storage.shelf_items import item_from_shelf
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.fakes import offer, product
from tests.integration.aws_spy import record_calls, run_before_call
from tests.unit.storage.lists import (
    ASINS,
    HOUR,
    SITE,
    before_transaction,
    feed,
    filled,
    put,
    refresh,
    results_of,
    shelf_of,
)

DAY = timedelta(days=1)


@pytest.fixture
def deps(stores_in_memory: Dependencies) -> Dependencies:
    return stores_in_memory


def shown(deps: Dependencies, name: str) -> list[tuple[str, int]]:
    """Return ASINs and prices of a list."""
    stored = deps.list_store.get(SITE, name)
    assert stored is not None
    prices = [item.offer.price.amount if item.offer.price else 0 for item in stored.items]
    return list(zip([item.asin for item in stored.items], prices, strict=True))


def stored_details() -> list[str]:
    return [item.sk for item in ProductsItem.query(SITE) if isinstance(item, ListDetailsItem)]


def test_new_list_is_published_and_due(deps: Dependencies) -> None:
    shelf, is_new = deps.product_writer.lists.put(
        SITE, "US", ListDefinition("tea", Search("tea")), 1
    )

    assert is_new
    assert shelf_of(deps, "tea") == replace(shelf, version=1)
    assert feed(deps) == [("tea", "list")]
    assert [found.shelf_id for found in deps.shelves.due(START, 10)] == ["list#US#tea"]


def test_same_definition_writes_nothing(deps: Dependencies) -> None:
    before = filled(deps, "tea", ASINS[:2])
    with record_calls() as made:
        assert put(deps, "tea") == before
    assert set(made) <= {"GetItem", "Query"}


def test_limit_counts_the_lists_of_all_marketplaces(deps: Dependencies) -> None:
    put(deps, "a", maximum=2)
    deps.product_writer.lists.put(SITE, "DE", ListDefinition("b", Search("b")), 2)

    with pytest.raises(ListLimitReached):
        put(deps, "c", maximum=2)
    assert put(deps, "a", size=5, maximum=1).definition == ListDefinition("a", Search("a"), 5)
    assert feed(deps) == [("b", "list"), ("a", "list")]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_two_new_lists_do_not_exceed_the_limit(deps: Dependencies, number: int) -> None:
    put(deps, "a")
    other = run_before_call(number, lambda: put(deps, "b", maximum=2))
    with other, pytest.raises(ListLimitReached):
        put(deps, "c", maximum=2)

    assert feed(deps) == [("a", "list"), ("b", "list")]


def test_first_list_of_a_site_competes_with_its_first_product(deps: Dependencies) -> None:
    def add() -> None:
        deps.product_writer.add(SITE, "US", [product(ASINS[0])])

    with before_transaction(add):
        put(deps, "tea")

    assert feed(deps) == [(ASINS[0], "added"), ("tea", "list")]


def test_refresh_writes_details_only_if_they_changed(deps: Dependencies) -> None:
    filled(deps, "tea", ASINS[:3])
    details = ListDetailsItem.get(SITE, item_keys.list_details("tea")).details
    ListDetailsItem.get(SITE, item_keys.list_details("tea")).delete()

    assert refresh(deps, "tea", ASINS[:3], START + 2 * HOUR, amount=5)
    assert stored_details() == []
    assert refresh(deps, "tea", ASINS[1:4], START + 3 * HOUR, amount=5)

    assert ListDetailsItem.get(SITE, item_keys.list_details("tea")).details != details
    assert shown(deps, "tea") == [(asin, 5) for asin in ASINS[1:4]]


def test_details_of_a_product_that_left_are_deleted(deps: Dependencies) -> None:
    filled(deps, "tea", ASINS[:3])
    refresh(deps, "tea", ASINS[:1], START + 2 * HOUR)
    kept = ListDetailsItem.get(SITE, item_keys.list_details("tea"))
    refresh(deps, "tea", [], START + 3 * HOUR)

    assert list(details_from_item(kept)) == ASINS[:1]
    assert stored_details() == []
    assert shown(deps, "tea") == []


def test_unchanged_refresh_is_a_single_write(deps: Dependencies) -> None:
    filled(deps, "tea", ASINS)
    before = read_feed_state(SITE)
    with record_calls() as made:
        assert not refresh(deps, "tea", ASINS, START + 2 * HOUR)

    assert [call for call in made if call != "Query"] == ["PutItem"]
    assert read_feed_state(SITE) == before
    assert shelf_of(deps, "tea").observed_at == START + 2 * HOUR


def test_refresh_is_decided_again_after_a_conflict(deps: Dependencies) -> None:
    filled(deps, "tea", ASINS[:2])

    def reschedule() -> None:
        deps.shelves.reschedule(shelf_of(deps, "tea"), START)

    with before_transaction(reschedule):
        assert refresh(deps, "tea", ASINS[2:4], START + 2 * HOUR)

    assert [asin for asin, _ in shown(deps, "tea")] == ASINS[2:4]


@pytest.mark.parametrize("change", ["replace", "move", "remove"])
def test_refresh_of_a_list_that_changed_is_dropped(deps: Dependencies, change: str) -> None:
    shelf = filled(deps, "tea", ASINS[:2])
    lists = deps.product_writer.lists
    if change == "replace":
        lists.put(SITE, "US", ListDefinition("tea", Search("kettle")), 9)
    elif change == "move":
        lists.put(SITE, "DE", ListDefinition("tea", Search("tea")), 9)
    else:
        lists.remove(SITE, "tea")
    before = read_feed_state(SITE)

    assert not lists.refresh(shelf, results_of(ASINS[:5], START + 2 * HOUR))
    assert lists.expire(shelf, START + 9 * DAY) == 0
    if change != "replace":
        lists.clear(shelf)
    assert read_feed_state(SITE) == before
    assert deps.list_store.get(SITE, "tea") is None or shown(deps, "tea") == []


def test_another_marketplace_leaves_nothing_behind(deps: Dependencies) -> None:
    filled(deps, "tea", ASINS[:2])
    shelf, is_new = deps.product_writer.lists.put(
        SITE, "DE", ListDefinition("tea", Search("tea"), 20), 1
    )

    assert (is_new, shelf.marketplace) == (False, "DE")
    assert [found.marketplace for found in deps.shelves.lists(SITE)] == ["DE"]
    assert (stored_details(), shown(deps, "tea")) == ([], [])
    assert feed(deps) == [("tea", "list")]


@pytest.mark.parametrize(("size", "kept"), [(1, 1), (30, 3)])
def test_another_size_keeps_what_fits(deps: Dependencies, size: int, kept: int) -> None:
    filled(deps, "tea", ASINS[:3])

    put(deps, "tea", size)

    assert [asin for asin, _ in shown(deps, "tea")] == ASINS[:kept]
    details = ListDetailsItem.get(SITE, item_keys.list_details("tea"))
    assert list(details_from_item(details)) == ASINS[:kept]


@pytest.mark.parametrize(
    "lose",
    [
        lambda content, _details: content.update([ListItem.offers.remove()]),
        lambda content, _details: content.delete(),
        lambda _content, details: details.delete(),
    ],
    ids=["offers", "content", "details"],
)
def test_list_that_lost_a_part_is_not_replaced(
    deps: Dependencies, lose: Callable[[ListItem, ListDetailsItem], object]
) -> None:
    shelf = filled(deps, "tea", ASINS[:3])
    content = ListItem(SITE, item_keys.list_content("tea"))
    lose(content, ListDetailsItem(SITE, item_keys.list_details("tea")))

    with pytest.raises(StoreUnavailable):
        put(deps, "tea", 2)

    assert shelf_of(deps, "tea") == shelf


def test_expiry_deletes_the_content_and_is_published_once(deps: Dependencies) -> None:
    shelf = filled(deps, "tea", ASINS[:2])
    lists, after = deps.product_writer.lists, read_feed_state(SITE).last_seq

    ages = (DAY, DAY + HOUR, DAY + HOUR)
    expired = [deps.product_writer.expire(shelf, START + age) for age in ages]

    assert expired == [0, 2, 0]
    assert feed(deps, after) == [("tea", "list")]
    assert (shown(deps, "tea"), stored_details()) == ([], [])
    assert ListItem.get(SITE, item_keys.list_content("tea")).offers is None
    assert lists.expire(shelf_of(deps, "tea"), START + 9 * DAY) == 0


def test_end_of_a_deal_is_published_once(deps: Dependencies) -> None:
    put(deps, "tea")
    at, ends_at = START + HOUR, START + 2 * HOUR
    deal = replace(offer(5), deal=Deal(ends_at=ends_at))
    items = (product(ASINS[0], offer(7), at), product(ASINS[1], deal, at))
    lists = deps.product_writer.lists
    lists.refresh(shelf_of(deps, "tea"), ListResults(at, items))
    after = read_feed_state(SITE).last_seq

    for moment in (ends_at - timedelta(seconds=1), ends_at, ends_at):
        assert lists.expire(shelf_of(deps, "tea"), moment) == 0

    assert feed(deps, after) == [("tea", "list")]
    assert shown(deps, "tea") == [(ASINS[0], 7), (ASINS[1], 0)]
    assert read_feed_state(SITE).last_seq == after + 1


def test_removed_list_is_a_tombstone_for_thirty_days(deps: Dependencies, clock: FakeClock) -> None:
    filled(deps, "tea", ASINS[:2])

    assert deps.product_writer.lists.remove(SITE, "tea")

    assert not deps.product_writer.lists.remove(SITE, "tea")
    assert not deps.product_writer.lists.remove(SITE, "unknown")
    item = ListItem.get(SITE, item_keys.list_content("tea"))
    assert int(item.expires) == int((clock.now() + timedelta(days=30)).timestamp())
    assert item.offers is None
    assert (stored_details(), deps.shelves.lists(SITE)) == ([], [])
    assert feed(deps) == [("tea", "list_removed")]


def test_content_without_a_shelf_is_removed(deps: Dependencies) -> None:
    item_from_shelf(filled(deps, "tea", ASINS[:2])).delete()

    assert deps.product_writer.lists.remove(SITE, "tea")
    assert feed(deps) == [("tea", "list_removed")]
    assert stored_details() == []


def test_list_without_its_content_is_removed(deps: Dependencies) -> None:
    filled(deps, "tea", ASINS[:2])
    ListItem.get(SITE, item_keys.list_content("tea")).delete()

    assert deps.product_writer.lists.remove(SITE, "tea")
    assert deps.shelves.lists(SITE) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda deps: put(deps, "tea", 1),
        lambda deps: deps.product_writer.lists.remove(SITE, "tea"),
        lambda deps: refresh(deps, "tea", ASINS[5:9], START + 2 * HOUR),
        lambda deps: deps.product_writer.expire(shelf_of(deps, "tea"), START + 2 * DAY),
    ],
    ids=["put", "remove", "refresh", "expire"],
)
def test_change_is_one_transaction(
    deps: Dependencies, change: Callable[[Dependencies], object]
) -> None:
    filled(deps, "tea", ASINS[:3])
    with record_calls() as made:
        change(deps)

    writes = [call for call in made if call not in ("GetItem", "Query", "BatchGetItem")]
    assert writes == ["TransactWriteItems"]


def test_products_of_the_site_are_apart_from_those_of_lists(deps: Dependencies) -> None:
    filled(deps, "tea", ASINS[:3])
    deps.product_writer.add(SITE, "US", [product(ASINS[0])])

    assert [item.asin for item in deps.products.page(SITE, None, None, 10).products] == ASINS[:1]
    assert deps.product_writer.remove(SITE, "US", ASINS[0])
    assert [asin for asin, _ in shown(deps, "tea")] == ASINS[:3]
