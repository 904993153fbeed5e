"""Mutants of the change feed: the random scenarios must detect each of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest

from amzlinkr.config import Config
from amzlinkr.domain import feed
from amzlinkr.domain.feed import FeedPosition
from amzlinkr.storage import item_keys, product_reads, product_transaction
from amzlinkr.storage.product_items import item_from_feed_state
from amzlinkr.storage.products import ProductStore
from amzlinkr.storage.records import FeedItem, ProductsItem
from amzlinkr.wiring import Dependencies
from functions.products import app as products_app
from tests.clock import FakeClock
from tests.integration.feed_scenario import STEPS, FeedScenario

MAX_SCENARIOS = 200


@pytest.fixture
def stores(aws: Config, clock: FakeClock) -> Dependencies:
    return Dependencies(aws, clock)


def late_rows(scenario: FeedScenario) -> Any:
    """Read as from a global index: a row may be missing while a later row is present."""
    real = ProductsItem.feed.query

    def query(*arguments: Any, **named: Any) -> Iterator[ProductsItem]:
        rows = list(real(*arguments, **named))
        if len(rows) > 1 and scenario.rng.random() < 0.3:
            del rows[-2]
        return iter(rows)

    return mock.patch.object(ProductsItem.feed, "query", query)


def read_from_last_seq(_scenario: FeedScenario) -> Any:
    """Read from the cursor's sequence number on, `>=` instead of `>`."""
    real = ProductStore.changes

    def changes(self: ProductStore, site_id: str, after: int, limit: int, last: int) -> Any:
        return real(self, site_id, after - 1, limit, last)

    return mock.patch.object(ProductStore, "changes", changes)


def cursor_from_counter(scenario: FeedScenario) -> Any:
    """Put the counter's latest number into the cursor instead of the last number shown."""
    real = FeedPosition.advance

    def advance(self: FeedPosition, *arguments: Any, **named: Any) -> FeedPosition:
        try:
            last = int(FeedItem.get(scenario.site.site_id, item_keys.FEED).last_seq)
        except FeedItem.DoesNotExist:
            last = 0
        return replace(real(self, *arguments, **named), after=last)

    return mock.patch.object(FeedPosition, "advance", advance)


def age_from_every_page(_scenario: FeedScenario) -> Any:
    """Reset the cursor's age on every page, even in the middle of the feed."""
    real = FeedPosition.advance

    def advance(self: FeedPosition, *arguments: Any, **_named: Any) -> FeedPosition:
        return real(self, *arguments, has_more=False)

    return mock.patch.object(FeedPosition, "advance", advance)


def cursors_without_expiry(_scenario: FeedScenario) -> Any:
    """Accept a cursor of any age."""
    return mock.patch.object(FeedPosition, "check", return_value=None)


def rows_without_check(_scenario: FeedScenario) -> Any:
    """Skip the check that the rows of a product belong together."""
    return mock.patch.object(product_reads._Snapshot, "is_consistent", True)


def shelves_after_page(scenario: FeedScenario) -> Any:
    """Compute `checked_at` from shelves that are read after the page."""

    def checked_at_late(_shelves: Any, shown: Any) -> Any:
        return feed.checked_at(scenario.deps.shelves.list_for_site(scenario.site.site_id), shown)

    return mock.patch.object(products_app, "checked_at", checked_at_late)


def duplicate_seq(_scenario: FeedScenario) -> Any:
    """Write the counter without the condition that its value is unchanged."""

    def advance(transaction: Any, site_id: str, _last: int, new: Any) -> None:
        transaction.save(item_from_feed_state(site_id, new))

    return mock.patch.object(product_transaction, "_advance", advance)


MUTANTS = [
    late_rows,
    read_from_last_seq,
    cursor_from_counter,
    rows_without_check,
    shelves_after_page,
    duplicate_seq,
]


@pytest.mark.parametrize("mutant", [age_from_every_page, cursors_without_expiry])
def test_long_lived_cursor_mutant_is_detected(
    mutant: Callable[[FeedScenario], Any], stores: Dependencies, clock: FakeClock
) -> None:
    scenario = FeedScenario(stores, clock, 1)

    with mutant(scenario), pytest.raises(AssertionError):
        scenario.read_for_months()


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS)
def test_feed_mutant_is_detected(
    mutant: Callable[[FeedScenario], Any], stores: Dependencies, clock: FakeClock
) -> None:
    for seed in range(MAX_SCENARIOS):
        scenario = FeedScenario(stores, clock, seed, mutant.__name__)
        try:
            with mutant(scenario):
                scenario.run(STEPS)
        except AssertionError:
            return
    pytest.fail(f"{mutant.__name__} was not detected")
