"""Deals over time: what of an offer is shown before and after early access and the deal end."""

from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.deals import next_change_at, offer_at
from amzlinkr.domain.freshness import fresh_until, price_status
from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Deal, Offer
from tests.clock import START

HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)
DEAL = Deal("prime_early_access", "Deal", START - HOUR, START + 2 * HOUR, START + HOUR)
OFFER = Offer(
    Money(1000, "USD", "$10.00"), Money(2000, "USD", "$20.00"), 50, "in_stock", "New", "Shop", DEAL,
    list_price_kind="was_price", list_price_label="Was:", unit_price="$1.00 / Count",
    availability_message="In Stock", min_order_quantity=1, max_order_quantity=3,
)  # fmt: skip
WITHHELD = {"price", "list_price", "list_price_kind", "list_price_label", "savings_percent",
            "unit_price", "deal"}  # fmt: skip


@pytest.mark.parametrize("at", [START, START + HOUR - MOMENT])
def test_offer_is_unchanged_during_early_access(at: datetime) -> None:
    assert offer_at(OFFER, at) is OFFER


@pytest.mark.parametrize("at", [START + HOUR, START + 2 * HOUR - MOMENT])
def test_deal_is_for_all_after_early_access(at: datetime) -> None:
    deal = replace(DEAL, access="all", opens_at=None)

    assert offer_at(OFFER, at) == replace(OFFER, deal=deal)
    assert price_status(OFFER, START, at) == "current"


@pytest.mark.parametrize("at", [START + 2 * HOUR, START + 9 * HOUR])
def test_price_is_withheld_after_the_deal_until_the_next_refresh(at: datetime) -> None:
    shown = offer_at(OFFER, at)

    withheld = {each.name for each in fields(Offer) if getattr(shown, each.name) is None}
    assert withheld == WITHHELD | {"prime"}
    assert (shown.hidden, shown.availability, shown.merchant) == (True, "in_stock", "Shop")
    assert price_status(OFFER, START, at) == "hidden"
    assert price_status(OFFER, START, START + 24 * HOUR) == "expired"


def test_offer_without_price_stays_without_offer_after_its_deal() -> None:
    assert price_status(Offer(deal=DEAL), START, START + 3 * HOUR) == "no_offer"


def test_offer_of_a_deal_is_fresh_until_its_end_at_most() -> None:
    assert fresh_until(START, OFFER) == START + 2 * HOUR
    assert fresh_until(START - 23 * HOUR, OFFER) == START + HOUR
    assert fresh_until(START, offer_at(OFFER, START + 2 * HOUR)) == START + 24 * HOUR
    assert fresh_until(START, Offer()) == fresh_until(START) == START + 24 * HOUR


moments = st.none() | st.integers(-5, 5).map(lambda count: START + count * HOUR)


@given(moments, moments, st.lists(st.integers(-6, 6), min_size=1))
def test_next_change_is_the_first_moment_at_which_the_shown_offer_differs(
    opens_at: datetime | None, ends_at: datetime | None, hours: list[int]
) -> None:
    deal = replace(DEAL, ends_at=ends_at, opens_at=opens_at)
    change_at = next_change_at(replace(OFFER, deal=deal))

    for at in (START + count * HOUR for count in hours):
        shown = offer_at(replace(OFFER, deal=deal), at)
        assert (shown.deal == deal) is (change_at is None or at < change_at)
        # What is shown later follows from what was shown now.
        assert offer_at(shown, at + 3 * HOUR) == offer_at(replace(OFFER, deal=deal), at + 3 * HOUR)
        later = next_change_at(shown)
        assert later is None or later > at
