"""How old Amazon's content may be, and what a product's price may say right now.

The Associates Program IP License: nothing but the ASIN may be kept for display longer than 24
hours. The developer guides advise one hour for offers.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from amzlinkr.domain.amazon_errors import AmazonNotEligible
from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.domain.products import Offer

SHOWN_FOR = timedelta(hours=24)
REFRESH_EVERY = timedelta(hours=1)

DISCLAIMER = (
    "Product prices and availability are accurate as of the date/time indicated and are subject "
    "to change. Any price and availability information displayed on {shop} at the time of "
    "purchase will apply to the purchase of this product."
)


def fresh_until(observed_at: datetime) -> datetime:
    """The moment from which the content must no longer be shown."""
    return observed_at + SHOWN_FOR


def is_expired(observed_at: datetime | None, now: datetime) -> bool:
    """Whether only the ASIN may still be served."""
    return observed_at is None or now >= fresh_until(observed_at)


def price_status(offer: Offer, observed_at: datetime | None, now: datetime) -> str:
    """`expired`, `hidden` (minimum advertised price), `no_offer` or `current`."""
    if is_expired(observed_at, now):
        return "expired"
    if offer.hidden:
        return "hidden"
    return "no_offer" if offer.price is None else "current"


def next_try(error: AmzlinkrError, now: datetime) -> datetime:
    """When a refresh that failed is worth another call: what cannot work is not hammered."""
    if error.retry_after is not None:
        return now + max(timedelta(seconds=error.retry_after), timedelta(minutes=1))
    soon = error.retryable and not isinstance(error, AmazonNotEligible)
    return now + (timedelta(minutes=5) if soon else timedelta(hours=6))
