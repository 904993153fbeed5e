"""The limit of products: of all marketplaces together, and only for new ones."""

from dataclasses import replace

import pytest

from amzlinkr.domain.connections import Connection
from amzlinkr.domain.errors import ProductLimitReached
from amzlinkr.domain.product_limit import CONNECT_ACCOUNT, check_product_limit, product_limit_of
from amzlinkr.domain.shelves import Shelf, Slot
from amzlinkr.domain.sites import Site
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
    assert (error.value.status, error.value.retry_after) == (409, None)


def test_products_that_the_site_has_are_always_allowed() -> None:
    check_product_limit("site_a", SHELVES, {("US", "B000000001")}, 3)
    with pytest.raises(ProductLimitReached, match="The sandbox has"):
        check_product_limit("test_a", SHELVES, {("FR", "B000000001")}, 3)


LINKED = {"US": Connection.link_only("US", "t-20", START)}
WORKED = {"US": replace(LINKED["US"], last_ok_at=START)}


@pytest.mark.parametrize(
    ("site_id", "connections", "is_named"),
    [("site_a", LINKED, True), ("site_a", WORKED, False), ("test_a", LINKED, False)],
    ids=["without access", "with access", "sandbox"],
)
def test_remedy_of_a_site_without_access_is_an_account(
    site_id: str, connections: dict[str, Connection], is_named: bool
) -> None:
    site = Site(site_id, "a", "a", "a", START, "US", connections)

    with pytest.raises(ProductLimitReached) as error, product_limit_of(site):
        raise ProductLimitReached

    expected = CONNECT_ACCOUNT if is_named else ProductLimitReached.default_action
    assert error.value.action == expected
