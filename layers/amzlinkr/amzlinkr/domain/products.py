"""A product as Amazon describes it: details that rest, an offer that moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from amzlinkr.domain.money import Money

Kind = Literal["added", "price", "availability", "details", "removed", "expired"]
"""What the newest change of a product was."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture to link to, never to copy (Associates Program IP License)."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Details:
    """What changes rarely. `url` is Amazon's DetailPageURL, unaltered."""

    title: str
    url: str
    image: Image | None = None
    brand: str | None = None
    features: tuple[str, ...] = ()
    binding: str | None = None


@dataclass(frozen=True, slots=True)
class Deal:
    """A running promotion: Amazon's badge text, who may use it, and until when (ISO text)."""

    badge: str | None
    access: str | None
    ends_at: str | None


@dataclass(frozen=True, slots=True)
class Offer:
    """The featured offer. `hidden`: the price violates a minimum advertised price and must not
    be shown. Without a featured offer there is no price and nothing is in stock."""

    price: Money | None = None
    list_price: Money | None = None
    savings_percent: int | None = None
    availability: str = "out_of_stock"
    condition: str | None = None
    merchant: str | None = None
    deal: Deal | None = None
    prime: bool | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Product:
    """One ASIN in one marketplace, as seen at `observed_at` (taken before Amazon was asked)."""

    asin: str
    marketplace: str
    details: Details
    offer: Offer
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class StoredProduct:
    """A product in a site's collection. `observed_at` is None for a listing without a shelf."""

    asin: str
    marketplace: str
    details: Details | None
    offer: Offer
    observed_at: datetime | None
    seq: int = 0
    kind: Kind = "added"
    removed: bool = False
