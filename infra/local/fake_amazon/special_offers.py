"""Special offers that the control API puts on products: reference prices, deals, listings.

A special offer is a list of changes, one per listing: members of Amazon's JSON that replace those
of the generated listing. The names are those of PA-API; the Creators API gets them in camelCase.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, get_args

import msgspec

from infra.local.fake_amazon.marketplaces import PriceStyle, display_amount, major_units

Json = dict[str, object]
OfferName = Literal[
    "list_price", "was_price", "lowest_price", "lower_reference", "other_currency", "unit_price",
    "order_quantities", "deal", "prime_exclusive", "early_access", "deal_over", "deal_later",
    "badge_template", "second_wins", "used", "haul", "subscription", "in_stock_scarce", "leadtime",
    "available_date", "preorder", "unavailable", "unknown", "without_underscores",
]  # fmt: skip
OFFER_NAMES: tuple[OfferName, ...] = get_args(OfferName)
_IRREGULAR = {"asin": "ASIN", "url": "URL"}


class OfferBody(msgspec.Struct, forbid_unknown_fields=True):
    """A special offer of a product: a named one, own listings, or a reset.

    `seconds` is the time until a deal ends, or until its early access ends. Own `listings` replace
    the members that they name in the generated listing; null removes a member.
    """

    asin: str
    marketplace: str
    offer: OfferName | None = None
    seconds: float = 3_600.0
    listings: list[Json] | None = None
    reset: bool = False


def money(minor_units: int, style: PriceStyle) -> Json:
    """Return an amount as number, currency and display text, as Amazon does."""
    return {
        "Amount": major_units(minor_units, style),
        "Currency": style.currency,
        "DisplayAmount": display_amount(minor_units, style),
    }


def special_listings(body: OfferBody, price: int, style: PriceStyle, now: datetime) -> list[Json]:
    """Return the changes for a product with this price in minor units; none for a reset."""
    if body.offer is not None:
        return _named_listings(body.offer, price, style, now, timedelta(seconds=body.seconds))
    own = map(pascal_json, body.listings or [])
    return [listing for listing in own if isinstance(listing, dict)]


def _named_listings(
    name: OfferName, price: int, style: PriceStyle, now: datetime, left: timedelta
) -> list[Json]:
    if name in _REFERENCE_PRICES:
        factor, kind, label = _REFERENCE_PRICES[name]
        return [_with_reference(price * factor // 100, kind, label, style)]
    if name in _AVAILABILITY:
        kind, message = _AVAILABILITY[name]
        return [{"Availability": {"Type": kind, "Message": message}}]
    if name in _DEALS:
        return [{"DealDetails": _DEALS[name](now, left)}]
    return _OTHERS[name](price, style)


def with_changes(listing: Mapping[str, object], changes: Mapping[str, object]) -> Json:
    """Return a listing with changed members, at any depth; None removes a member."""
    changed = dict(listing)
    for name, value in changes.items():
        before = changed.get(name)
        inner = before if isinstance(before, Mapping) else {}
        changed[name] = with_changes(inner, value) if isinstance(value, Mapping) else value
    return {name: value for name, value in changed.items() if value is not None}


def pascal_json(value: object) -> object:
    """Return JSON with PA-API's names, from the names of either API."""
    if isinstance(value, dict):
        return {
            _IRREGULAR.get(name, name[:1].upper() + name[1:]): pascal_json(inner)
            for name, inner in value.items()
        }
    return [pascal_json(inner) for inner in value] if isinstance(value, list) else value


def _with_reference(amount: int, kind: str, label: str, style: PriceStyle) -> Json:
    basis = {
        "Money": money(amount, style),
        "SavingBasisType": kind,
        "SavingBasisTypeLabel": label,
    }
    return {"Price": {"SavingBasis": basis, "Savings": {"Percentage": 20}}}


