"""Shapes of offers: which listings are complete, and members of any JSON type."""

import json
from typing import Any

import msgspec
import pytest

from amzlinkr.amazon.offer_shapes import Amount, Listing
from tests.unit.amazon.responses import COMPLETE_ITEM

(COMPLETE,) = COMPLETE_ITEM["offersV2"]["listings"]  # type: ignore[index] # a nested document
REQUIRED = sorted(COMPLETE)


def listing(**members: Any) -> Listing:
    return msgspec.json.decode(json.dumps(COMPLETE | members), type=Listing, strict=False)


@pytest.mark.parametrize("name", REQUIRED)
def test_listing_without_a_required_member_is_incomplete(name: str) -> None:
    assert listing().is_complete
    assert not listing(**{name: None}).is_complete


@pytest.mark.parametrize(
    "limit", [{"ViolatesMAP": True}, {"DealDetails": {}}, {"dealDetails": {"AccessType": "ALL"}}]
)
def test_listing_with_a_limit_in_odd_case_is_incomplete(limit: dict[str, Any]) -> None:
    assert not listing(**limit).is_complete


@pytest.mark.parametrize("value", [None, 3, "x", [], {}, True])
@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("availability", "minOrderQuantity"),
        ("availability", "maxOrderQuantity"),
        ("dealDetails", "startTime"),
        ("dealDetails", "endTime"),
        ("dealDetails", "earlyAccessDurationInMilliseconds"),
    ],
)
def test_malformed_member_does_not_hide_the_listing(part: str, name: str, value: Any) -> None:
    assert listing(**{part: {"type": "IN_STOCK", name: value}}).is_complete


@pytest.mark.parametrize("value", [None, 0.62, "0.62", {"displayAmount": "$0.62 / Ounce"}])
def test_price_per_unit_is_an_amount_or_a_number(value: Any) -> None:
    price = listing(price={"money": {"amount": 1}, "pricePerUnit": value}).price
    assert price is not None
    assert isinstance(price.price_per_unit, Amount) is isinstance(value, dict)
