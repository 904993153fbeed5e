"""The copy of a restored table: equal tables, in segments, with retries, and after a crash."""

import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra import restore
from infra.command_failures import CommandFailure
from infra.table_copy import TableCopy, TableMismatch
from tests.calls import TEMPLATE
from tests.clock import FakeClock
from tests.config import local_config
from tests.integration.faults.drill import create_table
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
TABLES = ["SitesTable", "ShelvesTable", "ProductsTable", "JobsTable"]
RESTORED = [("service", "sync_paused", "old"), *((f"site_{n}", "site", "old") for n in range(230))]
CURRENT = [
    ("service", "read_only", "new"),
    *((f"site_{n}", "site", "new") for n in range(100, 120)),
    *((f"later_{n}", "site", "new") for n in range(150)),
]
EXPECTED = sorted([("service", "read_only", "new"), *RESTORED[1:]])


class LimitedClient:
    """A client that carries out a part of each batch, and stops after a number of calls.

    Of the batches of the `refused` call, it carries out nothing.
    """

    def __init__(self, client: Any, max_calls: int | None = None, refused: str = "") -> None:
        self._client = client
        self._max_calls = max_calls
        self._refused = refused

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def call(**arguments: Any) -> Any:
            if self._max_calls is not None:
                self._max_calls -= 1
                if self._max_calls < 0:
                    raise KeyboardInterrupt
            if name == self._refused:
                wanted = arguments["RequestItems"]
                return {"UnprocessedItems": wanted, "UnprocessedKeys": wanted, "Responses": {}}
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
def deployed(clock: FakeClock) -> Iterator[Any]:
    """Yield a client of an in-memory AWS with the tables of the template."""
    with MemoryAws(clock.now).beneath():
        yield boto3.client("dynamodb")


@pytest.fixture
def client(deployed: Any) -> Any:
    """Return the client after the creation of a restored table and the current one."""
    for table, rows in (("restored", RESTORED), ("current", CURRENT)):
        deployed.create_table(TableName=table, **SCHEMA)
        for pk, sk, value in rows:
            item = {"pk": {"S": pk}, "sk": {"S": sk}, "value": {"S": value}}
            deployed.put_item(TableName=table, Item=item)
    return deployed


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


@pytest.mark.parametrize("source", TABLES)
@pytest.mark.parametrize("target", TABLES)
def test_only_restored_states_of_sites_and_shelves_are_copied(
    source: str, target: str, deployed: Any
) -> None:
    rows = {"SitesTable": "site", "ShelvesTable": "", "ProductsTable": "offer", "JobsTable": "job"}
    for table, kind in rows.items():
        key = {"pk": {"S": "site_a"}, "sk": {"S": table}}
        item = key | ({"type": {"S": kind}} if kind else {})
        create_table(f"other-{table}", TEMPLATE["Resources"][table]["Properties"])
        for name in (table, f"other-{table}"):
            deployed.put_item(TableName=name, Item=item)
    before = deployed.scan(TableName=target)["Items"]

    is_possible = source == target and source in ("SitesTable", "ShelvesTable")
    with nullcontext() if is_possible else pytest.raises(TableMismatch, match="Check the names"):
        TableCopy(deployed, f"other-{source}", target).run(1)

    assert deployed.scan(TableName=target)["Items"] == before


@pytest.mark.parametrize("call", ["batch_write_item", "batch_get_item"])
def test_copy_stops_if_dynamodb_processes_no_rows(call: str, client: Any) -> None:
    pauses: list[float] = []

    with pytest.raises(CommandFailure, match="Repeat the step later"):
        TableCopy(LimitedClient(client, refused=call), "restored", "current", pauses.append).run(1)

    assert 60 < sum(pauses) < 600


@pytest.mark.parametrize(
    ("source", "target", "is_read_only", "status", "reason"),
    [
        ("restored", "ProductsTable", True, 2, "ProductsTable is not the sites table or the shel"),
        ("SitesTable", "SitesTable", True, 2, "SitesTable cannot be copied to itself"),
        ("ShelvesTable", "SitesTable", True, 2, "their keys or indexes differ"),
        ("unknown", "SitesTable", True, 1, "Check the names of the tables"),
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
    [
        [], ["copy", "one"], ["revoke-keys"], ["copy", "a", "b", "c"], ["count-secrets", "a"],
        *(["copy", "a", "b", "--segments", wrong] for wrong in ("0", "65", "x", "-1", "")),
        *([command, wrong] for command in ("revoke-keys", "delete-sites")
          for wrong in ("", "foo", "site_", f"test_{'0' * 26}", "https://a.example")),
        ["revoke-keys", f"site_{'0' * 26}", "foo"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_arguments_are_one_short_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        restore.main(arguments)

    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert len(error) < 150


@pytest.mark.parametrize(
    ("command", "argument"),
    [
        ([], "revoke-keys +Revoke "), (["copy"], "--segments NUMBER +parts "),
        (["count-secrets"], "--stage"), (["products"], "--delete-unknown-sites +also delete "),
        (["revoke-keys"], "SITE_ID +ID of "), (["delete-sites"], "SITE_ID +ID of "),
    ],
)  # fmt: skip
def test_help_describes_steps_and_arguments(
    command: list[str], argument: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        restore.main([*command, "--help"])

    _usage, description, *arguments = capsys.readouterr().out.split("\n\n")
    assert re.fullmatch(r"[A-Z].+\.", description)
    assert re.search(argument, " ".join(" ".join(arguments).split()))
