"""Requests to a catalog and their results: searches, lookups, variations, and browse nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from amzlinkr.domain.products import Product

RESULTS_PER_PAGE = 10
MAX_PAGE = 10
"""SearchItems returns at most ten pages of ten (PA-API 5.0 documentation, "SearchItems")."""

SORTS = (
    "Relevance", "Featured", "NewestArrivals", "AvgCustomerReviews",
    "Price:LowToHigh", "Price:HighToLow",
)  # fmt: skip
"""The sort orders, with Amazon's names.

- `Relevance`: By relevance.
- `Featured`: By Amazon's selection.
- `NewestArrivals`: The newest first.
- `AvgCustomerReviews`: The best customer reviews first.
- `Price:LowToHigh`: The lowest price first.
- `Price:HighToLow`: The highest price first.
"""


CONDITIONS = ("Any", "New", "Used", "Collectible", "Refurbished")
"""The conditions of offers, with Amazon's names.

- `Any`: All conditions.
- `New`: New.
- `Used`: Used. PA-API only.
- `Collectible`: Collectible. PA-API only.
- `Refurbished`: Refurbished. PA-API only.
"""
DELIVERY_FLAGS = ("AmazonGlobal", "FreeShipping", "FulfilledByAmazon", "Prime")


@dataclass(frozen=True, slots=True)
class Search:
    """A search in one marketplace, with at least one of the terms that Amazon requires.

    The terms are keywords, brand, author, artist, actor, and title. Sort, condition, and delivery
    have Amazon's names. Prices are in minor units, `min_rating` is 1 to 4 stars, `min_saving` is 1
    to 99 percent.
    """

    keywords: str | None = None
    category: str | None = None
    page: int = 1
    sort: str | None = None
    brand: str | None = None
    min_price: int | None = None
    max_price: int | None = None
    min_rating: int | None = None
    min_saving: int | None = None
    in_stock: bool = True
    author: str | None = None
    artist: str | None = None
    actor: str | None = None
    title: str | None = None
    browse_node: str | None = None
    condition: str | None = None
    delivery: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """Return the terms that are given."""
        every = (self.keywords, self.brand, self.author, self.artist, self.actor, self.title)
        return tuple(term for term in every if term)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of search results.

    `total` is the number of hits that Amazon reports; only the first 100 can be requested.
    `request_id` is Amazon's. `requested_at` is the time before the call, if there was one.
    """

    items: tuple[Product, ...] = ()
    total: int = 0
    search_url: str | None = None
    request_id: str | None = None
    requested_at: datetime | None = None

    @property
    def pages(self) -> int:
        """Return the number of pages that can be requested."""
        return min(MAX_PAGE, -(-self.total // RESULTS_PER_PAGE))


INACCESSIBLE_CODES = (
    "InvalidParameterValue", "FieldValidationFailed", "ItemNotAccessible", "ItemNotFound",
    "ItemsNotFound", "InvalidItemId", "NoResults", "ResourceNotFound",
)  # fmt: skip
"""The codes of an item that does not exist or that the API does not provide.

Sources: PA-API 5.0 documentation, "Error messages"; Creators API documentation, error page, and
the texts of its SDK. Other codes of single items, for example of one that could not be decoded, do
not mean that the product is gone.
"""


@dataclass(frozen=True, slots=True)
class LookupResult:
    """The result of a GetItems call: products by ASIN, and an error code by refused ASIN.

    The codes of `INACCESSIBLE_CODES` are spelled as there, all others as Amazon sent them.
    `requested_at` is the time before the request was sent. `request_id` is Amazon's.
    """

    requested_at: datetime
    found: Mapping[str, Product] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    request_id: str | None = None

    def is_inaccessible(self, asin: str) -> bool:
        """Return True if Amazon named this ASIN as invalid or inaccessible."""
        return self.refused.get(asin) in INACCESSIBLE_CODES


@dataclass(frozen=True, slots=True)
class Dimension:
    """An attribute in which the variations of a product differ, for example `color_name`."""

    name: str
    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VariationPage:
    """One page of a product's variations; `total` counts all of them.

    The page is empty for a product without variations.
    """

    items: tuple[Product, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    total: int = 0

    @property
    def pages(self) -> int:
        """Return the number of pages."""
        return -(-self.total // RESULTS_PER_PAGE)


@dataclass(frozen=True, slots=True)
class NodeName:
    """The ID and name of a browse node."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class BrowseNode:
    """A category with its ancestors, nearest first, and its direct children."""

    id: str
    name: str
    ancestors: tuple[NodeName, ...] = ()
    children: tuple[NodeName, ...] = ()
