"""A deployment that loses rows or tables, its operator, and a client that follows its feed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3

from amzlinkr.wiring import Dependencies
from infra.restore import parse_arguments, run
from tests.calls import TEMPLATE, turn_switch
from tests.clock import FakeClock
from tests.site_client import Site

ASINS = [f"B0TEST{n:04d}" for n in range(14)]
"""The products that a site imports before the point in time to which tables are restored."""
TABLES, QUOTAS = ("SitesTable", "ShelvesTable", "ProductsTable"), "QuotasTable"


@dataclass
class FeedClient:
    """A client that follows the change feed by the documented rules."""

    site: Site
    cursor: str = ""
    products: dict[str, Any] = field(default_factory=dict)
    restarts: int = 0

    def read(self) -> int:
        """Read to the end of the feed. Return the status of the last response."""
        named: set[str] | None = None if self.cursor else set()
        while True:
            page = self.site.get("/v1/changes", cursor=self.cursor, limit="5")
            if page.status == 410:
                assert page.json["code"] == "cursor_too_old"
                self.cursor, named = "", set()
                self.restarts += 1
                continue
            if page.status != 200:
                return page.status
            for change in page.json["changes"]:
                self.products[change["asin"]] = change.get("product")
                if named is not None:
                    named.add(change["asin"])
            self.cursor = page.json["next_cursor"]
            if not page.json["has_more"]:
                break
        held = self.products.items()
        self.products = {
            asin: product
            for asin, product in held
            if product is not None and (named is None or asin in named)
        }
        return 200

    def holds_what_is_served(self) -> bool:
        """Return True if the client holds exactly the products that the service shows."""
        shown = self.site.get("/v1/products").json["products"]
        return self.products == {product["asin"]: product for product in shown}


@dataclass
class Drill:
    """A deployment that loses tables, and its operator."""

    deps: Dependencies
    clock: FakeClock
    snapshots: dict[str, list[Any]] = field(default_factory=dict)

    def operate(self, *arguments: str) -> bool:
        """Run a step of `python -m infra.restore`."""
        return run(parse_arguments(arguments), self.deps)

    def stop_changes(self) -> None:
        """Make the service read-only, and wait as long as documented."""
        turn_switch(self.deps, "read_only", on=True)
        self.clock.advance(minutes=10)

    def accept_changes(self) -> None:
        """End the read-only mode."""
        turn_switch(self.deps, "read_only", on=False)

    def copy_restored(self, *tables: str) -> None:
        """Restore the sites and the shelves, or these tables, and copy them."""
        for table in tables or TABLES[:2]:
            assert self.operate("copy", self.restore_to_new_table(table), table, "--segments", "1")

    def snapshot(self) -> None:
        """Remember the rows of the tables with backups, as AWS does at each moment."""
        self.snapshots = {table: rows_of(table) for table in TABLES[:2]}

    def restore_to_new_table(self, table: str) -> str:
        """Restore a table to the point in time of the snapshot, under another name."""
        name = f"{table}-restored"
        create_table(name, table_properties()[table])
        put_rows(name, self.snapshots[table])
        return name


def create_table(name: str, properties: Mapping[str, Any]) -> None:
    wanted = (
        "AttributeDefinitions", "KeySchema", "BillingMode",
        "LocalSecondaryIndexes", "GlobalSecondaryIndexes",
    )  # fmt: skip
    given = {key: properties[key] for key in wanted if key in properties}
    boto3.client("dynamodb").create_table(TableName=name, **given)


def table_properties() -> dict[str, Any]:
    return {table: TEMPLATE["Resources"][table]["Properties"] for table in (*TABLES, QUOTAS)}


def rows_of(table: str) -> list[Any]:
    return sorted(boto3.client("dynamodb").scan(TableName=table)["Items"], key=json.dumps)


def put_rows(table: str, rows: list[Any]) -> None:
    for row in rows:
        boto3.client("dynamodb").put_item(TableName=table, Item=row)


def lose(table: str) -> None:
    boto3.client("dynamodb").delete_table(TableName=table)
