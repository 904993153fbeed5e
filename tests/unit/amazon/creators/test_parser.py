"""Member names of the Creators API in odd letter case."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.creators.parser import has_odd_case, normalize_case
from tests.unit.amazon.responses import COMPLETE_ITEM, renamed

LOWER_CASE = st.text(st.sampled_from("abcdefg_"), min_size=1, max_size=5)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('AB"c:{ ', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LOWER_CASE, inner, max_size=3),
    max_leaves=10,
)


def capitalized(name: str) -> str:
    return name[0].upper() + name[1:]


@pytest.mark.parametrize("name_of", [str.upper, str.lower, capitalized, str.swapcase, str])
def test_known_names_are_corrected_at_every_level(name_of: Callable[[str], str]) -> None:
    body = {"itemsResult": {"items": [COMPLETE_ITEM]}}

    assert normalize_case(renamed(body, name_of)) == body


def test_unknown_names_and_all_values_are_kept() -> None:
    document = {"Unknown": "DetailPageURL", "ASIN": ["Price", {"Other": None}]}

    assert normalize_case(document) == {
        "Unknown": "DetailPageURL",
        "asin": ["Price", {"Other": None}],
    }


@given(DOCUMENTS, st.none() | st.integers(0, 8))
def test_capital_is_detected_in_names_and_not_in_values(inner: Any, indent: int | None) -> None:
    document = {"price": inner, "list": [inner, {"value": inner}]}

    plain, odd = (
        json.dumps(body, indent=indent).encode()
        for body in (document, document | {"money": {"Amount": inner}})
    )
    assert has_odd_case(odd)
    assert not has_odd_case(plain)
