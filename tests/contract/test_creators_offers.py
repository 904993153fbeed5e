"""Offers of the Creators API: the selected listing and its conversion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Offer
from tests.clock import FakeClock
from tests.contract.creators_marketplaces import CatalogSetup, account, endpoint_for, setup_at
from tests.contract.creators_products import FakeProduct, condition, listing, money_document
from tests.contract.creators_variants import Json, Variant

ASIN = "B0TEST0001"
STARTS = datetime(2026, 11, 22, 18, 5, tzinfo=UTC)
ENDS = datetime(2026, 11, 30, 5, 35, tzinfo=UTC)
DEAL: Json = {
    "accessType": "PRIME_EXCLUSIVE",
    "badge": "Limited time deal",
    "startTime": STARTS,
    "endTime": ENDS,
    "percentClaimed": 38,
}


@contextmanager
def running_setup(
    clock: FakeClock, *listings: Json, variant: Variant | None = None, version: str = "3.1"
) -> Iterator[CatalogSetup]:
    owner = account(version)
    product = FakeProduct(ASIN, listings=listings)
    with endpoint_for(clock, product, variant=variant, accounts=(owner,)) as endpoint:
        yield setup_at(endpoint, clock)


def offer_from(
    clock: FakeClock, *listings: Json, variant: Variant | None = None, version: str = "3.1"
) -> Offer:
    """Return the offer of a product with these listings."""
    with running_setup(clock, *listings, variant=variant, version=version) as setup:
        return setup.item(ASIN).offer


def price_of(offer: Offer) -> int | None:
    return None if offer.price is None else offer.price.amount


NEW_WINNER = listing(10.0)
NEW = listing(20.0, isBuyBoxWinner=False)
USED_WINNER = listing(30.0, condition=condition("Used"))
USED = listing(40.0, condition=condition("Used"), isBuyBoxWinner=False)
UNSPECIFIED = listing(50.0, isBuyBoxWinner=None)


@pytest.mark.parametrize(
    ("listings", "selected"),
    [
        ((USED, NEW, NEW_WINNER), 1000),
        ((NEW, USED_WINNER), 3000),
        ((USED, NEW), 2000),
        ((USED, UNSPECIFIED), 5000),
        ((USED, USED_WINNER), 3000),
        ((USED_WINNER,), 3000),
    ],
)
def test_buy_box_winner_then_new_then_first_is_selected(
    clock: FakeClock, listings: tuple[Json, ...], selected: int
) -> None:
    assert price_of(offer_from(clock, *listings)) == selected


def test_used_offer_has_its_condition(clock: FakeClock) -> None:
    assert offer_from(clock, USED_WINNER).condition == "Used"


@pytest.mark.parametrize(
    ("kind", "availability"),
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
def test_availability_is_the_documented_type_in_lower_case(
    clock: FakeClock, kind: str, availability: str
) -> None:
    offer = offer_from(clock, listing(availability={"type": kind, "message": "?"}))

    assert (offer.availability, price_of(offer)) == (availability, 5949)


def test_unknown_values_do_not_hide_the_offer(clock: FakeClock) -> None:
    odd = listing(
        availability={"type": "ON_A_SHIP", "message": "Soon"},
        condition={"value": "OpenBox", "subCondition": "Dusty", "conditionNote": ""},
        dealDetails=DEAL | {"accessType": "STUDENTS_ONLY"},
        type="FLASH_SALE",
    )

    offer = offer_from(clock, odd)

    assert (price_of(offer), offer.availability) == (5949, "unknown")
    assert offer.condition != "New"
    assert offer.deal is not None
    assert offer.deal.badge == "Limited time deal"
    assert offer.deal.access == "prime_exclusive"


@pytest.mark.parametrize(
    "amount",
    [59.49, 4.35, 19.99, 0.07, 1.1, 8.2, 1129.6, 64.1, 5.0, 100, 33333.33, 1.15],
)
@pytest.mark.parametrize("numbers", ["plain", "float"])
def test_amount_is_exact_in_cents(clock: FakeClock, amount: float, numbers: Any) -> None:
    offer = offer_from(clock, listing(amount), variant=Variant(numbers=numbers))

    cents = int(f"{amount:.2f}".replace(".", ""))
    assert offer.price == Money(cents, "USD", f"${amount:,.2f}")
    assert type(price_of(offer)) is int


@pytest.mark.parametrize("numbers", ["plain", "float"])
def test_yen_have_no_decimals(clock: FakeClock, numbers: Any) -> None:
    yen = listing(3241, "JPY")

    offer = offer_from(clock, yen, variant=Variant(numbers=numbers), version="2.3")

    assert offer.price == Money(3241, "JPY", "￥3,241")


@pytest.mark.parametrize("variant", [Variant(), Variant(capitals=True), Variant(numbers="float")])
def test_list_price_and_savings_are_read(clock: FakeClock, variant: Variant) -> None:
    price = {
        "money": money_document(59.49),
        "pricePerUnit": money_document(29.75),
        "savingBasis": {
            "money": money_document(69.99),
            "savingBasisType": "LIST_PRICE",
            "savingBasisTypeLabel": "List Price",
        },
        "savings": {"money": money_document(10.5), "percentage": 15},
    }

    offer = offer_from(clock, listing(price=price), variant=variant)

    assert offer.list_price == Money(6999, "USD", "$69.99")
    assert (price_of(offer), offer.savings_percent) == (5949, 15)
    assert type(offer.savings_percent) is int


def test_price_below_advertised_minimum_is_hidden(clock: FakeClock) -> None:
    offer = offer_from(clock, listing(violatesMAP=True))

    assert (offer.price, offer.hidden) == (None, True)
    assert (offer.list_price, offer.savings_percent) == (None, None)
    assert offer.availability == "in_stock"


@pytest.mark.parametrize("price", [None, {}, {"money": None}, {"money": {"amount": None}}])
def test_listing_without_amount_has_no_price(clock: FakeClock, price: object) -> None:
    offer = offer_from(clock, listing(price=price))

    assert (offer.price, offer.hidden) == (None, False)


@pytest.mark.parametrize("members", [{"merchantInfo": None}, {"merchantInfo": {"id": "A1"}}])
def test_merchant_without_name_is_none(clock: FakeClock, members: Json) -> None:
    offer = offer_from(clock, listing(**members))

    assert (offer.merchant, price_of(offer)) == (None, 5949)


@pytest.mark.parametrize("times", ["seconds", "minutes"])
def test_deal_has_access_type_and_end(clock: FakeClock, times: Any) -> None:
    deal = offer_from(
        clock, listing(dealDetails=DEAL, type="LIGHTNING_DEAL"), variant=Variant(times=times)
    ).deal

    assert deal is not None
    assert deal.badge == "Limited time deal"
    assert deal.access == "prime_exclusive"
    assert deal.ends_at is not None
    assert deal.ends_at == ENDS


def test_deal_can_end_with_a_day(clock: FakeClock) -> None:
    offer = offer_from(clock, listing(dealDetails=DEAL), variant=Variant(times="days"))

    assert price_of(offer) == 5949
    assert offer.deal is not None
    assert offer.deal.ends_at == datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize("details", [None, {"accessType": "ALL"}, {"badge": "Deal"}])
def test_deal_members_are_optional(clock: FakeClock, details: Json | None) -> None:
    offer = offer_from(clock, listing(dealDetails=details))

    assert price_of(offer) == 5949
    if details is None:
        assert offer.deal is None
    else:
        assert offer.deal is None or offer.deal.ends_at is None


def test_missing_offer_is_out_of_stock_in_every_variant(clock: FakeClock) -> None:
    for variant in (Variant(), Variant(no_offer="empty"), Variant(no_offer="null")):
        assert offer_from(clock, variant=variant) == Offer()
