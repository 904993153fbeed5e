"""What Amazon's answers look like, spelt as the Creators API spells it; every field is optional.

PA-API 5.0 sends the same shapes with capital letters: its parser derives them from these, so that
one product has one meaning whichever API it came from.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec


class _Camel(msgspec.Struct, rename="camel"):
    """Field names as the Creators API writes them."""


class Value(_Camel):
    """A text with its label."""

    display_value: str | None = None
    value: str | None = None


class Values(_Camel):
    """Several texts with one label."""

    display_values: list[str] | None = None


class Picture(_Camel):
    """A link to a picture, in pixels."""

    url: str | None = None
    width: int | None = None
    height: int | None = None


class Sizes(_Camel):
    """One picture in its sizes."""

    large: Picture | None = None
    medium: Picture | None = None
    small: Picture | None = None


class Images(_Camel):
    """A product's pictures; only the first is asked for."""

    primary: Sizes | None = None


class ByLine(_Camel):
    """Who made it."""

    brand: Value | None = None
    manufacturer: Value | None = None


class Classifications(_Camel):
    """What kind of thing it is."""

    binding: Value | None = None


class ItemInfo(_Camel):
    """What is said about a product."""

    title: Value | None = None
    features: Values | None = None
    by_line_info: ByLine | None = None
    classifications: Classifications | None = None


class Amount(_Camel):
    """Major units; whole amounts come as integers."""

    amount: Decimal | None = None
    currency: str | None = None
    display_amount: str | None = None


class Basis(Amount):
    """An amount: in `money` (OffersV2), or in the object itself (PA-API's first Offers)."""

    money: Amount | None = None


class Savings(_Camel):
    """How much less than the list price."""

    percentage: float | None = None


class Price(Basis):
    """What it costs, and what it is compared with."""

    saving_basis: Basis | None = None
    savings: Savings | None = None


class Availability(_Camel):
    """Whether it can be had; an open set of words."""

    type: str | None = None


class Condition(_Camel):
    """New, used, refurbished; an open set of words."""

    value: str | None = None


class Merchant(_Camel):
    """Who sells it."""

    name: str | None = None


class Delivery(_Camel):
    """PA-API's first Offers only."""

    is_prime_eligible: bool | None = None


class DealDetails(_Camel):
    """A running promotion."""

    badge: str | None = None
    access_type: str | None = None
    end_time: str | None = None


class Listing(_Camel):
    """One offer; `type` marks lightning deals and subscriptions."""

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
        """Whether all is there that tells an offer from another."""
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
    """The featured offers."""

    listings: list[Listing] | None = None


class Item(_Camel):
    """A product."""

    asin: str
    detail_page_url: str | None = msgspec.field(default=None, name="detailPageURL")
    images: Images | None = None
    item_info: ItemInfo | None = None
    offers_v2: Offers | None = None
    offers: Offers | None = None

    @property
    def is_complete(self) -> bool:
        """Whether all is there that was asked for; what is not may be spelt in another way."""
        info, offers = self.item_info, self.offers_v2
        if not (info and offers and offers.listings and self.detail_page_url and self.images):
            return False
        named = info.title and info.title.display_value and info.classifications
        told = info.by_line_info and info.features and info.features.display_values
        return bool(named and told) and all(listing.is_complete for listing in offers.listings)


class Leaf(_Camel):
    """A category, named."""

    id: str | None = None
    display_name: str | None = None
    context_free_name: str | None = None


class Node(Leaf):
    """A category among others; its ancestor is a node again, and so on upwards."""

    ancestor: msgspec.Raw = msgspec.Raw(b"null")
    children: list[Leaf] | None = None


class ItemError(_Camel):
    """What is wrong with one item, or that nothing was found, inside an otherwise good answer."""

    code: str | None = None
    message: str | None = None


class DimensionShape(_Camel):
    """One way in which the members of a family differ."""

    name: str | None = None
    display_name: str | None = None
    values: list[str] | None = None


class Summary(_Camel):
    """A family, counted."""

    variation_count: msgspec.Raw = msgspec.Raw(b"null")
    variation_dimensions: list[DimensionShape] | None = None


class Result(_Camel):
    """Any operation's result; a count that is none must not spoil it, and is read by itself."""

    items: list[Item] | None = None
    total_result_count: msgspec.Raw = msgspec.Raw(b"null")
    search_url: str | None = msgspec.field(default=None, name="searchURL")
    variation_summary: Summary | None = None
    browse_nodes: list[Node] | None = None


class Body(_Camel):
    """Any operation's answer; `itemResults` and bare `items` are printed in Amazon's own pages."""

    items_result: Result | None = None
    item_results: Result | None = None
    items: list[Item] | None = None
    search_result: Result | None = None
    variations_result: Result | None = None
    browse_nodes_result: Result | None = None
    errors: list[ItemError] | None = None

    @property
    def result(self) -> Result:
        """The operation's result; empty if the answer holds nothing but errors."""
        return (
            self.items_result
            or self.item_results
            or self.search_result
            or self.variations_result
            or self.browse_nodes_result
            or Result(self.items)
        )
