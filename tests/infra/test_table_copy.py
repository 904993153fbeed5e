"""The copy of a restored table: equal tables, in segments, with retries, and after a crash."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra import restore
from infra.table_copy import TableCopy, TableMismatch
from tests.clock import FakeClock
from tests.config import local_config
from tests.simulation.memory_aws import MemoryAws

SCHEMA: dict[str, Any] = {
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
RESTORED = [("service", "sync_paused", "old"), *((f"site_{n}", "site", "old") for n in range(230))]
CURRENT = [
    ("service", "read_only", "new"),
    *((f"site_{n}", "site", "new") for n in range(100, 120)),
    *((f"later_{n}", "site", "new") for n in range(150)),
]
EXPECTED = sorted([("service", "read_only", "new"), *RESTORED[1:]])


class LimitedClient:
    """A client that carries out a part of each batch, and stops after a number of calls."""

    def __init__(self, client: Any, max_calls: int | None = None) -> None:
        self._client = client
        self._max_calls = max_calls

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def call(**arguments: Any) -> Any:
            if self._max_calls is not None:
                self._max_calls -= 1
                if self._max_calls < 0:
                    raise KeyboardInterrupt
            if name == "batch_write_item":
                ((table, requests),) = arguments["RequestItems"].items()
                method(RequestItems={table: requests[:10]})
                return {"UnprocessedItems": {table: requests[10:]} if requests[10:] else {}}
            if name == "batch_get_item":
                ((table, wanted),) = arguments["RequestItems"].items()
                keys = wanted["Keys"]
                done = method(RequestItems={table: {**wanted, "Keys": keys[:30]}})
                rest = {table: {**wanted, "Keys": keys[30:]}} if keys[30:] else {}
                return {**done, "UnprocessedKeys": rest}
            return method(**arguments)

        return call


@pytest.fixture
def client(clock: FakeClock) -> Any:
    """Yield a client of an in-memory AWS with a restored table and the current one."""
    with MemoryAws(clock.now).beneath():
        client = boto3.client("dynamodb")
        for table, rows in (("restored", RESTORED), ("current", CURRENT)):
            client.create_table(TableName=table, **SCHEMA)
            for pk, sk, value in rows:
                item = {"pk": {"S": pk}, "sk": {"S": sk}, "value": {"S": value}}
                client.put_item(TableName=table, Item=item)
        yield client


def rows_of(client: Any, table: str) -> list[tuple[str, ...]]:
    items = client.scan(TableName=table)["Items"]
    return sorted((item["pk"]["S"], item["sk"]["S"], item["value"]["S"]) for item in items)


@pytest.mark.parametrize("segments", [1, 3])
def test_table_gets_exactly_the_restored_rows_except_switches(segments: int, client: Any) -> None:
    pauses: list[float] = []

    count = TableCopy(LimitedClient(client), "restored", "current", pauses.append).run(segments)

    assert rows_of(client, "current") == EXPECTED
    assert rows_of(client, "restored") == sorted(RESTORED)
    assert (count.written, count.deleted) == (230, 150)
    assert max(pauses) > 0
    assert TableCopy(client, "restored", "current").run(segments).deleted == 0


def test_interrupted_copy_is_continued(client: Any) -> None:
    pauses: list[float] = []
    for max_calls in (1, 4, 9, 20, 40):
        with suppress(KeyboardInterrupt):
            TableCopy(LimitedClient(client, max_calls), "restored", "current", pauses.append).run(1)
    TableCopy(client, "restored", "current").run(1)

    assert rows_of(client, "current") == EXPECTED


def test_table_that_is_no_restored_state_is_refused(client: Any) -> None:
    schema = {**SCHEMA, "KeySchema": SCHEMA["KeySchema"][:1]}
    client.create_table(TableName="counters", **schema)
    before = rows_of(client, "current")

    for source in ("current", "counters"):
        with pytest.raises(TableMismatch):
            TableCopy(client, source, "current").run(1)
    assert rows_of(client, "current") == before


@pytest.mark.parametrize(
    ("source", "target", "is_read_only", "status", "reason"),
    [
        ("restored", "ProductsTable", True, 2, "ProductsTable is not the sites table or the shel"),
        ("SitesTable", "SitesTable", True, 2, "no restored state"),
        ("restored", "SitesTable", False, 1, "infra.admin read-only on"),
        ("restored", "SitesTable", True, 0, ""),
    ],
)
def test_refused_copy_is_one_line(
    source: str,
    target: str,
    is_read_only: bool,
    status: int,
    reason: str,
    client: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # In place of a deployed function, which has this configuration.
    monkeypatch.setattr(restore, "deployed_config", lambda _options: local_config())
    if is_read_only:
        key = {"pk": {"S": "service"}, "sk": {"S": "read_only"}, "type": {"S": "switch"}}
        text = {"by": {"S": "ops"}, "reason": {"S": "restore"}, "since": {"N": "0"}}
        client.put_item(TableName="SitesTable", Item=key | text)

    assert restore.main(["copy", source, target]) == status

    error = capsys.readouterr().err
    assert reason in error
    assert error.count("\n") == (status > 0)


def test_other_stage_is_one_line_with_the_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    with mock_aws():
        assert restore.main(["products", "--stage", "nowhere"]) == 1

    (line,) = capsys.readouterr().err.splitlines()
    assert "--stage" in line


@pytest.mark.parametrize(
    "arguments",
    [[], ["copy", "one"], ["revoke-keys"], ["copy", "a", "b", "c"], ["count-secrets", "a"]],
)
def test_wrong_arguments_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        restore.main(arguments)
    assert stopped.value.code == 2
