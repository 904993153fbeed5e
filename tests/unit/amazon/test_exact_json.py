"""Exact numbers on the way from a document to a shape."""

from decimal import Decimal

import msgspec
import pytest

from amzlinkr.amazon import exact_json


class _Shape(msgspec.Struct):
    amount: Decimal | None = None
    count: int | None = None
    rest: msgspec.Raw = msgspec.Raw(b"null")


def test_numbers_keep_all_digits() -> None:
    document = exact_json.decoder.decode(
        b'{"amount":0.12345678901234567890,"count":5,"rest":[1.10]}'
    )

    shape = exact_json.convert(_Shape, document)

    assert (shape.amount, shape.count) == (Decimal("0.12345678901234567890"), 5)
    assert bytes(shape.rest) == b"[1.10]"


def test_number_out_of_range_is_none() -> None:
    assert exact_json.decoder.decode(b"[1.5e99999999999999999999]") == [None]


def test_part_of_another_shape_is_an_error() -> None:
    with pytest.raises(msgspec.ValidationError):
        exact_json.convert(_Shape, {"amount": "24,99"})
