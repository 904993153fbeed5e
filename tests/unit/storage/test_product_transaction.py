"""The writes of a decision: one transaction, or a single write if the feed gets no entry."""

from collections.abc import Callable
from typing import Any

import pytest

from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.feed import TOMBSTONE_RETENTION, FeedState
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict
from amzlinkr.storage.optimistic import MIN_ATTEMPTS
from amzlinkr.storage.product_items import find_tombstones, read_feed_state
from amzlinkr.storage.product_transaction import write_decision
from amzlinkr.storage.records import DetailsItem, OfferItem, TombstoneItem
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.integration.aws_spy import Arguments, intercept_calls, record_calls, writes
from tests.unit.storage.test_product_writer import ASINS, HOUR, add, feed, lookup, shelves


def test_refresh_without_changes_is_a_single_write(stores: Dependencies) -> None:
    add(stores, *ASINS[:3])
    (shelf,) = shelves(stores)
    with record_calls() as unchanged:
        stores.product_writer.refresh(shelf, lookup(shelf))
    (shelf,) = shelves(stores)
    with record_calls() as changed:
        stores.product_writer.refresh(shelf, lookup(shelf, 5, 2 * HOUR))

    assert writes(unchanged) == ["PutItem"]
    assert writes(changed) == ["TransactWriteItems"]
    assert feed(stores, after=3) == [(asin, "price") for asin in ASINS[:3]]


def test_import_without_changes_takes_no_number_of_the_feed(stores: Dependencies) -> None:
    add(stores, *ASINS[:12])
    written: list[str] = []

    def intercept(operation: str, arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        if operation == "TransactWriteItems":
            written.extend(
                next(iter(one.values()))["TableName"] for one in arguments["TransactItems"]
            )
        return proceed()

    with intercept_calls(intercept):
        add(stores, ASINS[0], ASINS[11])

    assert written == [stores.config.shelves_table] * 2


def test_feed_begins_with_its_first_change(stores: Dependencies, clock: FakeClock) -> None:
    add(stores, ASINS[0])
    clock.advance(minutes=1)
    add(stores, ASINS[1])

    assert read_feed_state("site_a") == FeedState(2, START)


def test_tombstone_is_kept_as_long_as_cursors_need_it(stores: Dependencies) -> None:
    add(stores, ASINS[0])

    stores.product_writer.remove("site_a", "US", ASINS[0])

    item = TombstoneItem.get("site_a", item_keys.tombstone("US", ASINS[0]))
    assert item.expires == int((START + TOMBSTONE_RETENTION).timestamp())
    with pytest.raises(OfferItem.DoesNotExist):
        OfferItem.get("site_a", item_keys.product("US", ASINS[0]))
    with pytest.raises(DetailsItem.DoesNotExist):
        DetailsItem.get("site_a", item_keys.details("US", ASINS[0]))
    assert not stores.product_writer.remove("site_a", "US", ASINS[0])


@pytest.mark.parametrize("is_waiting", [False, True])
def test_tombstone_ends_when_the_product_returns(stores: Dependencies, is_waiting: bool) -> None:
    add(stores, *ASINS[:2])
    for asin in ASINS[:2]:
        stores.product_writer.remove("site_a", "US", asin)

    if is_waiting:
        stores.product_writer.add_waiting("site_a", "US", [ASINS[0]])
    else:
        add(stores, ASINS[0])

    assert find_tombstones("site_a", "US", ASINS[:2]) == (ASINS[1],)
    kind = "waiting" if is_waiting else "added"
    assert feed(stores, after=0) == [(ASINS[1], "removed"), (ASINS[0], kind)]


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


def test_decision_is_retried_until_the_deadline(stores: Dependencies, clock: FakeClock) -> None:
    attempts = 0

    def decide() -> None:
        nonlocal attempts
        attempts += 1
        clock.advance(seconds=0.13)
        raise Conflict

    for deadline, is_longer in ((Deadline.after(clock, 1), False), (None, True)):
        attempts = 0
        with pytest.raises(StoreUnavailable):
            write_decision(stores.connection, "site_a", decide, clock, deadline)
        assert (attempts > MIN_ATTEMPTS) is is_longer
