"""A service that changes during a restore: the read-only mode, and a purge between any calls."""

from itertools import count
from typing import Any

import boto3
import pytest

from amzlinkr.domain.clock import Deadline
from amzlinkr.storage import item_keys
from amzlinkr.storage.secret_records import SecretCountItem
from amzlinkr.storage.service_state import MAX_SWITCH_AGE_SECONDS
from infra import table_copy
from infra.command_failures import CommandFailure
from infra.table_copy import TableCopy
from tests.calls import turn_switch
from tests.integration.aws_spy import run_before_call, tables
from tests.integration.faults.drill import TABLES, Drill, put_rows, rows_of
from tests.site_client import Site


def replace_rows(table: str, rows: list[Any]) -> None:
    """Make a table have exactly these rows."""
    for row in rows_of(table):
        key = {"pk": row["pk"], "sk": row["sk"]}
        boto3.client("dynamodb").delete_item(TableName=table, Key=key)
    put_rows(table, rows)


def rows_with(text: str, *tables: str) -> list[Any]:
    """Return the rows of tables with this text in their key, in the order of `rows_of`."""
    rows = [row for table in tables for row in rows_of(table)]
    return [row for row in rows if text in row["pk"]["S"] or text in row["sk"]["S"]]


def delete(site: Site) -> None:
    assert site.delete("/v1/site", confirm=site.host).status == 202


def test_purge_between_any_two_calls_of_a_copy(
    drill: Drill, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_copy, "_WRITE_SIZE", 1)
    assert site.post("/v1/import", {"items": ["B0TEST0001"]}).status == 200
    deleted = Site.sign_up(drill.deps, "deleted@example.com", "/deleted")
    delete(deleted)
    drill.snapshot()
    expected = rows_with(site.site_id, *TABLES[:2])
    restored = [(drill.restore_to_new_table(table), table) for table in TABLES[:2]]
    delete(site)
    drill.clock.advance(hours=2)
    wrong = {table: rows_of(table) for table in TABLES[:2]}

    def purge() -> None:
        # Not the function, which does nothing in read-only mode: a run that began before it.
        drill.deps.purge.run(Deadline.after(drill.clock, 60))

    for number in count(1):
        for table, rows in wrong.items():
            replace_rows(table, rows)
        with run_before_call(number, purge) as made:
            for names in restored:
                TableCopy(boto3.client("dynamodb"), *names).run(1)
        purge()

        assert rows_with(site.site_id, *TABLES[:2]) == expected, number
        assert rows_with(deleted.site_id, "SitesTable") == [], number
        if len(made) < number:
            break
    assert number > 2 * len(expected)


STEPS = [("copy", "RESTORED", "SitesTable", "--segments", "1"), ("count-secrets",)]


@pytest.fixture(params=STEPS, ids=["copy", "count-secrets"])
def step(request: pytest.FixtureRequest, drill: Drill, site: Site) -> tuple[str, ...]:
    """Return a step that requires the read-only mode, on a deployment with changed sites."""
    drill.snapshot()
    assert site.delete("/v1/connections/US").status == 204
    SecretCountItem(item_keys.secret_count(item_keys.ALL_SECRETS), used=5).save()
    name = drill.restore_to_new_table("SitesTable")
    return tuple(name if word == "RESTORED" else word for word in request.param)


@pytest.mark.parametrize(
    ("minutes", "remedy"), [(None, "read-only on --reason"), (4, "in 6 min"), (9.9, "in 1 min")]
)
def test_step_is_refused_while_changes_are_possible(
    minutes: float | None, remedy: str, step: tuple[str, ...], drill: Drill
) -> None:
    if minutes is not None:
        turn_switch(drill.deps, "read_only", on=True)
        drill.clock.advance(minutes=minutes, seconds=-MAX_SWITCH_AGE_SECONDS)
    before = tables(drill.deps.config)

    with pytest.raises(CommandFailure, match=remedy):
        drill.operate(*step)

    assert tables(drill.deps.config) == before


def test_end_of_the_mode_during_a_step_is_reported(step: tuple[str, ...], drill: Drill) -> None:
    drill.stop_changes()

    with (
        run_before_call(4, drill.accept_changes) as made,
        pytest.raises(CommandFailure, match="changed during this step"),
    ):
        drill.operate(*step)

    assert len(made) > 4
    drill.stop_changes()
    assert drill.operate(*step)
