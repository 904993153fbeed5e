"""Request types of searches, lists and other live lookups."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from amzlinkr.domain.asins import MAX_INPUT_CHARS
from amzlinkr.domain.catalog import CONDITIONS, MAX_PAGE, SORTS
from amzlinkr.domain.lists import DEFAULT_LIST_SIZE, MAX_LIST_SIZE
from amzlinkr.http.schemas.requests import (
    BROWSE_NODE,
    CATEGORY,
    MarketplaceCode,
    MarketplaceQuery,
    Strict,
    Text,
)

SearchTerm = Annotated[str, Meta(min_length=1, max_length=200)]
PriceFilter = Annotated[int, Meta(ge=1, le=10**9)]
SearchCondition = Literal[CONDITIONS]  # type: ignore[valid-type] # generated, as is `Sort`
Sort = Literal[SORTS]  # type: ignore[valid-type] # generated from the domain's tuple, so that there is one list


class SearchFilters(Strict):
    """Search with at least one term, from `keywords` to `title`."""

    keywords: Annotated[str, Meta(min_length=1, max_length=MAX_INPUT_CHARS)] | None = None
    """Words to search for, up to 1,000 characters."""
    brand: SearchTerm | None = None
    """Brand of the products."""
    author: SearchTerm | None = None
    """Author of the products."""
    artist: SearchTerm | None = None
    """Artist of the products."""
    actor: SearchTerm | None = None
    """Actor of the products."""
    title: SearchTerm | None = None
    """Words of the title."""
    marketplace: MarketplaceCode | None = None
    """Marketplace to search. Default: the primary marketplace of the site."""
    category: Annotated[str, Meta(max_length=60, pattern=CATEGORY)] | None = None
    """Amazon's search index, such as `HomeAndKitchen`. The names differ by marketplace. Default:
    all."""
    browse_node: Annotated[str, Meta(pattern=BROWSE_NODE)] | None = None
    """ID of a category, up to 19 digits, such as `283155`. Default: all."""
    sort: Sort | None = None
    """Order of the products. Default: Amazon's."""
    min_price: PriceFilter | None = None
    """Minimum price, in minor units of the marketplace's currency."""
    max_price: PriceFilter | None = None
    """Maximum price, in minor units of the marketplace's currency; not below `min_price`."""
    min_rating: Annotated[int, Meta(ge=1, le=4)] | None = None
    """Minimum rating, 1 to 4 stars."""
    min_saving: Annotated[int, Meta(ge=1, le=99)] | None = None
    """Minimum discount, 1 to 99 percent: that of `savings_percent` in products."""
    in_stock: bool = True
    """False includes products that are out of stock. Default: true."""
    condition: SearchCondition | None = None
    """Condition of the offers. The Creators API has `Any` and `New` only. Default: Amazon's."""
    delivery: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    """Amazon's delivery flags, one or several of `AmazonGlobal`, `FreeShipping`,
    `FulfilledByAmazon` and `Prime`, separated by commas."""


class SearchQuery(SearchFilters):
    """Parameters of a search."""

    keywords: Annotated[str, Meta(min_length=1, max_length=MAX_INPUT_CHARS)] | None = None
    """Words to search for, up to 1,000 characters. An ASIN or an Amazon address anywhere in them is
    looked up instead; filters then do not apply."""
    page: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = 1
    """Number of the page, 1 to 10, with ten products each."""


class ListInput(SearchFilters):
    """Definition of a list: a search, and the number of its products.

    The terms, from `keywords` to `title`, have at most 300 bytes together, as JSON.
    """

    keywords: Annotated[str, Meta(min_length=1, max_length=MAX_INPUT_CHARS)] | None = None
    """Words to search for. They must not name a single product."""
    size: Annotated[int, Meta(ge=1, le=MAX_LIST_SIZE)] = DEFAULT_LIST_SIZE
    """Maximum number of products, 1 to 30. Default: 10. A refresh takes a call for each ten."""


class VariationsQuery(MarketplaceQuery):
    """Parameters of a lookup of variations."""

    page: Annotated[int, Meta(ge=1, le=100)] = 1
    """Number of the page, from 1, with ten variations each."""


class BrowseNodesQuery(MarketplaceQuery, kw_only=True):
    """Parameters of a lookup of categories."""

    ids: Text
    """IDs of up to ten categories, separated by commas."""
