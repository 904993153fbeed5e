"""Replacement of secrets: which connections, and under which conditions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from amzlinkr.domain.connections import NO_SECRET, UNCONNECTED_SECRET_TTL, Connection
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.domain.ports import Task
from amzlinkr.domain.sites import Caller
from amzlinkr.storage.secret_moves import SAFETY_MARGIN, SecretMoveStore
from amzlinkr.storage.site_items import find_site, item_from_connection
from amzlinkr.wiring import Dependencies
from tests.clock import START
from tests.integration.aws_spy import run_before_call
from tests.stored_sites import connect_site, connection
from tests.unit.storage.reads import recorded_reads

NEW, OLD = "kms/test/site_a/US/2", connection().secret_id
HOUR = timedelta(hours=1)


@pytest.fixture
def moves(stores: Dependencies, caller: Caller) -> SecretMoveStore:
    """Return the store of moves, with a connection and a new secret that no connection names."""
    connect_site(stores, caller, "US")
    stores.outbox.schedule(Task.SECRET_DELETION, NEW, START + HOUR)
    return SecretMoveStore(stores.connection, stores.clock)


def stored(stores: Dependencies) -> Connection:
    return stores.sites.require("site_a").connections["US"]


def scheduled(stores: Dependencies, after: timedelta) -> list[str]:
    """Return the names of the secrets that are due for deletion after this time."""
    return [entry.subject for entry in stores.outbox.due(Task.SECRET_DELETION, START + after)]


def test_connections_with_a_secret_are_listed(stores: Dependencies, moves: SecretMoveStore) -> None:
    sandbox = replace(connection("DE"), secret_id=NO_SECRET)
    item_from_connection("site_a", sandbox).save()
    item_from_connection("site_b", connection("JP")).save()

    with recorded_reads() as reads:
        found = sorted(moves.connections(), key=lambda pair: pair[0])

    assert reads.eventual == []
    assert found == [("site_a", connection()), ("site_b", connection("JP"))]


def test_old_secret_is_deleted_an_hour_after_the_move(
    stores: Dependencies, moves: SecretMoveStore
) -> None:
    version = getattr(find_site("site_a"), "version", None)

    assert moves.replace_secret("site_a", connection(), NEW, "v2")

    assert stored(stores) == replace(connection(), secret_id=NEW, secret_version="v2")
    assert scheduled(stores, UNCONNECTED_SECRET_TTL - timedelta(seconds=1)) == []
    assert scheduled(stores, UNCONNECTED_SECRET_TTL) == [OLD]
    assert getattr(find_site("site_a"), "version", None) not in (version, None)


def test_other_credentials_stay(stores: Dependencies, moves: SecretMoveStore) -> None:
    before = replace(connection(), secret_version="v0")

    assert not moves.replace_secret("site_a", before, NEW, "v2")
    assert not moves.replace_secret("site_b", connection(), NEW, "v2")
    assert stored(stores) == connection()
    assert scheduled(stores, 2 * HOUR) == [NEW]


def test_result_that_is_recorded_during_the_move_is_kept(
    stores: Dependencies, moves: SecretMoveStore
) -> None:
    def record() -> None:
        stores.sites.record_result("site_a", connection(), None, START + HOUR)

    with run_before_call(2, record):
        assert moves.replace_secret("site_a", connection(), NEW, "v2")

    assert (stored(stores).secret_id, stored(stores).last_ok_at) == (NEW, START + HOUR)


@pytest.mark.parametrize("remaining", [timedelta(), SAFETY_MARGIN])
def test_copy_that_is_about_to_be_deleted_is_not_connected(
    stores: Dependencies, moves: SecretMoveStore, remaining: timedelta
) -> None:
    stores.outbox.schedule(Task.SECRET_DELETION, NEW, START + remaining)

    with pytest.raises(StoreUnavailable):
        moves.replace_secret("site_a", connection(), NEW, "v2")

    assert stored(stores) == connection()
    assert OLD not in scheduled(stores, 2 * HOUR)
