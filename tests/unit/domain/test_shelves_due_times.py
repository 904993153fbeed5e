"""A shelf is due before one of its products expires, whatever happened to it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.removals import remove_products
from amzlinkr.domain.shelf_refresh import apply_observations, with_expired, with_refresh
from amzlinkr.domain.shelves import Shelf, add_products
from tests.clock import START
from tests.fakes import product

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NUMBERS = st.sets(st.integers(0, 30), min_size=1, max_size=10)
LATENESS = st.integers(0, 90)
"""Minutes between a call to Amazon and the write of its response; real ones take seconds."""
HOURS = st.integers(0, 30)


class DueTimes(RuleBasedStateMachine):
    """The shelves of one site over time. Every operation on shelves is a rule."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.shelves: dict[str, Shelf] = {}
        self.opened = 0

    def store(self, changed: Iterable[Shelf]) -> None:
        self.shelves |= {shelf.shelf_id: shelf for shelf in changed}
        self.shelves = {name: shelf for name, shelf in self.shelves.items() if shelf.slots}

    def any_shelf(self, data: st.DataObject) -> Shelf:
        return self.shelves[data.draw(st.sampled_from(sorted(self.shelves)))]

    def has_shelves(self) -> bool:
        return bool(self.shelves)

    @rule(minutes=st.integers(1, 600))
    def wait(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule(numbers=NUMBERS, lateness=LATENESS)
    def import_products(self, numbers: set[int], lateness: int) -> None:
        at = self.now - lateness * MINUTE
        seen = {asin: product(asin, observed_at=at) for asin in map(asin_of, numbers)}
        self.store(apply_observations(shelf, seen)[0] for shelf in list(self.shelves.values()))
        placed = {asin for shelf in self.shelves.values() for asin in shelf.asins}
        new = [item for asin, item in seen.items() if asin not in placed]
        self.opened += 1
        empty = Shelf("site", "US", f"s{self.opened}", (), at, at + HOUR)
        self.store(add_products(new, list(self.shelves.values()), empty))

    @precondition(has_shelves)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        asins = [asin for shelf in self.shelves.values() for asin in shelf.asins]
        removed = data.draw(st.sets(st.sampled_from(sorted(asins)), min_size=1))
        self.store(remove_products(removed, self.shelves.values())[0])

    @precondition(has_shelves)
    @rule(
        data=st.data(),
        found=NUMBERS,
        named=NUMBERS,
        lateness=LATENESS,
        hours=st.integers(1, 12),
        is_current=st.booleans(),
    )
    def refresh(
        self,
        data: st.DataObject,
        found: set[int],
        named: set[int],
        lateness: int,
        hours: int,
        is_current: bool,
    ) -> None:
        shelf, at = self.any_shelf(data), self.now - lateness * MINUTE
        seen = {asin: product(asin, observed_at=at) for asin in map(asin_of, found)}
        lookup = LookupResult(at, seen, dict.fromkeys(map(asin_of, named), "ItemNotAccessible"))
        requested = shelf if is_current else replace(shelf, lease="superseded")
        if at >= shelf.observed_at:
            self.store([with_refresh(shelf, lookup, hours * HOUR, requested).shelf])

    @precondition(has_shelves)
    @rule(data=st.data())
    def expire(self, data: st.DataObject) -> None:
        self.store([with_expired(self.any_shelf(data), self.now)[0]])

    @precondition(has_shelves)
    @rule(data=st.data(), hours=HOURS)
    def reschedule(self, data: st.DataObject, hours: int) -> None:
        """Set the due time as sync requests, deferrals, and changes of the interval do."""
        shelf = self.any_shelf(data)
        self.store([replace(shelf, due_at=shelf.due_by(self.now + hours * HOUR))])

    @invariant()
    def every_shelf_is_due_by_its_next_expiry(self) -> None:
        for shelf in self.shelves.values():
            assert shelf.next_expiry is None or shelf.due_at <= shelf.next_expiry

    @invariant()
    def next_expiry_is_24_hours_after_the_oldest_product_with_content(self) -> None:
        for shelf in self.shelves.values():
            seen = [shelf.seen_at(slot) for slot in shelf.slots if slot.fingerprint]
            oldest: datetime | None = min(seen, default=None)
            assert shelf.next_expiry == (oldest and oldest + 24 * HOUR)


def asin_of(number: int) -> str:
    return f"B0{number:08d}"


TestDueTimes = DueTimes.TestCase


def test_shelf_of_expired_products_is_due_before_an_import_expires() -> None:
    asin = asin_of(1)
    empty = Shelf("site", "US", "s1", (), START, START + HOUR)
    (filled,) = add_products([product(asin)], [], empty)
    expired, _ = with_expired(filled, START + 24 * HOUR)
    late = replace(expired, due_at=START + 60 * HOUR)

    shelf, _ = apply_observations(late, {asin: product(asin, observed_at=START + 25 * HOUR)})

    assert shelf.due_at == START + 49 * HOUR
