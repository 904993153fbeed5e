"""ASINs in paths and parameters: certain ones before words of ten letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.product_paths import (
    asin_of_compound_parameters,
    asin_of_parameters,
    asin_of_path,
    is_certain_asin,
    is_isbn10,
    parameters_of,
)


@given(st.integers(0, 10**9 - 1))
def test_one_check_digit_makes_an_isbn(number: int) -> None:
    valid = [digit for digit in "0123456789X" if is_isbn10(f"{number:09}{digit}")]

    assert len(valid) == 1
    assert is_certain_asin(f"{number:09}{valid[0]}")


@pytest.mark.parametrize("text", ["", "B08N5WRWN", "BOOKSHELFS", "b08n5wrwnw", "03064061X2", "B0"])
def test_other_text_is_no_certain_asin(text: str) -> None:
    assert not is_certain_asin(text)


@pytest.mark.parametrize(
    ("path", "asin"),
    [
        ("/dp/B08N5WRWNW", "B08N5WRWNW"),
        ("/dp/b08n5wrwnw/", "B08N5WRWNW"),
        ("/gp/product/Wasserfest/dp/ABCDEFGHIJ", "ABCDEFGHIJ"),
        ("/dp/Wasserfest", "WASSERFEST"),
        ("/gp/product/Wasserfest/B08N5WRWNW", "B08N5WRWNW"),
        ("/Wasserfest/B08N5WRWNW", "B08N5WRWNW"),
        ("/dp/B08N5WRWNW/dp/B0BBBBBBBB", "B08N5WRWNW"),
        ("/gp/aw/ol/Wasserfest", "WASSERFEST"),
        ("/0306406152", "0306406152"),
        ("/exec/obidos/tg/detail/-/books/0306406152", "0306406152"),
        ("/x/0306406152", None),
        ("/d/Wasserfest", None),
        ("/Wasserfest", None),
        ("/ol/Wasserfest", None),
        ("/gp/aw/help/Wasserfest", None),
        ("/stores/B08N5WRWNW", None),
        ("/gp/bestsellers/B08N5WRWNW", None),
        ("/dp/", None),
        ("", None),
        ("/dp/B08N5WRWNW_x", None),
        ("/dp/B08N5WRWNW-x", None),
        ("/exec/ISBN=0306406152", "0306406152"),
        ("/dp/0-306-40615-2/ref=x", "0306406152"),
        ("/dp/0-306-40615-3", None),
        ("/dp/0-306-40615-2-x", None),
        ("/dp/B08N5WRWNW_", "B08N5WRWNW"),
        ("/dp/B08N5WRWNW__.", "B08N5WRWNW"),
    ],
)
def test_best_candidate_of_a_path(path: str, asin: str | None) -> None:
    assert asin_of_path(path) == asin


@pytest.mark.parametrize(
    ("query", "asin"),
    [
        ("asin=B08N5WRWNW", "B08N5WRWNW"),
        ("x=1&ASIN=b08n5wrwnw#y", "B08N5WRWNW"),
        ("ASIN.1=B08N5WRWNW&ASIN.2=B0BBBBBBBB", "B08N5WRWNW"),
        ("asins=B08N5WRWNW,B0BBBBBBBB", "B08N5WRWNW"),
        ("isbn=0306406152", "0306406152"),
        ("asin=%2542%2530" + "8N5WRWNW", "B08N5WRWNW"),
        ("asin=B08N5WRWNWX", None),
        ("k=B08N5WRWNW", None),
        ("pd_rd_i=B08N5WRWNW", None),
        ("asin", None),
        ("asin=", None),
        ("", None),
    ],
)
def test_parameters_that_name_an_asin(query: str, asin: str | None) -> None:
    assert asin_of_parameters(parameters_of(query)) == asin


@pytest.mark.parametrize(
    ("query", "asin"),
    [
        ("pd_rd_i=b08n5wrwnw", "B08N5WRWNW"),
        ("creativeASIN=B08N5WRWNW", "B08N5WRWNW"),
        ("items%5B0.base%5D%5Basin%5D=B08N5WRWNW", "B08N5WRWNW"),
        ("x=1;redirectASIN=0306406152", "0306406152"),
        ("#gb_asin=B08N5WRWNW", "B08N5WRWNW"),
        ("creativeASIN=WASSERFEST&pd_rd_i=B08N5WRWNW", "B08N5WRWNW"),
        ("creativeASIN=WASSERFEST", None),
        ("asinine=B08N5WRWNW", None),
        ("pd_rd_w=B08N5WRWNW", None),
        ("", None),
    ],
)
def test_compound_parameters_name_certain_asins(query: str, asin: str | None) -> None:
    assert asin_of_compound_parameters(parameters_of(query)) == asin
