"""Reads of products: pages, products that match a filter, and the feed up to a number."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amzlinkr.domain.product_filter import ProductFilter
from amzlinkr.domain.products import StoredProduct
from amzlinkr.storage import item_keys
from amzlinkr.storage import products as product_store
from amzlinkr.storage.records import OfferItem
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.fakes import offer, product
from tests.feed_pages import changed_products
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


def filtered_pages(
    stores: Dependencies, site_id: str, wanted: ProductFilter, limit: int
) -> list[list[str]]:
    """Return the ASINs of the products of every page that match a filter."""
    pages, after = [], None
    while True:
        page = stores.products.select(site_id, wanted, after, limit, lambda: START)
        pages.append([shown.asin for shown in page.products])
        if (after := page.next_key) is None:
            return pages


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)),
    st.sets(st.sampled_from(ASINS)), st.sampled_from([None, "DE", "US"]), st.integers(1, 9),
)  # fmt: skip
def test_filtered_pages_are_the_matching_products_in_order_and_full(
    stores_in_memory: Dependencies,
    imported: set[tuple[str, str]],
    sold_out: set[tuple[str, str]],
    asins: set[str],
    marketplace: str | None,
    limit: int,
) -> None:
    site_id = f"site_{next(SITES)}"
    add(stores_in_memory, sorted(imported), site_id)
    for code, asin in sorted(sold_out & imported):
        shown = product(asin, offer(availability="out_of_stock"), marketplace=code)
        stores_in_memory.product_writer.add(site_id, code, [shown])

    for availability in (frozenset[str](), frozenset({"out_of_stock"})):
        wanted = ProductFilter(marketplace, tuple(sorted(asins)), availability=availability)
        found = filtered_pages(stores_in_memory, site_id, wanted, limit)
        assert [asin for page in found for asin in page] == [
            asin
            for code, asin in sorted(imported)
            if code == (marketplace or code)
            and (not asins or asin in asins)
            and (not availability or (code, asin) in sold_out)
        ]
        assert all(len(page) == limit for page in found[:-1])
        assert found == [[]] or all(found)


def test_named_products_are_read_in_pages_too(stores: Dependencies) -> None:
    add(stores, [("US", asin) for asin in ASINS[:5]])
    wanted = ProductFilter("US", tuple(ASINS[1:5]))

    first = stores.products.select("site_a", wanted, None, 3, lambda: START)
    second = stores.products.select("site_a", wanted, first.next_key, 3, lambda: START)

    assert [shown.asin for shown in first.products] == ASINS[1:4]
    assert [shown.asin for shown in second.products] == ASINS[4:5]
    assert second.next_key is None


def test_page_of_a_rare_kind_ends_before_its_limit(
    stores: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_store, "BATCH_SIZE", 2)
    monkeypatch.setattr(product_store, "MAX_BATCHES", 2)
    add(stores, [("US", asin) for asin in ASINS])
    rare = product(ASINS[9], offer(availability="out_of_stock"))
    stores.product_writer.add("site_a", "US", [rare])
    wanted = ProductFilter("US", availability=frozenset({"out_of_stock"}))

    assert filtered_pages(stores, "site_a", wanted, 5) == [[], [], [ASINS[9]]]


def test_pages_do_not_read_removed_products(stores: Dependencies) -> None:
    add(stores, [("US", asin) for asin in ASINS])
    for asin in ASINS[:11]:
        stores.product_writer.remove("site_a", "US", asin)
    with recorded_reads() as reads:
        page = stores.products.page("site_a", None, None, 1)

    assert [shown.asin for shown in page.products] == [ASINS[11]]
    # The product and its details are in the first page of the query, its shelf is read by its key.
    assert reads.consistent == ["Query", "BatchGetItem"]


def test_tombstone_of_an_earlier_release_takes_no_place_of_a_page(stores: Dependencies) -> None:
    add(stores, [("US", ASINS[0]), ("US", ASINS[2]), ("US", ASINS[3])])
    OfferItem(
        "site_a", item_keys.product("US", ASINS[1]), seq=9, kind="removed", removed=True
    ).save()

    pages = read_pages(stores, "site_a", "US", 2)

    assert [[asin for _, asin in page] for page in pages] == [[ASINS[0], ASINS[2]], [ASINS[3]]]


def test_page_ends_among_tombstones_of_an_earlier_release(
    stores: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_store, "MAX_ROWS", 5)
    add(stores, [("US", asin) for asin in ASINS[6:]])
    for number, asin in enumerate(ASINS[:6]):
        key = item_keys.product("US", asin)
        OfferItem("site_a", key, seq=100 + number, kind="removed", removed=True).save()

    pages = read_pages(stores, "site_a", "US", 3)

    shown = [[asin for _, asin in page] for page in pages]
    assert shown == [[], ASINS[6:8], ASINS[8:11], ASINS[11:]]
    changes = changed_products(stores, "site_a", 99, 100, 200)
    assert [(one.asin, one.kind) for one in changes] == [(asin, "removed") for asin in ASINS[:6]]


def test_change_after_the_last_number_is_left_to_the_next_read(stores: Dependencies) -> None:
    add(stores, NAMES[:2])
    last = stores.products.feed_state("site_a").last_seq
    newer = product(ASINS[0], offer(5), START + MINUTE, marketplace="DE")
    stores.product_writer.add("site_a", "DE", [newer])

    first = changed_products(stores, "site_a", 0, 100, last)
    second = changed_products(stores, "site_a", last, 100)

    assert [(entry.asin, entry.seq) for entry in first] == [(ASINS[1], 2)]
    assert [(entry.asin, entry.seq, entry.kind) for entry in second] == [(ASINS[0], 3, "price")]


def test_end_of_the_feed_is_found_with_one_read(stores: Dependencies) -> None:
    add(stores, NAMES[:2])
    with recorded_reads() as reads:
        assert changed_products(stores, "site_a", 2, 100) == ()

    assert (reads.consistent, reads.eventual) == (["GetItem"], [])


def test_products_are_read_consistently(stores: Dependencies) -> None:
    add(stores, NAMES[:2])
    with recorded_reads() as reads:
        stores.products.get("site_a", "DE", ASINS[0])
        stores.products.page("site_a", None, None, 10)
        stores.products.changes("site_a", 0, 100)

    assert set(reads.consistent) == {"BatchGetItem", "Query", "GetItem"}
    assert reads.eventual == []


def test_page_ends_when_its_details_are_as_long_as_a_page(
    stores: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_store, "MAX_READ_BYTES", 1_500)
    title = "\u6f22" * 100
    for start in (0, 6):
        made = [product(asin, title=title) for asin in ASINS[start : start + 6]]
        stores.product_writer.add("site_a", "US", made)

    found = read_pages(stores, "site_a", "US", 100)

    # The details of each are 300 bytes of the title, and some 230 others.
    assert [len(page) for page in found] == [3, 3, 3, 3]
    assert [asin for page in found for _, asin in page] == ASINS


@pytest.mark.parametrize(
    ("count", "key"), [(1, "US#B000000001"), (2, "US#B000000002"), (3, "next"), (4, "next")]
)
def test_page_continues_after_the_last_product_that_is_shown(count: int, key: str) -> None:
    shown = [StoredProduct(asin, "US", None, offer(), START) for asin in ASINS[1:4]]

    assert product_store.Page(tuple(shown), "next").next_key_after(shown, count) == key
