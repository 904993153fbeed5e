"""A virtual day of the price sync at 1, 100 and 10,000 sites of 100 products, on the real code.

    python -m tests.bench.scale [sites ...]

The planner, the workers, the rate limiter and the stores are the service's own. AWS is in memory
(`tests/simulation`), and Amazon responds in virtual time. Each site has a separate account. At
10,000 sites the refresh interval is a day instead of an hour, so that the run ends in minutes.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import boto3
import msgspec

from amzlinkr import telemetry
from amzlinkr.amazon.transport import Transport
from amzlinkr.config import Config
from amzlinkr.domain.catalog import LookupResult
from amzlinkr.domain.clock import Deadline
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.credentials import paapi_credentials
from amzlinkr.domain.lists import MAX_LIST_SIZE
from amzlinkr.domain.ports import Priority
from amzlinkr.domain.shelf_refresh import RefreshResult
from amzlinkr.domain.shelves import Shelf, batches
from amzlinkr.domain.sites import ApiKeyRecord, Caller, Signup
from amzlinkr.storage import item_keys
from amzlinkr.storage.connection import connect
from amzlinkr.storage.product_writer import ProductWriter
from amzlinkr.wiring import Dependencies
from functions.refresh_shelves.app import process_batch
from tests.bench import list_units
from tests.bench.report import columns
from tests.bench.virtual_amazon import VirtualAmazon, connected
from tests.calls import Context, sqs_event
from tests.clock import START, FakeClock
from tests.simulation.expressions import Item
from tests.simulation.memory_aws import MemoryAws

PRODUCTS = 100
PLANNER_INTERVAL = timedelta(minutes=5)
HOURLY, DAILY = timedelta(hours=1), timedelta(hours=23)
MAX_HOURLY_SITES = 100
DEFAULT_SIZES = (1, 100)
MAX_UNITS, MAX_DELAY = 1.25, timedelta(minutes=10)
HEAD = ("sites", "interval", "calls", "429", "write units", "per product", "reads per product",
        "worst age", "calls per day", "seconds", "")  # fmt: skip


@dataclass
class Day:
    """The results of a virtual day."""

    sites: int
    every: timedelta
    calls: int = 0
    refused: int = 0
    refreshes: int = 0
    writes: Counter[str] = field(default_factory=Counter)
    reads: float = 0
    worst: timedelta = timedelta()
    max_calls_per_day: int = 0
    seconds: float = 0

    @property
    def products(self) -> int:
        """Return the number of product refreshes."""
        return self.refreshes * 10

    @property
    def passed(self) -> bool:
        """Return whether costs and ages are within the limits."""
        is_on_time = self.worst <= self.every + MAX_DELAY and not self.refused
        return is_on_time and self.units_per_product <= MAX_UNITS

    @property
    def units_per_product(self) -> float:
        """Return the write units per refreshed product."""
        return sum(self.writes.values()) / self.products


def run_day(sites: int, every: timedelta, hours: int = 24) -> Day:
    """Simulate a day, with a run of the planner every five minutes."""
    clock = FakeClock()
    aws = MemoryAws(clock.now)
    amazon = VirtualAmazon(clock, every.total_seconds())
    started, day = time.perf_counter(), Day(sites, every)
    with aws.attached() as config, mock.patch.object(Transport, "post", connected(amazon)):
        deps = Dependencies(config, clock)
        deps.map_concurrently.max_threads = 1
        deps.product_writer = ProductWriter(connect(), deps.shelves, clock, every)
        create_sites(sites, every, deps, aws)
        amazon.calls = 0
        aws.dynamodb.ledger.is_enabled = True
        refreshed_at = record_refreshes(deps, day)
        for _ in range(hours * 12):
            at = clock.now()
            deps.sync_planner.plan(Deadline.after(clock, 240))
            drain(config, clock, lambda event, context: process_batch(event, context, deps))
            tally(aws, day)
            clock.set(at + PLANNER_INTERVAL)
        ends = clock.now()
    day.calls, day.refused, day.max_calls_per_day = (
        amazon.calls,
        amazon.refused,
        amazon.max_calls_per_day,
    )
    day.worst = max([day.worst, *(ends - observed for observed in refreshed_at.values())])
    day.seconds = time.perf_counter() - started
    return day


def record_refreshes(deps: Dependencies, day: Day) -> dict[str, datetime]:
    """Count refreshes, and record the longest time between two refreshes of a shelf."""
    refreshed_at: dict[str, datetime] = {}
    real = deps.product_writer.refresh

    def refresh(
        shelf: Shelf, lookup: LookupResult, refresh_interval: timedelta | None = None
    ) -> RefreshResult:
        name = shelf.site_id + shelf.shelf_id
        day.refreshes += 1
        day.worst = max(day.worst, lookup.requested_at - refreshed_at.get(name, shelf.observed_at))
        refreshed_at[name] = lookup.requested_at
        return real(shelf, lookup, refresh_interval)

    deps.product_writer.refresh = refresh  # type: ignore[method-assign] # records, then refreshes
    return refreshed_at


def drain(
    config: Config, clock: FakeClock, work: Callable[[dict[str, Any], Context], object]
) -> None:
    """Process the queue's batches; those of one message group follow each other."""
    sqs, starts_at = boto3.client("sqs"), clock.now() + timedelta(seconds=2)
    url = config.refresh_queue_url
    free: dict[str, datetime] = {}
    while True:
        clock.set(starts_at)
        batch = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        if not batch:
            return
        groups = {message["Attributes"]["MessageGroupId"] for message in batch}
        clock.set(max([starts_at, *(free.get(group, starts_at) for group in groups)]))
        work(sqs_event(batch), Context())
        free |= dict.fromkeys(groups, clock.now())
        for message in batch:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def tally(aws: MemoryAws, day: Day) -> None:
    """Add the capacity units since the last call to the results."""
    ledger = aws.dynamodb.ledger
    for entry in ledger.entries:
        name = f"{entry.table}{'/' if entry.index else ''}{entry.index} {entry.operation}"
        if entry.write:
            day.writes[name] += int(entry.write)
        day.reads += entry.read
    ledger.entries.clear()


