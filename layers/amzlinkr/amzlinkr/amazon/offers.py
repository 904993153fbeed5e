"""Selection of the featured listing and its conversion to an offer, the same for both APIs."""

from __future__ import annotations

from collections.abc import Sequence

from amzlinkr.amazon import offer_shapes as shapes
from amzlinkr.amazon.sanitize import sanitize
from amzlinkr.domain.money import Money, money
from amzlinkr.domain.products import Deal, Offer

SUBSCRIPTION = "SUBSCRIBE_AND_SAVE"
NEW = "New"
MAX_PERCENT = 100
# "Now" is a value of the first Offers resource of PA-API; OffersV2 has the other values.
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
    """Return the new Buy Box winner, else a new listing, else the first listing.

    Source: Creators API documentation, "OffersV2".
    """
    # A visitor who buys once does not pay the subscription price, so it is never the offer.
    single = [listing for listing in listings if listing.type != SUBSCRIPTION]
    new = [each for each in single if each.condition and each.condition.value == NEW]
    winners = [listing for listing in new if listing.is_buy_box_winner]
    return next(iter(winners or new or single), None)


def offer_from_listing(listing: shapes.Listing | None) -> Offer:
    """Return the offer to show for a listing; None means that there is no offer.

    A price below the minimum advertised price is never part of the offer.
    """
    if listing is None:
        return Offer()
    price = listing.price
    shown = None if listing.violates_map else price
    # OffersV2 has the list price inside the price; PA-API's first Offers has it beside the price.
    basis = (price.saving_basis if price else None) or listing.saving_basis
    percent = shown.savings.percentage if shown and shown.savings else None
    return Offer(
        price=_money(shown),
        # With a hidden price, everything from which it can be derived is hidden too.
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
    return round(saved) if saved is not None and 0 <= saved <= MAX_PERCENT else None


def _availability(listing: shapes.Listing) -> str:
    kind = listing.availability.type if listing.availability else None
    if kind is None:
        return "in_stock" if _money(listing.price) else "out_of_stock"
    return _AVAILABILITY.get(kind.lower(), "unknown")


def _deal(deal: shapes.DealDetails) -> Deal:
    return Deal(
        sanitize(deal.badge, 80), sanitize(deal.access_type, 40), sanitize(deal.end_time, 40)
    )


def _money(basis: shapes.Basis | None) -> Money | None:
    source = (basis.money or basis) if basis else None
    if source is None or source.amount is None or source.currency is None:
        return None
    return money(source.amount, source.currency, sanitize(source.display_amount, 40))
