"""Offers of the second Creators endpoint: which one is picked, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Offer
from tests.clock import FakeClock
from tests.contract.creators_marketplaces import Shop, account, endpoint_for, shop_at
from tests.contract.creators_products import Goods, cash, condition, listing
from tests.contract.creators_variants import Dialect, Json

ASIN = "B0TEST0001"
STARTS = datetime(2026, 11, 23, 18, 5, tzinfo=UTC)
ENDS = datetime(2026, 11, 30, 5, 35, tzinfo=UTC)
DEAL: Json = {
    "accessType": "PRIME_EXCLUSIVE",
    "badge": "Limited time deal",
    "startTime": STARTS,
    "endTime": ENDS,
    "percentClaimed": 38,
}


@contextmanager
def shop_with(
    clock: FakeClock, *listings: Json, dialect: Dialect | None = None, version: str = "3.1"
) -> Iterator[Shop]:
    owner = account(version)
    goods = Goods(ASIN, listings=listings)
    with endpoint_for(clock, goods, dialect=dialect, accounts=(owner,)) as endpoint:
        yield shop_at(endpoint, clock)


def offer_of(
    clock: FakeClock, *listings: Json, dialect: Dialect | None = None, version: str = "3.1"
) -> Offer:
    """What the catalogue makes of these listings."""
    with shop_with(clock, *listings, dialect=dialect, version=version) as shop:
        return shop.item(ASIN).offer


def price_of(offer: Offer) -> int | None:
    return None if offer.price is None else offer.price.amount


NEW_WINNER = listing(10.0)
NEW = listing(20.0, isBuyBoxWinner=False)
USED_WINNER = listing(30.0, condition=condition("Used"))
USED = listing(40.0, condition=condition("Used"), isBuyBoxWinner=False)
UNSAID = listing(50.0, isBuyBoxWinner=None)


@pytest.mark.parametrize(
    ("listings", "picked"),
    [
        ((USED, NEW, NEW_WINNER), 1000),
        ((USED_WINNER, NEW), 2000),
        ((USED, NEW), 2000),
        ((USED, UNSAID), 5000),
        ((USED, USED_WINNER), 4000),
        ((USED_WINNER,), 3000),
    ],
)
def test_new_buy_box_winner_then_new_then_first(
    clock: FakeClock, listings: tuple[Json, ...], picked: int
) -> None:
    assert price_of(offer_of(clock, *listings)) == picked


def test_a_used_offer_says_so(clock: FakeClock) -> None:
    assert offer_of(clock, USED_WINNER).condition == "Used"


@pytest.mark.parametrize(
    ("word", "availability"),
    [
        ("IN_STOCK", "in_stock"),
        ("IN_STOCK_SCARCE", "in_stock_scarce"),
        ("OUT_OF_STOCK", "out_of_stock"),
        ("PREORDER", "preorder"),
        ("AVAILABLE_DATE", "available_date"),
        ("LEADTIME", "leadtime"),
        ("UNAVAILABLE", "unavailable"),
        ("UNKNOWN", "unknown"),
        ("ON_A_SHIP", "unknown"),
    ],
)
def test_availability_is_the_documented_word_in_lower_case(
    clock: FakeClock, word: str, availability: str
) -> None:
    offer = offer_of(clock, listing(availability={"type": word, "message": "?"}))

    assert (offer.availability, price_of(offer)) == (availability, 5949)


def test_unknown_words_everywhere_cost_nothing(clock: FakeClock) -> None:
    odd = listing(
        availability={"type": "ON_A_SHIP", "message": "Soon"},
        condition={"value": "OpenBox", "subCondition": "Dusty", "conditionNote": ""},
        dealDetails=DEAL | {"accessType": "STUDENTS_ONLY"},
        type="FLASH_SALE",
    )

    offer = offer_of(clock, odd)

    assert (price_of(offer), offer.availability) == (5949, "unknown")
    assert offer.condition != "New"
    assert offer.deal is not None
    assert offer.deal.badge == "Limited time deal"


@pytest.mark.parametrize(
    "amount",
    [59.49, 4.35, 19.99, 0.07, 1.1, 8.2, 1129.6, 64.1, 5.0, 100, 33333.33, 1.15],
)
@pytest.mark.parametrize("numbers", ["plain", "float"])
def test_amounts_are_exact_in_cents(clock: FakeClock, amount: float, numbers: Any) -> None:
    offer = offer_of(clock, listing(amount), dialect=Dialect(numbers=numbers))

    cents = int(f"{amount:.2f}".replace(".", ""))
    assert offer.price == Money(cents, "USD", f"${amount:,.2f}")
    assert type(price_of(offer)) is int


@pytest.mark.parametrize("numbers", ["plain", "float"])
def test_yen_have_no_decimals(clock: FakeClock, numbers: Any) -> None:
    yen = listing(3241, "JPY")

    offer = offer_of(clock, yen, dialect=Dialect(numbers=numbers), version="2.3")

    assert offer.price == Money(3241, "JPY", "￥3,241")


@pytest.mark.parametrize("dialect", [Dialect(), Dialect(capitals=True), Dialect(numbers="float")])
def test_savings_are_told(clock: FakeClock, dialect: Dialect) -> None:
    price = {
        "money": cash(59.49),
        "pricePerUnit": cash(29.75),
        "savingBasis": {
            "money": cash(69.99),
            "savingBasisType": "LIST_PRICE",
            "savingBasisTypeLabel": "List Price",
        },
        "savings": {"money": cash(10.5), "percentage": 15},
    }

    offer = offer_of(clock, listing(price=price), dialect=dialect)

    assert offer.list_price == Money(6999, "USD", "$69.99")
    assert (price_of(offer), offer.savings_percent) == (5949, 15)
    assert type(offer.savings_percent) is int


def test_a_price_below_the_advertised_minimum_is_hidden(clock: FakeClock) -> None:
    offer = offer_of(clock, listing(violatesMAP=True))

    assert (offer.price, offer.hidden) == (None, True)
    assert (offer.list_price, offer.savings_percent) == (None, None)
    assert offer.availability == "in_stock"


@pytest.mark.parametrize("price", [None, {}, {"money": None}, {"money": {"amount": None}}])
def test_a_listing_without_an_amount_has_no_price(clock: FakeClock, price: object) -> None:
    offer = offer_of(clock, listing(price=price))

    assert (offer.price, offer.hidden) == (None, False)


@pytest.mark.parametrize("members", [{"merchantInfo": None}, {"merchantInfo": {"id": "A1"}}])
def test_a_nameless_merchant_is_none(clock: FakeClock, members: Json) -> None:
    offer = offer_of(clock, listing(**members))

    assert (offer.merchant, price_of(offer)) == (None, 5949)


@pytest.mark.parametrize("times", ["seconds", "minutes"])
def test_a_deal_says_for_whom_and_until_when(clock: FakeClock, times: Any) -> None:
    deal = offer_of(
        clock, listing(dealDetails=DEAL, type="LIGHTNING_DEAL"), dialect=Dialect(times=times)
    ).deal

    assert deal is not None
    assert deal.badge == "Limited time deal"
    assert deal.access is not None
    assert deal.access.upper() == "PRIME_EXCLUSIVE"
    assert deal.ends_at is not None
    assert datetime.fromisoformat(deal.ends_at) == ENDS


def test_a_deal_may_end_on_a_day(clock: FakeClock) -> None:
    offer = offer_of(clock, listing(dealDetails=DEAL), dialect=Dialect(times="days"))

    assert price_of(offer) == 5949
    assert offer.deal is not None
    assert (offer.deal.ends_at or "2026-11-30").startswith("2026-11-30")


@pytest.mark.parametrize("details", [None, {"accessType": "ALL"}, {"badge": "Deal"}])
def test_a_deal_may_say_little(clock: FakeClock, details: Json | None) -> None:
    offer = offer_of(clock, listing(dealDetails=details))

    assert price_of(offer) == 5949
    if details is None:
        assert offer.deal is None
    else:
        assert offer.deal is None or offer.deal.ends_at is None


def test_no_offer_is_a_product_out_of_stock_in_every_spelling(clock: FakeClock) -> None:
    for dialect in (Dialect(), Dialect(no_offer="empty"), Dialect(no_offer="null")):
        assert offer_of(clock, dialect=dialect) == Offer()
