"""Missed reservations of the refresh worker on the fraction of a core that its memory buys.

Lambda gives a function memory / 1769 MB of a core. The worker runs its real handler in a separate
process, pinned to one core, and gets this share of it in two ways. Neither needs root:

- competitors: busy processes on the same core, with weights by `nice`, leave it the share. Linux
  lets a process that waited go first, so this is milder than Lambda;
- quota: it is stopped when it has used the share of a period, as Lambda does (`cpu_quota.py`).

The share is measured in the same run, after each batch. The emulated store and
the limited server run on the other cores.

Ten sites with an account each, at one call per second and 300 ms latency, are refreshed: a batch
has one shelf of each site, as SQS mixes message groups. The first batch is the worker's first.
"""

import json
import os
import statistics
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from infra.local.stack.transform import load
from tests.bench.cpu_quota import limited
from tests.bench.limits import WINDOW
from tests.bench.processes import OURS, ROOT, Line, running
from tests.bench.refresh import LATENCY_MS, Amazon
from tests.bench.report import columns
from tests.bench.sizes import Sizes
from tests.bench.store import emulated_store

MB_PER_CORE = 1769
INTERVAL_MS, PRODUCTS = 1_000, 10
MAX_MISSED, RESERVATIONS = 1, 40
MIN_SHARE = 0.8
"""The part of the planned share below which a run is about the machine's other work."""
COMPETITORS, QUOTA = "competitors", "quota"
HEAD = ("", "memory", "share", "measured", "calls", "429", "stored", "CPU per shelf", "missed",
        "limit", "")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """A memory size, and how the worker gets its share; only the deployed size has a limit."""

    means: str
    memory: int
    is_deployed: bool

    @property
    def share(self) -> float:
        """Return the share of a core that Lambda gives a function of this memory."""
        return min(self.memory / MB_PER_CORE, 1.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a run."""

    run: "Run"
    share: float
    calls: int
    refused: int
    stored: int
    products: int
    cpu: float
    missed: int

    @property
    def most_missed(self) -> int:
        """Return the limit for this number of calls."""
        return MAX_MISSED * max(1, self.calls // RESERVATIONS)

    @property
    def passed(self) -> bool:
        """Return whether few reservations were missed and all products were refreshed."""
        is_complete = self.stored == self.products and not self.refused
        return not self.run.is_deployed or (is_complete and self.missed <= self.most_missed)

    @property
    def is_starved(self) -> bool:
        """Return whether other work on the core left less than the share."""
        return self.share < MIN_SHARE * self.run.share

    def cells(self) -> tuple[str, ...]:
        """Return the cells of the row."""
        is_deployed = self.run.is_deployed
        verdict = ("pass" if self.passed else "FAIL") if is_deployed else ""
        return (
            self.run.means,
            f"{self.run.memory} MB",
            f"{self.run.share:.2f}",
            f"{self.share:.2f}" + ("!" if self.is_starved else ""),
            str(self.calls),
            str(self.refused),
            f"{self.stored} of {self.products}",
            f"{self.cpu * 1000:.0f} ms",
            str(self.missed),
            f"≤ {self.most_missed}" if is_deployed else "",
            verdict,
        )


def deployed_memory() -> int:
    """Return the memory of the refresh worker in the template."""
    function = load(ROOT / "template.yaml")["Resources"]["RefreshShelvesFunction"]
    return int(function["Properties"]["MemorySize"])


def report(sizes: Sizes) -> list[str]:
    """Run the worker at its memory and at a smaller one, and return what missed its limit."""
    if not hasattr(os, "sched_setaffinity"):
        print("\nThe worker on a fraction of a core: not measured, Linux only")
        return []
    with pinned_cores() as core, running(OURS, "limited_server") as server:
        amazon = Amazon(server)
        with emulated_store() as settings:
            moved = {**settings, "AMAZON_URL": f"http://127.0.0.1:{amazon.port}"}
            with running(OURS, "clients.our_marketplace", settings=moved) as service:
                sites = Sites(amazon, service, sizes)
                outcomes = list(measured(sites, core, moved, sizes))
    title = (
        f"{sizes.worker_sites} accounts in a batch, 1 call a second each, {LATENCY_MS} ms latency"
    )
    print(f"\nThe refresh worker on a fraction of a core: {title}\n")
    print(columns(HEAD, [outcome.cells() for outcome in outcomes], left=(0, len(HEAD) - 1)))
    if any(outcome.is_starved for outcome in outcomes):
        print("\n  ! Other work on the core left the worker less than its share.")
    return [f"worker, {one.run.means}" for one in outcomes if not one.passed]


def measured(
    sites: "Sites", core: int, settings: dict[str, str], sizes: Sizes
) -> Iterator[Outcome]:
    """Run the worker at the deployed memory, again in doubt, and once at the compared memory."""
    for means in (COMPETITORS, QUOTA):
        run = Run(means, deployed_memory(), is_deployed=True)
        outcomes = [sites.refreshed(run, core, settings)]
        if not outcomes[0].passed:
            more = sizes.runs_in_doubt - 1
            outcomes += [sites.refreshed(run, core, settings) for _ in range(more)]
        yield sorted(outcomes, key=lambda outcome: outcome.missed)[len(outcomes) // 2]
        if sizes.worker_memory is not None:
            run = Run(means, sizes.worker_memory, is_deployed=False)
            yield sites.refreshed(run, core, settings)


@contextmanager
def pinned_cores() -> Iterator[int]:
    """Keep this process and its children off one core, and yield that core."""
    cores = os.sched_getaffinity(0)
    core = max(cores)
    os.sched_setaffinity(0, cores - {core} or cores)
    try:
        yield core
    finally:
        os.sched_setaffinity(0, cores)


class Sites:
    """Sites with an account each, refreshed in batches of one shelf per site."""

    def __init__(self, amazon: Amazon, service: Line, sizes: Sizes) -> None:
        self._amazon, self._service = amazon, service
        self._shelves = sizes.worker_shelves
        unlimited = amazon.open(per_second=100_000, reading=WINDOW)
        self._accounts = [amazon.open() for _ in range(sizes.worker_sites)]
        self._sites = [
            self._ask("open", account, unlimited, self._asins(number), INTERVAL_MS)
            for number, account in enumerate(self._accounts)
        ]

    def refreshed(self, run: Run, core: int, settings: dict[str, str]) -> Outcome:
        """Refresh all shelves with a new worker of this memory."""
        for account in self._accounts:
            self._amazon.limit(
                account, per_second=1, reading=WINDOW, latency_ms=LATENCY_MS, new_prices=True
            )
        since, before = self._ask("now"), self._tally()
        batches = list(zip(*[self._ask("plan", site) for site in self._sites], strict=True))
        arguments = core, run.share if run.means == COMPETITORS else 1.0
        with running(OURS, "clients.our_slow_worker", *arguments, settings=settings) as worker:
            worker.read()
            quota = limited(worker.pid, run.share) if run.means == QUOTA else nullcontext()
            with quota:
                done = [worker.ask(json.dumps({"Records": batch})) for batch in batches]
        shares = [batch["share"] for batch in done]
        after = self._tally()
        seen = [self._ask("look", site, since) for site in self._sites]
        return Outcome(
            run,
            statistics.median(shares),
            after["calls"] - before["calls"],
            after["refused"] - before["refused"],
            sum(one["stored"] for one in seen),
            len(self._sites) * self._shelves * PRODUCTS,
            sum(batch["cpu"] for batch in done) / (len(self._sites) * self._shelves),
            sum(batch["counts"].get("ReservationMissed", 0) for batch in done),
        )

    def _asins(self, site: int) -> list[str]:
        return [f"B3{site:02d}{number:06d}" for number in range(self._shelves * PRODUCTS)]

    def _tally(self) -> Counter[str]:
        return sum(
            (Counter(self._amazon.tally(account)) for account in self._accounts), Counter[str]()
        )

    def _ask(self, *words: object) -> Any:
        return self._service.ask(json.dumps(words))
