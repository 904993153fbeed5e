"""Response types about products."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from amzlinkr.domain.freshness import PriceStatus
from amzlinkr.domain.products import AvailabilityName, DealAccess, ListPriceKind
from amzlinkr.http.schemas.connections import Timestamp


class MoneyOut(Struct):
    """Amount of money."""

    amount: int
    """Amount in minor units of the currency: 3241 is $32.41. Yen have no minor unit."""
    currency: str
    """Currency (ISO 4217)."""
    display: str
    """Amount as Amazon writes it, for display."""


class ImageOut(Struct):
    """Image that Amazon hosts. Link it: Amazon's license does not allow copies."""

    url: str
    """URL of the image."""
    width: int
    """Width in pixels."""
    height: int
    """Height in pixels."""


class DealOut(Struct):
    """Running deal of an offer."""

    access: DealAccess
    """Buyers who get the price. If it is not `all`, state that beside the price."""
    badge: str
    """Text of Amazon, for display. Empty if there is none."""
    starts_at: Timestamp | UnsetType = UNSET
    """Start of the deal. Absent if Amazon states none."""
    ends_at: Timestamp | UnsetType = UNSET
    """End of the deal. From then on its price must not be shown: `price_status` is then `hidden`.
    Absent if no end is planned."""


class ProductOut(Struct, kw_only=True):
    """Product with its details and current offer, in a state that may be shown now.

    A product with the `price_status` `expired`, `missing` or `waiting` has an ASIN, a marketplace
    and a `url`, and no other field. Every other field is also absent if Amazon does not state it.
    """

    asin: str
    """Amazon's ID of the product, 10 letters and digits."""
    marketplace: str
    """Code of the marketplace. The same ASIN in another marketplace is another product."""
    title: str | UnsetType = UNSET
    """Title."""
    url: str | UnsetType = UNSET
    """Link to the product page with the partner tag of the site. Use it unaltered."""
    image: ImageOut | UnsetType = UNSET
    """Main image."""
    brand: str | UnsetType = UNSET
    """Brand."""
    features: list[str] | UnsetType = UNSET
    """Feature texts in Amazon's order."""
    binding: str | UnsetType = UNSET
    """Amazon's product type or binding, such as `Paperback`."""
    price: MoneyOut | UnsetType = UNSET
    """Price of the featured offer. Present if `price_status` is `current`."""
    list_price: MoneyOut | UnsetType = UNSET
    """Reference price. Present if it is higher than the price, in the same currency."""
    list_price_kind: ListPriceKind | UnsetType = UNSET
    """Kind of the reference price. Present with `list_price`."""
    list_price_label: str | UnsetType = UNSET
    """Amazon's own label of the reference price, which must be shown beside it."""
    savings_percent: int | UnsetType = UNSET
    """Difference from the reference price in percent, 1 to 99. Present only with `list_price`. Its
    minimum in a search is `min_saving`."""
    unit_price: str | UnsetType = UNSET
    """Price per unit, as Amazon writes it, such as `$0.54 / Ounce`."""
    availability: AvailabilityName | UnsetType = UNSET
    """Availability of the offer."""
    availability_message: str | UnsetType = UNSET
    """Amazon's text for the availability."""
    min_order_quantity: int | UnsetType = UNSET
    """Minimum number of pieces in an order."""
    max_order_quantity: int | UnsetType = UNSET
    """Maximum number of pieces in an order."""
    price_status: PriceStatus
    """State of the price: whether there is one that may be shown, and if not, why."""
    condition: str | UnsetType = UNSET
    """Condition of the offer, such as `New`."""
    merchant: str | UnsetType = UNSET
    """Name of the seller."""
    deal: DealOut | UnsetType = UNSET
    """Deal of the offer. Present only while it runs."""
    prime: bool | UnsetType = UNSET
    """True if the offer is delivered with Prime. Amazon states it with PA-API only."""
    observed_at: Timestamp | UnsetType = UNSET
    """Time before the request in which Amazon returned this content."""
    fresh_until: Timestamp | UnsetType = UNSET
    """Time until which the content may be shown: 24 hours after `observed_at`, or the end of the
    deal. A later `checked_at` of the change feed confirms it for longer."""
    disclaimer: str | UnsetType = UNSET
    """Text that Amazon's license requires beside the price or behind a link there. Show the time
    that it refers to with it: `observed_at`, or a later `checked_at` of the change feed."""


class ProductList(Struct):
    """Page of the site's products, by marketplace and ASIN."""

    products: list[ProductOut]
    """Products. A page may have fewer than `limit` although `has_more` is true: it has at most
    1 MB, and filters can find fewer."""
    has_more: bool
    """True if another page follows."""
    next_cursor: str | UnsetType = UNSET
    """Cursor of the next page. Absent on the last page."""
