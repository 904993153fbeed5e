"""Lists: their names, and the calls that a refresh takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.domain.catalog import Search
from amzlinkr.domain.errors import InvalidRequest
from amzlinkr.domain.lists import MAX_LIST_SIZE, ListDefinition, StoredList, check_list_name


@pytest.mark.parametrize(("size", "calls"), [(1, 1), (10, 1), (11, 2), (20, 2), (21, 3), (30, 3)])
def test_refresh_takes_a_call_for_each_started_ten(size: int, calls: int) -> None:
    assert ListDefinition("tea", Search("tea"), size).calls == calls


@given(st.integers(1, MAX_LIST_SIZE))
def test_calls_have_room_for_all_results(size: int) -> None:
    calls = ListDefinition("tea", Search("tea"), size).calls

    assert 10 * (calls - 1) < size <= 10 * calls


@pytest.mark.parametrize("name", ["a", "-", "0", "best-coffee-grinders-2026", "a" * 64])
def test_name_of_the_contract_is_accepted(name: str) -> None:
    assert check_list_name(name) == name


@pytest.mark.parametrize("name", ["", "A", "a" * 65, "a b", "a_b", "a#b", "a/b", "ä", "a\n", "٣"])
def test_other_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_list_name(name)

    assert caught.value.field == "name"


def test_tombstone_is_a_removed_list() -> None:
    assert StoredList("tea", "US", None, kind="list_removed").removed
    assert not StoredList("tea", "US", ListDefinition("tea", Search("tea"))).removed
