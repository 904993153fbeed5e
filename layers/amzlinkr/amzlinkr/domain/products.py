"""Products: slow-changing details and a fast-changing offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from amzlinkr.domain.money import Money

Kind = Literal[
    "added", "price", "availability", "details", "removed", "expired", "missing", "waiting",
    "list", "list_removed",
]  # fmt: skip
"""The kind of the newest change of a product, or of a list.

- `added`: The product was imported, or Amazon returns a missing or waiting one. Store it.
- `price`: The price changed, or content that had expired is available again. Store the product.
- `availability`: The availability changed. Store the product.
- `details`: Other content changed. Store the product.
- `removed`: The product was removed. Delete it.
- `expired`: The content was last seen 24 hours ago. Keep the ASIN and the link only.
- `missing`: Amazon does not return the product any more. Keep the ASIN and the link only.
- `waiting`: The product was imported without API access. It has an ASIN and a link only.
- `list`: The list was defined, refreshed with another result, or has expired. Store it.
- `list_removed`: The list was removed. Delete it.
"""
AvailabilityName = Literal[
    "in_stock", "in_stock_scarce", "leadtime", "available_date", "preorder", "out_of_stock",
    "unavailable", "unknown",
]  # fmt: skip
"""The availability of an offer.

- `in_stock`: In stock.
- `in_stock_scarce`: Few pieces are left.
- `leadtime`: Delivered after a time that `availability_message` states.
- `available_date`: Available from a date on that `availability_message` states.
- `preorder`: Can be ordered before its release.
- `out_of_stock`: Out of stock.
- `unavailable`: Amazon does not sell it at present.
- `unknown`: Amazon states no availability, or one that the service does not know.
"""


@dataclass(frozen=True, slots=True)
class Image:
    """A product image on Amazon's servers.

    The image is linked and never copied (Associates Program IP License). Sizes are in pixels.
    """

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Details:
    """The slow-changing part of a product. `url` is Amazon's DetailPageURL, unaltered."""

    title: str
    url: str
    image: Image | None = None
    brand: str | None = None
    features: tuple[str, ...] = ()
    binding: str | None = None


DealAccess = Literal["all", "prime_early_access", "prime_exclusive"]
"""The buyers who get the price of a deal.

- `all`: All buyers.
- `prime_early_access`: Prime members, who get it before others. It becomes `all` later.
- `prime_exclusive`: Prime members only.
"""
ListPriceKind = Literal["list_price", "was_price", "lowest_price"]
"""The kind of a reference price.

- `list_price`: The price that the manufacturer recommends.
- `was_price`: The earlier price at Amazon.
- `lowest_price`: The lowest price of the last 30 days, as EU law requires.
"""


@dataclass(frozen=True, slots=True)
class Deal:
    """A promotion that was running when the product was seen, and who can claim it.

    `badge` is Amazon's text for display, empty if there is none. A deal without `ends_at` has no
    planned end. `opens_at` is the end of the early access of Prime members.
    """

    access: DealAccess = "all"
    badge: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """The featured offer of a product.

    The defaults describe a product without a featured offer: no price and out of stock. `hidden`
    means that there is a price which must not be shown: it is below the minimum advertised price,
    or its deal has ended. `list_price` is higher than `price`; its label, `unit_price`, and the
    availability's message are Amazon's texts.
    """

    price: Money | None = None
    list_price: Money | None = None
    savings_percent: int | None = None
    availability: AvailabilityName = "out_of_stock"
    condition: str | None = None
    merchant: str | None = None
    deal: Deal | None = None
    prime: bool | None = None
    hidden: bool = False
    list_price_kind: ListPriceKind | None = None
    list_price_label: str | None = None
    unit_price: str | None = None
    availability_message: str | None = None
    min_order_quantity: int | None = None
    max_order_quantity: int | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """One ASIN in one marketplace as Amazon returned it.

    `observed_at` is the time before the request was sent, so that the content is never older than
    it claims to be.
    """

    asin: str
    marketplace: str
    details: Details
    offer: Offer
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class StoredProduct:
    """A product as stored for a site. `observed_at` is None if the product is on no shelf.

    `kind` is that of its newest entry in the change feed. If that is `expired`, `missing`, or
    `waiting`, the product has no details and no offer.
    """

    asin: str
    marketplace: str
    details: Details | None
    offer: Offer
    observed_at: datetime | None
    seq: int = 0
    kind: Kind = "added"
    removed: bool = False
