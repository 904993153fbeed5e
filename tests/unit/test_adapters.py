"""Construction by name in INIT, and everything that a restored process drops."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import chain
from pathlib import Path
from unittest import mock

import pytest

from amzlinkr import wiring
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


ROOT = Path(__file__).parents[2]
CALLING_AMAZON = {
    "diagnostics", "import_items", "import_worker", "refresh_shelves", "search", "validate",
}  # fmt: skip
FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))


def test_each_function_names_what_it_constructs_in_init(
    constructed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    named: dict[str, tuple[str, ...]] = {}
    for function in FUNCTIONS:
        spec = importlib.util.find_spec(f"functions.{function}.app")
        assert spec is not None
        assert spec.loader is not None
        monkeypatch.setattr(wiring, "initialize", partial(_record, named, function))
        spec.loader.exec_module(importlib.util.module_from_spec(spec))

    assert [name for name in FUNCTIONS if name not in named] == []
    Dependencies(local_config()).construct(*sorted(set(chain(*named.values()))))
    assert set(constructed) == {"secretsmanager", "sqs"}
    assert [name for name, names in named.items() if "dynamodb" not in names] == ["documents"]
    assert {name for name, names in named.items() if "amazon" in names} == CALLING_AMAZON


def _record(named: dict[str, tuple[str, ...]], function: str, *names: str) -> None:
    named[function] = names


def test_init_of_calls_to_amazon_imports_what_the_first_call_needs() -> None:
    code = (
        "import sys; from amzlinkr.adapters import Adapters;"
        "from amzlinkr.amazon.transport import tls_context;"
        "Adapters._prepare_calls_to_amazon();"
        "print(tls_context.cache_info().currsize, *[m for m in sys.modules if 'creators' in m])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    contexts, *modules = done.stdout.split()
    assert contexts == "1"
    assert {"amzlinkr.amazon.creators.auth", "amzlinkr.amazon.creators.backend"} <= set(modules)


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
