"""Reads of products: pages, the feed up to a number, and products that change while read."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.fakes import offer, product
from tests.integration.aws_spy import Arguments, intercept_calls
from tests.unit.storage.reads import recorded_reads

ASINS = [f"B{number:09d}" for number in range(12)]
NAMES = [(code, asin) for code in ("DE", "US") for asin in ASINS]
MINUTE = timedelta(minutes=1)
SITES = itertools.count()


def add(stores: Dependencies, names: list[tuple[str, str]], site_id: str = "site_a") -> None:
    """Import products of several marketplaces."""
    for code in ("DE", "US"):
        asins = [asin for marketplace, asin in names if marketplace == code]
        for start in range(0, len(asins), 10):
            products = [product(a, marketplace=code) for a in asins[start : start + 10]]
            stores.product_writer.add(site_id, code, products)


def read_pages(
    stores: Dependencies, site_id: str, marketplace: str | None, limit: int
) -> list[list[tuple[str, str]]]:
    """Return marketplace and ASIN of the products of every page."""
    pages, after = [], None
    while True:
        page = stores.products.page(site_id, marketplace, after, limit)
        pages.append([(shown.marketplace, shown.asin) for shown in page.products])
        if (after := page.next_key) is None:
            return pages


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)), st.integers(1, 9))
def test_pages_have_every_product_once_and_are_full_except_the_last(
    stores_in_memory: Dependencies,
    imported: set[tuple[str, str]],
    removed: set[tuple[str, str]],
    limit: int,
) -> None:
    site_id = f"site_{next(SITES)}"
    add(stores_in_memory, sorted(imported), site_id)
    for code, asin in removed:
        stores_in_memory.product_writer.remove(site_id, code, asin)

    for marketplace in (None, "DE", "US"):
        pages = read_pages(stores_in_memory, site_id, marketplace, limit)
        held = [name for name in imported - removed if marketplace in (None, name[0])]
        assert [name for page in pages for name in page] == sorted(held)
        assert all(len(page) == limit for page in pages[:-1])
        assert len(pages) == max(1, -(-len(held) // limit))


def test_change_after_the_last_number_is_left_to_the_next_read(stores: Dependencies) -> None:
    add(stores, NAMES[:2])
    last = stores.products.last_seq("site_a")
    newer = product(ASINS[0], offer(5), START + MINUTE, marketplace="DE")
    stores.product_writer.add("site_a", "DE", [newer])

    first = stores.products.changes("site_a", 0, 100, last)
    second = stores.products.changes("site_a", last, 100)

    assert [(entry.asin, entry.seq) for entry in first] == [(ASINS[1], 2)]
    assert [(entry.asin, entry.seq, entry.kind) for entry in second] == [(ASINS[0], 3, "price")]


def test_end_of_the_feed_is_found_with_one_read(stores: Dependencies) -> None:
    add(stores, NAMES[:2])
    with recorded_reads() as reads:
        assert stores.products.changes("site_a", 2, 100) == ()

    assert (reads.consistent, reads.eventual) == (["GetItem"], [])


def change_before_each_read_of_shelves(
    stores: Dependencies, times: int
) -> Callable[[str, Arguments, Callable[[], Any]], Any]:
    """Return an interceptor that changes a price before the first reads of shelves."""
    amounts = iter(range(1, times + 1))
    is_changing = False

    def intercept(operation: str, arguments: Arguments, proceed: Callable[[], Any]) -> Any:
        nonlocal is_changing
        reads_shelf = operation == "BatchGetItem" and "ShelvesTable" in arguments["RequestItems"]
        if reads_shelf and not is_changing and (amount := next(amounts, None)):
            is_changing = True
            newer = product(ASINS[0], offer(amount), START + amount * MINUTE)
            stores.product_writer.add("site_a", "US", [newer])
            is_changing = False
        return proceed()

    return intercept


def test_product_that_changes_during_a_read_is_read_again(stores: Dependencies) -> None:
    add(stores, [("US", ASINS[0])])
    with intercept_calls(change_before_each_read_of_shelves(stores, times=3)):
        shown = stores.products.get("site_a", "US", ASINS[0])

    assert shown is not None
    assert (shown.offer, shown.observed_at) == (offer(3), START + 3 * MINUTE)


def test_product_that_changes_during_every_read_is_unavailable(stores: Dependencies) -> None:
    add(stores, [("US", ASINS[0])])

    with (
        intercept_calls(change_before_each_read_of_shelves(stores, times=99)),
        pytest.raises(StoreUnavailable, match="changed each time"),
    ):
        stores.products.get("site_a", "US", ASINS[0])


def test_products_are_read_consistently(stores: Dependencies) -> None:
    add(stores, NAMES[:2])
    with recorded_reads() as reads:
        stores.products.get("site_a", "DE", ASINS[0])
        stores.products.page("site_a", None, None, 10)
        stores.products.changes("site_a", 0, 100)

    assert set(reads.consistent) == {"BatchGetItem", "Query", "GetItem"}
    assert reads.eventual == []
