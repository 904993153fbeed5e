"""Positions in the change feed, and the age of what a reader holds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from amzlinkr.domain.errors import CursorTooOld
from amzlinkr.domain.feed import (
    MAX_CURSOR_AGE,
    TOMBSTONE_RETENTION,
    FeedPosition,
    FeedState,
    checked_at,
)
from amzlinkr.domain.products import Kind, Offer, StoredProduct
from amzlinkr.domain.shelves import MAX_OMISSIONS, Shelf, add_products
from tests.clock import START
from tests.fakes import product

HOUR = timedelta(hours=1)
FEED = FeedState(9, START - HOUR)
CLEARED: tuple[Kind, ...] = ("expired", "missing", "waiting")


def entry(seq: int, observed_at_hours: float | None = 0, marketplace: str = "US") -> StoredProduct:
    at = None if observed_at_hours is None else START + observed_at_hours * HOUR
    return StoredProduct("B000000001", marketplace, None, Offer(), at, seq, "price")


def shelf(marketplace: str, observed_at_hours: float) -> Shelf:
    at = START + observed_at_hours * HOUR
    empty = Shelf("site", marketplace, "s", (), at, at + HOUR)
    (filled,) = add_products([product("B000000002", observed_at=at)], [], empty)
    return filled


def test_position_moves_to_the_highest_number_shown() -> None:
    position = FeedPosition(5, START)

    assert position.advance([entry(6), entry(9)], START, FEED, has_more=True).after == 9
    assert position.advance([], START, FEED, has_more=True).after == 5


def test_since_moves_only_at_the_end_of_the_feed() -> None:
    position = FeedPosition(5, START)

    assert position.advance([entry(6)], START + HOUR, FEED, has_more=True).since == START
    assert position.advance([entry(6)], START + HOUR, FEED, has_more=False).since == START + HOUR


def test_position_in_a_feed_that_began_during_the_read_is_valid() -> None:
    begun = FeedState(9, START + HOUR)

    position = FeedPosition.start(START).advance([entry(6)], START, begun, has_more=True)

    position.check(START + HOUR, begun)


def test_position_expires_before_the_tombstones() -> None:
    position = FeedPosition.start(START)

    position.check(START + MAX_CURSOR_AGE, FeedState(0))
    with pytest.raises(CursorTooOld):
        position.check(START + MAX_CURSOR_AGE + timedelta(milliseconds=1), FeedState(0))
    assert MAX_CURSOR_AGE < TOMBSTONE_RETENTION


def test_position_of_a_lost_feed_is_too_old() -> None:
    begun_again = FeedState(4, began_at=START + HOUR)

    FeedPosition(4, START + HOUR).check(START + HOUR, begun_again)
    FeedPosition(4, START).check(START + HOUR, FeedState(4))  # written by an earlier release
    FeedPosition(0, START).check(START + HOUR, begun_again)
    for lost in (FeedPosition(4, START), FeedPosition(5, START + HOUR)):
        with pytest.raises(CursorTooOld):
            lost.check(START + HOUR, begun_again)


def test_feed_without_the_products_of_shelves_is_lost() -> None:
    filled, empty = shelf("US", 0), replace(shelf("US", 0), slots=())

    assert FeedState(0).is_lost([empty, filled])
    assert not FeedState(0).is_lost([empty])
    assert not FeedState(1).is_lost([filled])
    assert FeedState(1, START, is_complete=False).is_lost([])


def test_checked_at_is_the_oldest_observation_per_marketplace() -> None:
    shelves = [shelf("US", 2), shelf("DE", 1)]
    shown = [entry(1, 1.5), entry(2, 3, "DE"), entry(3, 0, "JP")]

    assert checked_at(shelves, shown) == {
        "DE": START + HOUR,
        "JP": START,
        "US": START + 1.5 * HOUR,
    }


def test_checked_at_ignores_removed_and_expired_products() -> None:
    removed = replace(entry(1), removed=True)
    cleared = [replace(entry(2), kind=kind) for kind in CLEARED]

    assert checked_at([shelf("US", 2)], [removed, *cleared, entry(3, None)]) == {
        "US": START + 2 * HOUR
    }


@pytest.mark.parametrize("omissions", [0, MAX_OMISSIONS])
def test_product_without_content_holds_back_no_other(omissions: int) -> None:
    full = shelf("US", 2)
    (slot,) = shelf("US", 0).slots
    cleared = replace(slot, fingerprint=None, omissions=omissions)
    dead = replace(shelf("US", 0), slots=(cleared,))

    assert checked_at([full, dead], []) == {"US": START + 2 * HOUR}
    assert checked_at([dead], []) == {}
