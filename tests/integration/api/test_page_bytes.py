"""Pages that are cut by their bytes: each product, list and result is in one of them, once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.json import encode

from amzlinkr.domain.products import Product
from amzlinkr.http.presenters import pages as presenter
from amzlinkr.storage import products as product_store
from amzlinkr.wiring import Dependencies
from tests.calls import run_imports
from tests.clock import FakeClock
from tests.fakes import product
from tests.site_client import Site

ASINS = [f"B0TEST{number:04d}" for number in range(24)]
LENGTHS = [0, 900, 0, 0, 300, 2_000, 10, 0]
"""The lengths of the titles, in turn."""
LISTS = ["coffee", "kettles", "tea"]
BYTES = st.integers(500, 12_000)
FAT = ("\U0001f600" * 1_000,) * 20
"""The features of a product with the most bytes that are kept."""


@contextmanager
def page_bytes(maximum: int) -> Iterator[None]:
    """Cut all pages, and the reads for them, at these bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(presenter, "MAX_PAGE_BYTES", maximum)
        patch.setattr(product_store, "MAX_READ_BYTES", maximum)
        yield


def sized(number: int, clock: FakeClock) -> Product:
    """Return a product with a size that depends on its number."""
    title = "t" * LENGTHS[number % len(LENGTHS)] or "-"
    return product(ASINS[number], observed_at=clock.now(), title=title)


@pytest.fixture
def stocked(site: Site, deps: Dependencies, clock: FakeClock) -> Site:
    """Return a site with products of many sizes, and with lists."""
    made = [sized(number, clock) for number in range(len(ASINS))]
    for start in range(0, len(made), 10):
        deps.product_writer.add(site.site_id, "US", made[start : start + 10])
    for name in LISTS:
        assert site.put(f"/v1/lists/{name}", {"keywords": name}).status == 201
    return site


def pages_of(site: Site, path: str, **query: str) -> list[dict[str, Any]]:
    """Return all pages of a call, with `has_more` and `next_cursor` that agree."""
    found, cursor = [], ""
    while True:
        page = site.get(path, None, cursor=cursor, **query).json
        found.append(page)
        assert page["has_more"] == ("next_cursor" in page)
        if not page["has_more"]:
            return found
        cursor = page["next_cursor"]


def asins_of(pages: list[dict[str, Any]], name: str = "products") -> list[str]:
    return [entry["asin"] for page in pages for entry in page[name]]


def check_bytes(pages: list[dict[str, Any]], name: str, maximum: int) -> None:
    """Fail if a page with several entries has more bytes."""
    for page in pages:
        size = sum(len(encode(entry)) for entry in page[name])
        assert size <= maximum or len(page[name]) == 1


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(BYTES, st.integers(1, 30), st.booleans(), st.sets(st.sampled_from(ASINS)))
def test_every_product_is_in_one_page(
    stocked: Site, maximum: int, limit: int, is_filtered: bool, asins: set[str]
) -> None:
    query = {"limit": str(limit), "asins": ",".join(sorted(asins))}
    if is_filtered:
        query |= {"price_status": "current", "marketplace": "US"}
    with page_bytes(maximum):
        pages = pages_of(stocked, "/v1/products", **query)

    assert asins_of(pages) == sorted(asins or ASINS)
    check_bytes(pages, "products", maximum)
    assert all(len(page["products"]) <= limit for page in pages)
    # A page of a filter can be empty: a request does not read a whole large site.
    assert asins or is_filtered or all(map(len, (page["products"] for page in pages)))


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(BYTES, st.integers(1, 30))
def test_every_product_and_list_is_in_one_page_of_an_export(
    stocked: Site, maximum: int, limit: int
) -> None:
    with page_bytes(maximum):
        pages = pages_of(stocked, "/v1/export", limit=str(limit))

    assert asins_of(pages) == ASINS
    assert [shown["name"] for page in pages for shown in page["lists"]] == LISTS
    check_bytes(pages, "products", maximum)
    check_bytes(pages, "lists", maximum)


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(BYTES, st.integers(1, 30))
def test_every_result_of_a_job_is_in_one_page(
    stocked: Site, deps: Dependencies, maximum: int, limit: int
) -> None:
    started = stocked.post("/v1/import", {"items": ASINS}, {"Idempotency-Key": "job"}).json
    run_imports(deps)
    with page_bytes(maximum):
        pages = pages_of(stocked, f"/v1/import/{started['job_id']}", limit=str(limit))

    assert asins_of(pages, "results") == ASINS
    check_bytes(pages, "results", maximum)


@pytest.mark.parametrize("path", ["/v1/products", "/v1/export"])
def test_largest_products_are_shown_in_pages_of_a_megabyte(
    site: Site, deps: Dependencies, clock: FakeClock, path: str
) -> None:
    for start in range(0, 20, 5):
        made = [sized(number, clock) for number in range(start, start + 5)]
        fat = [replace(one, details=replace(one.details, features=FAT)) for one in made]
        deps.product_writer.add(site.site_id, "US", fat)

    pages = pages_of(site, path)

    assert asins_of(pages) == ASINS[:20]
    assert [len(page["products"]) for page in pages] == [12, 8]
    assert all(len(str(page).encode()) < 1_100_000 for page in pages)
