"""Money in integer minor units: cents for most currencies, whole yen for JPY."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, DecimalException

WHOLE_UNITS = frozenset({"JPY"})
"""The marketplace currencies that have no minor unit."""

_CODE = re.compile(r"[A-Z]{3}")
MAX_AMOUNT = 10**10
"""Beyond this many minor units a price is an error of the source, not a price."""


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` in minor units of the ISO 4217 `currency`, and how Amazon prints it."""

    amount: int
    currency: str
    display: str


def decimals_of(currency: str) -> int:
    """Digits behind the decimal point: 0 for JPY, 2 for every other marketplace currency."""
    return 0 if currency in WHOLE_UNITS else 2


def money(major: Decimal | float | str, currency: str, display: str | None = None) -> Money | None:
    """Money from Amazon's major units; None if the figure cannot be a price.

    Negative, infinite, absurdly large and unreadable amounts are no prices. Amounts finer than
    the minor unit are rounded half to even.
    """
    if not _CODE.fullmatch(currency):
        return None
    try:
        exact = major if isinstance(major, Decimal) else Decimal(str(major))
        scaled = exact.scaleb(decimals_of(currency))
        if not 0 <= scaled <= MAX_AMOUNT:
            return None
    except DecimalException:
        return None
    amount = int(scaled.to_integral_value())
    return Money(amount, currency, display or displayed(amount, currency))


def displayed(amount: int, currency: str) -> str:
    """A plain rendering such as `32.41 USD`, for when Amazon sent none of its own."""
    digits = decimals_of(currency)
    return f"{Decimal(amount).scaleb(-digits):,.{digits}f} {currency}"
