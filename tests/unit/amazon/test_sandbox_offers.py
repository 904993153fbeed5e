"""Offers of the sandbox over time; each is one that Amazon could return."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.sandbox_offers import (
    CHANGING,
    EARLY_ACCESS,
    HIDDEN,
    NO_OFFER,
    OFFER_STATES,
    SHORT_DEAL,
    sandbox_offer,
)
from amzlinkr.domain.deals import next_change_at, offer_at
from amzlinkr.domain.marketplaces import MARKETPLACES
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
