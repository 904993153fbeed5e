"""Repair of JSON texts that were cut inside a character."""

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.json_text import repaired

TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)


@given(TEXTS)
def test_complete_text_is_unchanged(text: str) -> None:
    for body in (json.dumps(text).encode(), json.dumps(text, ensure_ascii=False).encode()):
        assert repaired(body) == body


@given(TEXTS, st.integers(0xD800, 0xDFFF), TEXTS)
def test_half_of_a_character_is_removed(before: str, half: int, after: str) -> None:
    # A character of the basic plane keeps the half from becoming one half of a pair.
    body = json.dumps(f"{before}|{chr(half)}|{after}").encode()

    assert msgspec.json.decode(repaired(body)) == f"{before}||{after}"


def test_escaped_backslash_is_no_escape() -> None:
    assert repaired(rb'"\\ud800"') == rb'"\\ud800"'
