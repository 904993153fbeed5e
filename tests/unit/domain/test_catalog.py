"""Numbers of pages of searches and variations."""

from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.catalog import MAX_PAGE, RESULTS_PER_PAGE, SearchPage, VariationPage

TOTALS = st.integers(0, 10 * MAX_PAGE * RESULTS_PER_PAGE)


@given(TOTALS)
def test_pages_hold_all_hits_and_the_last_one_is_not_empty(total: int) -> None:
    pages = VariationPage(total=total).pages

    assert (pages - 1) * RESULTS_PER_PAGE < total <= pages * RESULTS_PER_PAGE or pages == total == 0


@given(TOTALS)
def test_search_has_the_same_pages_up_to_the_last_that_amazon_returns(total: int) -> None:
    assert SearchPage(total=total).pages == min(MAX_PAGE, VariationPage(total=total).pages)
