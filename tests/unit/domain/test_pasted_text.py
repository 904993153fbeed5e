"""Invisible characters, HTML entities, and percent-encoding in pasted text."""

import html
import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.pasted_text import (
    MAX_ENCODINGS,
    decode_entities,
    decode_percent,
    remove_invisible,
)

TEXTS = st.text(max_size=60)


@given(TEXTS)
def test_only_invisible_characters_are_removed(text: str) -> None:
    left = remove_invisible(text)

    assert remove_invisible(left) == left
    assert not any(unicodedata.category(char) == "Cf" for char in left)
    visible = [char for char in text if char.isalnum() or char.isspace() or char.isascii()]
    ignorable = "\u115f\u1160\u3164\uffa0"  # letters that render as nothing
    assert [char for char in left if char in visible] == [
        char for char in visible if char not in ignorable
    ]


@pytest.mark.parametrize(
    "char",
    "\u00ad\u034f\u061c\u200b\u200e\u202e\u2060\u2069\u3164\ufeff\U000e0041"
    "\ufe00\ufe0f\U000e0100\U000e0101\U000e01ef",
)
def test_mark_between_letters_is_removed(char: str) -> None:
    assert remove_invisible(f"{char}B0{char}C0{char}") == "B0C0"


@pytest.mark.parametrize("char", "\ufdff\ufe10\U000e00ff\U000e01f0")
def test_character_beside_the_variation_selectors_stays(char: str) -> None:
    assert remove_invisible(char) == char


@given(TEXTS, st.integers(1, MAX_ENCODINGS))
def test_encodings_are_undone(text: str, count: int) -> None:
    plain = remove_invisible(text).replace("%", "").replace("&", "")
    encoded = escaped = plain
    for _ in range(count):
        encoded, escaped = quote(encoded, safe=""), html.escape(escaped)

    assert decode_percent(encoded) == plain
    assert decode_entities(escaped) == plain


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("a&amp;b", "a&b"), ("&#47;&#x2f;&#X2F;", "///"), ("?a=1&copy=2&reg", "?a=1&copy=2&reg"),
        ("&nonsense;", "&nonsense;"), ("&;&#;&#x;", "&;&#;&#x;"), ("AT&T; x", "AT&T; x"),
    ],
)  # fmt: skip
def test_entity_ends_with_a_semicolon(text: str, decoded: str) -> None:
    assert decode_entities(text) == decoded
