"""Bugs planted in the change feed: the worlds that the service passes must catch each of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest

from amzlinkr.config import Config
from amzlinkr.domain import feed
from amzlinkr.domain.feed import FeedPosition
from amzlinkr.storage import item_keys, product_writer, products
from amzlinkr.storage.products import ProductStore
from amzlinkr.storage.records import FeedItem, OfferItem
from amzlinkr.wiring import Dependencies
from functions.products import app as products_app
from tests.clock import FakeClock
from tests.integration.feed_scenario import STEPS, FeedScenario

ENOUGH_WORLDS = 60


@pytest.fixture
def stores(aws: Config, clock: FakeClock) -> Dependencies:
    return Dependencies(aws, clock)


def late_rows(world: FeedScenario) -> Any:
    """Read like a global index: a row may not be there yet while a later one is."""
    real = OfferItem.feed.query

    def query(*arguments: Any, **named: Any) -> Iterator[OfferItem]:
        rows = list(real(*arguments, **named))
        if len(rows) > 1 and world.rng.random() < 0.3:
            del rows[-2]
        return iter(rows)

    return mock.patch.object(OfferItem.feed, "query", query)


def from_the_last_one_on(_world: FeedScenario) -> Any:
    """`>=` for `>`."""
    real = ProductStore.changes

    def changes(self: ProductStore, site_id: str, after: int, limit: int) -> Any:
        return real(self, site_id, after - 1, limit)

    return mock.patch.object(ProductStore, "changes", changes)


def cursor_from_the_counter(world: FeedScenario) -> Any:
    """The number given out last, instead of the last one shown."""
    real = FeedPosition.advance

    def moved(self: FeedPosition, *arguments: Any, **named: Any) -> FeedPosition:
        try:
            last = int(FeedItem.get(world.site.site_id, item_keys.FEED).last_seq)
        except FeedItem.DoesNotExist:
            last = 0
        return replace(real(self, *arguments, **named), after=last)

    return mock.patch.object(FeedPosition, "advance", moved)


def since_the_page_was_made(_world: FeedScenario) -> Any:
    """Every page makes the reader young, also one in the middle."""
    real = FeedPosition.advance

    def moved(self: FeedPosition, shown: Any, read_at: Any, **_named: Any) -> FeedPosition:
        return real(self, shown, read_at, has_more=False)

    return mock.patch.object(FeedPosition, "advance", moved)


def cursors_without_end(_world: FeedScenario) -> Any:
    """A cursor is good for as long as anybody keeps it."""
    return mock.patch.object(FeedPosition, "check", return_value=None)


def rows_as_they_come(_world: FeedScenario) -> Any:
    """Nobody asks whether the rows belong together."""
    return mock.patch.object(products._Snapshot, "is_consistent", True)


def shelves_after_the_page(world: FeedScenario) -> Any:
    """`checked_at` from shelves that are newer than the page."""

    def late(_shelves: Any, shown: Any) -> Any:
        return feed.checked_at(world.deps.shelves.list_for_site(world.site.site_id), shown)

    return mock.patch.object(products_app, "checked_at", late)


def checked_at_without_the_page(_world: FeedScenario) -> Any:
    """`checked_at` from the shelves alone: a product may have come in between."""

    def alone(shelves: Any, _shown: Any) -> Any:
        return feed.checked_at(shelves, ())

    return mock.patch.object(products_app, "checked_at", alone)


def numbers_given_twice(_world: FeedScenario) -> Any:
    """The counter is written without the condition that nobody else was faster."""

    def advance(transaction: Any, site_id: str, _last: int, new: int) -> None:
        transaction.save(FeedItem(site_id, item_keys.FEED, last_seq=new))

    return mock.patch.object(product_writer, "_advance", advance)


BUGS = [
    late_rows,
    from_the_last_one_on,
    cursor_from_the_counter,
    rows_as_they_come,
    shelves_after_the_page,
    checked_at_without_the_page,
    numbers_given_twice,
]


@pytest.mark.parametrize("bug", [since_the_page_was_made, cursors_without_end])
def test_long_lived_cursor_mutant_is_detected(
    bug: Callable[[FeedScenario], Any], stores: Dependencies, clock: FakeClock
) -> None:
    world = FeedScenario(stores, clock, 1)

    with bug(world), pytest.raises(AssertionError):
        world.read_for_months()


@pytest.mark.prove
@pytest.mark.parametrize("bug", BUGS)
def test_feed_mutant_is_detected(
    bug: Callable[[FeedScenario], Any], stores: Dependencies, clock: FakeClock
) -> None:
    for seed in range(ENOUGH_WORLDS):
        world = FeedScenario(stores, clock, seed, bug.__name__)
        try:
            with bug(world):
                world.run(STEPS)
        except AssertionError:
            return
    pytest.fail(f"{bug.__name__} was not caught")
