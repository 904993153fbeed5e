"""Filters of products: by state as shown, all conditions together."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.product_filter import MAX_ASINS, ProductFilter
from amzlinkr.domain.products import Offer, StoredProduct
from tests.clock import START
from tests.fakes import offer, product

DAY = timedelta(hours=24)
ASIN = "B000000001"
FIELDS = ("price_status", "availability")
CURRENT = StoredProduct(ASIN, "US", product(ASIN).details, offer(), START, 1, "price")
MISSING = StoredProduct(ASIN, "US", None, Offer(), START, 2, "missing")
EXPIRED = replace(MISSING, kind="expired")


def matched(
    product: StoredProduct, *, asins: str | None = None, price_status: str | None = None,
    availability: str | None = None, age: timedelta = timedelta(),
) -> bool:  # fmt: skip
    wanted = ProductFilter.from_texts("US", asins, price_status, availability)
    return wanted.matches(product, START + age)


@pytest.mark.parametrize(
    ("shown", "age", "status"),
    [
        (CURRENT, timedelta(), "current"),
        (CURRENT, DAY, "expired"),
        (replace(CURRENT, offer=Offer()), timedelta(), "no_offer"),
        (replace(CURRENT, offer=Offer(hidden=True)), timedelta(), "hidden"),
        (EXPIRED, timedelta(), "expired"),
        (MISSING, timedelta(), "missing"),
        (MISSING, DAY, "missing"),
    ],
)
def test_product_matches_the_state_in_which_it_is_shown(
    shown: StoredProduct, age: timedelta, status: str
) -> None:
    for wanted in ("current", "hidden", "no_offer", "expired", "missing", "waiting"):
        assert matched(shown, price_status=wanted, age=age) == (wanted == status)
    assert matched(shown, price_status=f"waiting, {status}", age=age)


def test_product_without_content_has_no_availability() -> None:
    assert matched(CURRENT, availability="in_stock")
    assert not matched(CURRENT, availability="in_stock", age=DAY)
    assert not matched(replace(EXPIRED, offer=offer()), availability="in_stock")
    assert not matched(MISSING, availability="out_of_stock")


def test_all_conditions_must_be_met() -> None:
    assert matched(CURRENT, asins=ASIN.lower(), price_status="current", availability="in_stock")
    assert not matched(CURRENT, asins="B000000002", price_status="current")
    assert not matched(CURRENT, price_status="current", availability="out_of_stock")
    assert matched(CURRENT)


@pytest.mark.parametrize(
    ("field", "value"),
    [("price_status", "gone"), ("price_status", "current,"), ("availability", "In_Stock")],
)
def test_unknown_value_is_rejected(field: str, value: str) -> None:
    statuses, availabilities = (value if field == name else None for name in FIELDS)
    with pytest.raises(InvalidRequest) as rejected:
        matched(CURRENT, price_status=statuses, availability=availabilities)

    assert rejected.value.field == field


def test_number_of_asins_is_limited() -> None:
    asins = [f"B{number:09d}" for number in range(MAX_ASINS + 1)]
    assert len(ProductFilter.from_texts("US", ",".join(asins[1:]), None, None).asins) == MAX_ASINS
    with pytest.raises(InvalidRequest) as rejected:
        ProductFilter.from_texts("US", ",".join(asins), None, None)

    assert rejected.value.field == "asins"


FILTERS = st.tuples(
    st.sampled_from([None, "US", "DE"]),
    st.sets(st.sampled_from(["B0TEST0001", "B0TEST0002", "B0TEST0003"])),
    st.sets(st.sampled_from(["current", "missing"])),
    st.sets(st.sampled_from(["in_stock", "unknown"])),
)


@given(FILTERS, FILTERS)
def test_text_identifies_a_filter(
    first: tuple[str | None, set[str], set[str], set[str]],
    second: tuple[str | None, set[str], set[str], set[str]],
) -> None:
    def text_of(parts: tuple[str | None, set[str], set[str], set[str]], *, backwards: bool) -> str:
        code, *values = parts
        texts = [",".join(sorted(part, reverse=backwards)) or None for part in values]
        return str(ProductFilter.from_texts(code, *texts))

    assert text_of(first, backwards=False) == text_of(first, backwards=True)
    assert (text_of(first, backwards=False) == text_of(second, backwards=True)) == (first == second)


@pytest.mark.parametrize(
    "texts", [(ASIN, None, None), (None, "current", None), (None, None, "in_stock")]
)
def test_filter_with_a_condition_is_not_empty(texts: tuple[str | None, ...]) -> None:
    asins, price_status, availability = texts

    assert not ProductFilter.from_texts("US", asins, price_status, availability).is_empty
    assert ProductFilter.from_texts("US", None, None, None).is_empty
