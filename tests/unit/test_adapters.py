"""Construction by name in INIT, and everything that a restored process drops."""

from collections.abc import Iterator
from datetime import timedelta
from unittest import mock

import pytest

from amzlinkr.config import Config
from amzlinkr.domain.clock import SystemClock
from amzlinkr.domain.ports import Priority
from amzlinkr.net import aws_client
from amzlinkr.storage.clock import ServerSyncedClock
from amzlinkr.storage.connection import StorageConnection
from amzlinkr.wiring import Dependencies
from tests.config import local_config


@pytest.fixture
def constructed() -> Iterator[list[str]]:
    """Return the services of the clients that were constructed."""
    services: list[str] = []

    def new_client(service: str) -> mock.Mock:
        services.append(service)
        return mock.Mock()

    with mock.patch.object(aws_client, "_new_client", new_client):
        yield services


def test_only_what_is_named_is_constructed(constructed: list[str]) -> None:
    deps = Dependencies(local_config())

    deps.construct("dynamodb", "sqs", "sync_requests")

    assert constructed == ["sqs"]
    assert deps.connection._client is not None
    assert "sync_requests" in vars(deps)
    assert not {"jobs", "sign_up", "amazon_accounts"} & set(vars(deps))


def test_a_misspelled_name_fails() -> None:
    with pytest.raises(AttributeError, match="dynamo"):
        Dependencies(local_config()).construct("dynamo")


def test_a_restored_process_has_no_connection_secret_or_time(aws: Config) -> None:
    deps = Dependencies(aws, ServerSyncedClock(SystemClock()))
    clock = deps.clock
    assert isinstance(clock, ServerSyncedClock)
    clock.observe_server_date(clock.now() + timedelta(hours=1), clock.monotonic())
    assert clock.uncertainty() > timedelta()
    cursor = deps.signer.sign_cursor("list", "site_1", "a")
    deps.vault._cache["site", "US", "name", "version"] = mock.Mock()
    deps.amazon_accounts._catalogs["site", "name", "version", Priority.SYNC] = mock.Mock()

    with (
        mock.patch.object(StorageConnection, "reset") as closed,
        mock.patch.object(deps._clients["secretsmanager"]._client, "close") as closed_too,
    ):
        deps.after_restore()

    assert clock.uncertainty() == timedelta()
    assert abs(clock.now() - SystemClock().now()) < timedelta(minutes=1)
    assert deps.vault._cache == {}
    assert deps.amazon_accounts._catalogs == {}
    assert closed.called
    assert closed_too.called
    with mock.patch.object(deps.signer._secret, "_read", wraps=deps.signer._secret._read) as read:
        assert deps.signer.sign_cursor("list", "site_1", "a") == cursor
    read.assert_called_once_with(None)
