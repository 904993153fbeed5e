"""The words that made-up products are described with, per language."""

from functools import cache
from pathlib import Path

import msgspec


class ProductKind(msgspec.Struct, frozen=True):
    """A sort of product and the department it is filed under."""

    index: str
    group: str
    node: str
    root: str


class Words(msgspec.Struct, frozen=True):
    """One language's words; `kinds` and `departments` follow the order of `Vocabulary.kinds`."""

    label_list: str
    label_was: str
    in_stock: str
    scarce: str
    out: str
    deal: str
    note: str
    kinds: list[str]
    departments: list[str]
    colors: list[str]
    features: list[str]


class Vocabulary(msgspec.Struct, frozen=True):
    """Everything in vocabulary.json."""

    brands: list[str]
    merchants: list[str]
    authors: list[str]
    indexes: list[str]
    kinds: list[ProductKind]
    languages: dict[str, Words]


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary, read once."""
    text = Path(__file__).with_name("vocabulary.json").read_bytes()
    return msgspec.json.decode(text, type=Vocabulary)
