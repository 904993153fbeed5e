"""Response types about lists."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from amzlinkr.http.schemas.connections import Timestamp
from amzlinkr.http.schemas.products import ProductOut


class ListSearchOut(Struct, kw_only=True):
    """Search of a list. Parameters that it was defined without are absent."""

    keywords: str | UnsetType = UNSET
    """Words to search for."""
    brand: str | UnsetType = UNSET
    """Brand of the products."""
    author: str | UnsetType = UNSET
    """Author of the products."""
    artist: str | UnsetType = UNSET
    """Artist of the products."""
    actor: str | UnsetType = UNSET
    """Actor of the products."""
    title: str | UnsetType = UNSET
    """Words of the title."""
    category: str | UnsetType = UNSET
    """Amazon's search index."""
    browse_node: str | UnsetType = UNSET
    """ID of a category."""
    sort: str | UnsetType = UNSET
    """Order of the products."""
    min_price: int | UnsetType = UNSET
    """Minimum price in minor units."""
    max_price: int | UnsetType = UNSET
    """Maximum price in minor units."""
    min_rating: int | UnsetType = UNSET
    """Minimum rating in stars."""
    min_saving: int | UnsetType = UNSET
    """Minimum discount in percent."""
    in_stock: bool = True
    """False if products that are out of stock are included."""
    condition: str | UnsetType = UNSET
    """Condition of the offers."""
    delivery: str | UnsetType = UNSET
    """Amazon's delivery flags, separated by commas."""


class ListOut(Struct, kw_only=True):
    """List with the results of its search.

    Before the first refresh, and when the results are 24 hours old, `items` is empty, and
    `observed_at` and `fresh_until` are absent. A search without results has both times.
    """

    name: str
    """Name of the list, unique in the site."""
    marketplace: str
    """Code of the marketplace."""
    query: ListSearchOut
    """Search of the list."""
    size: int
    """Maximum number of products, 1 to 30."""
    items: list[ProductOut]
    """Products in Amazon's order, each once, all of one refresh."""
    observed_at: Timestamp | UnsetType = UNSET
    """Time before the first call of the refresh. Absent without results that may be shown."""
    fresh_until: Timestamp | UnsetType = UNSET
    """Time until which the results may be shown, unless a later `checked_at` confirms them. Absent
    without results that may be shown."""


class ListChangeOut(Struct, kw_only=True):
    """List in the change feed. A removed list has its name and marketplace only."""

    name: str
    """Name of the list."""
    marketplace: str
    """Code of the marketplace."""
    query: ListSearchOut | UnsetType = UNSET
    """Search of the list. Absent if the list was removed."""
    size: int | UnsetType = UNSET
    """Maximum number of products, 1 to 30. Absent if the list was removed."""
    items: list[ProductOut] | UnsetType = UNSET
    """Products in Amazon's order. Absent if the list was removed."""
    observed_at: Timestamp | UnsetType = UNSET
    """Time before the first call of the refresh. Absent without results that may be shown."""
    fresh_until: Timestamp | UnsetType = UNSET
    """Time until which the results may be shown. Absent without results that may be shown."""


class ListPageOut(Struct):
    """Page of the site's lists, by name."""

    lists: list[ListOut]
    """Lists with their products. A page ends at 1 MB, so it may have fewer than `limit`."""
    has_more: bool
    """True if another page follows."""
    next_cursor: str | UnsetType = UNSET
    """Cursor of the next page. Absent on the last page."""
