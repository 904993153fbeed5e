"""The recount of stored secrets: right counts after any loss, and limits that hold again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amzlinkr.domain.connection_errors import ConnectionLimitReached
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.storage import item_keys
from amzlinkr.storage.records import UsageCounterItem
from amzlinkr.storage.secret_records import SecretCountItem, SecretItem
from amzlinkr.storage.secret_recount import SecretRecount, recount_secrets
from amzlinkr.wiring import Dependencies
from tests.clock import FakeClock
from tests.integration.aws_spy import fail_calls, table
from tests.simulation.memory_aws import MemoryAws
from tests.unit.storage.reads import recorded_reads
from tests.unit.storage.test_secret_counts import count_of, counts_with


def set_count(name: str, number: int) -> None:
    SecretCountItem(item_keys.secret_count(name), used=number).save()


def test_counts_are_corrected_and_limits_hold_again(stores: Dependencies) -> None:
    counts = counts_with(stores, of_account=2)
    for secret, account in (("s1", "a"), ("s2", "a"), ("s3", "b")):
        counts.add(secret, account)
    set_count("a", -1)
    set_count("gone", 4)
    set_count("all", 9)
    SecretCountItem(item_keys.secret_count("unset")).save()

    with recorded_reads() as reads:
        assert recount_secrets() == SecretRecount(secrets=3, corrected=3)
    assert reads.eventual == []

    assert [count_of(name) for name in ("a", "b", "gone", "all")] == [2, 1, 0, 3]
    with pytest.raises(ConnectionLimitReached):
        counts.add("s4", "a")
    assert recount_secrets() == SecretRecount(secrets=3, corrected=0)


def test_other_rows_stay_as_they_are(stores: Dependencies) -> None:
    counts_with(stores).add("s1", "a")
    UsageCounterItem("count#calls#x", used=7).save()
    before = table(stores.config.sites_table)
    set_count("all", 3)

    recount_secrets()

    assert UsageCounterItem.get("count#calls#x").used == 7
    assert table(stores.config.sites_table) == before


def test_unavailable_table_is_reported(stores: Dependencies) -> None:
    with fail_calls(lambda _: True, "InternalServerError"), pytest.raises(StoreUnavailable):
        recount_secrets()


NAMES = st.sampled_from(["a", "b", "c"])


@settings(max_examples=20)
@given(
    st.dictionaries(st.sampled_from(["s1", "s2", "s3", "s4"]), NAMES),
    st.dictionaries(NAMES | st.just("all"), st.integers(-2, 5)),
)
def test_counts_are_right_after_any_state(secrets: dict[str, str], counts: dict[str, int]) -> None:
    clock = FakeClock()
    with MemoryAws(clock.now).beneath() as config:
        Dependencies(config, clock)  # binds the records to the tables
        for secret, account in secrets.items():
            SecretItem(item_keys.secret(secret), item_keys.SITE, account_key=account).save()
        for name, number in counts.items():
            set_count(name, number)

        recount_secrets()

        assert count_of("all") == len(secrets)
        for name in ("a", "b", "c"):
            assert count_of(name) == list(secrets.values()).count(name)
