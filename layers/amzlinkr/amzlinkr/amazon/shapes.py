"""The shapes of Amazon's responses, with the member names of the Creators API.

PA-API 5.0 has the same members in PascalCase. All but the ASIN are optional, because Amazon omits
members without a value. Sources: API references of the Creators API and of PA-API 5.0.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec


class _Camel(msgspec.Struct, rename="camel", gc=False):
    """A shape with lowerCamelCase member names, untracked by the garbage collector: no cycles."""


class Value(_Camel):
    """A text; its label is not used."""

    display_value: str | None = None
    value: str | None = None


class Values(_Camel):
    """A list of texts; their label is not used."""

    display_values: list[str] | None = None


class Picture(_Camel):
    """The URL and the size in pixels of an image."""

    url: str | None = None
    width: int | None = None
    height: int | None = None


class Sizes(_Camel):
    """An image in several sizes."""

    large: Picture | None = None
    medium: Picture | None = None
    small: Picture | None = None


class Images(_Camel):
    """The images of a product; only the primary image is requested."""

    primary: Sizes | None = None


class ByLine(_Camel):
    """The makers of a product."""

    brand: Value | None = None
    manufacturer: Value | None = None


class Classifications(_Camel):
    """The classification of a product."""

    binding: Value | None = None


class ItemInfo(_Camel):
    """The description of a product."""

    title: Value | None = None
    features: Values | None = None
    by_line_info: ByLine | None = None
    classifications: Classifications | None = None


class Amount(_Camel):
    """An amount in major units; Amazon sends whole amounts as integers."""

    amount: Decimal | None = None
    currency: str | None = None
    display_amount: str | None = None


class Basis(Amount):
    """An amount: in `money` (OffersV2), or in the object itself (the first Offers of PA-API)."""

    money: Amount | None = None


class Savings(_Camel):
    """The reduction from the list price."""

    percentage: float | None = None


class Price(Basis):
    """The price, and the list price with which it is compared."""

    saving_basis: Basis | None = None
    savings: Savings | None = None


class Availability(_Camel):
    """The availability; `type` is an open set of values."""

    type: str | None = None


class Condition(_Camel):
    """The condition, such as `New` or `Used`; an open set of values."""

    value: str | None = None


class Merchant(_Camel):
    """The seller of a product."""

    name: str | None = None


class Delivery(_Camel):
    """The delivery options; only the first Offers of PA-API has them."""

    is_prime_eligible: bool | None = None


class DealDetails(_Camel):
    """A promotion."""

    badge: str | None = None
    access_type: str | None = None
    end_time: str | None = None


class Listing(_Camel):
    """An offer of one seller; `type` marks lightning deals and subscriptions."""

    type: str | None = None
    price: Price | None = None
    saving_basis: Basis | None = None
    availability: Availability | None = None
    condition: Condition | None = None
    merchant_info: Merchant | None = None
    delivery_info: Delivery | None = None
    deal_details: DealDetails | None = None
    is_buy_box_winner: bool | None = None
    violates_map: bool | None = msgspec.field(default=None, name="violatesMAP")

    @property
    def is_complete(self) -> bool:
        """Return True if everything by which listings are selected and shown is present."""
        money = self.price.money if self.price else None
        return bool(
            money
            and money.amount is not None
            and self.availability
            and self.availability.type
            and self.condition
            and self.condition.value
            and self.merchant_info
            and self.is_buy_box_winner is not None
        )


class Offers(_Camel):
    """The featured offers of a product."""

    listings: list[Listing] | None = None


class Item(_Camel):
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


class Leaf(_Camel):
    """A browse node without its relations."""

    id: str | None = None
    display_name: str | None = None
    context_free_name: str | None = None


class Node(Leaf):
    """A browse node with its children and its ancestor, which may have an ancestor itself."""

    ancestor: msgspec.Raw = msgspec.Raw(b"null")
    children: list[Leaf] | None = None


class ItemError(_Camel):
    """An error about one item, or about missing results, inside a successful response."""

    code: str | None = None
    message: str | None = None


class DimensionShape(_Camel):
    """An attribute in which the variations of a product differ."""

    name: str | None = None
    display_name: str | None = None
    values: list[str] | None = None


class Summary(_Camel):
    """The number of variations and the attributes in which they differ."""

    variation_count: msgspec.Raw = msgspec.Raw(b"null")
    variation_dimensions: list[DimensionShape] | None = None


class Result(_Camel):
    """The result of any operation."""

    items: list[Item] | None = None
    total_result_count: msgspec.Raw = msgspec.Raw(b"null")  # a malformed count hides no items
    search_url: str | None = msgspec.field(default=None, name="searchURL")
    variation_summary: Summary | None = None
    browse_nodes: list[Node] | None = None


class Body(_Camel):
    """The response of any operation."""

    items_result: Result | None = None
    item_results: Result | None = None  # in the documentation, in place of `itemsResult`
    items: list[Item] | None = None
    search_result: Result | None = None
    variations_result: Result | None = None
    browse_nodes_result: Result | None = None
    errors: list[ItemError] | None = None

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