def create_sites(
    sites: int,
    every: timedelta,
    deps: Dependencies,
    aws: MemoryAws,
    products: int = PRODUCTS,
    share: int = 1,
    *,
    with_details: bool = False,
) -> list[str]:
    """Create sites that imported their products within the last interval; return their IDs.

    The first site imports its products. The others are copies of its rows with other names and
    times, without the details unless they are requested: no refresh reads them, but a product is
    not shown without them. `share` sites have one account together.
    """
    first = create_first_site(deps, products)
    tables, interval = aws.dynamodb.tables, every // timedelta(milliseconds=1)
    rows = [
        (tables[name], dict(item))
        for name in ("SitesTable", "ShelvesTable", "ProductsTable")
        for key, item in tables[name].items.items()
        if key[0] == first and (with_details or "#details" not in key[1])
    ]
    site_ids = [f"{first[:-6]}{number:06d}" for number in range(sites)]
    for number, site_id in enumerate(site_ids):
        account = number // share
        for table, item in rows:
            after = copy_row(item, site_id, account, number * interval // sites - interval)
            table.put(table.key_of(after), after)
        aws.secrets.secrets[secret_id_of(site_id)] = {"1": stored_credentials(account)}
    return site_ids


def copy_row(item: Item, site_id: str, account: int, later: int) -> Item:
    """Return the same row for another site, `later` milliseconds later."""
    after = {**item, "pk": {"S": site_id}}
    for name in ("due_at", "observed_at"):
        if name in item:
            after[name] = {"N": str(int(item[name]["N"]) + later)}
    if "shard" in item:
        after["shard"] = {"N": str(item_keys.due_shard(site_id, item["sk"]["S"]))}
    if "connection" in item:
        fields = msgspec.json.decode(item["connection"]["S"])
        fields |= {
            "secret_id": secret_id_of(site_id),
            "secret_version": "1",
            "account_key": f"quota-{account}",
        }
        after["connection"] = {"S": msgspec.json.encode(fields).decode()}
    return after


def secret_id_of(site_id: str) -> str:
    """Return the ID of a site's secret."""
    return f"amzlinkr/local/{site_id}/US/1"


def stored_credentials(account: int) -> str:
    """Return an account's credentials as the vault stores them."""
    return json.dumps(
        {
            "api": "paapi5",
            "access_key": f"AKIA{account:016d}",
            "secret_key": "s" * 40,
            "partner_tag": "scale-20",
            "marketplace": "US",
        }
    )


def create_first_site(deps: Dependencies, products: int) -> str:
    """Create a connected site with products, and return its ID."""
    site_id = "site_" + "0" * 26
    deps.signups.claim(
        Signup(
            "su_scale", "scale.example", "https://scale.example", "x@scale.example", "t", "-", START
        ),
        site_id,
        ApiKeyRecord("kid", "digest"),
        START,
    )
    access_key = f"AKIA{0:016d}"
    own = paapi_credentials(access_key, "s" * 40, "scale-20", "US")
    secret_id, version = deps.amazon_accounts.store_credentials(site_id, own, None)
    deps.sites.connect(
        Caller(site_id, "kid"),
        Connection("US", "paapi5", "scale-20", "0000", secret_id, version, "quota-0", START,
                   State.VALID, checked_at=START, last_ok_at=START),
        None,
        START,
    )  # fmt: skip
    catalog = deps.amazon_accounts.catalog(deps.sites.require(site_id), "US", Priority.SYNC)
    for asins in batches(f"B0DEMO{number:04d}" for number in range(products)):
        found = catalog.items(asins, Deadline.after(deps.clock, 60)).found
        deps.product_writer.add(site_id, "US", list(found.values()))
    return site_id


def cells(day: Day) -> tuple[str, ...]:
    """Return a row of the table."""
    return (
        f"{day.sites:,}",
        f"{day.every.total_seconds() / 3600:.0f} h",
        f"{day.calls:,}",
        str(day.refused),
        f"{sum(day.writes.values()):,}",
        f"{day.units_per_product:.2f}",
        f"{day.reads / day.products:.2f}",
        f"{day.worst.total_seconds() / 60:.0f} min",
        f"{day.max_calls_per_day:,}",
        f"{day.seconds:.0f} s",
        "pass" if day.passed else "FAIL",
    )


def report(sizes: Sequence[int] = DEFAULT_SIZES, hours: int = 24) -> list[str]:
    """Simulate the days, print the results, and return those beyond a limit."""
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_DEFAULT_REGION": "us-east-1",
        "POWERTOOLS_SERVICE_NAME": "scale",
    }
    telemetry.log.setLevel("CRITICAL")
    with open(os.devnull, "w") as null, redirect_stdout(null):
        days = [
            run_day(sites, HOURLY if sites <= MAX_HOURLY_SITES else DAILY, hours) for sites in sizes
        ]
        lists = list_units.measure()
    lines = [
        "\nA virtual day of the price sync, 100 products per site, one price in ten changes\n",
        columns(HEAD, [cells(day) for day in days], ()),
        f"\n  Write units per product at {days[-1].sites:,} sites:",
        *(
            f"    {units / days[-1].products:6.3f}  {name}"
            for name, units in days[-1].writes.most_common()
        ),
        f"\n  Limits: {MAX_UNITS} write units per product, no 429, no age over the interval plus",
        f"  {MAX_DELAY}. Transactions count twice, their index writes too.",
        f"\nA list of {MAX_LIST_SIZE} products\n",
        list_units.table(lists),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    failed = [f"{day.sites} sites" for day in days if not day.passed]
    return failed + [step.name for step in lists if not step.passed]


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the numbers of sites; exit with a usage message if one is no number."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale")
    parser.add_argument("sites", nargs="*", type=int, help="numbers of sites, one day for each")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(bool(report(parse_arguments(sys.argv[1:]).sites or DEFAULT_SIZES)))
