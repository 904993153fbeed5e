"""The JSON of the Creators API, and the correction of member names in odd letter case."""

from __future__ import annotations

import re
from functools import partial

from amzlinkr.amazon.letter_case import case_normalizer
from amzlinkr.amazon.reader import Reader
from amzlinkr.amazon.shapes import Body, Item, Node

SERVICE = "creators"
_STRAY_CAPITAL = re.compile(rb'"[A-Z]\w*"\s*:')


def has_odd_case(body: bytes) -> bool:
    """Return True if a member name begins with a capital letter.

    Examples in the Creators API documentation contain `Price`, `Values`, and `Value`.
    """
    return _STRAY_CAPITAL.search(body) is not None


normalize_case = case_normalizer(Body)
reader = partial(
    Reader,
    service=SERVICE,
    body=Body,
    item=Item,
    node=Node,
    has_odd_case=has_odd_case,
    normalize_case=normalize_case,
)
"""Create the reader of one marketplace: `reader(marketplace_code="US")`."""
