"""Which of Amazon's listings is the offer, and what it says: the same rule for both APIs."""

from __future__ import annotations

from collections.abc import Sequence

from amzlinkr.amazon import shapes
from amzlinkr.amazon.sanitize import sanitize
from amzlinkr.domain.money import Money, money
from amzlinkr.domain.products import Deal, Offer

SUBSCRIPTION = "SUBSCRIBE_AND_SAVE"
NEW = "New"
ALL_OF_IT = 100
_AVAILABILITY = {
    "now": "in_stock",
    "in_stock": "in_stock",
    "in_stock_scarce": "in_stock_scarce",
    "out_of_stock": "out_of_stock",
    "preorder": "preorder",
    "available_date": "available_date",
    "leadtime": "leadtime",
    "unavailable": "unavailable",
}


def best_listing(listings: Sequence[shapes.Listing]) -> shapes.Listing | None:
    """The featured new offer, else a new one, else the first (Creators API, OffersV2).

    The price of a subscription is not what a visitor pays who buys once: it is never the offer.
    """
    once = [listing for listing in listings if listing.type != SUBSCRIPTION]
    new = [each for each in once if each.condition and each.condition.value == NEW]
    winners = [listing for listing in new if listing.is_buy_box_winner]
    return next(iter(winners or new or once), None)


def offer_of(listing: shapes.Listing | None) -> Offer:
    """The offer to show. A price below the minimum advertised one is never shown."""
    if listing is None:
        return Offer()
    price = listing.price
    shown = None if listing.violates_map else price
    basis = (price.saving_basis if price else None) or listing.saving_basis
    percent = shown.savings.percentage if shown and shown.savings else None
    return Offer(
        price=_money(shown),
        list_price=None if listing.violates_map else _money(basis),
        savings_percent=_percent(percent),
        availability=_availability(listing),
        condition=sanitize(listing.condition.value, 40) if listing.condition else None,
        merchant=sanitize(listing.merchant_info.name, 200) if listing.merchant_info else None,
        deal=_deal(listing.deal_details) if listing.deal_details else None,
        prime=listing.delivery_info.is_prime_eligible if listing.delivery_info else None,
        hidden=bool(listing.violates_map),
    )


def _percent(saved: float | None) -> int | None:
    return round(saved) if saved is not None and 0 <= saved <= ALL_OF_IT else None


def _availability(listing: shapes.Listing) -> str:
    said = listing.availability.type if listing.availability else None
    if said is None:
        return "in_stock" if _money(listing.price) else "out_of_stock"
    return _AVAILABILITY.get(said.lower(), "unknown")


def _deal(deal: shapes.DealDetails) -> Deal:
    return Deal(
        sanitize(deal.badge, 80), sanitize(deal.access_type, 40), sanitize(deal.end_time, 40)
    )


def _money(basis: shapes.Basis | None) -> Money | None:
    source = (basis.money or basis) if basis else None
    if source is None or source.amount is None or source.currency is None:
        return None
    return money(source.amount, source.currency, sanitize(source.display_amount, 40))
