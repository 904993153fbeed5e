"""Generated products: their properties are derived from hashes of the ASIN.

The same ASIN always produces the same product.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from infra.local.fake_amazon.marketplaces import Marketplace
from infra.local.fake_amazon.vocabulary import ProductKind, Words, vocabulary

OfferType = Literal["ordinary", "no_offer", "out_of_stock", "used", "map", "deal"]

_ASIN = re.compile(r"B[0-9A-Z]{9}\Z")
_ISBN = re.compile(r"[0-9]{9}[0-9X]\Z")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Cumulative limits in percent: 0-2 have no offer, 3-5 are out of stock, and so on.
_OFFER_TYPES: tuple[tuple[int, OfferType], ...] = (
    (3, "no_offer"),
    (6, "out_of_stock"),
    (9, "used"),
    (11, "map"),
    (17, "deal"),
    (100, "ordinary"),
)
_WITHOUT_BRAND_PERCENT = 4
_CHILD_PERCENT = 40
_HAS_LIST_PRICE_PERCENT = 60
_PRICE_ENDINGS = (99, 95, 49, 41, 0)
BOOKS = 7


@dataclass(frozen=True)
class Seed:
    """Properties of a product that a search or its variations determined."""

    text: str = ""
    kind: int | None = None
    brand: str | None = None
    author: str | None = None
    parent: str | None = None


@dataclass(frozen=True)
class GeneratedProduct:
    """A generated product in one marketplace."""

    asin: str
    marketplace: Marketplace
    locale: str
    words: Words
    kind: ProductKind
    kind_number: int
    title: str
    brand: str | None
    author: str
    color: str
    offer_type: OfferType
    price: int
    list_price: int | None
    rating: float
    parent: str | None


@lru_cache(maxsize=2**16)
def stable_number(*parts: str, below: int) -> int:
    """Return a number below `below` that is always the same for the same parts."""
    # Not `hash`, which has another result in every process.
    digest = hashlib.sha256("|".join(parts).encode()).digest()
    return int.from_bytes(digest[:8], "big") % below


def stable_asin(*parts: str) -> str:
    """Return an ASIN that is always the same for the same parts."""
    rest = stable_number("asin", *parts, below=36**7)
    text = ""
    for _ in range(7):
        rest, digit = divmod(rest, 36)
        text += _ALPHABET[digit]
    # The digit after B0 avoids the reserved prefixes B0NONE, B0DENY and B0GONE.
    return f"B0{stable_number('digit', *parts, below=10)}{text}"


def is_asin(text: str) -> bool:
    """Return True if the text has the format of an ASIN: B and nine more, or an ISBN-10."""
    if _ASIN.match(text):
        return True
    if not _ISBN.match(text):
        return False
    digits = [10 if digit == "X" else int(digit) for digit in text]
    weighted = (weight * digit for weight, digit in zip(range(10, 0, -1), digits, strict=True))
    return sum(weighted) % 11 == 0


def offer_type_of(asin: str) -> OfferType:
    """Return the offer type of a product; most are `ordinary`."""
    # "flavour" and the other first arguments are part of the hash; new names change all products.
    percentile = stable_number("flavour", asin, below=100)
    return next(offer_type for limit, offer_type in _OFFER_TYPES if percentile < limit)


def content_locale(marketplace: Marketplace, language: str | None) -> str:
    """Return the requested locale if the vocabulary contains its language, else the default."""
    requested = language or marketplace.languages[0]
    return requested if requested[:2] in vocabulary().languages else marketplace.languages[0]


def generate_product(
    asin: str, marketplace: Marketplace, locale: str, seed: Seed
) -> GeneratedProduct:
    """Return the product with its initial price and stock."""
    words = vocabulary().languages[locale[:2]]
    kind_number = _kind_number(asin, seed)
    brand = _brand(asin, seed)
    color = words.colors[stable_number("colour", asin, below=len(words.colors))]
    price = _price(asin, marketplace)
    return GeneratedProduct(
        asin=asin,
        marketplace=marketplace,
        locale=locale,
        words=words,
        kind=vocabulary().kinds[kind_number],
        kind_number=kind_number,
        title=_title(asin, brand, seed.text or words.kinds[kind_number], color),
        brand=brand,
        author=seed.author or _pick("author", asin, vocabulary().authors),
        color=color,
        offer_type=offer_type_of(asin),
        price=price,
        list_price=_list_price(asin, price),
        rating=2.6 + stable_number("rating", asin, below=24) / 10,
        parent=seed.parent or _own_parent(asin),
    )


def _kind_number(asin: str, seed: Seed) -> int:
    if seed.kind is not None:
        return seed.kind
    return stable_number("kind", asin, below=BOOKS) if asin.startswith("B") else BOOKS


def _brand(asin: str, seed: Seed) -> str | None:
    if seed.brand:
        return seed.brand
    if stable_number("brandless", asin, below=100) < _WITHOUT_BRAND_PERCENT:
        return None
    return _pick("brand", asin, vocabulary().brands)


def _pick(purpose: str, asin: str, choices: list[str]) -> str:
    return choices[stable_number(purpose, asin, below=len(choices))]


def _title(asin: str, brand: str | None, text: str, color: str) -> str:
    model = f"{asin[-1]}{asin[2]}-{100 + stable_number('model', asin, below=900)}"
    return " ".join(part for part in (brand, text, f"{model},", color) if part)


def _price(asin: str, marketplace: Marketplace) -> int:
    dollars = 6 + stable_number("dollars", asin, below=40) * (
        1 + stable_number("tier", asin, below=5)
    )
    price_factor = 0.92 + stable_number("wobble", asin, marketplace.code, below=17) / 100
    whole = max(1, int(dollars * marketplace.units_per_dollar * price_factor))
    if not marketplace.style.decimals:
        return whole + stable_number("yen", asin, below=100)
    ending = _PRICE_ENDINGS[
        stable_number("ending", asin, marketplace.code, below=len(_PRICE_ENDINGS))
    ]
    return whole * 100 + ending


def _list_price(asin: str, price: int) -> int | None:
    if stable_number("listed", asin, below=100) >= _HAS_LIST_PRICE_PERCENT:
        return None
    return price * (108 + stable_number("markup", asin, below=50)) // 100


def _own_parent(asin: str) -> str | None:
    if stable_number("child", asin, below=100) >= _CHILD_PERCENT or not asin.startswith("B"):
        return None
    return stable_asin("parent", asin)
