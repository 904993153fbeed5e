"""Observations on shelves: matched by ASIN, the newest wins, and each product keeps its age."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.changes import Change
from amzlinkr.domain.products import Product
from amzlinkr.domain.shelf_refresh import apply_observations, with_refresh
from amzlinkr.domain.shelves import Shelf, Slot, add_products
from tests.clock import START
from tests.fakes import offer, product

HOUR = timedelta(hours=1)
LATER = START + HOUR
A, B, C = (f"B0000000{letter}0" for letter in "ABC")


def shelf_of(*products: Product, lease: str = "lease") -> Shelf:
    empty = Shelf("site", "US", "s1", (), START, START + HOUR)
    return replace(add_products(products, [], empty)[0], lease=lease)


def seen(*products: Product) -> dict[str, Product]:
    return {item.asin: item for item in products}


def refreshed(
    shelf: Shelf, lookup: LookupResult, interval: timedelta = HOUR
) -> tuple[Shelf, Sequence[Change]]:
    """Return the shelf and the changes after the refresh of the lease `lease`."""
    result = with_refresh(shelf, lookup, interval, replace(shelf, lease="lease"))
    return result.shelf, result.changes


def kinds(changes: Sequence[object]) -> list[tuple[str, str]]:
    return [(c.product.asin, c.kind) for c in changes]  # type: ignore[attr-defined] # changes are


def test_products_are_matched_by_asin_in_any_order() -> None:
    shelf = shelf_of(product(A, offer(100)), product(B, offer(200)))
    response = seen(product(B, offer(250), LATER), product(A, offer(100), LATER))

    new, changes = refreshed(shelf, LookupResult(LATER, response))

    assert kinds(changes) == [(B, "price")]
    assert new.asins == (A, B)


def test_unchanged_product_gets_the_new_time_without_a_change() -> None:
    new, changes = refreshed(
        shelf_of(product(A)), LookupResult(LATER, seen(product(A, None, LATER)))
    )

    assert changes == []
    assert new.last_seen_at(A) == LATER
    assert new.slots[0].seen_at is None


def test_product_missing_from_the_response_keeps_its_age() -> None:
    shelf = shelf_of(product(A), product(B))

    new, changes = refreshed(shelf, LookupResult(LATER, seen(product(A, offer(1), LATER))))

    assert (new.last_seen_at(A), new.last_seen_at(B)) == (LATER, START)
    assert kinds(changes) == [(A, "price")]


def test_older_observation_does_not_overwrite_a_newer_one() -> None:
    shelf, _ = refreshed(
        shelf_of(product(A)), LookupResult(LATER, seen(product(A, offer(300), LATER)))
    )
    late = seen(product(A, offer(100), START))

    for new, changes in (
        apply_observations(shelf, late),
        refreshed(shelf, LookupResult(START, late)),
    ):
        assert changes == []
        assert new.last_seen_at(A) == LATER
        assert new.slots == shelf.slots


def test_product_that_is_not_on_the_shelf_is_ignored() -> None:
    new, changes = refreshed(
        shelf_of(product(A)), LookupResult(LATER, seen(product(C, None, LATER)))
    )

    assert new.asins == (A,)
    assert changes == []


def test_refresh_sets_the_due_time_and_ends_the_lease() -> None:
    new, _ = refreshed(
        shelf_of(product(A)), LookupResult(LATER, seen(product(A, None, LATER))), 2 * HOUR
    )

    assert (new.due_at, new.lease) == (LATER + 2 * HOUR, "")


def test_due_time_requested_during_the_refresh_is_kept() -> None:
    rescheduled = replace(shelf_of(product(A), lease=""), due_at=START + timedelta(minutes=1))

    new, _ = refreshed(rescheduled, LookupResult(LATER, seen(product(A, None, LATER))))

    assert new.due_at == START + timedelta(minutes=1)


def test_lease_granted_during_the_refresh_is_kept() -> None:
    leased_again = replace(shelf_of(product(A), lease="next"), due_at=LATER)

    new, _ = refreshed(leased_again, LookupResult(LATER, seen(product(A, None, LATER))))

    assert (new.lease, new.due_at, new.last_seen_at(A)) == ("next", LATER, LATER)


def test_product_that_had_expired_is_published_again() -> None:
    day_later = START + timedelta(hours=24)
    response = LookupResult(day_later, seen(product(A, None, day_later)))

    _, changes = refreshed(shelf_of(product(A)), response)

    assert kinds(changes) == [(A, "price")]


def test_observation_of_one_product_keeps_the_time_of_the_shelf() -> None:
    shelf = shelf_of(product(A), product(B))

    new, changes = apply_observations(shelf, seen(product(A, offer(5), LATER)))

    assert (new.last_seen_at(A), new.last_seen_at(B), new.observed_at) == (LATER, START, START)
    assert kinds(changes) == [(A, "price")]
    assert new.due_at == shelf.due_at


PRICES = st.integers(1, 3)
OBSERVATIONS = st.lists(st.tuples(st.integers(0, 48), PRICES, st.booleans()), max_size=12)


@given(OBSERVATIONS)
def test_newest_observation_wins_in_any_order(
    arrivals: list[tuple[int, int, bool]],
) -> None:
    shelf = shelf_of(product(A, offer(1)))
    newest, published = START, offer(1)
    known = {START: offer(1)}

    for hours, price, is_refresh in arrivals:
        at: datetime = START + timedelta(hours=hours)
        shown = known.setdefault(at, offer(price))
        if is_refresh:
            shelf, changes = refreshed(shelf, LookupResult(at, seen(product(A, shown, at))))
        else:
            shelf, changes = apply_observations(shelf, seen(product(A, shown, at)))
        published = changes[-1].product.offer if changes else published
        newest = max(newest, at)
        assert shelf.last_seen_at(A) == newest
        assert published == known[newest]


def test_observation_of_yesterday_brings_no_content_and_one_entry() -> None:
    yesterday = timedelta(hours=25)
    imported = shelf_of(product(A), product(B, None, START - yesterday))
    response = seen(product(A, None, LATER), product(B, offer(7), LATER - yesterday))

    first = with_refresh(imported, LookupResult(LATER, response), HOUR, imported)
    shelf = replace(first.shelf, lease="lease")
    again = with_refresh(shelf, LookupResult(LATER, response), HOUR, shelf)

    assert (first.changes, first.cleared) == ([], {B: "expired"})
    assert (again.changes, again.cleared) == ([], {})
    assert first.shelf.due_at == again.shelf.due_at == LATER + HOUR
    waiting = replace(shelf, slots=(shelf.slots[0], Slot(B, None, START, is_waiting=True)))
    ended = with_refresh(waiting, LookupResult(LATER, response), HOUR, waiting)
    assert (ended.changes, ended.cleared) == ([], {B: "expired"})
