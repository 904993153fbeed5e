"""The shapes of offers in Amazon's responses, with the member names of the Creators API.

Sources: API references of the Creators API and of PA-API 5.0, "OffersV2" and "Offers".
"""

from __future__ import annotations

from decimal import Decimal

import msgspec


class Camel(msgspec.Struct, rename="camel", gc=False):
    """A shape with lowerCamelCase member names, untracked by the garbage collector: no cycles."""


class Amount(Camel):
    """An amount in major units; Amazon sends whole amounts as integers."""

    amount: Decimal | None = None
    currency: str | None = None
    display_amount: str | None = None


class Basis(Amount):
    """An amount: in `money` (OffersV2), or in the object itself (the first Offers of PA-API)."""

    money: Amount | None = None


class Savings(Camel):
    """The reduction from the list price."""

    percentage: float | None = None


class Price(Basis):
    """The price, and the list price with which it is compared."""

    saving_basis: Basis | None = None
    savings: Savings | None = None


class Availability(Camel):
    """The availability; `type` is an open set of values."""

    type: str | None = None


class Condition(Camel):
    """The condition, such as `New` or `Used`; an open set of values."""

    value: str | None = None


class Merchant(Camel):
    """The seller of a product."""

    name: str | None = None


class Delivery(Camel):
    """The delivery options; only the first Offers of PA-API has them."""

    is_prime_eligible: bool | None = None


class DealDetails(Camel):
    """A promotion."""

    badge: str | None = None
    access_type: str | None = None
    end_time: str | None = None


class Listing(Camel):
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


class Offers(Camel):
    """The featured offers of a product."""

    listings: list[Listing] | None = None
