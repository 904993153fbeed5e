"""Waiting products: no content, one outcome, due times, and full calls."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.catalog import LookupResult, Search
from amzlinkr.domain.lists import ListDefinition
from amzlinkr.domain.products import Kind
from amzlinkr.domain.removals import remove_products
from amzlinkr.domain.shelf_refresh import (
    apply_observations,
    with_expired,
    with_refresh,
    without_contents,
)
from amzlinkr.domain.shelves import MAX_SHELF_SIZE, Shelf, Slot, add_products
from amzlinkr.domain.waiting import add_waiting, due_after_refresh, recovered_due_times
from tests.clock import START
from tests.fakes import product

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
A, B, C = (f"B0000000{letter}0" for letter in "ABC")
Answer = Literal["found", "named", "silent", "unreadable", "not requested", "imported"]
ANSWERS: tuple[Answer, ...] = (
    "found", "named", "silent", "unreadable", "not requested", "imported",
)  # fmt: skip


def empty_shelf(shelf_id: str = "s1", hours: float = 0) -> Shelf:
    """Return a new shelf without products, due an hour after its time."""
    at = START + hours * HOUR
    return Shelf("site", "US", shelf_id, (), at, at + HOUR)


def shelf_of(*asins: str, waiting: Iterable[str] = ()) -> Shelf:
    """Return a shelf with products, and with waiting ones that were imported at the start."""
    shelf = empty_shelf()
    if asins:
        (shelf,) = add_products([product(asin) for asin in asins], [], shelf)
    added = add_waiting(waiting, [shelf], shelf, START)
    return added[0] if added else shelf


def slot_of(shelf: Shelf, asin: str) -> Slot:
    slot = shelf.slot(asin)
    assert slot is not None
    return slot


def test_waiting_product_takes_a_free_slot_and_makes_its_shelf_due() -> None:
    shelf = shelf_of(A)
    at = START + 10 * MINUTE

    (changed,) = add_waiting([B], [shelf], empty_shelf("new"), at)

    assert (changed.shelf_id, changed.asins, changed.due_at) == ("s1", (A, B), at)
    assert changed.slots[1] == Slot(B, None, at, is_waiting=True)
    assert changed.next_expiry == shelf.next_expiry
    assert changed.last_seen_at(B) == at


def test_shelf_of_a_sandbox_waits_for_an_hour_after_its_refresh() -> None:
    """Otherwise imports and removals would cause a refresh in every run."""
    at = START + 10 * MINUTE
    shelf = replace(shelf_of(A), site_id="test_a", due_at=START + 3 * HOUR)
    empty = replace(empty_shelf("new"), site_id="test_a", due_at=START + 3 * HOUR)

    (changed,) = add_waiting([B], [shelf], empty, at)
    (new,) = add_waiting([B], [], empty, at)
    refreshed = due_after_refresh(changed, shelf, at, 3 * HOUR)
    recovered = recovered_due_times([replace(changed, due_at=START + 2 * HOUR)], HOUR, at)

    assert (changed.due_at, new.due_at) == (START + HOUR, at)
    assert refreshed == START + HOUR
    assert recovered == {}


def test_failed_list_of_a_sandbox_waits_for_the_end_of_its_deferral() -> None:
    """An account that fails and recovers would otherwise cause a refresh in every run."""
    definition = ListDefinition("best", Search("tea"))
    failed = replace(empty_shelf(), definition=definition, due_at=START + HOUR)
    at = START + 10 * MINUTE

    assert list(recovered_due_times([failed], HOUR, at)) == [failed]
    assert recovered_due_times([replace(failed, site_id="test_a")], HOUR, at) == {}


def test_overdue_shelf_keeps_its_due_time() -> None:
    overdue = replace(shelf_of(A), due_at=START - HOUR)

    (changed,) = add_waiting([B], [overdue], empty_shelf("new"), START)

    assert changed.due_at == START - HOUR


@given(
    st.lists(
        st.tuples(st.sampled_from(["import", "wait", "remove"]), st.sets(st.integers(0, 35))),
        max_size=8,
    )
)
def test_products_fill_the_fewest_shelves(steps: list[tuple[str, set[int]]]) -> None:
    shelves: dict[str, Shelf] = {}
    for number, (step, numbers) in enumerate(steps):
        placed = {asin: shelf for shelf in shelves.values() for asin in shelf.asins}
        asins = [f"B{one:09d}" for one in sorted(numbers)][:MAX_SHELF_SIZE]
        if step == "remove":
            changed = remove_products(asins, shelves.values())[0]
        else:
            new, fresh = [asin for asin in asins if asin not in placed], empty_shelf(str(number))
            if step == "wait":
                changed = add_waiting(new, shelves.values(), fresh, START)
            else:
                changed = add_products([product(asin) for asin in new], shelves.values(), fresh)
        shelves |= {shelf.shelf_id: shelf for shelf in changed}
        shelves = {name: shelf for name, shelf in shelves.items() if shelf.slots}
        count = sum(len(shelf.slots) for shelf in shelves.values())
        assert len(shelves) == -(-count // MAX_SHELF_SIZE)
        for shelf in shelves.values():
            assert all(not (slot.is_waiting and slot.fingerprint) for slot in shelf.slots)


@given(st.lists(st.sampled_from(ANSWERS), max_size=10))
def test_waiting_product_becomes_added_or_missing_exactly_once(answers: list[Answer]) -> None:
    shelf, kinds, omissions = shelf_of(B, waiting=[A]), list[Kind](), 0
    for number, answer in enumerate(answers, start=1):
        at = START + number * MINUTE
        is_waiting, before = slot_of(shelf, A).is_waiting, len(kinds)
        asins = [A, B] if answer in ("found", "imported") else [B]
        found = {asin: product(asin, observed_at=at) for asin in asins}
        codes = {"named": "ItemNotFound", "unreadable": "Unreadable"}
        refused = {A: codes[answer]} if answer in codes else {}
        if answer == "imported":
            shelf, changes = apply_observations(shelf, found)
        else:
            asked = shelf_of(B) if answer == "not requested" else shelf
            result = with_refresh(shelf, LookupResult(at, found, refused), HOUR, asked)
            shelf, changes = result.shelf, list(result.changes)
            kinds += [kind for asin, kind in result.cleared.items() if asin == A]
        kinds += [change.kind for change in changes if change.product.asin == A]

        omissions = omissions + 1 if answer == "silent" else omissions
        if is_waiting:
            expected = {"found": ["added"], "imported": ["added"], "named": ["missing"]}
            silent = ["missing"] if answer == "silent" and omissions >= 2 else []
            assert kinds[before:] == expected.get(answer, silent)
        assert slot_of(shelf, A).is_waiting == (not kinds)
        assert not (slot_of(shelf, A).is_waiting and slot_of(shelf, A).fingerprint)
    assert "waiting" not in kinds


def test_answer_that_is_older_than_the_import_ends_the_wait() -> None:
    shelf = shelf_of(waiting=[A])

    updated, changes = apply_observations(shelf, {A: product(A, observed_at=START - MINUTE)})

    assert [change.kind for change in changes] == ["added"]
    assert slot_of(updated, A).fingerprint is not None


def test_waiting_product_does_not_expire_and_stays_waiting_in_a_repair() -> None:
    shelf = shelf_of(B, waiting=[A, C])

    later, expired = with_expired(shelf, START + 48 * HOUR)
    repaired, kinds = without_contents(shelf, START + HOUR)

    assert expired == (B,)
    assert slot_of(later, A).is_waiting
    assert kinds == {B: "expired", A: "waiting", C: "waiting"}
    assert slot_of(repaired, A).is_waiting
    assert shelf_of(waiting=[A]).next_expiry is None


@pytest.mark.parametrize(
    ("asked", "minutes"), [((A, B, C), 60), ((A, B), 0), ((A, C), 60), ((A,), 0)]
)
def test_shelf_is_due_at_once_for_a_product_that_was_not_requested(
    asked: tuple[str, ...], minutes: int
) -> None:
    shelf = shelf_of(A, B, waiting=[C])

    due_at = due_after_refresh(shelf, shelf_of(*asked), START, HOUR)

    assert due_at == START + minutes * MINUTE


def test_product_that_joins_during_a_refresh_is_requested_next() -> None:
    requested = replace(shelf_of(A), lease="lease", leased_until=START + HOUR)
    (joined,) = add_waiting([B], [requested], empty_shelf("new"), START + MINUTE)
    found = {A: product(A, observed_at=START + MINUTE)}

    result = with_refresh(joined, LookupResult(START + MINUTE, found), HOUR, requested)

    assert (result.shelf.due_at, result.shelf.lease) == (START + MINUTE, "")
    assert slot_of(result.shelf, B).omissions == 0


def test_moved_product_is_not_delayed() -> None:
    full = replace(shelf_of(*(f"B1{number:08d}" for number in range(10))), shelf_id="full")
    waiting = shelf_of(waiting=[A])

    (filled, _), moved = remove_products(full.asins[:1], [full, waiting])

    assert moved == {A: waiting}
    assert filled.due_at == START
    assert slot_of(filled, A).is_waiting


def deferred(shelf: Shelf, shelf_id: str, hours: float) -> Shelf:
    """Return a shelf that was observed at a time, and deferred until an hour after the recovery."""
    at = START + hours * HOUR
    slots = tuple(replace(slot, seen_at=at) for slot in shelf.slots)
    return replace(shelf, shelf_id=shelf_id, slots=slots, observed_at=at, due_at=START + 101 * HOUR)


def test_deferred_shelves_are_due_in_the_order_in_which_they_would_have_been() -> None:
    recovered_at = START + 100 * HOUR
    expired = deferred(shelf_of(A), "expired", 20)
    waiting = deferred(shelf_of(waiting=[A]), "waiting", 99.9)
    older = deferred(shelf_of(waiting=[A]), "older", 10)
    mixed = replace(waiting, shelf_id="mixed", slots=(*waiting.slots, *expired.slots))

    due_at = recovered_due_times([waiting, mixed, expired, older], HOUR, recovered_at)

    in_order = sorted(due_at, key=lambda shelf: due_at[shelf])
    assert [shelf.shelf_id for shelf in in_order] == ["older", "expired", "mixed", "waiting"]
    times = [due_at[shelf] for shelf in in_order]
    assert len(set(times)) == 4
    assert recovered_at - timedelta(seconds=1) < times[0] < times[-1] < recovered_at


def test_list_without_results_recovers_by_its_age_and_not_after_an_interval() -> None:
    recovered_at = START + 100 * HOUR
    new = replace(
        deferred(shelf_of(), "new", 99.5),
        definition=ListDefinition("tea", Search(keywords="tea")),
    )

    assert not new.has_results
    assert list(recovered_due_times([new], 12 * HOUR, recovered_at)) == [new]
    filled = replace(new, has_results=True)
    assert recovered_due_times([filled], 12 * HOUR, recovered_at) == {}


def test_shelves_that_were_not_deferred_keep_their_due_times() -> None:
    recovered_at = START + 100 * HOUR
    refreshed = replace(
        shelf_of(A), observed_at=recovered_at - HOUR / 2, due_at=recovered_at + HOUR
    )
    due = replace(deferred(shelf_of(A), "due", 1), due_at=recovered_at)
    omitted = deferred(shelf_of(waiting=[A]), "omitted", 99.5)
    omitted = replace(omitted, slots=(replace(omitted.slots[0], omissions=1),))
    slow = deferred(shelf_of(A), "slow", 95)

    assert recovered_due_times([refreshed, due, omitted], HOUR, recovered_at) == {}
    assert recovered_due_times([slow], 12 * HOUR, recovered_at) == {}
    assert list(recovered_due_times([slow], HOUR, recovered_at)) == [slow]
