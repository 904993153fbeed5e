"""The write units and calls of a list of thirty products, beside those of three shelves.

The stores and the pages of a search are the service's own, on AWS in memory.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from amzlinkr.domain.catalog import LookupResult, Search, SearchPage
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.lists import MAX_LIST_SIZE, ListDefinition
from amzlinkr.domain.products import Product
from amzlinkr.domain.shelves import Shelf
from amzlinkr.services.list_searches import search_pages
from amzlinkr.wiring import Dependencies
from tests.bench.report import columns
from tests.clock import FakeClock
from tests.fakes import FakeCatalog, offer, product
from tests.simulation.capacity import Ledger
from tests.simulation.memory_aws import MemoryAws

HOUR, LEASE = timedelta(hours=1), timedelta(minutes=15)
DEFINITION = ListDefinition("tea", Search("tea", sort="Featured"), MAX_LIST_SIZE)
SITE = "site_" + "0" * 26
ASINS = [f"B0{number:08d}" for number in range(MAX_LIST_SIZE + 1)]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Step:
    """The calls to Amazon and the write units of one step, with the limit of its units."""

    name: str
    calls: int
    units: float
    limit: float

    @property
    def passed(self) -> bool:
        """Return whether the units are within the limit."""
        return self.units <= self.limit


class CountingCatalog(FakeCatalog):
    """A catalog that counts the pages that were requested."""

    pages = 0

    def search(self, search: Search, deadline: Deadline) -> SearchPage:
        self.pages += 1
        return super().search(search, deadline)


def measure() -> list[Step]:
    """Return the steps of a list, after a refresh of three shelves without changes."""
    clock = FakeClock()
    aws = MemoryAws(clock.now)
    with aws.attached() as config:
        deps = Dependencies(config, clock)
        aws.dynamodb.ledger.is_enabled = True
        return _measure(deps, clock, aws.dynamodb.ledger)


def _measure(deps: Dependencies, clock: FakeClock, ledger: Ledger) -> list[Step]:
    def units(work: Callable[[], object]) -> float:
        ledger.entries.clear()
        work()
        return sum(ledger.writes().values())

    def refresh(products: Sequence[Product]) -> tuple[int, float]:
        clock.advance(hours=1)
        catalog = CountingCatalog(products, clock)
        results = search_pages(catalog, DEFINITION, Deadline.after(clock, 60))
        (due,) = deps.shelves.lists(SITE)
        lease = units(lambda: _lease(deps, clock, due))
        (shelf,) = deps.shelves.lists(SITE)
        return catalog.pages, lease + units(
            lambda: deps.product_writer.lists.refresh(shelf, results)
        )

    shelves = _units_of_shelves(deps, clock, units)
    put = units(lambda: deps.product_writer.lists.put(SITE, "US", DEFINITION, 1))
    found = [_product(asin) for asin in ASINS]
    first = refresh(found[:-1])
    unchanged = refresh(found[:-1])
    cheaper = [replace(found[0], offer=offer(999)), *found[1:-1]]
    price, other = refresh(cheaper), refresh(found[1:])
    return [
        Step("three shelves, nothing changed", 3, shelves, 9),
        Step("list: defined", 0, put, 12),
        Step("list: first results", *first, 60),
        Step("list: nothing changed", *unchanged, shelves),
        Step("list: another price", *price, 24),
        Step("list: another product", *other, 60),
    ]


def _units_of_shelves(
    deps: Dependencies, clock: FakeClock, units: Callable[[Callable[[], object]], float]
) -> float:
    """Return the units of a refresh of three shelves in which nothing changed."""
    for start in range(0, MAX_LIST_SIZE, 10):
        deps.product_writer.add(SITE, "US", [_product(asin) for asin in ASINS[start : start + 10]])
    clock.advance(hours=1)
    total = 0.0
    for due in deps.shelves.list_for_site(SITE):
        total += units(lambda due=due: _lease(deps, clock, due))  # type: ignore[misc] # bound here
        (shelf,) = [s for s in deps.shelves.list_for_site(SITE) if s.shelf_id == due.shelf_id]
        found = {asin: replace(_product(asin), observed_at=clock.now()) for asin in shelf.asins}
        lookup = LookupResult(clock.now(), found)
        total += units(
            lambda shelf=shelf, lookup=lookup: deps.product_writer.refresh(shelf, lookup)  # type: ignore[misc] # bound here
        )
    return total


def _lease(deps: Dependencies, clock: FakeClock, shelf: Shelf) -> None:
    assert deps.shelves.lease(shelf, "0" * 16, clock.now(), clock.now() + LEASE)


def _product(asin: str) -> Product:
    """Return a product with texts of the usual length, different for each."""
    rng = random.Random(asin)  # noqa: S311 - made-up texts

    def words(count: int) -> str:
        return " ".join("".join(rng.choices(LETTERS, k=rng.randint(3, 9))) for _ in range(count))

    plain = product(asin, title=f"tea {words(12)}")
    features = tuple(words(20) for _ in range(5))
    return replace(plain, details=replace(plain.details, features=features))


def table(steps: Sequence[Step]) -> str:
    """Return the results as a table."""
    rows = [
        (step.name, str(step.calls), f"{step.units:.0f}", f"{step.limit:.0f}",
         "pass" if step.passed else "FAIL")
        for step in steps
    ]  # fmt: skip
    return columns(("thirty products", "calls", "write units", "limit", ""), rows, ())