_REFERENCE_PRICES: Mapping[str, tuple[int, str, str]] = {
    "list_price": (125, "LIST_PRICE", "List Price:"),
    "was_price": (125, "WAS_PRICE", "Was:"),
    "lowest_price": (125, "LOWEST_PRICE", "Lowest price of 30 days:"),
    "lower_reference": (80, "LOWEST_PRICE", "Lowest price of 30 days:"),
}
"""Percent of the price, type, and label."""
_AVAILABILITY: Mapping[str, tuple[str, str]] = {
    "in_stock_scarce": ("IN_STOCK_SCARCE", "Only 3 left in stock - order soon."),
    "leadtime": ("LEADTIME", "Usually ships within 2 to 3 days."),
    "available_date": ("AVAILABLE_DATE", "In stock soon."),
    "preorder": ("PREORDER", "This title has not yet been released."),
    "unavailable": ("UNAVAILABLE", "Currently unavailable."),
    "unknown": ("UNKNOWN", ""),
    "without_underscores": ("INSTOCKSCARCE", "Only 3 left in stock - order soon."),
}
_HOUR = timedelta(hours=1)


def _deal(access: str, badge: str, start: datetime, end: datetime) -> Json:
    # Amazon sends times in UTC, some without seconds.
    times = {"StartTime": f"{start:%Y-%m-%dT%H:%MZ}", "EndTime": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
    return {"AccessType": access, "Badge": badge, **times}


def _early_access(now: datetime, left: timedelta) -> Json:
    start = now.replace(second=0, microsecond=0) - _HOUR
    milliseconds = round((now + left - start).total_seconds() * 1_000)
    deal = _deal("PRIME_EARLY_ACCESS", "With Prime", start, now + left + _HOUR)
    return {**deal, "EarlyAccessDurationInMilliseconds": milliseconds}


_DEALS: Mapping[str, Callable[[datetime, timedelta], Json]] = {
    "deal": lambda now, left: _deal("ALL", "Limited time deal", now - _HOUR, now + left),
    "prime_exclusive": lambda now, left: _deal(
        "PRIME_EXCLUSIVE", "With Prime", now - _HOUR, now + left
    ),
    "early_access": _early_access,
    "deal_over": lambda now, _: _deal("ALL", "Limited time deal", now - 25 * _HOUR, now - _HOUR),
    "deal_later": lambda now, left: _deal(
        "ALL", "Limited time deal", now + _HOUR, now + left + 2 * _HOUR
    ),
    "badge_template": lambda now, left: _deal("ALL", "Ends in ", now - _HOUR, now + left),
}


def _second_wins(price: int, style: PriceStyle) -> Sequence[Json]:
    loser = {"Price": {"Money": money(price * 5 // 6, style)}}
    return [
        {**loser, "Condition": None, "IsBuyBoxWinner": False},
        {"Condition": None, "IsBuyBoxWinner": True},
    ]


def _other_shop(kind: str) -> Callable[[int, PriceStyle], list[Json]]:
    def listings(price: int, style: PriceStyle) -> list[Json]:
        cheaper = {"Price": {"Money": money(price * 2 // 3, style)}}
        return [{**cheaper, "Type": kind, "IsBuyBoxWinner": True}, {"IsBuyBoxWinner": False}]

    return listings


_USED = {"Value": "Used", "SubCondition": "VeryGood", "ConditionNote": "Works as new."}
_OTHERS: Mapping[str, Callable[[int, PriceStyle], list[Json]]] = {
    "other_currency": lambda _price, _style: [
        {"Price": {"SavingBasis": {"Money": {"Amount": 9_999.0, "Currency": "XAF"}}}}
    ],
    "unit_price": lambda price, style: [
        {"Price": {"PricePerUnit": _unit_price(price // 4, style)}}
    ],
    "order_quantities": lambda _price, _style: [
        {"Availability": {"MinOrderQuantity": 2, "MaxOrderQuantity": 5}}
    ],
    "second_wins": lambda price, style: list(_second_wins(price, style)),
    "used": lambda _price, _style: [{"Condition": _USED, "IsBuyBoxWinner": True}],
    "haul": _other_shop("HAUL"),
    "subscription": _other_shop("SUBSCRIBE_AND_SAVE"),
}


def _unit_price(amount: int, style: PriceStyle) -> Json:
    unit = money(amount, style)
    return {**unit, "DisplayAmount": f"{unit['DisplayAmount']} / Count"}
