"""The items of a site: stored connections, active API keys, and transactions of a caller."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pynamodb.transactions import TransactWrite

from amzlinkr.domain.amazon_errors import Upstream
from amzlinkr.domain.connections import AccountProblem, Connection, State
from amzlinkr.domain.credentials import Api
from amzlinkr.domain.errors import ApiKeyRejected, StoreUnavailable
from amzlinkr.domain.marketplaces import MARKETPLACES
from amzlinkr.domain.sites import ApiKeyRecord, Caller
from amzlinkr.storage import item_keys
from amzlinkr.storage.errors import Conflict, store_errors
from amzlinkr.storage.records import SiteApiKeyItem, SiteItem
from amzlinkr.storage.site_items import (
    connection_from_item,
    delete_api_key,
    find_site,
    is_active,
    is_caller_active,
    item_from_connection,
    items_from_api_key,
    set_or_remove,
    site_from_items,
    transaction_for,
)
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.stored_sites import connection

MOMENTS = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 - Hypothesis takes bounds without a time zone
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
TEXTS = st.text(max_size=20)
PROBLEMS = st.builds(
    AccountProblem,
    TEXTS,
    TEXTS,
    MOMENTS,
    st.builds(Upstream, TEXTS, st.none() | st.integers(100, 599), st.none() | TEXTS),
)
CONNECTIONS = st.builds(
    Connection,
    st.sampled_from(sorted(MARKETPLACES)),
    st.sampled_from(get_args(Api)),
    TEXTS,
    TEXTS,
    TEXTS,
    TEXTS,
    TEXTS,
    MOMENTS,
    st.sampled_from(State),
    *[st.none() | MOMENTS] * 3,
    st.integers(0, 1_000),
    st.none() | PROBLEMS,
)


@given(CONNECTIONS)
def test_connection_is_read_as_it_was_stored(stored: Connection) -> None:
    item = item_from_connection("site_a", stored)

    assert connection_from_item(item) == stored
    assert item.sk == item_keys.connection(stored.marketplace)


@settings(max_examples=25)
@given(st.lists(CONNECTIONS, max_size=3, unique_by=lambda connection: connection.marketplace))
def test_site_has_the_connections_of_its_partition(connections: list[Connection]) -> None:
    item = SiteItem(
        "site_a", "site", host="a.example", url="https://a.example", email="a@a.example",
        created_at=1_000, primary="US", suspended_at=2_000, refresh_hours=6,
    )  # fmt: skip
    api_key = SiteApiKeyItem("site_a", "key#1", key_hash="hash", created_at=1_000)
    partition = [item, api_key, *(item_from_connection("site_a", one) for one in connections)]

    site = site_from_items(item, partition)

    assert site.connections == {one.marketplace: one for one in connections}
    assert site.created_at == datetime.fromtimestamp(1, UTC)
    assert site.suspended_at == datetime.fromtimestamp(2, UTC)
    assert site.configured_interval == timedelta(hours=6)


@pytest.mark.parametrize(
    ("seconds_left", "accepted"), [(None, True), (1, True), (0, False), (-1, False)]
)
def test_expired_caller_writes_nothing(
    stores: Dependencies, caller: Caller, seconds_left: int | None, accepted: bool
) -> None:
    if seconds_left is not None:
        ends = int(START.timestamp()) + seconds_left
        held = SiteApiKeyItem(caller.site_id, item_keys.site_api_key(caller.kid))
        held.update([SiteApiKeyItem.expires.set(ends)])
        assert is_active(held, START) == accepted

    def write() -> None:
        with transaction_for(caller, stores.connection, START) as transaction:
            site = SiteItem(caller.site_id, item_keys.SITE)
            transaction.update(site, [SiteItem.email.set("new@example.com")])

    assert is_caller_active(caller, START) == accepted
    if accepted:
        write()
    else:
        with pytest.raises(ApiKeyRejected):
            write()
    site = find_site(caller.site_id)
    assert site is not None
    assert (site.email == "new@example.com") == accepted


def test_conflict_of_an_active_caller_is_a_concurrent_change(
    stores: Dependencies, caller: Caller
) -> None:
    with (
        pytest.raises(StoreUnavailable, match="at the same time"),
        transaction_for(caller, stores.connection, START) as transaction,
    ):
        transaction.delete(SiteItem("site_other", item_keys.SITE), condition=SiteItem.pk.exists())


def test_api_key_is_deleted_once_and_with_both_items(stores: Dependencies, caller: Caller) -> None:
    by_hash, of_site = items_from_api_key(caller.site_id, ApiKeyRecord("kid", "hash"), START)
    for item in (by_hash, of_site):
        item.save()
    assert stores.api_keys.owner("hash", START) is not None

    def delete() -> None:
        with store_errors(), TransactWrite(connection=stores.connection) as transaction:
            delete_api_key(transaction, of_site)

    delete()
    assert stores.api_keys.owner("hash", START) is None
    assert not is_caller_active(Caller(caller.site_id, "kid"), START)
    with pytest.raises(Conflict):
        delete()


def test_none_removes_the_attribute(stores: Dependencies, caller: Caller) -> None:
    stores.sites.connect(caller, connection(), None, START)
    item = find_site(caller.site_id)
    assert item is not None
    assert item.primary == "US"

    item.update([set_or_remove(SiteItem.primary, None)])

    again = find_site(caller.site_id)
    assert again is not None
    assert again.primary is None
