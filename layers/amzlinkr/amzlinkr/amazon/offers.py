"""Selection of the featured listing and its conversion to an offer, the same for both APIs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from amzlinkr.amazon import offer_shapes as shapes
from amzlinkr.amazon.deals import deal_from_details
from amzlinkr.amazon.sanitize import sanitize
from amzlinkr.amazon.values import is_same_value, value_name
from amzlinkr.domain.money import Money, money
from amzlinkr.domain.products import AvailabilityName, Deal, ListPriceKind, Offer

NEW = "New"
MAX_PERCENT = 100
MAX_QUANTITY = 100_000
_INTEGER = msgspec.json.Decoder(int, strict=False)
_NUMBER = re.compile(r"[\s\d.,]*")
# A visitor who buys once does not pay the subscription price, and Amazon Haul is a separate shop
# with a separate basket: the product page does not feature their listings.
_NOT_FEATURED = ("subscribeandsave", "haul")
# "Now" is a value of the first Offers resource of PA-API; OffersV2 has the other values.
_AVAILABILITY: Mapping[str, AvailabilityName] = {
    "now": "in_stock",
    "instock": "in_stock",
    "instockscarce": "in_stock_scarce",
    "outofstock": "out_of_stock",
    "preorder": "preorder",
    "availabledate": "available_date",
    "leadtime": "leadtime",
    "unavailable": "unavailable",
}
_LIST_PRICE_KINDS: Mapping[str, ListPriceKind] = {
    "listprice": "list_price",
    "wasprice": "was_price",
    "lowestprice": "lowest_price",
    "lowestpricestrikethrough": "lowest_price",
}


def best_listing(listings: Sequence[shapes.Listing]) -> shapes.Listing | None:
    """Return the featured offer: the winner of the Buy Box, whatever its condition.

    Without a winner a new listing comes first, then the first of all. Of several winners, a new one
    or one without condition comes first. Source: Creators API documentation, "OffersV2".
    """
    featured = [
        each for each in listings if not each.type or value_name(each.type) not in _NOT_FEATURED
    ]
    if len(featured) <= 1:
        return featured[0] if featured else None
    winners = [listing for listing in featured if listing.is_buy_box_winner]
    new = [listing for listing in featured if is_same_value(_condition(listing), NEW)]
    new_winners = [each for each in winners if _condition(each) is None or each in new]
    return next(iter(new_winners or winners or new or featured))


def offer_from_listing(listing: shapes.Listing | None, observed_at: datetime) -> Offer:
    """Return the offer to show for a listing; None means that there is no offer.

    A price below the minimum advertised price is never part of the offer, nor is one that may have
    ended because the end of its deal is unreadable.
    """
    if listing is None:
        return Offer()
    deal, has_unreadable_end = _deal(listing, observed_at)
    # With a hidden price, everything from which it can be derived is hidden too.
    is_hidden = bool(listing.violates_map) or has_unreadable_end
    shown = None if is_hidden else listing.price
    price = _money(shown)
    basis, list_price = _saving_basis(listing, price)
    availability = listing.availability or shapes.AvailabilityShape()
    percent = shown.savings.percentage if basis and shown and shown.savings else None
    return Offer(
        price=price,
        list_price=list_price,
        list_price_kind=_list_price_kind(basis) if basis else None,
        list_price_label=_list_price_label(basis) if basis else None,
        savings_percent=_percent(percent),
        unit_price=_unit_price(shown) if price else None,
        availability=_availability(availability.type, listing.price),
        availability_message=sanitize(availability.message, 200),
        min_order_quantity=_quantity(availability.min_order_quantity),
        max_order_quantity=_quantity(availability.max_order_quantity),
        condition=sanitize(_condition(listing), 40),
        merchant=sanitize(listing.merchant_info.name, 200) if listing.merchant_info else None,
        deal=deal,
        prime=listing.delivery_info.is_prime_eligible if listing.delivery_info else None,
        hidden=is_hidden,
    )


def _deal(listing: shapes.Listing, observed_at: datetime) -> tuple[Deal | None, bool]:
    """Return the deal, and True if its end is unreadable."""
    if listing.deal_details is None:
        return None, False
    try:
        deal = deal_from_details(listing.deal_details, observed_at)
    except ValueError:
        return None, True
    # A badge such as "-50%" states the hidden price in another way.
    return replace(deal, badge="") if deal and listing.violates_map else deal, False


def _condition(listing: shapes.Listing) -> str | None:
    return listing.condition.value if listing.condition else None


def _saving_basis(
    listing: shapes.Listing, price: Money | None
) -> tuple[shapes.SavingBasis, Money] | tuple[None, None]:
    """Return the price to compare with, if it is higher than the price and in its currency.

    In the EU the basis is the lowest price of 30 days, which can be lower than the price.
    """
    # OffersV2 has it inside the price; PA-API's first Offers has it beside the price.
    basis = (listing.price.saving_basis if listing.price else None) or listing.saving_basis
    amount = _money(basis)
    if basis is None or price is None or amount is None:
        return None, None
    is_saving = amount.currency == price.currency and amount.amount > price.amount
    return (basis, amount) if is_saving else (None, None)


def _list_price_kind(basis: shapes.SavingBasis) -> ListPriceKind | None:
    return _LIST_PRICE_KINDS.get(value_name(basis.saving_basis_type or basis.price_type or ""))


def _list_price_label(basis: shapes.SavingBasis) -> str | None:
    return sanitize(basis.saving_basis_type_label or basis.price_type_label, 80)


def _percent(saved: float | None) -> int | None:
    percent = round(saved) if saved is not None and 0 <= saved <= MAX_PERCENT else 0
    return percent or None


def _unit_price(price: shapes.Price | None) -> str | None:
    """Return Amazon's text; a number alone, as in the first Offers of PA-API, has no unit."""
    unit = price.price_per_unit if price else None
    if isinstance(unit, shapes.Basis):
        unit = (unit.money or unit).display_amount or unit.display_amount
    return sanitize(unit, 80) if isinstance(unit, str) and not _NUMBER.fullmatch(unit) else None


def _availability(kind: str | None, price: shapes.Price | None) -> AvailabilityName:
    if kind is None:
        return "unknown" if _money(price) else "out_of_stock"
    return _AVAILABILITY.get(value_name(kind), "unknown")


def _quantity(raw: msgspec.Raw) -> int | None:
    if raw is shapes.ABSENT:
        return None
    try:
        quantity = _INTEGER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return quantity if 1 <= quantity <= MAX_QUANTITY else None


def _money(basis: shapes.Basis | None) -> Money | None:
    source = (basis.money or basis) if basis else None
    if source is None or source.amount is None or source.currency is None:
        return None
    return money(source.amount, source.currency, sanitize(source.display_amount, 40))
