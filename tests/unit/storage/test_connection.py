"""The connection of all record classes: tables, timeouts, and the dates of responses."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from threading import Barrier
from typing import Any
from unittest import mock

import pytest
from botocore.awsrequest import AWSResponse
from pynamodb.models import Model

from amzlinkr.config import Config
from amzlinkr.domain.errors import StoreUnavailable
from amzlinkr.storage import records
from amzlinkr.storage.clock import DATE_LAG, ServerSyncedClock
from amzlinkr.storage.connection import StorageConnection, bind, connect, find
from amzlinkr.storage.records import SiteItem
from amzlinkr.wiring import Dependencies
from tests.clock import START, FakeClock
from tests.config import local_config
from tests.unit.storage.aws_responses import answer_requests, wire_response
from tests.unit.storage.reads import recorded_reads

RECORDS = [
    value
    for value in vars(records).values()
    if isinstance(value, type) and issubclass(value, Model) and value is not Model
]
LATENCY_SECONDS = 0.4


def answer_with_date(
    connection: StorageConnection, clock: FakeClock, date: datetime | None, status: int = 200
) -> None:
    """Answer all requests on the wire with this date, or none, after a latency."""

    def answer(request: Any, **_event: object) -> AWSResponse:
        clock.advance(seconds=LATENCY_SECONDS)
        headers = {"date": format_datetime(date, usegmt=True)} if date else {}
        code = {"__type": "ValidationException"} if status >= 400 else {}
        return wire_response(request.url, status, code, headers)

    answer_requests(connection, "*", answer)


def test_every_record_uses_the_table_and_the_connection_of_the_last_binding() -> None:
    first, connection = local_config(), connect()
    second = replace(
        first,
        sites_table="OtherSitesTable",
        products_table="OtherProductsTable",
        shelves_table="OtherShelvesTable",
        quotas_table="OtherQuotasTable",
        jobs_table="OtherJobsTable",
    )
    bind(connect(), first)
    names = {record: record.Meta.table_name for record in RECORDS}

    bind(connection, second)

    for record in RECORDS:
        used = record._get_connection()
        assert used.table_name == record.Meta.table_name == f"Other{names[record]}", record
        assert used.connection is connection, record


def test_two_attempts_leave_an_interactive_request_time_to_report_the_failure() -> None:
    config: Any = connect().client.meta.config

    assert config.retries == {"mode": "standard", "total_max_attempts": 2}
    assert 2 * (config.connect_timeout + config.read_timeout) <= 3


@pytest.mark.parametrize("status", [200, 400])
def test_clock_is_corrected_by_the_dates_of_responses(
    aws: Config, clock: FakeClock, status: int
) -> None:
    synced = ServerSyncedClock(clock)
    answer_with_date(
        Dependencies(aws, synced).connection, clock, START + timedelta(hours=1), status
    )
    with suppress(StoreUnavailable):
        find(SiteItem, "site_a", "site")

    assert synced.now() == START + timedelta(hours=1)
    assert synced.uncertainty() == DATE_LAG + timedelta(seconds=LATENCY_SECONDS)


def test_each_connection_corrects_its_own_clock_once_per_response(clock: FakeClock) -> None:
    dates = [START + timedelta(hours=1), START + timedelta(hours=2)]
    connections = [connect() for _ in dates]
    observed = [mock.create_autospec(ServerSyncedClock, instance=True) for _ in dates]
    for connection, own, date in zip(connections, observed, dates, strict=True):
        connection.clock = own
        answer_with_date(connection, clock, date)

    for connection in connections * 2:
        connection.list_tables()

    for own, date in zip(observed, dates, strict=True):
        assert own.observe_server_date.mock_calls == [mock.call(date, mock.ANY)] * 2


def test_response_without_a_date_does_not_change_the_clock(aws: Config, clock: FakeClock) -> None:
    synced = ServerSyncedClock(clock)
    answer_with_date(Dependencies(aws, synced).connection, clock, None)
    find(SiteItem, "site_a", "site")

    assert (synced.now(), synced.uncertainty()) == (clock.now(), timedelta())


@pytest.mark.usefixtures("stores")
def test_single_items_are_read_consistently() -> None:
    with recorded_reads() as reads:
        assert find(SiteItem, "site_a", "site") is None

    assert (reads.consistent, reads.eventual) == (["GetItem"], [])


def test_concurrent_threads_construct_one_client() -> None:
    connection, together = connect(), Barrier(4)

    def client(_: int) -> int:
        together.wait()
        return id(connection.client)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(client, range(4)))) == 1


def test_a_connection_closes_its_idle_sockets() -> None:
    connection = connect()
    connection.reset()  # without a client there is nothing to close

    with mock.patch.object(connection.client, "close") as close:
        connection.reset()

    close.assert_called_once_with()
