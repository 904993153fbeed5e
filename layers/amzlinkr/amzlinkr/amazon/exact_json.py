"""JSON documents with exact numbers: floats would lose digits of an amount on the way."""

from __future__ import annotations

from decimal import Decimal, DecimalException
from typing import TypeVar

import msgspec

from amzlinkr.net.json_decoding import decode_json

T = TypeVar("T")


def _to_decimal(text: str) -> Decimal | None:
    """Return the exact number, or None if its exponent is out of range."""
    try:
        return Decimal(text)
    except DecimalException:
        return None


decoder = msgspec.json.Decoder(float_hook=_to_decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")


def convert(shape: type[T], part: object) -> T:
    """Return a part of a decoded document as the given shape.

    `msgspec.convert` accepts neither `Raw` members nor decimals for integers. Therefore the part
    is encoded and decoded again.

    Raises:
        msgspec.ValidationError: The part does not have this shape.
    """
    return decode_json(_encoder.encode(part), shape, strict=False)
