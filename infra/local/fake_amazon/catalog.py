"""Every product there is, and what was changed about some of them while the fake runs."""

import threading
from dataclasses import dataclass, field, replace

from infra.local.fake_amazon.marketplaces import Marketplace
from infra.local.fake_amazon.products import Product, Seed, content_locale, describe, is_asin

ALL_MARKETPLACES = "*"
_REMEMBERED_SEEDS = 50_000
_INVALID = "InvalidParameterValue"
_NOT_ACCESSIBLE = "ItemNotAccessible"
_NEVER_THERE = ("B0NONE", "B0GONE")
_DENIED = "B0DENY"


@dataclass
class CatalogChanges:
    """What the control API changed, by `ASIN/marketplace code` (`*` for all marketplaces)."""

    prices: dict[str, int] = field(default_factory=dict)
    stock: dict[str, bool] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class ListedProduct:
    """A product as it stands now: with today's price, and whether there is an offer."""

    product: Product
    price: int
    has_offer: bool
    in_stock: bool

    @property
    def is_available(self) -> bool:
        """Whether a shopper could buy it now."""
        return self.has_offer and self.in_stock


class FakeCatalog:
    """Looks products up; remembers which search or family an ASIN came from."""

    def __init__(self) -> None:
        """Start unchanged."""
        self._changes = CatalogChanges()
        self._seeds: dict[str, Seed] = {}
        self._lock = threading.Lock()

    @property
    def changes(self) -> CatalogChanges:
        """What was changed so far."""
        return self._changes

    @property
    def seeds(self) -> dict[str, Seed]:
        """A copy of what searches and families settled."""
        with self._lock:
            return dict(self._seeds)

    def restore(self, changes: CatalogChanges, seeds: dict[str, Seed]) -> None:
        """Take over what an earlier run knew."""
        self._changes = changes
        with self._lock:
            self._seeds = dict(seeds)

    def reset(self) -> None:
        """Undo every change; what searches settled stays, so titles do not move."""
        self._changes = CatalogChanges()

    def store_seed(self, asin: str, seed: Seed) -> None:
        """Settle what the product is, unless that is settled already."""
        with self._lock:
            self._seeds.setdefault(asin, seed)
            while len(self._seeds) > _REMEMBERED_SEEDS:
                self._seeds.pop(next(iter(self._seeds)))

    def find_seed(self, asin: str) -> Seed:
        """What was settled about the product."""
        return self._seeds.get(asin, Seed())

    def error_code_for(self, asin: str, marketplace: Marketplace) -> str | None:
        """Amazon's code for an id it does not serve, or nothing."""
        if not is_asin(asin):
            return _INVALID
        for key in (_key(asin, marketplace.code), _key(asin, ALL_MARKETPLACES)):
            if key in self._changes.gone:
                return self._changes.gone[key] or None
        if asin.startswith(_NEVER_THERE):
            return _INVALID
        return _NOT_ACCESSIBLE if asin.startswith(_DENIED) else None

    def look_up(
        self, asin: str, marketplace: Marketplace, language: str | None = None
    ) -> ListedProduct:
        """The product as it stands now."""
        locale = content_locale(marketplace, language)
        product = describe(asin, marketplace, locale, self.find_seed(asin))
        if name := self._changes.names.get(_key(asin, marketplace.code)):
            product = replace(product, title=name[0], brand=name[1])
        changed_price = self._changes.prices.get(_key(asin, marketplace.code))
        stock = self._changes.stock.get(
            _key(asin, marketplace.code), self._changes.stock.get(_key(asin, ALL_MARKETPLACES))
        )
        has_offer = product.offer_type != "no_offer" or changed_price is not None or stock is True
        in_stock = product.offer_type != "out_of_stock" if stock is None else stock
        price = product.price if changed_price is None else changed_price
        return ListedProduct(product, price, has_offer, in_stock)

    def set_price(self, asin: str, marketplace: Marketplace, minor_units: int) -> None:
        """From now on the product costs this much."""
        self._changes.prices[_key(asin, marketplace.code)] = minor_units

    def reset_price(self, asin: str, marketplace: Marketplace) -> None:
        """The product costs what it did at first."""
        self._changes.prices.pop(_key(asin, marketplace.code), None)

    def rename(self, asin: str, marketplace: Marketplace, title: str, brand: str) -> None:
        """From now on the product is called this, in every language."""
        self._changes.names[_key(asin, marketplace.code)] = (title, brand)

    def set_stock(self, asin: str, marketplace: str, available: bool) -> None:
        """From now on the product is, or is not, in stock."""
        self._changes.stock[_key(asin, marketplace)] = available

    def set_gone(self, asin: str, marketplace: str, code: str) -> None:
        """From now on the product answers with this code; an empty one brings it back."""
        self._changes.gone[_key(asin, marketplace)] = code


def _key(asin: str, marketplace: str) -> str:
    return f"{asin}/{marketplace}"
