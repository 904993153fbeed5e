"""A virtual day of the price sync at 1, 100 and 10,000 sites of 100 products, on the real code.

    python -m tests.bench.scale [sites ...]

The planner, the workers, the limiter and the stores are the service's own; AWS is in memory
(`tests/proof`, checked against an emulator), Amazon answers in virtual time. A site has an account
of its own. At 10,000 sites the interval is a day instead of an hour, so that it ends in minutes.
"""

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
from amzlinkr.domain.changes import Change
from amzlinkr.domain.connections import Connection, State
from amzlinkr.domain.credentials import paapi_credentials
from amzlinkr.domain.ports import Priority
from amzlinkr.domain.shelves import Shelf, batches
from amzlinkr.domain.sites import ApiKeyRecord, Caller, Signup
from amzlinkr.storage import item_keys
from amzlinkr.storage.connection import connect
from amzlinkr.storage.product_writer import ProductWriter
from amzlinkr.wiring import Dependencies
from functions.price_sync.app import plan
from functions.refresh_shelves.app import process_batch
from tests.bench.report import columns
from tests.bench.virtual_amazon import VirtualAmazon, connected
from tests.calls import Context, sqs_event
from tests.clock import START, FakeClock
from tests.simulation.expressions import Item
from tests.simulation.memory_aws import MemoryAws

PRODUCTS = 100
ROUND = timedelta(minutes=5)
HOURLY, DAILY = timedelta(hours=1), timedelta(hours=23)
HOURLY_UP_TO = 100
USUAL_SIZES = (1, 100)
MOST_UNITS, LATEST = 1.5, timedelta(minutes=10)
HEAD = ("sites", "interval", "calls", "429", "write units", "a product", "reads a product",
        "worst age", "calls a day", "took", "")  # fmt: skip


@dataclass
class Day:
    """What a virtual day took."""

    sites: int
    every: timedelta
    calls: int = 0
    refused: int = 0
    refreshes: int = 0
    writes: Counter[str] = field(default_factory=Counter)
    reads: float = 0
    worst: timedelta = timedelta()
    most_a_day: int = 0
    seconds: float = 0

    @property
    def products(self) -> int:
        """How many products were refreshed, each time counted."""
        return self.refreshes * 10

    @property
    def passed(self) -> bool:
        """Whether it was sparing and punctual."""
        punctual = self.worst <= self.every + LATEST and not self.refused
        return punctual and self.units_a_product <= MOST_UNITS

    @property
    def units_a_product(self) -> float:
        """Write units a refreshed product."""
        return sum(self.writes.values()) / self.products


def a_day(sites: int, every: timedelta, hours: int = 24) -> Day:
    """Live through a day, round by round."""
    clock = FakeClock()
    aws = MemoryAws(clock.now)
    amazon = VirtualAmazon(clock, every.total_seconds())
    started, day = time.perf_counter(), Day(sites, every)
    with aws.attached() as config, mock.patch.object(Transport, "post", connected(amazon)):
        deps = Dependencies(config, clock)
        deps.max_threads = 1
        deps.product_writer = ProductWriter(connect(), deps.shelves, clock, every)
        settle(sites, every, deps, aws)
        amazon.calls = 0
        aws.dynamodb.ledger.is_enabled = True
        seen = watched(deps, day)
        for _ in range(hours * 12):
            at = clock.now()
            plan(lambda: 240.0, deps)
            drain(config, clock, lambda event, context: process_batch(event, context, deps))
            tally(aws, day)
            clock.set(at + ROUND)
        ends = clock.now()
    day.calls, day.refused, day.most_a_day = amazon.calls, amazon.refused, amazon.most_a_day
    day.worst = max([day.worst, *(ends - observed for observed in seen.values())])
    day.seconds = time.perf_counter() - started
    return day


def watched(deps: Dependencies, day: Day) -> dict[str, datetime]:
    """Note every refresh: how many, and the longest time between two of a shelf."""
    seen: dict[str, datetime] = {}
    real = deps.product_writer.refresh

    def refresh(
        shelf: Shelf, lookup: LookupResult, refresh_interval: timedelta | None = None
    ) -> list[Change]:
        name = shelf.site_id + shelf.shelf_id
        day.refreshes += 1
        day.worst = max(day.worst, lookup.requested_at - seen.get(name, shelf.observed_at))
        seen[name] = lookup.requested_at
        return real(shelf, lookup, refresh_interval)

    deps.product_writer.refresh = refresh  # type: ignore[method-assign] # it only looks on
    return seen


def drain(
    config: Config, clock: FakeClock, work: Callable[[dict[str, Any], Context], object]
) -> None:
    """Give workers the queue's batches; those of one group come one after another."""
    sqs, begins = boto3.client("sqs"), clock.now() + timedelta(seconds=2)
    url = config.refresh_queue_url
    free: dict[str, datetime] = {}
    while True:
        clock.set(begins)
        batch = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        if not batch:
            return
        groups = {message["Attributes"]["MessageGroupId"] for message in batch}
        clock.set(max([begins, *(free.get(group, begins) for group in groups)]))
        work(sqs_event(batch), Context())
        free |= dict.fromkeys(groups, clock.now())
        for message in batch:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def tally(aws: MemoryAws, day: Day) -> None:
    """Add what the round used, and forget the entries."""
    ledger = aws.dynamodb.ledger
    for entry in ledger.entries:
        name = f"{entry.table}{'/' if entry.index else ''}{entry.index} {entry.operation}"
        if entry.write:
            day.writes[name] += int(entry.write)
        day.reads += entry.read
    ledger.entries.clear()


