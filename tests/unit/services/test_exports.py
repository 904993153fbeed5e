"""Pages of an export: all products, then all lists, each once."""

import pytest

from amzlinkr.services.exports import Exports
from amzlinkr.wiring import Dependencies
from tests.fakes import product
from tests.unit.storage.lists import ASINS, SITE, put


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
@pytest.mark.parametrize(("products", "lists"), [(0, 0), (3, 0), (0, 3), (3, 3), (4, 12)])
def test_pages_have_every_product_and_list_once(
    stores_in_memory: Dependencies, products: int, lists: int, limit: int
) -> None:
    deps, names = stores_in_memory, [f"l{number:02d}" for number in range(lists)]
    deps.product_writer.add(SITE, "US", [product(asin) for asin in ASINS[:products]])
    for name in names:
        put(deps, name)
    exports = Exports(deps.products, deps.list_store)
    found: list[str] = []
    position: str | None = ""
    while position is not None:
        page = exports.page(SITE, position, limit)
        assert max(len(page.products), len(page.lists)) <= limit
        found += [item.asin for item in page.products] + [one.name for one in page.lists]
        position = page.next_position

    assert found == ASINS[:products] + names


@pytest.mark.parametrize(
    ("products", "lists", "rest"),
    [(1, 0, 5), (2, 3, 4), (3, 1, 2), (3, 2, 1), (3, 3, 0), (9, 9, 0)],
)
def test_cut_page_continues_after_its_last_product_or_list(
    stores_in_memory: Dependencies, products: int, lists: int, rest: int
) -> None:
    deps, names = stores_in_memory, ["a", "b", "c"]
    deps.product_writer.add(SITE, "US", [product(asin) for asin in ASINS[:3]])
    for name in names:
        put(deps, name)
    exports = Exports(deps.products, deps.list_store)

    cut = exports.page(SITE, "", 100).first(products, lists)

    shown = [item.asin for item in cut.products] + [one.name for one in cut.lists]
    everything = ASINS[:3] + names
    assert shown == everything[: len(everything) - rest]
    assert (cut.next_position is None) == (rest == 0)
    if cut.next_position:
        following = exports.page(SITE, cut.next_position, 100)
        found = [item.asin for item in following.products] + [one.name for one in following.lists]
        assert shown + found == everything
