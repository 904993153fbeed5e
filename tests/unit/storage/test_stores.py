"""The construction of the stores: one connection, and the clock that its responses correct."""

from amzlinkr.domain.clock import SystemClock
from amzlinkr.storage.clock import ServerSyncedClock
from amzlinkr.storage.records import SiteItem
from amzlinkr.storage.stores import Stores
from tests.clock import FakeClock
from tests.config import local_config


def test_responses_correct_a_server_synced_clock_only() -> None:
    synced = ServerSyncedClock(SystemClock())

    assert Stores(local_config(), synced).connection.clock is synced
    assert Stores(local_config(), FakeClock()).connection.clock is None


def test_records_use_the_connection_of_the_stores() -> None:
    stores = Stores(local_config(sites_table="OtherSitesTable"), FakeClock())

    assert SiteItem._get_connection().connection is stores.connection
    assert SiteItem._get_connection().table_name == "OtherSitesTable"
