"""A purge between any two calls of a copy: no restored site is lost, no deleted one remains."""

from itertools import count
from typing import Any

import boto3
import pytest

from amzlinkr.domain.clock import Deadline
from infra import table_copy
from infra.table_copy import TableCopy
from tests.integration.aws_spy import run_before_call
from tests.integration.faults.drill import TABLES, Drill, FeedClient, put_rows, rows_of
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
    drill: Drill, client: FeedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_copy, "_WRITE_SIZE", 1)
    site, deleted = client.site, Site.sign_up(drill.deps, "deleted@example.com", "/deleted")
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
