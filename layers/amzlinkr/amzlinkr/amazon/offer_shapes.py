"""The shapes of offers in Amazon's responses, with the member names of the Creators API.

Sources: API references of the Creators API and of PA-API 5.0, "OffersV2" and "Offers".
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import msgspec

ABSENT = msgspec.Raw(b"null")
"""The default of members that are decoded apart: a malformed one hides nothing else."""


class Camel(msgspec.Struct, rename="camel", gc=False):
    """A shape with lowerCamelCase member names, untracked by the garbage collector: no cycles.

    `text_member` names the field that a plain text in place of the object stands for.
    """

    text_member: ClassVar[str] = ""


class Amount(Camel):
    """An amount in major units; Amazon sends whole amounts as integers."""

    text_member: ClassVar[str] = "display_amount"
    amount: Decimal | None = None
    currency: str | None = None
    display_amount: str | None = None


class Basis(Amount):
    """An amount: in `money` (OffersV2), or in the object itself (the first Offers of PA-API)."""

    money: Amount | None = None


class SavingBasis(Basis):
    """The price with which a price is compared, its kind (an open set of values), and its label.

    The first Offers of PA-API names the last two `PriceType` and `PriceTypeLabel`.
    """

    saving_basis_type: str | None = None
    saving_basis_type_label: str | None = None
    price_type: str | None = None
    price_type_label: str | None = None


class Savings(Camel):
    """The reduction from the saving basis."""

    percentage: float | None = None


class Price(Basis):
    """The price, the price with which it is compared, and the price of a unit.

    The price of a unit is an amount, in `money` or not, or a text; the first Offers of PA-API has a
    number.
    """

    saving_basis: SavingBasis | None = None
    savings: Savings | None = None
    price_per_unit: Basis | float | str | None = None


class AvailabilityShape(Camel):
    """The availability; `type` is an open set of values, `message` a localized text."""

    text_member: ClassVar[str] = "type"
    type: str | None = None
    message: str | None = None
    min_order_quantity: msgspec.Raw = ABSENT
    max_order_quantity: msgspec.Raw = ABSENT


class Condition(Camel):
    """The condition, such as `New` or `Used`; an open set of values."""

    text_member: ClassVar[str] = "value"
    value: str | None = None


class Merchant(Camel):
    """The seller of a product."""

    text_member: ClassVar[str] = "name"
    name: str | None = None


class Delivery(Camel):
    """The delivery options; only the first Offers of PA-API has them."""

    is_prime_eligible: bool | None = None


class DealDetails(Camel):
    """A promotion. Times are ISO 8601 texts in UTC, with or without seconds."""

    badge: str | None = None
    access_type: str | None = None
    odd_access_type: msgspec.Raw = msgspec.field(default=ABSENT, name="AccessType")
    start_time: msgspec.Raw = ABSENT
    end_time: msgspec.Raw = ABSENT
    early_access_duration_in_milliseconds: msgspec.Raw = ABSENT


class Listing(Camel):
    """An offer of one seller; `type` marks lightning deals, subscriptions, and Amazon Haul."""

    type: str | None = None
    price: Price | None = None
    saving_basis: SavingBasis | None = None
    availability: AvailabilityShape | None = None
    condition: Condition | None = None
    merchant_info: Merchant | None = None
    delivery_info: Delivery | None = None
    deal_details: DealDetails | None = None
    is_buy_box_winner: bool | None = None
    violates_map: bool | None = msgspec.field(default=None, name="violatesMAP")
    # These members limit the price and are usually absent, so that an odd letter case would remain
    # unnoticed. The names are those of the other API.
    odd_violates_map: msgspec.Raw = msgspec.field(default=ABSENT, name="ViolatesMAP")
    odd_deal_details: msgspec.Raw = msgspec.field(default=ABSENT, name="DealDetails")

    @property
    def is_complete(self) -> bool:
        """Return True if everything by which listings are selected and shown is present."""
        money = self.price.money if self.price else None
        return bool(
            not self._has_odd_limits
            and money
            and money.amount is not None
            and self.availability
            and self.availability.type
            and self.condition
            and self.condition.value
            and self.merchant_info
            and self.is_buy_box_winner is not None
        )

    @property
    def _has_odd_limits(self) -> bool:
        deal = self.deal_details
        if self.odd_violates_map is not ABSENT or self.odd_deal_details is not ABSENT:
            return True
        return deal is not None and deal.odd_access_type is not ABSENT


class Offers(Camel):
    """The featured offers of a product."""

    listings: list[Listing] | None = None
