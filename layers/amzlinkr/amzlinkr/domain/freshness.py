"""How old Amazon's content may be, and what a product's price may say right now.

The Associates Program IP License: nothing but the ASIN may be kept for display longer than 24
hours. The developer guides advise one hour for offers.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.domain.products import Offer

PriceStatus = Literal["current", "expired", "hidden", "no_offer"]
MAX_CONTENT_AGE = timedelta(hours=24)
DEFAULT_REFRESH_INTERVAL = timedelta(hours=1)
MAX_REFRESH_HOURS = 12
"""The longest interval a site may ask for: a refresh that fails leaves half a day for others."""
RECHECK_INTERVAL = timedelta(hours=1)
"""How long a shelf rests at most while its account is down."""

DISCLAIMER = (
    "Product prices and availability are accurate as of the date/time indicated and are subject "
    "to change. Any price and availability information displayed on {shop} at the time of "
    "purchase will apply to the purchase of this product."
)


def fresh_until(observed_at: datetime) -> datetime:
    """The moment from which the content must no longer be shown."""
    return observed_at + MAX_CONTENT_AGE


def is_expired(observed_at: datetime | None, now: datetime) -> bool:
    """Whether only the ASIN may still be served."""
    return observed_at is None or now >= fresh_until(observed_at)


def price_status(offer: Offer, observed_at: datetime | None, now: datetime) -> PriceStatus:
    """`expired`, `hidden` (minimum advertised price), `no_offer` or `current`."""
    if is_expired(observed_at, now):
        return "expired"
    if offer.hidden:
        return "hidden"
    return "no_offer" if offer.price is None else "current"


def retry_at(error: AmzlinkrError, now: datetime) -> datetime:
    """When a shelf whose refresh failed is looked at again.

    Within the hour, so that it is back soon after its account is; until then the connection's
    state keeps the planner from asking Amazon in vain.
    """
    soon = timedelta(seconds=error.retry_after or 300) if error.retryable else RECHECK_INTERVAL
    return now + min(max(soon, timedelta(minutes=1)), RECHECK_INTERVAL)