def settle(
    sites: int,
    every: timedelta,
    deps: Dependencies,
    aws: MemoryAws,
    products: int = PRODUCTS,
    share: int = 1,
) -> list[str]:
    """Sites that imported their products at some time within the last interval.

    The first one really imports; the others are copies of its rows with other names and times, but
    for the descriptions, which no refresh reads. `share` sites have one account together.
    """
    first = first_site(deps, products)
    tables, interval = aws.dynamodb.tables, every // timedelta(milliseconds=1)
    rows = [
        (tables[name], dict(item))
        for name in ("SitesTable", "ShelvesTable", "ProductsTable")
        for key, item in tables[name].items.items()
        if key[0] == first and "#details" not in key[1]
    ]
    site_ids = [f"{first[:-6]}{number:06d}" for number in range(sites)]
    for number, site_id in enumerate(site_ids):
        account = number // share
        for table, item in rows:
            after = moved(item, site_id, account, number * interval // sites - interval)
            table.put(table.key_of(after), after)
        aws.secrets.secrets[secret_of(site_id)] = {"1": sealed(account)}
    return site_ids


def moved(item: Item, site_id: str, account: int, later: int) -> Item:
    """The same row for another site, so many milliseconds later."""
    after = {**item, "pk": {"S": site_id}}
    for name in ("due_at", "observed_at"):
        if name in item:
            after[name] = {"N": str(int(item[name]["N"]) + later)}
    if "shard" in item:
        after["shard"] = {"N": str(item_keys.due_shard(site_id, item["sk"]["S"]))}
    if "connection" in item:
        fields = msgspec.json.decode(item["connection"]["S"])
        fields |= {
            "secret_id": secret_of(site_id),
            "secret_version": "1",
            "account_key": f"quota-{account}",
        }
        after["connection"] = {"S": msgspec.json.encode(fields).decode()}
    return after


def secret_of(site_id: str) -> str:
    """The name of a site's secret."""
    return f"amzlinkr/local/{site_id}/US/1"


def sealed(account: int) -> str:
    """An account's keys, as the vault stores them."""
    return json.dumps(
        {
            "api": "paapi5",
            "access_key": f"AKIA{account:016d}",
            "secret_key": "s" * 40,
            "partner_tag": "scale-20",
            "marketplace": "US",
        }
    )


def first_site(deps: Dependencies, products: int) -> str:
    """A site with keys, and products as Amazon describes them; its id."""
    site_id = "site_" + "0" * 26
    deps.signups.claim(
        Signup("su_scale", "scale.example", "https://scale.example", "x@scale.example", "t", START),
        site_id,
        ApiKeyRecord("kid", "digest"),
        START,
    )
    access_key = f"AKIA{0:016d}"
    own = paapi_credentials(access_key, "s" * 40, "scale-20", "US")
    secret_id, version = deps.store_credentials(site_id, own, None)
    deps.sites.connect(
        Caller(site_id, "kid"),
        Connection("US", "paapi5", "scale-20", "0000", secret_id, version, "quota-0", START,
                   State.VALID, checked_at=START, last_ok_at=START),
        None,
        START,
    )  # fmt: skip
    catalog = deps.catalog(deps.site(site_id), "US", Priority.SYNC)
    for asins in batches(f"B0DEMO{number:04d}" for number in range(products)):
        found = catalog.items(asins, deps.deadline(60, 60)).found
        deps.product_writer.add(site_id, "US", list(found.values()))
    return site_id


def cells(day: Day) -> tuple[str, ...]:
    """A row of the table."""
    return (
        f"{day.sites:,}",
        f"{day.every.total_seconds() / 3600:.0f} h",
        f"{day.calls:,}",
        str(day.refused),
        f"{sum(day.writes.values()):,}",
        f"{day.units_a_product:.2f}",
        f"{day.reads / day.products:.2f}",
        f"{day.worst.total_seconds() / 60:.0f} min",
        f"{day.most_a_day:,}",
        f"{day.seconds:.0f} s",
        "pass" if day.passed else "FAIL",
    )


def report(sizes: Sequence[int] = USUAL_SIZES) -> list[str]:
    """Live through the days, print them and where the write units went; what missed its limit."""
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_DEFAULT_REGION": "us-east-1",
        "POWERTOOLS_SERVICE_NAME": "scale",
    }
    telemetry.log.setLevel("CRITICAL")
    with open(os.devnull, "w") as nothing, redirect_stdout(nothing):
        days = [a_day(sites, HOURLY if sites <= HOURLY_UP_TO else DAILY) for sites in sizes]
    lines = [
        "\nA virtual day of the price sync, 100 products a site, one price in ten changes\n",
        columns(HEAD, [cells(day) for day in days], ()),
        f"\n  Write units a product at {days[-1].sites:,} sites:",
        *(
            f"    {units / days[-1].products:6.3f}  {name}"
            for name, units in days[-1].writes.most_common()
        ),
        f"\n  Limits: {MOST_UNITS} write units a product, no 429, no age beyond the interval and",
        f"  {LATEST}. Transactions count twice, their index writes too.",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return [f"{day.sites} sites" for day in days if not day.passed]


if __name__ == "__main__":
    sys.exit(bool(report([int(sites) for sites in sys.argv[1:]] or USUAL_SIZES)))
