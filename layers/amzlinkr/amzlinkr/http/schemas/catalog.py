"""Response types of live lookups: searches, variations and categories."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from amzlinkr.http.schemas.products import ProductOut


class SearchResults(Struct):
    """Page of the results of a search, in Amazon's order. They are not imported."""

    items: list[ProductOut]
    """Products of this page, ten at most."""
    total: int
    """Number of results that Amazon states."""
    page: int
    """Number of this page, from 1."""
    pages: int
    """Number of pages that can be read, 10 at most."""
    search_url: str | UnsetType = UNSET
    """Link to the search on Amazon's pages. Absent if Amazon returns none."""


class DimensionOut(Struct):
    """Attribute in which variations differ."""

    name: str
    """Amazon's name of the attribute, such as `color_name`."""
    label: str
    """Name of the attribute for display, such as `Color`."""
    values: tuple[str, ...]
    """Values of the attribute."""


class Variations(Struct):
    """Page of the variations of a product."""

    items: list[ProductOut]
    """Variations of this page, ten at most."""
    dimensions: list[DimensionOut]
    """Attributes in which the variations differ."""
    page: int
    """Number of this page, from 1."""
    pages: int
    """Number of pages."""


class NodeNameOut(Struct):
    """ID and name of a category."""

    id: str
    """ID of the category."""
    name: str
    """Name of the category in the language of the marketplace."""


class BrowseNodeOut(Struct):
    """Category of Amazon."""

    id: str
    """ID of the category."""
    name: str
    """Name of the category in the language of the marketplace."""
    ancestors: list[NodeNameOut]
    """Categories above this one, the nearest first."""
    children: list[NodeNameOut]
    """Categories directly below this one."""


class BrowseNodes(Struct):
    """Categories that were looked up."""

    browse_nodes: list[BrowseNodeOut]
    """Categories that exist, in the order of the request."""
    not_found: list[str]
    """IDs that do not exist in this marketplace."""
