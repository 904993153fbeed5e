"""What can be asked of a catalogue, and what it brings: searches, lookups, families, categories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from amzlinkr.domain.products import Product

RESULTS_PER_PAGE = 10
MAX_PAGE = 10
"""SearchItems gives at most ten pages of ten (PA-API 5.0, SearchItems)."""

SORTS = (
    "Relevance", "Featured", "NewestArrivals", "AvgCustomerReviews",
    "Price:LowToHigh", "Price:HighToLow",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Search:
    """A search in one marketplace. Prices in minor units; `min_rating` 1–4, `min_saving` 1–99 %."""

    keywords: str
    category: str | None = None
    page: int = 1
    sort: str | None = None
    brand: str | None = None
    min_price: int | None = None
    max_price: int | None = None
    min_rating: int | None = None
    min_saving: int | None = None
    in_stock: bool = True


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of a search. `total` is Amazon's count, of which 100 can be reached;
    `request_id` Amazon's own."""

    items: tuple[Product, ...] = ()
    total: int = 0
    search_url: str | None = None
    request_id: str | None = None

    @property
    def pages(self) -> int:
        """How many pages can be asked for."""
        return min(MAX_PAGE, -(-self.total // RESULTS_PER_PAGE))


@dataclass(frozen=True, slots=True)
class LookupResult:
    """The answer to a GetItems call, by ASIN: products, and Amazon's code for those it refused.

    `asked_at` is the moment before the request was sent, `request_id` Amazon's own.
    """

    requested_at: datetime
    found: Mapping[str, Product] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way in which the members of a family differ, for example `color_name`."""

    name: str
    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VariationPage:
    """One page of a product's variations; `total` counts all of them. Empty without a family."""

    items: tuple[Product, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    total: int = 0

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // RESULTS_PER_PAGE)


@dataclass(frozen=True, slots=True)
class NodeName:
    """A category, named."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class BrowseNode:
    """A category with the ones above it, the nearest first, and those right below it."""

    id: str
    name: str
    ancestors: tuple[NodeName, ...] = ()
    children: tuple[NodeName, ...] = ()
