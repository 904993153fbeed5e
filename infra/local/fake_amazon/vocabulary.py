"""Texts for generated products, by language, loaded from vocabulary.json."""

from functools import cache
from pathlib import Path

import msgspec


class ProductKind(msgspec.Struct, frozen=True):
    """A kind of product and the category that contains it."""

    index: str
    group: str
    node: str
    root: str


class Words(msgspec.Struct, frozen=True):
    """The words of one language; `kinds` and `departments` have the order of `Vocabulary.kinds`."""

    list_price_label: str
    was_price_label: str
    in_stock: str
    low_stock: str
    out_of_stock: str
    deal_badge: str
    condition_note: str
    kinds: list[str]
    departments: list[str]
    colors: list[str]
    features: list[str]


class Vocabulary(msgspec.Struct, frozen=True):
    """The content of vocabulary.json."""

    brands: list[str]
    merchants: list[str]
    authors: list[str]
    indexes: list[str]
    kinds: list[ProductKind]
    languages: dict[str, Words]


@cache
def vocabulary() -> Vocabulary:
    """Return the vocabulary; the file is read once."""
    text = Path(__file__).with_name("vocabulary.json").read_bytes()
    return msgspec.json.decode(text, type=Vocabulary)
