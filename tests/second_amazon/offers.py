"""Builders of offers: listings, money, deals, saving bases, in the Creators API's spelling."""

from datetime import datetime, timedelta
from typing import Any

Json = dict[str, Any]
AMAZON = {"id": "ATVPDKIKX0DER", "name": "Amazon.com"}
NEW = {"value": "New", "subCondition": "Unknown", "conditionNote": ""}
USED = {"value": "Used", "subCondition": "VeryGood", "conditionNote": "Light scratches."}


def money(amount: float, currency: str = "USD", display: str | None = None) -> Json:
    """Return an amount in major units with its display text."""
    return {
        "amount": amount,
        "currency": currency,
        "displayAmount": display or f"${amount:,.2f}",
    }


def price(amount: float, **more: Any) -> Json:
    """Return the price of a listing; `more` are saving basis, savings or unit price."""
    return {"money": money(amount), **more}


def basis(amount: float, kind: str | None, label: str | None, currency: str = "USD") -> Json:
    """Return a saving basis, without the type or the label that is None."""
    texts = {"savingBasisType": kind, "savingBasisTypeLabel": label}
    return {
        "money": money(amount, currency),
        **{name: text for name, text in texts.items() if text is not None},
    }


def savings(amount: float, percentage: int) -> Json:
    return {"money": money(amount), "percentage": percentage}


def in_stock(kind: str = "IN_STOCK", message: str = "In Stock", **more: int) -> Json:
    return {"type": kind, "message": message, **more}


def listing(cost: Json | None, **changes: Any) -> Json:
    """Return a listing of Amazon itself; a change to None removes the field."""
    fields: Json = {
        "availability": in_stock(maxOrderQuantity=30, minOrderQuantity=1),
        "condition": NEW,
        "isBuyBoxWinner": True,
        "merchantInfo": AMAZON,
        "price": cost,
        "violatesMAP": False,
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def offers(*listings: Json) -> Json:
    return {"listings": list(listings)}


def moment(at: datetime, *, seconds: bool = True) -> str:
    """Return a time in one of the two forms that the documentation shows."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ" if seconds else "%Y-%m-%dT%H:%MZ")


def deal(
    now: datetime,
    start_minutes: int | None,
    end_minutes: int | None,
    *,
    seconds: bool = True,
    **more: Any,
) -> Json:
    """Return deal details that start and end this many minutes from now."""
    details: Json = {"accessType": "ALL", "badge": "Limited time deal", **more}
    for name, minutes in (("startTime", start_minutes), ("endTime", end_minutes)):
        if minutes is not None:
            details[name] = moment(now + timedelta(minutes=minutes), seconds=seconds)
    return {name: value for name, value in details.items() if value is not None}
