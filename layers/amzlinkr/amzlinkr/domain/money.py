"""Money in integer minor units: cents for most currencies, whole yen for JPY."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from functools import lru_cache

WHOLE_UNITS = frozenset({"JPY"})
"""The marketplace currencies without a minor unit."""

_CODE = re.compile(r"[A-Z]{3}")
_ZERO = Decimal()
MAX_AMOUNT = 10**10
"""The largest amount in minor units that is accepted as a price."""
_MAX_DECIMAL = Decimal(MAX_AMOUNT)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of an ISO 4217 currency, and the text that shows it."""

    amount: int
    currency: str
    display: str


def decimals_of(currency: str) -> int:
    """Return the number of decimals: 0 for JPY, 2 for every other marketplace currency."""
    return 0 if currency in WHOLE_UNITS else 2


def money(major: Decimal | float | str, currency: str, display: str | None = None) -> Money | None:
    """Return money for an amount in major units, or None if it cannot be a price.

    Negative, non-finite, unreadable, and too large amounts cannot be prices. Amounts finer than
    the minor unit are rounded half to even.
    """
    if not _is_currency_code(currency):
        return None
    try:
        # `str` first: Decimal(32.41) would carry the binary error of the float.
        exact = major if isinstance(major, Decimal) else Decimal(str(major))
        scaled = exact.scaleb(decimals_of(currency))
        # Compared as decimals and before the conversion: `int` of 1e999999 needs a lot of memory.
        if not _ZERO <= scaled <= _MAX_DECIMAL:
            return None
    except DecimalException:
        return None
    amount = round(scaled)
    return Money(amount, currency, display or format_amount(amount, currency))


@lru_cache(maxsize=64)
def _is_currency_code(text: str) -> bool:
    return _CODE.fullmatch(text) is not None


def format_amount(amount: int, currency: str) -> str:
    """Return a text such as `32.41 USD`, used if Amazon sends no display text."""
    digits = decimals_of(currency)
    return f"{Decimal(amount).scaleb(-digits):,.{digits}f} {currency}"
