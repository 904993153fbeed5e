"""Offers of the sandbox over time; each is one that Amazon could return."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.sandbox_offers import (
    CHANGING,
    DEAL,
    EARLY_ACCESS,
    HIDDEN,
    LEAD_TIME,
    LOWEST_PRICE,
    NO_OFFER,
    OFFER_STATES,
    PRIME_DEAL,
    SHORT_DEAL,
    SOLD_OUT,
    UNIT_PRICE,
    USED,
    WAS_PRICE,
    sandbox_offer,
)
from amzlinkr.domain.deals import next_change_at, offer_at
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Deal, Offer
from tests.clock import START

MINUTE = timedelta(minutes=1)
SECONDS = st.integers(0, 7_200).map(lambda seconds: START + timedelta(seconds=seconds))


@given(st.sampled_from(sorted(OFFER_STATES)), st.sampled_from(sorted(MARKETPLACES)), SECONDS)
def test_offer_is_consistent_at_any_time(asin: str, code: str, now: object) -> None:
    offer = sandbox_offer(asin, code, now)  # type: ignore[arg-type] # a time
    assert (offer.price is None) is (asin in (NO_OFFER, HIDDEN))
    if offer.list_price is not None:
        assert offer.price is not None
        assert offer.list_price.amount > offer.price.amount
        assert offer.list_price.currency == offer.price.currency == MARKETPLACES[code].currency
    assert (offer.list_price is None) is (offer.list_price_kind is None)
    assert offer_at(offer, now) == offer  # type: ignore[arg-type] # a time
    change_at = next_change_at(offer)
    assert change_at is None or change_at > now  # type: ignore[operator] # a time


@pytest.mark.parametrize(
    ("asin", "minutes", "access"),
    [
        (EARLY_ACCESS, 0, "prime_early_access"),
        (EARLY_ACCESS, 4, "prime_early_access"),
        (EARLY_ACCESS, 5, "all"),
        (EARLY_ACCESS, 19, "all"),
        (EARLY_ACCESS, 20, "prime_early_access"),
        (SHORT_DEAL, 9, "all"),
    ],
)
def test_deals_repeat(asin: str, minutes: int, access: str) -> None:
    deal = sandbox_offer(asin, "US", START + minutes * MINUTE).deal
    assert deal is not None
    assert deal.access == access


def test_short_deal_ends_every_ten_minutes() -> None:
    ends = {
        deal.ends_at - START
        for minutes in range(30)
        if (deal := sandbox_offer(SHORT_DEAL, "US", START + minutes * MINUTE).deal) and deal.ends_at
    }
    assert ends == {10 * MINUTE, 20 * MINUTE, 30 * MINUTE}


def test_changing_price_changes_every_minute() -> None:
    prices = [sandbox_offer(CHANGING, "US", START + minutes * MINUTE).price for minutes in range(9)]
    assert len(set(prices)) == 9


def ordinary(price: int, **members: Any) -> Offer:
    """Return an ordinary offer with this price and other members."""
    offer = Offer(usd(price), availability="in_stock", condition="New", merchant="Sandbox")
    return replace(offer, **members)


def reduced(price: int, kind: str = "list_price", label: str = "List Price:") -> Offer:
    members = {"list_price": usd(2 * price), "savings_percent": 50}
    return ordinary(price, **members, list_price_kind=kind, list_price_label=label)


def usd(cents: int) -> Money:
    return Money(cents, "USD", f"{cents / 100:,.2f} USD")


def price_of(asin: str) -> int:
    return 500 + crc32(asin.encode()) % 9_500


def test_each_state_has_its_members_and_no_others() -> None:
    expected: dict[str, Callable[[int], Offer]] = {
        "B0ANY00001": ordinary,
        NO_OFFER: lambda _price: Offer(),
        HIDDEN: lambda price: replace(ordinary(price), price=None, hidden=True),
        SOLD_OUT: lambda price: ordinary(price, availability="out_of_stock"),
        DEAL: lambda price: replace(reduced(price), deal=Deal(badge="Limited time deal")),
        PRIME_DEAL: lambda price: replace(
            reduced(price), deal=Deal("prime_exclusive", "With Prime")
        ),
        WAS_PRICE: lambda price: reduced(price, "was_price", "Was:"),
        LOWEST_PRICE: lambda price: reduced(price, "lowest_price", "Lowest price of 30 days:"),
        UNIT_PRICE: lambda price: ordinary(price, unit_price=f"{usd(price // 4).display} / Count"),
        USED: lambda price: ordinary(price, condition="Used"),
        LEAD_TIME: lambda price: ordinary(
            price,
            availability="leadtime",
            availability_message="Usually ships within 2 to 3 days.",
            min_order_quantity=2,
            max_order_quantity=5,
        ),
    }

    shown = {asin: sandbox_offer(asin, "US", START) for asin in expected}

    assert shown == {asin: build(price_of(asin)) for asin, build in expected.items()}


def test_changing_price_rises_by_a_cent_a_minute_and_begins_again() -> None:
    base = price_of(CHANGING)
    prices = [
        offer.price.amount - base
        for minutes in range(101)
        if (offer := sandbox_offer(CHANGING, "US", START + minutes * MINUTE)).price
    ]

    assert sorted(prices[:100]) == list(range(100))
    assert prices[100] == prices[0]


def test_deals_with_times_state_them() -> None:
    at = START + 13 * MINUTE
    short, early = (sandbox_offer(asin, "US", at).deal for asin in (SHORT_DEAL, EARLY_ACCESS))
    begun = sandbox_offer(EARLY_ACCESS, "US", START + 3 * MINUTE).deal
    badge, end = "Limited time deal", START + 20 * MINUTE

    assert short == Deal("all", badge, START + 10 * MINUTE, end)
    assert early == Deal("all", badge, START, end)
    assert begun == Deal("prime_early_access", badge, START, end, START + 5 * MINUTE)
