"""The shapes of Amazon's responses except offers, with the member names of the Creators API.

PA-API 5.0 has the same members in PascalCase. All but the ASIN are optional, because Amazon omits
members without a value. Sources: API references of the Creators API and of PA-API 5.0.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from amzlinkr.amazon.offer_shapes import ABSENT, Camel, Offers


class Value(Camel):
    """A text; its label is not used."""

    text_member: ClassVar[str] = "display_value"
    display_value: str | None = None
    value: str | None = None


class Values(Camel):
    """A list of texts; their label is not used."""

    display_values: list[str] | None = None


class Picture(Camel):
    """The URL and the size in pixels of an image."""

    text_member: ClassVar[str] = "url"
    url: str | None = None
    width: int | None = None
    height: int | None = None


class Sizes(Camel):
    """An image in several sizes."""

    large: Picture | None = None
    medium: Picture | None = None
    small: Picture | None = None


class Images(Camel):
    """The images of a product; only the primary image is requested."""

    primary: Sizes | None = None


class ByLine(Camel):
    """The makers of a product."""

    brand: Value | None = None
    manufacturer: Value | None = None


class Classifications(Camel):
    """The classification of a product."""

    binding: Value | None = None


class ItemInfo(Camel):
    """The description of a product."""

    title: Value | None = None
    features: Values | None = None
    by_line_info: ByLine | None = None
    classifications: Classifications | None = None


class Item(Camel):
    """A product with the requested resources."""

    asin: str
    detail_page_url: str | None = msgspec.field(default=None, name="detailPageURL")
    images: Images | None = None
    item_info: ItemInfo | None = None
    offers_v2: Offers | None = None
    offers: Offers | None = None

    @property
    def is_complete(self) -> bool:
        """Return True if all requested resources are present, in the expected letter case."""
        info, offers = self.item_info, self.offers_v2
        if not (info and offers and offers.listings and self.detail_page_url and self.images):
            return False
        has_title = info.title and info.title.display_value and info.classifications
        has_features = info.by_line_info and info.features and info.features.display_values
        is_described = bool(has_title and has_features)
        return is_described and all(listing.is_complete for listing in offers.listings)


class Leaf(Camel):
    """A browse node without its relations."""

    id: str | None = None
    display_name: str | None = None
    context_free_name: str | None = None


class Node(Leaf):
    """A browse node with its children and its ancestor, which may have an ancestor itself."""

    ancestor: msgspec.Raw = ABSENT
    children: list[Leaf] | None = None


class DimensionShape(Camel):
    """An attribute in which the variations of a product differ."""

    name: str | None = None
    display_name: str | None = None
    values: list[str] | None = None


class Summary(Camel):
    """The number of variations and the attributes in which they differ."""

    variation_count: msgspec.Raw = ABSENT
    variation_dimensions: list[DimensionShape] | None = None


class Result(Camel):
    """The result of any operation."""

    items: list[Item] | None = None
    total_result_count: msgspec.Raw = ABSENT
    search_url: str | None = msgspec.field(default=None, name="searchURL")
    variation_summary: Summary | None = None
    browse_nodes: list[Node] | None = None


class Body(Camel):
    """The response of any operation; its errors are read in `error_bodies`."""

    items_result: Result | None = None
    item_results: Result | None = None  # in the documentation, in place of `itemsResult`
    items: list[Item] | None = None
    search_result: Result | None = None
    variations_result: Result | None = None
    browse_nodes_result: Result | None = None

    @property
    def result(self) -> Result:
        """Return the result of the operation; it is empty if the response has only errors."""
        return (
            self.items_result
            or self.item_results
            or self.search_result
            or self.variations_result
            or self.browse_nodes_result
            or Result(self.items)
        )
