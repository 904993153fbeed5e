"""Filters and sort orders of the sandbox: each filter only removes, each order only reorders."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.sandbox_filters import matches, sorted_products
from amzlinkr.domain.catalog import DELIVERY_FLAGS, SORTS, Search
from amzlinkr.domain.products import Offer, Product
from tests.fakes import offer, product

ASINS = [f"B0{number:08}" for number in range(200)]
PRODUCTS = [replace(product(asin), offer=offer(500 + 10 * n)) for n, asin in enumerate(ASINS)]


def found(search: Search) -> list[Product]:
    return [item for item in PRODUCTS if matches(search, item)]


@given(st.integers(1, 3000), st.integers(1, 3000))
def test_prices_are_within_both_limits(low: int, high: int) -> None:
    prices = [item.offer.price for item in found(Search("x", min_price=low, max_price=high))]

    assert all(price is not None and low <= price.amount <= high for price in prices)
    assert len(prices) == sum(low <= 500 + 10 * n <= high for n in range(len(ASINS)))


def test_ratings_and_flags_are_nested() -> None:
    counts = [len(found(Search("x", min_rating=stars))) for stars in range(1, 5)]
    flags = [len(found(Search("x", delivery=DELIVERY_FLAGS[:count]))) for count in range(5)]

    for series in (counts, flags):
        assert len(set(series)) == len(series)
        assert series == sorted(series, reverse=True)
        assert series[0] == len(PRODUCTS)
        assert series[-1] > 0


@pytest.mark.parametrize(("stars", "part"), [(1, 1), (2, 0.8), (3, 0.6), (4, 0.4)])
def test_ratings_from_one_to_five_stars_are_as_frequent(stars: int, part: float) -> None:
    asins = [f"B0{number:08}" for number in range(2_000)]
    rated = [a for a in asins if matches(Search("x", min_rating=stars), product(a))]

    assert len(rated) / len(asins) == pytest.approx(part, abs=0.03)


@pytest.mark.parametrize("flag", DELIVERY_FLAGS)
def test_three_of_four_products_have_a_flag(flag: str) -> None:
    asins = [f"B0{number:08}" for number in range(2_000)]
    with_flag = [a for a in asins if matches(Search("x", delivery=(flag,)), product(a))]

    assert 0.72 < len(with_flag) / len(asins) < 0.78


@pytest.mark.parametrize(
    ("search", "shown"),
    [
        (Search("x", condition="New"), True),
        (Search("x", condition="Any"), True),
        (Search("x", condition="Used"), False),
        (Search("x", min_saving=1), True),
        (Search("x", min_saving=20), True),
        (Search("x", min_saving=21), False),
    ],
)
def test_condition_and_saving_are_those_of_the_offer(search: Search, shown: bool) -> None:
    item = replace(PRODUCTS[0], offer=replace(PRODUCTS[0].offer, savings_percent=20))
    assert matches(search, item) is shown
    assert not matches(Search("x", min_saving=1), PRODUCTS[0])


def test_product_without_offer_is_shown_only_if_it_need_not_be_in_stock() -> None:
    item = replace(PRODUCTS[0], offer=Offer())

    assert not matches(Search("x"), item)
    assert matches(Search("x", in_stock=False), item)
    assert not matches(Search("x", in_stock=False, min_price=1), item)


@pytest.mark.parametrize("sort", [None, *SORTS])
@given(st.permutations(PRODUCTS[:8]))
def test_orders_by_price_sort_and_others_keep_the_order(
    sort: str | None, products: list[Product]
) -> None:
    ordered = sorted_products(products, sort)

    expected = {
        "Price:LowToHigh": PRODUCTS[:8],
        "Price:HighToLow": PRODUCTS[7::-1],
    }
    assert ordered == expected.get(sort or "", products)
