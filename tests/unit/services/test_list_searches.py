"""The search of a list: one call for each page, one time, each product once."""

from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest

from amzlinkr.domain.amazon_errors import AmazonUnavailable
from amzlinkr.domain.catalog import Search, SearchPage
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.lists import ListDefinition
from amzlinkr.services.list_searches import search_pages
from tests.clock import START, FakeClock
from tests.fakes import FakeCatalog, product

ASINS = [f"B{number:09d}" for number in range(40)]
HOUR = timedelta(hours=1)


class PagedCatalog(FakeCatalog):
    """A catalog with other results at each call, which takes a second."""

    def __init__(self, clock: FakeClock, pages: list[list[str]], total: int) -> None:
        super().__init__([], clock)
        self.searches: list[Search] = []
        self._pages, self._total, self.time = pages, total, clock

    def search(self, search: Search, deadline: Deadline) -> SearchPage:
        self.searches.append(search)
        self.time.advance(seconds=1)
        asins = self._pages[search.page - 1]
        return SearchPage(
            tuple(product(asin, None, self.time.now()) for asin in asins), self._total
        )


@pytest.mark.parametrize(
    ("size", "total", "calls", "found"),
    [
        (30, 40, 3, 30),
        (25, 40, 3, 25),
        (10, 40, 1, 10),
        (30, 17, 2, 17),
        (30, 10, 1, 10),
        (5, 0, 1, 0),
    ],
)  # fmt: skip
def test_calls_end_with_the_size_or_with_the_results(
    clock: FakeClock, size: int, total: int, calls: int, found: int
) -> None:
    known = ASINS[:total]
    catalog = PagedCatalog(clock, [known[n : n + 10] for n in range(0, 40, 10)], total)
    search = Search("tea", sort="Featured")

    results = search_pages(catalog, ListDefinition("tea", search, size), Deadline.after(clock, 30))

    assert catalog.searches == [replace(search, page=number + 1) for number in range(calls)]
    assert [item.asin for item in results.items] == known[:found]
    assert results.requested_at == START
    assert {item.observed_at for item in results.items} <= {START}


def test_list_has_the_time_of_its_first_call(clock: FakeClock) -> None:
    """Responses of AWS before the call correct a clock that was set."""

    class TimedCatalog(PagedCatalog):
        def search(self, search: Search, deadline: Deadline) -> SearchPage:
            page = super().search(search, deadline)
            return replace(page, requested_at=START + search.page * HOUR)

    catalog = TimedCatalog(clock, [ASINS[:10], ASINS[10:20]], 20)

    results = search_pages(
        catalog, ListDefinition("tea", Search("tea"), 20), Deadline.after(clock, 30)
    )

    assert results.requested_at == START + HOUR
    assert {item.observed_at for item in results.items} == {START + HOUR}


def test_product_that_moves_between_two_calls_stands_once(clock: FakeClock) -> None:
    catalog = PagedCatalog(clock, [ASINS[:10], [ASINS[9], *ASINS[10:19]]], 20)

    results = search_pages(
        catalog, ListDefinition("tea", Search("tea"), 20), Deadline.after(clock, 30)
    )

    assert [item.asin for item in results.items] == ASINS[:19]


def test_failure_of_a_page_is_a_failure_of_the_search(clock: FakeClock) -> None:
    catalog = FakeCatalog([product(asin, title="tea") for asin in ASINS], clock)
    deadline = Deadline.after(clock, 1.5)

    read = catalog.search

    def pass_time(search: Search, deadline: Deadline) -> SearchPage:
        found = read(search, deadline)
        clock.advance(seconds=1)
        return found

    with mock.patch.object(catalog, "search", pass_time), pytest.raises(AmazonUnavailable):
        search_pages(catalog, ListDefinition("tea", Search("tea"), 30), deadline)
