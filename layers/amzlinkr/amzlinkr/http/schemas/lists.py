"""Response types about lists."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from amzlinkr.http.schemas.products import ProductOut
from amzlinkr.http.schemas.sites import Timestamp


class ListSearchOut(Struct, kw_only=True):
    """Search of a list: the parameters that it was defined with."""

    keywords: str | UnsetType = UNSET
    brand: str | UnsetType = UNSET
    author: str | UnsetType = UNSET
    artist: str | UnsetType = UNSET
    actor: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    category: str | UnsetType = UNSET
    browse_node: str | UnsetType = UNSET
    sort: str | UnsetType = UNSET
    min_price: int | UnsetType = UNSET
    max_price: int | UnsetType = UNSET
    min_rating: int | UnsetType = UNSET
    min_saving: int | UnsetType = UNSET
    in_stock: bool = True
    condition: str | UnsetType = UNSET
    delivery: str | UnsetType = UNSET


class ListOut(Struct, kw_only=True):
    """List with the results of its search, in Amazon's order, each product once.

    Before the first refresh, and when the results are 24 hours old, `items` is empty, and
    `observed_at` and `fresh_until` are absent. A search without results has both times.
    """

    name: str
    marketplace: str
    query: ListSearchOut
    size: int
    items: list[ProductOut]
    observed_at: Timestamp | UnsetType = UNSET
    fresh_until: Timestamp | UnsetType = UNSET


class ListChangeOut(Struct, kw_only=True):
    """List in the change feed. A removed list has its name and marketplace only."""

    name: str
    marketplace: str
    query: ListSearchOut | UnsetType = UNSET
    size: int | UnsetType = UNSET
    items: list[ProductOut] | UnsetType = UNSET
    observed_at: Timestamp | UnsetType = UNSET
    fresh_until: Timestamp | UnsetType = UNSET


class ListPageOut(Struct):
    """Response of GET /v1/lists."""

    lists: list[ListOut]
    next_cursor: str | None
    has_more: bool
