"""Reads of lists: what belongs together, pages, and rows that were lost."""

from dataclasses import replace

import pytest

from amzlinkr.domain.catalog import Search
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.lists import ListDefinition
from amzlinkr.storage import item_keys
from amzlinkr.storage.list_items import _pack
from amzlinkr.storage.list_records import ListDetailsItem, ListItem
from amzlinkr.storage.shelf_items import item_from_shelf
from amzlinkr.wiring import Dependencies
from tests.fakes import offer
from tests.integration.aws_spy import run_before_call
from tests.unit.storage.lists import ASINS, SITE, filled, put, refresh


@pytest.fixture
def deps(stores_in_memory: Dependencies) -> Dependencies:
    return stores_in_memory


def test_list_has_the_results_and_the_time_of_its_shelf(deps: Dependencies) -> None:
    shelf = filled(deps, "tea", ASINS[:3])

    stored = deps.list_store.get(SITE, "tea")

    assert stored is not None
    assert [item.asin for item in stored.items] == ASINS[:3]
    assert {item.observed_at for item in stored.items} == {shelf.observed_at}
    assert (stored.definition, stored.observed_at) == (shelf.definition, shelf.observed_at)


def test_unknown_and_removed_lists_are_none(deps: Dependencies) -> None:
    put(deps, "tea")
    deps.product_writer.lists.remove(SITE, "tea")

    assert deps.list_store.get(SITE, "tea") is None
    assert deps.list_store.get(SITE, "other") is None
    assert deps.list_store.get("site_b", "tea") is None


def test_page_of_the_feed_has_twelve_lists_and_any_number_of_removed_ones(
    deps: Dependencies,
) -> None:
    for number in range(20):
        put(deps, f"removed-{number:02d}", maximum=100)
        deps.product_writer.lists.remove(SITE, f"removed-{number:02d}")
    for number in range(13):
        put(deps, f"kept-{number:02d}", maximum=100)

    page = deps.products.changes(SITE, 0, 100)

    kinds = [entry.kind for entry in page.entries]
    assert (kinds.count("list_removed"), kinds.count("list"), page.has_more) == (20, 12, True)


def test_list_that_is_removed_during_a_read_is_not_on_the_page(deps: Dependencies) -> None:
    for name in ("kept", "tea"):
        put(deps, name)
    with run_before_call(2, lambda: deps.product_writer.lists.remove(SITE, "tea")):
        page = deps.list_store.page(SITE, None, 10)

    assert [one.name for one in page.lists] == ["kept"]


def test_pages_follow_the_names_and_skip_no_list(deps: Dependencies) -> None:
    names = ["b", "a-1", "a", "c", "a-10"]
    for name in names:
        put(deps, name)
    found: list[str] = []
    after: str | None = None
    while True:
        page = deps.list_store.page(SITE, after, 2)
        found += [one.name for one in page.lists]
        if page.next_name is None:
            break
        after = page.next_name

    assert found == sorted(names)


@pytest.mark.parametrize("change", ["offers", "order", "details", "no details"])
def test_content_that_is_not_of_the_shelf_is_not_shown(deps: Dependencies, change: str) -> None:
    """Let a refresh come between the reads of the items, each time the list is read."""
    filled(deps, "tea", ASINS[:2])
    key = item_keys.list_content("tea")
    item, details = (
        ListItem.get(SITE, key),
        ListDetailsItem.get(SITE, item_keys.list_details("tea")),
    )
    numbers = iter(range(1, 100))
    read = deps.list_store._read_with_shelves

    def torn(site_id: str, items: list[ListItem]) -> object:
        changed = {
            "offers": _pack([offer(next(numbers)), offer()]),
            "order": _pack([offer(5), offer(next(numbers))]),
        }.get(change)
        item.offers = changed or item.offers
        if change == "details":
            details.details = _pack({ASINS[0]: {"title": f"T{next(numbers)}", "url": "u"}})
            details.save()
        if change == "no details":
            details.delete()
        item.save()
        return read(site_id, [ListItem.get(SITE, key)] if items else [])

    deps.list_store._read_with_shelves = torn  # type: ignore[method-assign,assignment]

    if change in ("details", "no details"):
        # Twice the same: nothing changes, and the shelf describes another content.
        stored = deps.list_store.get(SITE, "tea")
        assert stored is not None
        assert stored.items == ()
    else:
        with pytest.raises(StoreUnavailable):
            deps.list_store.get(SITE, "tea")


def test_fingerprints_of_an_earlier_release_are_shown(deps: Dependencies) -> None:
    shelf = filled(deps, "tea", ASINS[:2])
    slots = tuple(
        replace(slot, fingerprint=replace(slot.fingerprint, price="0" * 12))
        for slot in shelf.slots
        if slot.fingerprint
    )
    item_from_shelf(replace(shelf, slots=slots)).save()

    stored = deps.list_store.get(SITE, "tea")

    assert stored is not None
    assert [item.asin for item in stored.items] == ASINS[:2]


@pytest.mark.parametrize(
    ("damage", "is_damaged"),
    [
        (lambda: None, False),
        (lambda: ListItem.get(SITE, item_keys.list_content("tea")).delete(), True),
        (lambda: ListDetailsItem.get(SITE, item_keys.list_details("tea")).delete(), True),
        (
            lambda: ListItem.get(SITE, item_keys.list_content("tea")).update(
                [ListItem.marketplace.set("DE")]
            ),
            True,
        ),
    ],
)
def test_damage_is_found(deps: Dependencies, damage: object, is_damaged: bool) -> None:
    shelf = filled(deps, "tea", ASINS[:2])
    damage()  # type: ignore[operator]

    assert deps.list_store.find_damaged(shelf) is is_damaged


def test_content_without_a_shelf_is_found(deps: Dependencies) -> None:
    shelf = filled(deps, "tea", ASINS[:2])
    put(deps, "kept")
    put(deps, "removed")
    deps.product_writer.lists.remove(SITE, "removed")
    item_from_shelf(shelf).delete()

    assert deps.list_store.unplaced_names(SITE) == ["tea"]


def test_list_in_another_marketplace_is_read_there(deps: Dependencies) -> None:
    filled(deps, "tea", ASINS[:2])
    german = ListDefinition("tea", Search("tee"), 20)
    deps.product_writer.lists.put(SITE, "DE", german, 9)
    refresh(deps, "tea", ASINS[2:4], marketplace="DE")

    stored = deps.list_store.get(SITE, "tea")

    assert stored is not None
    assert (stored.marketplace, stored.definition) == ("DE", german)
    assert {item.marketplace for item in stored.items} == {"DE"}
