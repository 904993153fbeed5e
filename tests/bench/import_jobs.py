"""Import jobs of 50 accounts in virtual time, on the real code of the worker.

    python -m tests.bench imports

Each site has a separate account and imports 200 products at one call per second. Modeled are
the FIFO queue (one message in flight per group, visibility timeouts in whole seconds), Lambda's
limit of concurrent workers (each a process with its own caches, that polls every 50 ms), 5 ms for a
call to AWS, and 300 ms for a call to Amazon. Not modeled are cold starts and the worker's CPU time.

The comparison is the worker as it was before: it waits in its slot until the account has a call.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from unittest import mock

from amzlinkr import telemetry
from amzlinkr.storage import rate_limiter_store
from tests.bench.report import Row, table
from tests.bench.sizes import Sizes
from tests.simulation.import_load import import_load

WORKERS, DEFAULT_WORKERS = 20, 5
CALL_PRODUCTS = 10
MAX_RATIO = 1.2
WAIT_IN_SLOT_SECONDS = 55.0
SLOW_INTERVAL_MS = 10_000
"""The time between two calls of an account that Amazon has throttled."""
MAX_SECONDS = 1_800.0
BEFORE = "Workers that wait in their slot, and before, five of them"


@dataclass(frozen=True, slots=True)
class Load:
    """Accounts that import at the same time, beside slow ones, and the workers they share."""

    accounts: int
    products: int
    slow_accounts: int = 0
    workers: int = WORKERS
    waits_in_slot: bool = False

    @property
    def bound(self) -> float:
        """Return the seconds that the call rates allow, whatever the number of accounts."""
        return self.products / CALL_PRODUCTS

    @property
    def name(self) -> str:
        """Return the description of the load."""
        slow = f" beside {self.slow_accounts} slow ones" if self.slow_accounts else ""
        return f"{self.accounts} accounts × {self.products} products{slow}, {self.workers} workers"


def loads(sizes: Sizes) -> list[Load]:
    """Return what is measured, and then the same with workers that wait."""
    accounts, products, slow = sizes.import_accounts, sizes.import_products, sizes.slow_accounts
    return [
        Load(accounts, products),
        Load(accounts, products, slow),
        Load(accounts, products, 0, DEFAULT_WORKERS, waits_in_slot=True),
        Load(accounts, products, slow, waits_in_slot=True),
    ]


def measure(load: Load) -> tuple[float, int]:
    """Return the virtual seconds until the accounts have imported, and the worker's invocations."""
    with import_load(load.workers) as simulated:
        for _ in range(load.slow_accounts):
            slow = simulated.add_site(interval_ms=SLOW_INTERVAL_MS)
            simulated.submit(slow, load.products)
        sites = [simulated.add_site() for _ in range(load.accounts)]
        jobs = [(site_id, simulated.submit(site_id, load.products)) for site_id in sites]
        wait = WAIT_IN_SLOT_SECONDS
        if not load.waits_in_slot:
            wait = rate_limiter_store.MAX_IMPORT_WAIT_SECONDS
        with mock.patch.object(rate_limiter_store, "MAX_IMPORT_WAIT_SECONDS", wait):
            seconds = simulated.seconds_until_all_done(jobs, MAX_SECONDS)
        return seconds, simulated.invocations


def report(sizes: Sizes) -> list[str]:
    """Measure and print the table; return what missed its limit."""
    os.environ |= dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "none")
    os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
    telemetry.log.setLevel("CRITICAL")
    began, rows = time.monotonic(), list[Row | str]()
    for load in loads(sizes):
        if load.waits_in_slot and BEFORE not in rows:
            rows.append(BEFORE)
        seconds, invocations = measure(load)
        bound = f"{load.bound:.0f} s by the call rates"
        limit = None if load.waits_in_slot else MAX_RATIO
        value = f"{seconds:.1f} s, {invocations} invocations"
        rows.append(Row(load.name, value, bound, seconds / load.bound, at_most=limit))
    print("\nImport jobs (virtual time)\n")
    print(table(rows))
    print(f"measured in {time.monotonic() - began:.0f} s")
    return [row.name for row in rows if isinstance(row, Row) and not row.passed]
