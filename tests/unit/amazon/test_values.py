"""Spellings of Amazon's enumerated values."""

import pytest

from amzlinkr.amazon.values import is_same_value, value_name


@pytest.mark.parametrize(
    "value", ["IN_STOCK", "in_stock", "InStock", "INSTOCK", "in-stock", "In Stock"]
)
def test_spellings_of_a_value_are_the_same(value: str) -> None:
    assert value_name(value) == "instock"
    assert is_same_value(value, "IN_STOCK")


@pytest.mark.parametrize("value", [None, "", "IN", "IN_STOCK_SCARCE"])
def test_other_values_differ(value: str | None) -> None:
    assert not is_same_value(value, "IN_STOCK")
