"""The offers of sandbox products, selected by reserved ASINs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zlib import crc32

from amzlinkr.domain.marketplaces import marketplace
from amzlinkr.domain.money import Money, decimals_of, money
from amzlinkr.domain.products import Deal, Offer

(NO_OFFER, HIDDEN, SOLD_OUT, CHANGING, DEAL, PRIME_DEAL, EARLY_ACCESS, SHORT_DEAL, WAS_PRICE,
 LOWEST_PRICE, UNIT_PRICE, USED, LEAD_TIME) = (
    "B0TESTNONE", "B0TESTHIDE", "B0TESTSOLD", "B0TESTMOVE", "B0TESTDEAL", "B0TESTPRIM",
    "B0TESTERLY", "B0TESTENDS", "B0TESTWASP", "B0TESTLOWP", "B0TESTUNIT", "B0TESTUSED",
    "B0TESTLEAD",
)  # fmt: skip
OFFER_STATES = {
    NO_OFFER: "has no offer",
    HIDDEN: "has a price that must not be shown",
    SOLD_OUT: "is out of stock and has a price",
    CHANGING: "has a new price every minute",
    DEAL: "has a list price and a deal without an end",
    PRIME_DEAL: "has a deal for Prime members",
    EARLY_ACCESS: "has a deal with early access of 5 minutes, which starts every 20 minutes",
    SHORT_DEAL: "has a deal that ends every 10 minutes",
    WAS_PRICE: "has an earlier price as its list price",
    LOWEST_PRICE: "has the lowest price of 30 days as its list price",
    UNIT_PRICE: "has a price per unit",
    USED: "is used",
    LEAD_TIME: "ships after some days, in orders of 2 to 5",
}
_MINUTE = timedelta(minutes=1)


def sandbox_offer(asin: str, marketplace_code: str, now: datetime) -> Offer:
    """Return the offer of an ASIN at a moment; its price is derived from the ASIN."""
    if asin == NO_OFFER:
        return Offer()
    minor = 500 + crc32(asin.encode()) % 9_500
    if asin == CHANGING:
        minor += int(now.timestamp()) // 60 % 100
    currency = marketplace(marketplace_code).currency

    def amount(minor: int) -> Money | None:
        return money(f"{minor}e-{decimals_of(currency)}", currency)

    ordinary = Offer(amount(minor), availability="in_stock", condition="New", merchant="Sandbox")
    if asin == HIDDEN:
        return replace(ordinary, price=None, hidden=True)
    deal = _deal(asin, now)
    if deal is not None:
        return replace(_with_list_price(ordinary, amount(2 * minor)), deal=deal)
    if asin == WAS_PRICE:
        reduced = _with_list_price(ordinary, amount(2 * minor))
        return replace(reduced, list_price_kind="was_price", list_price_label="Was:")
    if asin == LOWEST_PRICE:
        reduced = _with_list_price(ordinary, amount(2 * minor))
        label = "Lowest price of 30 days:"
        return replace(reduced, list_price_kind="lowest_price", list_price_label=label)
    return _with_other_state(ordinary, asin, amount(minor // 4))


def _with_list_price(offer: Offer, list_price: Money | None) -> Offer:
    return replace(
        offer,
        list_price=list_price,
        list_price_kind="list_price",
        list_price_label="List Price:",
        savings_percent=50,
    )


def _with_other_state(offer: Offer, asin: str, unit_price: Money | None) -> Offer:
    if asin == UNIT_PRICE and unit_price is not None:
        return replace(offer, unit_price=f"{unit_price.display} / Count")
    if asin == SOLD_OUT:
        return replace(offer, availability="out_of_stock")
    if asin == USED:
        return replace(offer, condition="Used")
    if asin == LEAD_TIME:
        message = "Usually ships within 2 to 3 days."
        return replace(
            offer,
            availability="leadtime",
            availability_message=message,
            min_order_quantity=2,
            max_order_quantity=5,
        )
    return offer


def _deal(asin: str, now: datetime) -> Deal | None:
    if asin == DEAL:
        return Deal(badge="Limited time deal")
    if asin == PRIME_DEAL:
        return Deal("prime_exclusive", "With Prime")
    if asin == SHORT_DEAL:
        start = _full(now, 10 * _MINUTE)
        return Deal("all", "Limited time deal", start, start + 10 * _MINUTE)
    if asin != EARLY_ACCESS:
        return None
    start = _full(now, 20 * _MINUTE)
    opens_at = start + 5 * _MINUTE
    is_open = now >= opens_at
    return Deal(
        "all" if is_open else "prime_early_access",
        "Limited time deal",
        start,
        start + 20 * _MINUTE,
        None if is_open else opens_at,
    )


def _full(moment: datetime, step: timedelta) -> datetime:
    """Return the last full multiple of a step, for example the last full ten minutes."""
    seconds = moment.timestamp() % step.total_seconds()
    return moment - timedelta(seconds=seconds)
