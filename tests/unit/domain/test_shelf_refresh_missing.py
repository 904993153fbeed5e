"""Missing products: named by Amazon, or omitted silently by two refreshes in a row."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.catalog import INACCESSIBLE_CODES, LookupResult
from amzlinkr.domain.products import Kind
from amzlinkr.domain.removals import remove_products
from amzlinkr.domain.shelf_refresh import (
    RefreshResult,
    apply_observations,
    with_expired,
    with_refresh,
)
from amzlinkr.domain.shelves import Shelf, add_products
from tests.clock import START
from tests.fakes import offer, product

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
A, B, C = (f"B0000000{letter}0" for letter in "ABC")
Answer = Literal["found", "named", "silent", "unreadable", "failed"]
ANSWERS: tuple[Answer, ...] = ("found", "named", "silent", "unreadable", "failed")


def shelf_of(*asins: str) -> Shelf:
    empty = Shelf("site", "US", "s1", (), START, START + HOUR)
    return add_products([product(asin) for asin in asins], [], empty)[0]


def answer(at: datetime, found: Sequence[str], refused: Sequence[str] = ()) -> LookupResult:
    """Return an answer of Amazon with some products, and errors for others."""
    shown = {asin: product(asin, observed_at=at) for asin in found}
    return LookupResult(at, shown, dict.fromkeys(refused, "ItemNotAccessible"))


def refresh(shelf: Shelf, lookup: LookupResult) -> RefreshResult:
    return with_refresh(shelf, lookup, HOUR, shelf)


def is_missing(shelf: Shelf, asin: str) -> bool:
    slot = shelf.slot(asin)
    assert slot is not None
    assert not (slot.is_missing and slot.fingerprint)
    return slot.is_missing


def silently_missing(shelf: Shelf, *found: str) -> Shelf:
    """Return the shelf after two refreshes that omit all products but these."""
    for hours in (1, 2):
        shelf = refresh(shelf, answer(START + hours * HOUR, found)).shelf
    return shelf


@pytest.mark.parametrize("code", ["InvalidParameterValue", "ItemNotAccessible", "ItemNotFound"])
def test_named_product_is_missing_at_the_first_refresh(code: str) -> None:
    lookup = replace(answer(START + HOUR, [B]), refused={A: code})

    result = refresh(shelf_of(A, B), lookup)

    assert result.cleared == {A: "missing"}
    assert (is_missing(result.shelf, A), is_missing(result.shelf, B)) == (True, False)
    assert result.shelf.asins == (A, B)
    assert code in INACCESSIBLE_CODES


def test_silently_omitted_product_is_missing_at_the_second_refresh() -> None:
    first = refresh(shelf_of(A, B), answer(START + HOUR, [B]))
    second = refresh(first.shelf, answer(START + 2 * HOUR, [B]))
    third = refresh(second.shelf, answer(START + 3 * HOUR, [B]))

    assert [result.cleared for result in (first, second, third)] == [{}, {A: "missing"}, {}]
    assert first.shelf.last_seen_at(A) == START
    assert third.shelf.asins == (A, B)
    assert third.shelf.slots[0].seen_at is None


def test_product_seen_between_two_omissions_is_not_missing() -> None:
    shelf = refresh(shelf_of(A, B), answer(START + HOUR, [B])).shelf
    shelf = refresh(shelf, answer(START + 2 * HOUR, [A, B])).shelf

    result = refresh(shelf, answer(START + 3 * HOUR, [B]))

    assert result.cleared == {}


@pytest.mark.parametrize(
    "code", ["Unreadable", "InternalFailure", "TooManyRequests", "Unknown", ""]
)
def test_product_with_another_error_is_not_omitted_and_expires(code: str) -> None:
    shelf, cleared = shelf_of(A, B), []
    for hours in range(1, 25):
        at = START + hours * HOUR
        result = refresh(shelf, replace(answer(at, [B]), refused={A: code}))
        shelf = result.shelf
        cleared.append(result.cleared)

    assert cleared == [{}] * 23 + [{A: "expired"}]
    assert shelf.last_seen_at(A) == START
    assert not is_missing(shelf, A)


def test_missing_product_with_another_error_stays_missing() -> None:
    gone = silently_missing(shelf_of(A, B), B)

    result = refresh(gone, replace(answer(START + 3 * HOUR, [B]), refused={A: "Unreadable"}))

    assert (is_missing(result.shelf, A), result.cleared) == (True, {})
    assert result.shelf.next_expiry == START + 3 * HOUR + DAY


def test_product_that_was_not_asked_for_is_not_omitted() -> None:
    requested = shelf_of(A)
    lookup = answer(START + HOUR, [], refused=[A, B])
    current = requested
    for hours in (1, 2):
        # An import adds the product after the worker has read the shelf.
        current = replace(current, slots=(*requested.slots, *shelf_of(B).slots))
        late = replace(lookup, requested_at=START + hours * HOUR)
        current = with_refresh(current, late, HOUR, requested).shelf

        assert not is_missing(current, B)


def test_refresh_without_its_lease_counts_no_omission() -> None:
    leased = replace(shelf_of(A, B), lease="lease")
    first = with_refresh(leased, answer(START + HOUR, [B]), HOUR, leased).shelf

    # The queue delivered the message twice, and both workers called Amazon.
    twin = with_refresh(first, answer(START + 1.1 * HOUR, [B]), HOUR, leased)

    assert (first.lease, twin.cleared) == ("", {})
    assert not is_missing(twin.shelf, A)


def test_refresh_that_was_written_before_counts_no_second_omission() -> None:
    leased, lookup = replace(shelf_of(A, B), lease="lease"), answer(START + HOUR, [B])
    written = with_refresh(leased, lookup, HOUR, leased).shelf

    again = with_refresh(written, lookup, HOUR, leased)

    assert (again.shelf, again.changes, again.cleared) == (written, [], {})


def test_newer_import_wins_over_the_omission() -> None:
    requested = shelf_of(A)
    seen = {A: product(A, offer(5), START + 2 * HOUR)}
    current, _ = apply_observations(requested, seen)

    result = with_refresh(current, answer(START + HOUR, [], refused=[A]), HOUR, requested)

    assert result.cleared == {}
    assert result.shelf.last_seen_at(A) == START + 2 * HOUR


def test_older_import_does_not_bring_a_missing_product_back() -> None:
    gone = refresh(shelf_of(A), answer(START + 2 * HOUR, [], refused=[A])).shelf

    shelf, changes = apply_observations(gone, {A: product(A, observed_at=START + HOUR)})

    assert (shelf, changes) == (gone, [])


@pytest.mark.parametrize("by_import", [False, True])
def test_missing_product_that_returns_is_added(by_import: bool) -> None:
    gone = silently_missing(shelf_of(A, B), B)
    back = answer(START + 3 * HOUR, [A, B])

    if by_import:
        shelf, changes = apply_observations(gone, back.found)
    else:
        result = refresh(gone, back)
        shelf, changes = result.shelf, list(result.changes)

    assert [(change.product.asin, change.kind) for change in changes] == [(A, "added")]
    assert changes[0].details_changed
    assert not is_missing(shelf, A)
    omitted_again = refresh(shelf, answer(START + 4 * HOUR, [B]))
    assert omitted_again.cleared == {}


@pytest.mark.parametrize(("refused", "refreshes"), [([A], 1), ([], 2)])
def test_expired_product_becomes_missing(refused: list[str], refreshes: int) -> None:
    shelf, expired = with_expired(shelf_of(A, B), START + DAY)
    cleared: dict[str, Kind] = {}

    for number in range(refreshes):
        assert cleared == {}
        result = refresh(shelf, answer(START + DAY + number * HOUR, [B], refused))
        shelf, cleared = result.shelf, dict(result.cleared)

    assert expired == (A, B)
    assert cleared == {A: "missing"}


def test_missing_product_does_not_expire_and_makes_no_shelf_due() -> None:
    gone = refresh(shelf_of(A), answer(START + HOUR, [], refused=[A])).shelf

    assert gone.next_expiry is None
    assert gone.due_by(START + 100 * DAY) == START + 100 * DAY
    assert with_expired(gone, START + 2 * DAY) == (gone, ())


def test_product_that_expires_at_a_refresh_expires_once() -> None:
    result = refresh(shelf_of(A, B), answer(START + DAY, [B]))

    assert result.cleared == {A: "expired"}
    assert result.shelf.due_at == START + DAY + HOUR


def test_moved_product_stays_missing() -> None:
    gone = silently_missing(shelf_of(A))
    full = replace(shelf_of(*(f"B1{number:08d}" for number in range(10))), shelf_id="full")

    (filled, emptied), moved = remove_products(full.asins[:1], [full, gone])

    assert moved == {A: gone}
    assert is_missing(filled, A)
    assert emptied.slots == ()


@given(st.lists(st.sampled_from(ANSWERS), max_size=12))
def test_state_follows_the_last_answers(answers: list[Answer]) -> None:
    shelf, omissions, kinds = shelf_of(A, B), 0, []
    expected = []
    for number, given_answer in enumerate(answers, start=1):
        if given_answer == "failed":
            continue
        at = START + number * HOUR
        lookup = answer(at, [A, B] if given_answer == "found" else [B])
        codes = {"named": {A: "ItemNotAccessible"}, "unreadable": {A: "Unreadable"}}
        result = refresh(shelf, replace(lookup, refused=codes.get(given_answer, {})))
        shelf = result.shelf
        kinds += [change.kind for change in result.changes if change.product.asin == A]
        kinds += list(result.cleared.values())

        before = omissions
        if given_answer == "found":
            expected += ["added"] if before >= 2 else []
            omissions = 0
        else:
            omissions = {"named": 2, "unreadable": before}.get(given_answer, min(2, before + 1))
            expected += ["missing"] if before < 2 <= omissions else []
        assert is_missing(shelf, A) == (omissions >= 2)
        assert (shelf.slots[0].fingerprint is None) == (omissions >= 2)
        assert not is_missing(shelf, B)
        assert shelf.due_at == at + HOUR
    assert kinds == expected
