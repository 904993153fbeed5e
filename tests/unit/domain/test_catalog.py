"""Numbers of pages of searches and variations, and the defaults of a search."""

from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.catalog import MAX_PAGE, RESULTS_PER_PAGE, Search, SearchPage, VariationPage

TOTALS = st.integers(0, 10 * MAX_PAGE * RESULTS_PER_PAGE)


@given(TOTALS)
def test_pages_hold_all_hits_and_the_last_one_is_not_empty(total: int) -> None:
    pages = VariationPage(total=total).pages

    assert (pages - 1) * RESULTS_PER_PAGE < total <= pages * RESULTS_PER_PAGE or pages == total == 0


@given(TOTALS)
def test_search_has_the_same_pages_up_to_the_last_that_amazon_returns(total: int) -> None:
    assert SearchPage(total=total).pages == min(MAX_PAGE, VariationPage(total=total).pages)


def test_amazon_returns_ten_pages_of_ten() -> None:
    assert [SearchPage(total=total).pages for total in (0, 1, 10, 11, 100, 101)] == [
        0,
        1,
        1,
        2,
        10,
        10,
    ]
    assert [VariationPage(total=total).pages for total in (0, 10, 101)] == [0, 1, 11]


def test_search_without_filters_is_for_available_products_on_the_first_page() -> None:
    search = Search("tea")

    assert (search.page, search.in_stock, search.sort) == (1, True, None)
    assert SearchPage() == SearchPage((), 0, None, None)
    assert VariationPage().pages == SearchPage().pages == 0
