"""The items of lists: packed content that comes back equal, and its size."""

import os
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.products import Deal, Details, Product
from amzlinkr.storage import item_keys
from amzlinkr.storage.list_items import (
    MAX_DETAILS_BYTES,
    _pack,
    details_from_item,
    fit_details,
    offers_from_item,
)
from amzlinkr.storage.list_records import ListDetailsItem, ListItem
from tests.clock import START
from tests.fakes import offer, product

DEAL = Deal("prime_exclusive", "Deal", START, START + timedelta(hours=1))


def item_of(offers: bytes | None) -> ListItem:
    key = item_keys.list_content("tea")
    return ListItem("site_a", key, seq=1, kind="list", marketplace="US", offers=offers)


@given(st.lists(st.integers(1, 10**9), max_size=30))
def test_offers_are_the_same_after_packing(amounts: list[int]) -> None:
    offers = [replace(offer(amount), deal=DEAL) for amount in amounts]

    assert offers_from_item(item_of(_pack(offers))) == offers


def test_details_are_the_same_after_packing() -> None:
    details = {"B000000001": product("B000000001").details}
    item = ListDetailsItem("site_a", item_keys.list_details("tea"), details=_pack(details))

    assert details_from_item(item) == details
    assert details_from_item(None) == {}


@pytest.mark.parametrize("packed", [None, _pack([{"price": "12"}]), _pack({})])
def test_offers_of_another_form_are_none(packed: bytes | None) -> None:
    assert offers_from_item(item_of(packed)) == []
    key = item_keys.list_details("tea")
    assert details_from_item(ListDetailsItem("site_a", key, details=packed)) == {}


def test_usual_details_stay_as_they_are() -> None:
    items = [product(f"B{number:09d}") for number in range(30)]

    assert fit_details(items) == tuple(items)


@pytest.mark.parametrize("characters", [200, 500, 1000])
def test_large_details_fit_an_item_even_if_packing_fails(characters: int) -> None:
    items = [large_product(number, characters) for number in range(30)]

    fitting = fit_details(items)

    assert len(msgspec.json.encode([item.details for item in items])) > MAX_DETAILS_BYTES or (
        characters == 200
    )
    assert len(msgspec.json.encode([item.details for item in fitting])) <= MAX_DETAILS_BYTES
    assert [item.asin for item in fitting] == [item.asin for item in items]
    assert [item.details.title for item in fitting] == [item.details.title for item in items]


def large_product(number: int, characters: int) -> Product:
    feature = os.urandom(characters // 2).hex()
    details = Details("T" * 500, "https://www.amazon.com/" + "u" * 2000, features=(feature,) * 20)
    return replace(product(f"B{number:09d}"), details=details)
