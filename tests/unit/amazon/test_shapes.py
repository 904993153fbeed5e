"""Shapes of responses: an item with a member in odd letter case is read completely."""

import json
from collections.abc import Collection
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amzlinkr.amazon.creators import parser
from amzlinkr.amazon.shapes import Item
from amzlinkr.amazon.transport import AmazonResponse
from amzlinkr.domain.products import Product
from tests.clock import START
from tests.unit.amazon.responses import COMPLETE_ITEM, renamed

NAMES = frozenset(
    {
        "asin", "detailPageURL", "images", "itemInfo", "title", "displayValue", "features",
        "displayValues", "byLineInfo", "classifications", "offersV2", "listings", "price", "money",
        "amount", "availability", "type", "condition", "value", "merchantInfo", "isBuyBoxWinner",
    }
)  # fmt: skip
"""The members without which an item counts as incomplete."""
ONLY_TITLE_AND_IMAGES = NAMES - {"asin", "itemInfo", "title", "displayValue", "images"}
ONLY_MERCHANT = NAMES - {"asin", "offersV2", "listings", "merchantInfo"}


def with_capitals(part: Any, names: Collection[str]) -> Any:
    """Return a part of a document with these member names capitalized."""
    return renamed(part, lambda name: name[0].upper() + name[1:] if name in names else name)


def products_of(*items: Any) -> dict[str, Product]:
    body = json.dumps({"itemsResult": {"items": items}}).encode()
    asins = [item.get("asin") or item["Asin"] for item in items]
    reader = parser.reader(marketplace_code="US")
    return dict(reader.lookup(AmazonResponse(200, {}, body), asins, START).found)


EXPECTED = products_of(COMPLETE_ITEM)


def test_item_with_all_requested_members_is_complete() -> None:
    item = msgspec.json.decode(json.dumps(COMPLETE_ITEM), type=Item, strict=False)

    assert item.is_complete
    assert item.offers_v2 is not None
    assert [listing.is_complete for listing in item.offers_v2.listings or ()] == [True]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_one_member_in_odd_letter_case_is_read(name: str) -> None:
    assert products_of(with_capitals(COMPLETE_ITEM, {name})) == EXPECTED


@given(st.sets(st.sampled_from(sorted(NAMES)), min_size=1))
@example(set(ONLY_TITLE_AND_IMAGES))
@example(set(ONLY_MERCHANT))
@example(set(NAMES))
def test_any_members_in_odd_letter_case_are_read(names: set[str]) -> None:
    assert products_of(with_capitals(COMPLETE_ITEM, names)) == EXPECTED


@pytest.mark.parametrize("name", ["price", "condition", "isBuyBoxWinner"])
def test_odd_letter_case_in_the_second_listing_is_read(name: str) -> None:
    (best,) = COMPLETE_ITEM["offersV2"]["listings"]  # type: ignore[index] # a nested document
    used = best | {"condition": {"value": "Used"}, "isBuyBoxWinner": False}
    item = COMPLETE_ITEM | {"offersV2": {"listings": [used, with_capitals(best, {name})]}}

    assert products_of(item) == EXPECTED


@pytest.mark.parametrize("name", ["dealDetails", "accessType", "violatesMAP"])
def test_limit_of_a_price_in_odd_letter_case_is_read(name: str) -> None:
    (best,) = COMPLETE_ITEM["offersV2"]["listings"]  # type: ignore[index] # a nested document
    limits = {"dealDetails": {"accessType": "PRIME_EXCLUSIVE"}, "violatesMAP": True}
    item = COMPLETE_ITEM | {"offersV2": {"listings": [best | limits]}}

    shown = products_of(with_capitals(item, {name}))["B0GOOD0001"].offer

    assert shown == products_of(item)["B0GOOD0001"].offer
    assert (shown.hidden, shown.deal and shown.deal.access) == (True, "prime_exclusive")


@pytest.mark.parametrize("name", ["itemInfo", "images", "offersV2"])
def test_odd_letter_case_in_the_second_item_is_read(name: str) -> None:
    second = with_capitals(COMPLETE_ITEM | {"asin": "B0GOOD0002"}, {name})

    found = products_of(COMPLETE_ITEM, second)

    assert found["B0GOOD0002"].details.title == "Kettle"
    assert found["B0GOOD0002"].offer == EXPECTED["B0GOOD0001"].offer
    assert found["B0GOOD0002"].details.image == EXPECTED["B0GOOD0001"].details.image
