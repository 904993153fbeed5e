"""The age of Amazon's content, and what may be shown at that age.

Associates Program IP License: content except the ASIN may be stored for display for 24 hours at
most. Amazon's developer guides recommend one hour for offers.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from amzlinkr.domain.deals import offer_at
from amzlinkr.domain.errors import AmzlinkrError
from amzlinkr.domain.products import Offer, Product, StoredProduct

PriceStatus = Literal["current", "hidden", "no_offer", "expired", "missing", "waiting"]
"""The state of a price.

- `current`: `price` is the price.
- `hidden`: There is an offer, but its price must not be shown: Amazon forbids to advertise it, or
  its deal has ended and was not checked again yet.
- `no_offer`: Amazon has no offer of the product.
- `expired`: The content is older than 24 hours and is not served.
- `missing`: Amazon does not return the product any more.
- `waiting`: The product was imported without API access, and not retrieved yet.
"""
WITHOUT_CONTENT = frozenset[PriceStatus]({"expired", "missing", "waiting"})
"""The states in which only the ASIN and a link to it are shown."""
MAX_CONTENT_AGE = timedelta(hours=24)
DEFAULT_REFRESH_INTERVAL = timedelta(hours=1)
MAX_REFRESH_HOURS = 12
"""The longest interval a site can configure: after a failed refresh, 12 hours remain for others."""
RECHECK_INTERVAL = timedelta(hours=1)
"""The longest time between two checks of an account that is down."""
DEFAULT_RETRY_DELAY = timedelta(minutes=5)
MIN_RETRY_DELAY = timedelta(minutes=1)

DISCLAIMER = (
    "Product prices and availability are accurate as of the date/time indicated and are subject "
    "to change. Any price and availability information displayed on {domain} at the time of "
    "purchase will apply to the purchase of this product."
)
"""The text that the Associates Program requires beside prices. Quoted from Amazon.

`domain` is the marketplace's.
"""


def fresh_until(observed_at: datetime, offer: Offer | None = None) -> datetime:
    """Return the moment from which content must not be shown; the price of a deal ends with it."""
    until = observed_at + MAX_CONTENT_AGE
    ends_at = offer.deal.ends_at if offer and offer.deal else None
    return until if ends_at is None else min(until, ends_at)


def is_expired(observed_at: datetime | None, now: datetime) -> bool:
    """Return True if only the ASIN may be shown."""
    return observed_at is None or now >= fresh_until(observed_at)


def price_status(offer: Offer, observed_at: datetime | None, now: datetime) -> PriceStatus:
    """Return `expired`, `hidden` (a minimum price or an ended deal), `no_offer` or `current`."""
    if is_expired(observed_at, now):
        return "expired"
    shown = offer_at(offer, now)
    if shown.hidden:
        return "hidden"
    return "no_offer" if shown.price is None else "current"


def status_of(product: Product | StoredProduct, now: datetime) -> PriceStatus:
    """Return the state in which a product may be shown at `now`."""
    if isinstance(product, StoredProduct) and product.kind in ("missing", "waiting"):
        return "missing" if product.kind == "missing" else "waiting"
    # Without details nothing of Amazon's content is stored.
    if product.details is None:
        return "expired"
    return price_status(product.offer, product.observed_at, now)


def retry_at(error: AmzlinkrError, now: datetime) -> datetime:
    """Return when a shelf is due again after a failed refresh: within the hour.

    So its products are refreshed soon after the account works again. Until then the state of the
    connection keeps the planner from calling Amazon.
    """
    delay = RECHECK_INTERVAL
    if error.retryable:
        hint = error.retry_after
        delay = timedelta(seconds=hint) if hint else DEFAULT_RETRY_DELAY
    return now + min(max(delay, MIN_RETRY_DELAY), RECHECK_INTERVAL)
