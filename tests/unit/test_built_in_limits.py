"""The page of built-in limits: complete, readable, and the same as the code."""

from datetime import timedelta

import pytest

from infra.built_in_limits import PAGE, find_limits, format_value, page_text


def test_page_is_up_to_date() -> None:
    assert PAGE.read_text() == page_text(), "Run: python -m infra.built_in_limits"


def test_constants_of_the_layer_and_of_functions_are_found() -> None:
    found = {(limit.module, limit.name): limit for limit in find_limits()}

    assert found["domain.lists", "MAX_LIST_SIZE"].value == 30
    assert found["functions.search", "MAX_BROWSE_NODES"].value == 10
    assert found["domain.freshness", "MAX_REFRESH_HOURS"].meaning.startswith("The longest interval")
    assert len(found) > 150


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (65_536, "65,536"),
        (0.2, "0.2"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(seconds=0.5), "0.5 seconds"),
        ((timedelta(days=2), 3), "2 days, 3"),
        ({"b": 2, "a": 1}, "a: 1, b: 2"),
        (frozenset({410, 404}), "404, 410"),
    ],
)
def test_values_are_readable(value: object, text: str) -> None:
    assert format_value(value) == text
