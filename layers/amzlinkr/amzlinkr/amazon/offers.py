"""Which of Amazon's listings is the offer: the same rule for both APIs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from amzlinkr.domain.money import Money
from amzlinkr.domain.products import Deal, Offer

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


@dataclass(frozen=True, slots=True)
class Listing:
    """One offer of a product, in our words; `availability` still in Amazon's."""

    price: Money | None
    list_price: Money | None
    savings_percent: int | None
    availability: str | None
    condition: str | None
    merchant: str | None
    deal: Deal | None
    prime: bool | None
    is_winner: bool
    violates_map: bool
    is_subscription: bool = False


def best_listing(listings: Sequence[Listing]) -> Listing | None:
    """The featured new offer, else a new one, else the first (Creators API, OffersV2).

    The price of a subscription is not what a visitor pays who buys once: it is never the offer.
    """
    plain = [listing for listing in listings if not listing.is_subscription]
    new = [listing for listing in plain if listing.condition == "New"]
    winners = [listing for listing in new if listing.is_winner]
    return next(iter(winners or new or plain), None)


def offer_of(listing: Listing | None) -> Offer:
    """The offer to show. A price below the minimum advertised one is never shown."""
    if listing is None:
        return Offer()
    hidden = listing.violates_map
    return Offer(
        price=None if hidden else listing.price,
        list_price=None if hidden else listing.list_price,
        savings_percent=None if hidden else listing.savings_percent,
        availability=_availability(listing),
        condition=listing.condition,
        merchant=listing.merchant,
        deal=listing.deal,
        prime=listing.prime,
        hidden=hidden,
    )


def _availability(listing: Listing) -> str:
    if listing.availability is None:
        return "in_stock" if listing.price else "out_of_stock"
    return _AVAILABILITY.get(listing.availability.lower(), "unknown")
