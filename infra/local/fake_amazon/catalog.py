"""The catalog: all generated products, with the changes of the control API."""

import threading
from dataclasses import dataclass, field, replace

from infra.local.fake_amazon.marketplaces import Marketplace
from infra.local.fake_amazon.products import (
    GeneratedProduct,
    Seed,
    content_locale,
    generate_product,
    is_asin,
)

ALL_MARKETPLACES = "*"
_MAX_SEEDS = 50_000
OMITTED = "omitted"
"""In place of an error code: the product is left out of responses without an error."""
_INVALID = "InvalidParameterValue"
_NOT_ACCESSIBLE = "ItemNotAccessible"
_MISSING_PREFIXES = ("B0NONE", "B0GONE")
_DENIED_PREFIX = "B0DENY"


@dataclass
class CatalogChanges:
    """Changes by the control API; keys are `ASIN/marketplace code`, or `ASIN/*` for all."""

    prices: dict[str, int] = field(default_factory=dict)
    stock: dict[str, bool] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    offers: dict[str, list[dict[str, object]]] = field(default_factory=dict)


@dataclass(frozen=True)
class ListedProduct:
    """A product with its current price, offer and stock state; see `special_offers`."""

    product: GeneratedProduct
    price: int
    has_offer: bool
    in_stock: bool
    special_listings: tuple[dict[str, object], ...] = ()

    @property
    def is_available(self) -> bool:
        """Return True if a customer can buy the product now."""
        return self.has_offer and self.in_stock


class FakeCatalog:
    """Lookup of products; stores the seeds that searches and variations determined."""

    def __init__(self) -> None:
        """Start without changes."""
        self._changes = CatalogChanges()
        self._seeds: dict[str, Seed] = {}
        self._lock = threading.Lock()

    @property
    def changes(self) -> CatalogChanges:
        """Return the changes of the control API."""
        return self._changes

    @property
    def seeds(self) -> dict[str, Seed]:
        """Return a copy of the seeds by ASIN."""
        with self._lock:
            return dict(self._seeds)

    def restore(self, changes: CatalogChanges, seeds: dict[str, Seed]) -> None:
        """Replace changes and seeds with those of an earlier run."""
        self._changes = changes
        with self._lock:
            self._seeds = dict(seeds)

    def reset(self) -> None:
        """Undo all changes; seeds stay, so that titles do not change."""
        self._changes = CatalogChanges()

    def store_seed(self, asin: str, seed: Seed) -> None:
        """Store the seed of a product, unless it already has one."""
        with self._lock:
            self._seeds.setdefault(asin, seed)
            while len(self._seeds) > _MAX_SEEDS:
                self._seeds.pop(next(iter(self._seeds)))

    def find_seed(self, asin: str) -> Seed:
        """Return the seed of a product; an empty seed if none is stored."""
        return self._seeds.get(asin, Seed())

    def error_code_for(self, asin: str, marketplace: Marketplace) -> str | None:
        """Return Amazon's error code for an ID that it does not return, or `OMITTED`, or None."""
        if not is_asin(asin):
            return _INVALID
        for key in (_key(asin, marketplace.code), _key(asin, ALL_MARKETPLACES)):
            if key in self._changes.gone:
                return self._changes.gone[key] or None
        if asin.startswith(_MISSING_PREFIXES):
            return _INVALID
        return _NOT_ACCESSIBLE if asin.startswith(_DENIED_PREFIX) else None

    def look_up(
        self, asin: str, marketplace: Marketplace, language: str | None = None
    ) -> ListedProduct:
        """Return the product with its current price and stock."""
        locale = content_locale(marketplace, language)
        product = generate_product(asin, marketplace, locale, self.find_seed(asin))
        if name := self._changes.names.get(_key(asin, marketplace.code)):
            product = replace(product, title=name[0], brand=name[1])
        changed_price = self._changes.prices.get(_key(asin, marketplace.code))
        stock = self._changes.stock.get(
            _key(asin, marketplace.code), self._changes.stock.get(_key(asin, ALL_MARKETPLACES))
        )
        # A changed price or stock state implies an offer, also for a product generated without one.
        has_offer = product.offer_type != "no_offer" or changed_price is not None or stock is True
        in_stock = product.offer_type != "out_of_stock" if stock is None else stock
        price = product.price if changed_price is None else changed_price
        special = tuple(self._changes.offers.get(_key(asin, marketplace.code), ()))
        is_special = bool(special)
        return ListedProduct(
            product, price, has_offer or is_special, in_stock or is_special, special
        )

    def set_price(self, asin: str, marketplace: Marketplace, minor_units: int) -> None:
        """Set the price of a product."""
        self._changes.prices[_key(asin, marketplace.code)] = minor_units

    def reset_price(self, asin: str, marketplace: Marketplace) -> None:
        """Restore the initial price of a product."""
        self._changes.prices.pop(_key(asin, marketplace.code), None)

    def set_offer(
        self, asin: str, marketplace: Marketplace, listings: list[dict[str, object]]
    ) -> None:
        """Set the special listings of a product; an empty list restores its ordinary offer."""
        self._changes.offers[_key(asin, marketplace.code)] = listings

    def rename(self, asin: str, marketplace: Marketplace, title: str, brand: str) -> None:
        """Set title and brand of a product, for all languages."""
        self._changes.names[_key(asin, marketplace.code)] = (title, brand)

    def set_stock(self, asin: str, marketplace: str, available: bool) -> None:
        """Set whether a product is in stock."""
        self._changes.stock[_key(asin, marketplace)] = available

    def set_gone(self, asin: str, marketplace: str, code: str) -> None:
        """Set the error code that a product returns, or `OMITTED`; an empty one restores it."""
        self._changes.gone[_key(asin, marketplace)] = code


def _key(asin: str, marketplace: str) -> str:
    return f"{asin}/{marketplace}"
