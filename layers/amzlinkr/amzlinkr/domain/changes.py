"""Detection of product changes by fingerprint.

Fingerprints are hashes and not values: a shelf stores those of ten products in a few hundred bytes,
and no past price is kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields

from amzlinkr.domain.products import Kind, Offer, Product, StoredProduct

PRICE_FIELDS = (
    "price", "list_price", "list_price_kind", "list_price_label", "savings_percent", "unit_price",
    "hidden", "deal",
)  # fmt: skip
AVAILABILITY_FIELDS = tuple(field.name for field in fields(Offer) if field.name not in PRICE_FIELDS)
"""All other fields of an offer: each field belongs to exactly one part of the fingerprint."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Hashes of a product's price, availability and details."""

    price: str
    availability: str
    details: str

    def __str__(self) -> str:
        return self.price + self.availability + self.details

    def with_offer(self, offer: Offer) -> Fingerprint:
        """Return the fingerprint of the same product with another offer."""
        return Fingerprint(*_digests_of(offer), self.details)

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


def fingerprint_of(product: Product | StoredProduct) -> Fingerprint:
    """Return the fingerprint of everything that a site can show of a product."""
    return Fingerprint(*_digests_of(product.offer), _digest(product.details))


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


def _digests_of(offer: Offer) -> tuple[str, str]:
    """Return the hashes of an offer's price and availability."""
    return (
        _digest(*(getattr(offer, name) for name in PRICE_FIELDS)),
        _digest(*(getattr(offer, name) for name in AVAILABILITY_FIELDS)),
    )


def _digest(*parts: object) -> str:
    # Cut to 48 bits: ten products with three hashes stay small on a shelf. A change is missed
    # with a chance of 1 in 2^48, and only until the next one.
    return hashlib.blake2b(repr(parts).encode(), digest_size=6).hexdigest()
