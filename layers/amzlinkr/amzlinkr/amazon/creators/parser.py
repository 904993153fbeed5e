"""The Creators API's JSON, and the spellings in which Amazon's own pages and answers differ."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import partial

import msgspec

from amzlinkr.amazon import shapes
from amzlinkr.amazon.reading import Reader

SERVICE = "creators"
_STRAY_CAPITAL = re.compile(rb'"[A-Z]\w*"\s*:')
_SPELLINGS = {
    name.lower(): name
    for shape in vars(shapes).values()
    if isinstance(shape, type) and issubclass(shape, msgspec.Struct)
    for name in shape.__struct_encode_fields__
}
_exactly = msgspec.json.Decoder(float_hook=Decimal)
_as_numbers = msgspec.json.Encoder(decimal_format="number")


def mended(body: bytes) -> bytes:
    """The answer with known names in their usual spelling. Rare, so only then paid for: examples
    of Amazon's have `Price`, `Values` and `Value` in them."""
    if not _STRAY_CAPITAL.search(body):
        return body
    return _as_numbers.encode(_mended(_exactly.decode(body)))


def _mended(part: object) -> object:
    if isinstance(part, dict):
        return {_SPELLINGS.get(name.lower(), name): _mended(value) for name, value in part.items()}
    return [_mended(value) for value in part] if isinstance(part, list) else part


reader = partial(
    Reader,
    service=SERVICE,
    body=shapes.Body,
    item=shapes.Item,
    node=shapes.Node,
    only_asin=shapes.OnlyAsin,
    mend=mended,
)
"""What reads one marketplace's answers: `reader(marketplace="US")`."""
