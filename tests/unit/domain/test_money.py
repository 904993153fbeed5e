"""Money in integer minor units, and amounts that cannot be a price."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.money import MAX_AMOUNT, format_amount, money

CENTS = st.integers(0, MAX_AMOUNT)


@given(CENTS)
def test_minor_units_are_restored_from_major_units(cents: int) -> None:
    parsed = money(Decimal(cents).scaleb(-2), "EUR")

    assert parsed is not None
    assert parsed.amount == cents


@given(st.integers(0, 10**8))
def test_float_gives_the_cents_that_it_was_made_from(cents: int) -> None:
    parsed = money(cents / 100, "USD")

    assert parsed is not None
    assert parsed.amount == cents


@given(CENTS)
def test_yen_have_no_minor_unit(yen: int) -> None:
    parsed = money(yen, "JPY")

    assert parsed is not None
    assert (parsed.amount, parsed.display) == (yen, f"{yen:,} JPY")


@given(st.decimals() | st.floats() | st.text(max_size=20))
def test_any_input_is_a_bounded_amount_or_none(
    major: Decimal | float | str,
) -> None:
    parsed = money(major, "USD")

    assert parsed is None or 0 <= parsed.amount <= MAX_AMOUNT


@pytest.mark.parametrize(
    "major",
    [
        "-0.01", -1, "NaN", "sNaN", "Infinity", "-Infinity", float("nan"), float("inf"),
        "1e11", "1e400", "1E+999990", "1E+999999", "", "12,50", "twelve",
    ],
)  # fmt: skip
def test_amount_that_cannot_be_a_price_is_none(major: str | float) -> None:
    assert money(major, "USD") is None


@pytest.mark.parametrize("currency", ["", "usd", "US", "USDT", "U$D", "ÜSD"])
def test_invalid_currency_code_is_none(currency: str) -> None:
    assert money(1, currency) is None


@pytest.mark.parametrize(
    ("major", "amount"), [("32.405", 3240), ("32.415", 3242), ("0.004", 0), ("32.41", 3241)]
)
def test_finer_amount_is_rounded_half_to_even(major: str, amount: int) -> None:
    parsed = money(major, "USD")

    assert parsed is not None
    assert parsed.amount == amount


def test_display_text_of_amazon_is_kept() -> None:
    parsed = money("1299.9", "EUR", "1.299,90 €")

    assert parsed is not None
    assert parsed.display == "1.299,90 €"


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(3241, "USD", "32.41 USD"), (5, "EUR", "0.05 EUR"), (123456, "JPY", "123,456 JPY")],
)
def test_amount_without_display_text_is_formatted(amount: int, currency: str, text: str) -> None:
    assert format_amount(amount, currency) == text
