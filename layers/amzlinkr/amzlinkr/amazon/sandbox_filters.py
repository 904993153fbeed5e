"""Filters and sort orders of searches in the sandbox.

Generated products are new and have a price. Their ratings and delivery flags are not shown, so the
ASIN determines them.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from amzlinkr.domain.catalog import Search
from amzlinkr.domain.products import Product


def matches(search: Search, product: Product) -> bool:
    """Return True if a product passes the filters of a search."""
    offer = product.offer
    price = offer.price.amount if offer.price else 0
    return (
        (search.min_price or 0) <= price <= (search.max_price or price)
        and (search.min_saving or 0) <= (offer.savings_percent or 0)
        and (not search.in_stock or offer.availability == "in_stock")
        and search.condition in (None, "Any", offer.condition)
        and _rating(product.asin) >= (search.min_rating or 0)
        and all(_has_flag(product.asin, flag) for flag in search.delivery)
    )


def sorted_products(products: Iterable[Product], sort: str | None) -> list[Product]:
    """Return products in a sort order of Amazon; the others keep the order of relevance."""
    by_price = sorted(products, key=_price) if sort in _PRICE_SORTS else list(products)
    return by_price[::-1] if sort == "Price:HighToLow" else by_price


_PRICE_SORTS = ("Price:LowToHigh", "Price:HighToLow")


def _price(product: Product) -> int:
    return product.offer.price.amount if product.offer.price else 0


def _rating(asin: str) -> int:
    return 1 + _number("rating", asin) % 5


def _has_flag(asin: str, flag: str) -> bool:
    return _number(flag, asin) % 4 > 0


def _number(*parts: str) -> int:
    return int.from_bytes(sha256(" ".join(parts).encode()).digest()[:4])
