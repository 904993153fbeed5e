"""Counts of secrets: limited per account and in all, the same after repeated and racing calls."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amzlinkr.config import Config
from amzlinkr.domain.connection_errors import ConnectionLimitReached
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.storage import item_keys
from amzlinkr.storage.connection import find
from amzlinkr.storage.secret_counts import SecretCounts
from amzlinkr.storage.secret_records import SecretCountItem
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock
from tests.integration.aws_spy import fail_calls, record_calls, run_before_call
from tests.limits import HIGH_LIMITS
from tests.simulation.memory_aws import MemoryAws


def counts_with(stores: Dependencies, of_account: int = 3, total: int = 5) -> SecretCounts:
    limits = replace(HIGH_LIMITS, connections_of_account=of_account, connections=total)
    return SecretCounts(stores.connection, stores.clock, limits)


def count_of(name: str) -> int:
    item = find(SecretCountItem, item_keys.secret_count(name))
    return int(item.used or 0) if item else 0


def test_secrets_are_counted_once_each(stores: Dependencies) -> None:
    counts = counts_with(stores)
    for secret in ("s1", "s2", "s1"):
        counts.add(secret, "a")
    counts.add("s3", "b")

    assert (count_of("a"), count_of("b"), count_of("all")) == (2, 1, 3)


def test_maximum_of_an_account_is_exact(stores: Dependencies) -> None:
    counts = counts_with(stores, of_account=2)
    for secret in ("s1", "s2"):
        counts.add(secret, "a")

    with pytest.raises(ConnectionLimitReached, match="2 times"):
        counts.add("s3", "a")

    counts.add("s2", "a")
    assert (count_of("a"), count_of("all")) == (2, 2)


def test_maximum_of_the_service_is_exact(stores: Dependencies) -> None:
    counts = counts_with(stores, total=2)
    counts.add("s1", "a")
    counts.add("s2", "b")

    with pytest.raises(ConnectionLimitReached, match="cannot store further"):
        counts.add("s3", "c")

    counts.add("s2", "c")
    assert [count_of(name) for name in ("a", "b", "c", "all")] == [1, 0, 1, 2]


def test_removed_secret_makes_room_once(stores: Dependencies) -> None:
    counts = counts_with(stores, of_account=1)
    counts.add("s1", "a")
    for _ in range(2):
        counts.remove("s1")
    counts.remove("unknown")

    assert (count_of("a"), count_of("all")) == (0, 0)
    counts.add("s2", "a")


@pytest.mark.parametrize("number", range(1, 5))
def test_last_place_is_given_once(stores: Dependencies, number: int) -> None:
    counts = counts_with(stores, of_account=2)
    counts.add("s1", "a")

    with (
        run_before_call(number, lambda: counts.add("s2", "a")),
        pytest.raises(ConnectionLimitReached),
    ):
        counts.add("s3", "a")

    assert (count_of("a"), count_of("all")) == (2, 2)


@pytest.mark.parametrize("number", range(1, 3))
def test_secret_that_is_removed_twice_at_the_same_time_counts_once(
    stores: Dependencies, number: int
) -> None:
    counts = counts_with(stores)
    for secret in ("s1", "s2"):
        counts.add(secret, "a")

    with run_before_call(number, lambda: counts.remove("s1")):
        counts.remove("s1")

    assert (count_of("a"), count_of("all")) == (1, 1)


@pytest.mark.parametrize(("of_account", "total"), [(0, 0), (None, None), (-1, -3), (0, 2), (2, 0)])
def test_count_that_is_too_low_does_not_fall_below_zero(
    stores: Dependencies, of_account: int | None, total: int | None
) -> None:
    counts = counts_with(stores)
    counts.add("s1", "a")
    for name, number in (("a", of_account), ("all", total)):
        item = SecretCountItem(item_keys.secret_count(name), used=number)
        item.delete() if number is None else item.save()

    counts.remove("s1")

    assert count_of("a") == max((of_account or 0) - 1, 0)
    assert count_of("all") == max((total or 0) - 1, 0)
    counts.remove("s1")
    assert count_of("all") == max((total or 0) - 1, 0), "the secret is gone"


def test_replaced_account_does_not_fall_below_zero(stores: Dependencies) -> None:
    counts = counts_with(stores)
    counts.add("s1", "a")
    SecretCountItem(item_keys.secret_count("a")).delete()

    counts.add("s1", "b")

    assert (count_of("a"), count_of("b"), count_of("all")) == (0, 1, 1)


@pytest.mark.parametrize("number", range(1, 4))
def test_secrets_that_are_added_during_a_removal_stay_counted(
    stores: Dependencies, number: int
) -> None:
    counts = counts_with(stores)
    counts.add("s1", "a")
    for name in ("a", "all"):
        SecretCountItem(item_keys.secret_count(name)).delete()

    def add_two() -> None:
        counts.add("s2", "a")
        counts.add("s3", "a")

    with run_before_call(number, add_two):
        counts.remove("s1")

    assert (count_of("a"), count_of("all")) == (1, 1)


def test_unavailable_table_is_reported(stores: Dependencies) -> None:
    counts = counts_with(stores)
    counts.add("s1", "a")
    with fail_calls(lambda _: True, "InternalServerError"):
        with pytest.raises(StoreUnavailable):
            counts.add("s2", "a")
        with pytest.raises(StoreUnavailable):
            counts.remove("s1")
    with (
        fail_calls(lambda arguments: "TransactItems" in arguments, "InternalServerError"),
        record_calls() as made,
        pytest.raises(StoreUnavailable),
    ):
        counts.remove("s1")
    assert made == ["Query", "TransactWriteItems"]


SECRETS, ACCOUNTS = st.sampled_from(["s1", "s2", "s3", "s4"]), st.sampled_from(["a", "b"])


@given(st.lists(st.tuples(SECRETS, st.none() | ACCOUNTS), max_size=20))
def test_counts_follow_any_sequence_of_calls(steps: list[tuple[str, str | None]]) -> None:
    clock = FakeClock()
    with MemoryAws(clock.now).beneath() as config:
        follow(Dependencies(config, clock), config, steps)


def follow(stores: Dependencies, _config: Config, steps: list[tuple[str, str | None]]) -> None:
    counts, held = counts_with(stores, of_account=2, total=3), dict[str, str]()
    for secret, account in steps:
        if account is None:
            counts.remove(secret)
            held.pop(secret, None)
            continue
        is_full = list(held.values()).count(account) >= 2 or (secret not in held and len(held) >= 3)
        try:
            counts.add(secret, account)
        except ConnectionLimitReached:
            assert is_full
            assert held.get(secret) != account
        else:
            assert not is_full or held.get(secret) == account
            held[secret] = account
    assert count_of("all") == len(held)
    for account in ("a", "b"):
        assert count_of(account) == list(held.values()).count(account)


def test_total_without_a_number_is_zero(stores: Dependencies) -> None:
    assert stores.secret_counts.total() == 0
    SecretCountItem(item_keys.secret_count(item_keys.ALL_SECRETS)).save()
    assert stores.secret_counts.total() == 0
