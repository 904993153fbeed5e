"""The limit of products: of all marketplaces together, and only for new ones."""

import pytest

from amzlinkr.domain.errors import ProductLimitReached
from amzlinkr.domain.product_limit import check_product_limit
from amzlinkr.domain.shelves import Shelf, Slot
from tests.clock import START

SHELVES = [
    Shelf("site_a", code, "1", (Slot("B000000001", None), Slot("B000000002", None)), START, START)
    for code in ("DE", "US")
]


def test_products_of_all_marketplaces_count() -> None:
    one = {("US", "B000000003")}

    check_product_limit("site_a", SHELVES, one, 5)
    with pytest.raises(ProductLimitReached) as error:
        check_product_limit("site_a", SHELVES, one | {("DE", "B000000003")}, 5)

    assert error.value.detail == (
        "The site has 4 of at most 5 products. This import would add 2 products."
    )
    assert error.value.retry_after == 3600


def test_products_that_the_site_has_are_always_allowed() -> None:
    check_product_limit("site_a", SHELVES, {("US", "B000000001")}, 3)
    with pytest.raises(ProductLimitReached, match="The sandbox has"):
        check_product_limit("test_a", SHELVES, {("FR", "B000000001")}, 3)
