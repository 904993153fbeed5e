"""Correction of member names in odd letter case, for any shape."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.amazon.letter_case import case_normalizer


class _Inner(msgspec.Struct, rename="camel"):
    second_name: str | None = None
    inner_parts: list["_Inner"] | None = None


class _Outer(msgspec.Struct, rename="camel"):
    first_name: list[_Inner] | None = None
    other: _Inner | int | None = None
    url: str | None = msgspec.field(default=None, name="URL")


normalize = case_normalizer(_Outer)
NAMES = ("firstName", "secondName", "innerParts", "other", "URL")
SPELLED = st.sampled_from([spell(name) for name in NAMES for spell in (str.upper, str.lower, str)])
DOCUMENTS = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SPELLED, inner, max_size=3),
    max_leaves=8,
)


def names_in(part: Any) -> set[str]:
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    own = set(part) if isinstance(part, dict) else set()
    return own.union(*map(names_in, inner))


@given(DOCUMENTS)
def test_all_known_names_are_spelled_as_in_the_shape(document: Any) -> None:
    assert names_in(normalize(document)) <= set(NAMES)
    assert normalize(normalize(document)) == normalize(document)


def test_unknown_names_and_values_are_kept() -> None:
    assert normalize({"Unknown": ["FIRSTNAME"], "url": 1}) == {"Unknown": ["FIRSTNAME"], "URL": 1}
