"""Deals over time: what of an offer may be shown at a moment, and when that changes.

An offer is stored as Amazon returned it. When its deal ends, the price of the offer is no longer
valid, and the next price is unknown until the next refresh.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from amzlinkr.domain.products import Deal, Offer


def deal_at(deal: Deal, now: datetime) -> Deal | None:
    """Return the deal as it is at `now`, or None if it has ended."""
    if deal.ends_at is not None and now >= deal.ends_at:
        return None
    if deal.opens_at is not None and now >= deal.opens_at:
        return replace(deal, access="all", opens_at=None)
    return deal


def offer_at(offer: Offer, now: datetime) -> Offer:
    """Return the offer as it may be shown at `now`: without its price if its deal has ended."""
    if offer.deal is None:
        return offer
    deal = deal_at(offer.deal, now)
    if deal is not None:
        return offer if deal is offer.deal else replace(offer, deal=deal)
    return without_price(offer)


def without_price(offer: Offer) -> Offer:
    """Return the offer without its deal, its price, and everything that refers to the price."""
    return replace(
        offer,
        price=None,
        list_price=None,
        list_price_kind=None,
        list_price_label=None,
        savings_percent=None,
        unit_price=None,
        deal=None,
        hidden=offer.hidden or offer.price is not None,
    )


def next_change_at(offer: Offer) -> datetime | None:
    """Return when `offer_at` returns something else for the first time, or None for never."""
    if offer.deal is None:
        return None
    moments = (offer.deal.opens_at, offer.deal.ends_at)
    return min((moment for moment in moments if moment is not None), default=None)
