"""PA-API 5.0's JSON: the shapes of `amzlinkr.amazon.shapes` with capital letters."""

from __future__ import annotations

from functools import partial

from amzlinkr.amazon.errors import PAAPI5
from amzlinkr.amazon.reading import Reader
from amzlinkr.amazon.shapes import Body, Item, Node, spelt

_IN_CAPITALS = {"asin": "ASIN", "url": "URL"}


def _pascal(name: str) -> str:
    return _IN_CAPITALS.get(name) or name[0].upper() + name[1:]


reader = partial(
    Reader,
    service=PAAPI5,
    body=spelt(Body, _pascal),
    item=spelt(Item, _pascal),
    node=spelt(Node, _pascal),
)
"""What reads one marketplace's answers: `reader(marketplace="US")`."""
