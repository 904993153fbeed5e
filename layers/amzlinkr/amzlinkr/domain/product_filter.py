"""Filters of a site's products: by marketplace, ASIN, and the state in which they may be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.freshness import WITHOUT_CONTENT, PriceStatus, status_of
from amzlinkr.domain.products import AvailabilityName, StoredProduct
from amzlinkr.domain.wrong_fields import WrongFields

MAX_ASINS = 100
_ASIN = re.compile(r"[A-Z0-9]{10}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Conditions that a product must all meet. An empty one is always met. `asins` is sorted."""

    marketplace: str | None = None
    asins: tuple[str, ...] = ()
    price_status: frozenset[str] = frozenset()
    availability: frozenset[str] = frozenset()

    @classmethod
    def from_texts(
        cls,
        marketplace: str | None,
        asins: str | None,
        price_status: str | None,
        availability: str | None,
    ) -> ProductFilter:
        """Return the filter of parameters; the last three have values separated by commas.

        Raises:
            InvalidRequest: A value is unknown or malformed, or there are too many ASINs.
        """
        wrong = WrongFields()
        names: tuple[str, ...] = ()
        statuses, availabilities = frozenset[str](), frozenset[str]()
        with wrong:
            names = asins_of(asins) if asins else ()
        with wrong:
            statuses = _known("price_status", price_status, get_args(PriceStatus))
        with wrong:
            availabilities = _known("availability", availability, get_args(AvailabilityName))
        wrong.check()
        return cls(marketplace, names, statuses, availabilities)

    def __str__(self) -> str:
        """Return a text that identifies the filter, whatever the order of its values."""
        parts = self.asins, sorted(self.price_status), sorted(self.availability)
        return "/".join([str(self.marketplace), *(",".join(part) for part in parts)])

    @property
    def is_empty(self) -> bool:
        """Return True if every product of the marketplace meets it."""
        return not (self.asins or self.price_status or self.availability)

    def matches(self, product: StoredProduct, now: datetime) -> bool:
        """Return True if a product as it is shown at `now` meets all conditions."""
        status = status_of(product, now)
        availability = None if status in WITHOUT_CONTENT else product.offer.availability
        return (
            (not self.asins or product.asin in self.asins)
            and (not self.price_status or status in self.price_status)
            and (not self.availability or availability in self.availability)
        )


def asins_of(text: str) -> tuple[str, ...]:
    """Return the distinct ASINs of a text with commas, sorted.

    Raises:
        InvalidRequest: One is malformed, or there are too many.
    """
    names = sorted(_values(text.upper()))
    if malformed := [name for name in names if not _ASIN.fullmatch(name)]:
        raise InvalidRequest(
            "asins",
            f"“{malformed[0][:40]}” is not an ASIN.",
            "Separate ASINs of 10 letters and digits by commas.",
        )
    if len(names) > MAX_ASINS:
        raise InvalidRequest("asins", f"These are more than {MAX_ASINS} ASINs.")
    return tuple(names)


def _known(field: str, text: str | None, known: tuple[str, ...]) -> frozenset[str]:
    values = _values(text) if text else frozenset[str]()
    if not values <= set(known):
        raise InvalidRequest(
            field, "This value is not allowed.", f"Use one or several of {', '.join(known)}."
        )
    return values


def _values(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(","))
