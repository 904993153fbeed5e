"""Detection of product changes by fingerprint.

Fingerprints are hashes and not values: a shelf stores those of ten products in a few hundred bytes,
and no past price is kept.
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
        """Return the fingerprint that `str` encoded."""
        # Twelve hexadecimal digits per hash, see `_digest`.
        return cls(text[:12], text[12:24], text[24:])


@dataclass(frozen=True, slots=True)
class Change:
    """The newest state of a product, and how it differs from the previous one."""

    kind: Kind
    product: Product
    details_changed: bool


def fingerprint_of(product: Product) -> Fingerprint:
    """Return the fingerprint of everything that a site can show of a product."""
    offer, details = product.offer, product.details
    return Fingerprint(
        _digest(offer.price, offer.list_price, offer.savings_percent, offer.hidden, offer.deal),
        _digest(offer.availability, offer.condition, offer.merchant, offer.prime),
        _digest(details),
    )


def change_between(before: Fingerprint | None, product: Product) -> Change | None:
    """Return the change from a fingerprint to a product, or None if they do not differ.

    If several parts changed, the kind is that of the first in this order: price, availability,
    details.
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
    # Cut to 48 bits: ten products with three hashes stay small on a shelf. A change is missed
    # with a chance of 1 in 2^48, and only until the next one.
    return hashlib.blake2b(repr(parts).encode(), digest_size=6).hexdigest()
