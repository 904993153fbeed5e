"""Nesting of JSON: texts on both sides of the limit, and brackets that are no nesting."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.json_depth import MAX_JSON_DEPTH, is_too_deep

VALUES = st.recursive(
    st.none() | st.integers() | st.text('ab"\\\\[]{}', max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("[{"), inner, max_size=3),
)


def lists(levels: int) -> str:
    return "[" * levels + "]" * levels


def objects(levels: int) -> str:
    return '{"a":' * (levels - 1) + "{" + "}" * levels


def depth(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


def test_both_sides_of_the_limit() -> None:
    for nested in (lists, objects):
        assert not is_too_deep(nested(MAX_JSON_DEPTH).encode())
        assert is_too_deep(nested(MAX_JSON_DEPTH + 1).encode())


def test_levels_after_many_shallow_values_are_counted() -> None:
    shallow = "[{}]," * MAX_JSON_DEPTH

    assert not is_too_deep(f"[{shallow}{lists(MAX_JSON_DEPTH - 1)}]".encode())
    assert is_too_deep(f"[{shallow}{lists(MAX_JSON_DEPTH)}]".encode())


def test_brackets_in_strings_are_no_levels() -> None:
    text = "[{" * MAX_JSON_DEPTH

    assert not is_too_deep(json.dumps({text: f'"{text}\\'}).encode())


def test_a_text_that_ends_early_is_measured_too() -> None:
    assert is_too_deep(b"[" * (MAX_JSON_DEPTH + 1))
    assert not is_too_deep(b'"' + b"[" * (MAX_JSON_DEPTH + 1))


def test_many_quotes_take_linear_time() -> None:
    """An earlier pattern of this kind would take hours here."""
    assert not is_too_deep(b'"' + rb"\"" * 500_000 + b"[" * (MAX_JSON_DEPTH + 1))


@given(VALUES, st.integers(MAX_JSON_DEPTH - 4, MAX_JSON_DEPTH + 1))
def test_every_value_is_measured_exactly(value: Any, around: int) -> None:
    text = "[" * around + json.dumps(value) + "]" * around

    assert is_too_deep(text.encode()) == (around + depth(value) > MAX_JSON_DEPTH)
