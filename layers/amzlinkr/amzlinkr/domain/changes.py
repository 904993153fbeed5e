"""What changed between two observations of a product, told from short content hashes.

Hashes, not values: a shelf can remember ten products in a few hundred bytes, and no price of the
past is kept anywhere.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from amzlinkr.domain.products import Kind, Product


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Hashes of a product's price, availability and details."""

    price: str
    availability: str
    details: str

    def __str__(self) -> str:
        return self.price + self.availability + self.details

    @classmethod
    def from_text(cls, text: str) -> Fingerprint:
        """Read what `str` wrote."""
        return cls(text[:12], text[12:24], text[24:])


@dataclass(frozen=True, slots=True)
class Change:
    """A product's newest state and how it differs from the one before."""

    kind: Kind
    product: Product
    details_changed: bool


def fingerprint_of(product: Product) -> Fingerprint:
    """The fingerprint of everything a site would see."""
    offer, details = product.offer, product.details
    return Fingerprint(
        _digest(offer.price, offer.list_price, offer.savings_percent, offer.hidden, offer.deal),
        _digest(offer.availability, offer.condition, offer.merchant, offer.prime),
        _digest(details),
    )


def change_between(before: Fingerprint | None, product: Product) -> Change | None:
    """The change a new observation makes; None if a site would see the same as before.

    A change of several things is named after the one that matters most: price, then availability,
    then details.
    """
    after = fingerprint_of(product)
    if before is None:
        return Change("added", product, details_changed=True)
    details_changed = before.details != after.details
    if before.price != after.price:
        return Change("price", product, details_changed)
    if before.availability != after.availability:
        return Change("availability", product, details_changed)
    return Change("details", product, details_changed) if details_changed else None


def _digest(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=6).hexdigest()
